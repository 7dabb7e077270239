import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useCallback, useEffect, useMemo, useRef, useState } from "react";

import type { Project } from "../api/types";
import { isTemporary } from "../api/writes";
import { useText } from "../locale";
import { useAppearance } from "../shell/appearance";
import { pressed } from "../shortcuts/registry";
import { useLitTasks } from "../tasks/remote";
import type { Row } from "../tasks/tree";
import { useWrites } from "../tasks/writes";
import type { DragLayer as Layer, DragListeners } from "./DragLayer";
import { MoveBar } from "./MoveBar";
import { extended, type Selection, toggled } from "./selection";
import { TreeRow } from "./TreeRow";
import { useMoving } from "./useMoving";
import { useRowHeight } from "./useRowHeight";

interface Props {
  readonly rows: readonly Row[];
  readonly projects: readonly Project[];
  readonly showProject: boolean;
  /** The task whose details are open. */
  readonly openId: string | null;
  readonly selection: Selection;
  readonly onSelection: (selection: Selection) => void;
  /** Whether each row shows its box. */
  readonly choosing: boolean;
  /** False while something narrows: then everything that leads to a match is open. */
  readonly foldable: boolean;
  readonly onFolded: (change: (folded: ReadonlySet<string>) => ReadonlySet<string>) => void;
  readonly foldAll: () => void;
  readonly onOpen: (taskId: string) => void;
  readonly onDelete: (taskIds: readonly string[]) => void;
  readonly onAddSubtask: (parentId: string) => void;
}

const DRAG_AFTER_MS = 3_000;
const ROWS_BEYOND_VIEW = 8;

/**
 * The rows in view and the one that has the focus are in the document, nothing else. All rows are of one height, so that none
 * needs to be measured. Tab enters the grid at one row and leaves it again; arrows go from row to row.
 */
export function TreeGrid(props: Props) {
  const { rows, projects, showProject, openId, selection, onSelection, choosing, foldable, onFolded, foldAll, onOpen, onDelete, onAddSubtask } = props;
  const text = useText();
  const { edit } = useWrites();
  const lit = useLitTasks();
  const { density } = useAppearance();
  const rowPx = useRowHeight(density);
  const scroller = useRef<HTMLDivElement>(null);
  const grid = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState<string | null>(null);
  const order = useMemo(() => rows.map(({ task }) => task.id), [rows]);
  const indexOf = useMemo(() => new Map(order.map((id, index) => [id, index])), [order]);
  const names = useMemo(() => new Map(projects.map(({ id, isim }) => [id, isim])), [projects]);
  // A row that went away leaves the focus to whatever stands where it stood.
  const lastIndex = useRef(0);
  const activeIndex = at === null ? 0 : (indexOf.get(at) ?? Math.min(lastIndex.current, rows.length - 1));
  useEffect(() => {
    lastIndex.current = activeIndex;
  }, [activeIndex]);

  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: useCallback(() => rowPx, [rowPx]),
    overscan: ROWS_BEYOND_VIEW,
    getItemKey: useCallback((index: number) => order[index] ?? index, [order]),
    rangeExtractor: (range) => {
      const indexes = defaultRangeExtractor(range);
      return indexes.includes(activeIndex) || rows.length === 0 ? indexes : [...indexes, activeIndex].toSorted((a, b) => a - b);
    },
  });
  useEffect(() => virtual.measure(), [virtual, rowPx]);

  const moving = useMoving({ rows, indexOf, scroller, rowPx });
  const [drag, setDrag] = useState<DragListeners>({});
  const { DragLayer, near } = useDragLayer();

  const focusIndex = useCallback(
    (index: number) => {
      const id = order[Math.max(0, Math.min(index, order.length - 1))];
      if (id === undefined) return;
      setAt(id);
      virtual.scrollToIndex(indexOf.get(id) ?? 0, { align: "auto" });
      requestAnimationFrame(() => rowElement(scroller.current, id)?.focus({ preventScroll: true }));
    },
    [order, indexOf, virtual],
  );

  // What a row calls must stay the same function, or every row in view is drawn again with each change.
  const latest = useRef({ onOpen, onSelection, selection, order, onFolded, onAddSubtask });
  latest.current = { onOpen, onSelection, selection, order, onFolded, onAddSubtask };
  const open = useCallback((id: string) => {
    if (isTemporary(id)) return;
    setAt(id);
    latest.current.onOpen(id);
  }, []);
  const toggleFold = useCallback((id: string) => latest.current.onFolded((folded) => flipped(folded, id)), []);
  const choose = useCallback((id: string, range: boolean) => {
    const { selection, order, onSelection } = latest.current;
    setAt(id);
    onSelection(range ? extended(selection, order, id) : toggled(selection, id));
  }, []);
  const addSubtask = useCallback((id: string) => latest.current.onAddSubtask(id), []);

  const key = (event: KeyboardEvent<HTMLDivElement>) => {
    const row = rows[activeIndex];
    const inControl = event.target instanceof HTMLElement && event.target.closest("[role=row]") !== event.target;
    if (row === undefined || event.defaultPrevented) return;
    if (moving.byKeyboard) {
      if (moving.key(event)) event.preventDefault();
      return;
    }
    // A control inside a row has its own Enter, space and arrows.
    if (inControl && ["Enter", " ", "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) return;
    const { task } = row;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowPx) - 1);
    const selectTo = (index: number) => {
      const id = order[index];
      if (id === undefined) return;
      const from = selection.anchor === null ? { ...selection, anchor: task.id } : selection;
      onSelection(extended(from, order, id));
      focusIndex(index);
    };
    if (pressed(event, "down")) focusIndex(activeIndex + 1);
    else if (pressed(event, "up")) focusIndex(activeIndex - 1);
    else if (pressed(event, "selectDown")) selectTo(activeIndex + 1);
    else if (pressed(event, "selectUp")) selectTo(activeIndex - 1);
    else if (pressed(event, "first")) focusIndex(0);
    else if (pressed(event, "last")) focusIndex(rows.length - 1);
    else if (pressed(event, "pageDown")) focusIndex(activeIndex + page);
    else if (pressed(event, "pageUp")) focusIndex(activeIndex - page);
    else if (pressed(event, "expand")) {
      if (row.open === false && foldable) toggleFold(task.id);
      else if (row.open === true) focusIndex(activeIndex + 1);
    } else if (pressed(event, "collapse")) {
      if (row.open === true && foldable) toggleFold(task.id);
      else if (task.parent_id !== null) focusIndex(indexOf.get(task.parent_id) ?? activeIndex);
    } else if (pressed(event, "expandAll")) onFolded(() => new Set());
    else if (pressed(event, "collapseAll")) foldAll();
    else if (pressed(event, "open")) open(task.id);
    else if (pressed(event, "select")) choose(task.id, false);
    else if (pressed(event, "selectAll")) onSelection({ ids: new Set(order), anchor: task.id });
    else if (pressed(event, "selectNone") && selection.ids.size > 0) onSelection({ ids: new Set(), anchor: null });
    else if (pressed(event, "move")) moving.begin(task.id);
    else if (pressed(event, "markDone")) void edit(task, { durum: task.durum === "tamamlandi" ? "beklemede" : "tamamlandi" });
    else if (pressed(event, "setStatus")) openPicker(rowElement(scroller.current, task.id));
    else if (pressed(event, "addSubtask")) onAddSubtask(task.id);
    else if (pressed(event, "remove")) onDelete(selection.ids.size > 0 ? [...selection.ids] : [task.id]);
    else return;
    event.preventDefault();
  };

  return (
    <>
      <div ref={scroller} className="tree-scroller" data-moving={moving.taskId !== null}>
        <div
          {...drag}
          ref={grid}
          onPointerEnter={near}
          role="treegrid"
          aria-label={text.treeLabel}
          aria-rowcount={rows.length}
          aria-multiselectable="true"
          className="tree-grid"
          data-choosing={choosing}
          style={{ height: virtual.getTotalSize() }}
          onKeyDown={key}
          onFocus={({ target }) => {
            const id = target.closest<HTMLElement>("[data-task-id]")?.dataset["taskId"];
            if (id !== undefined && id !== at) setAt(id);
          }}
        >
          {virtual.getVirtualItems().map(({ index, start, key: id }) => {
            const row = rows[index];
            return (
              row && (
                <TreeRow
                  key={id}
                  row={row}
                  index={index}
                  top={start}
                  project={showProject && row.depth === 0 ? names.get(row.task.proje_id ?? "") : undefined}
                  lit={lit.has(row.task.id)}
                  opened={row.task.id === openId}
                  chosen={selection.ids.has(row.task.id)}
                  active={index === activeIndex}
                  target={moving.taskId !== null && moving.target === row.task.id ? (moving.allowed ? "yes" : "no") : undefined}
                  carried={moving.taskId === row.task.id}
                  foldable={foldable}
                  onFold={toggleFold}
                  onOpen={open}
                  onChoose={choose}
                  onAddSubtask={addSubtask}
                />
              )
            );
          })}
        </div>
      </div>
      {moving.taskId !== null && <MoveBar moving={moving} />}
      {DragLayer !== null && (
        <DragLayer
          grid={grid}
          title={moving.taskId !== null && !moving.byKeyboard ? moving.title : null}
          still={moving.target === null}
          onListeners={setDrag}
          onBegin={(id) => !isTemporary(id) && moving.begin(id, true)}
          onMove={moving.dragged}
          onDrop={moving.drop}
          onCancel={moving.cancel}
        />
      )}
    </>
  );
}

/** Dragging is loaded when a pointer comes near, and for fingers, which do not come near first, after a while. */
function useDragLayer() {
  const [DragLayer, setLayer] = useState<typeof Layer | null>(null);
  // Out of reach, the list does without until a pointer comes near again.
  const near = useCallback(() => void import("./DragLayer").then((all) => setLayer(() => all.DragLayer), () => undefined), []);
  useEffect(() => {
    const timer = setTimeout(near, DRAG_AFTER_MS);
    return () => clearTimeout(timer);
  }, [near]);
  return { DragLayer, near };
}

function flipped(folded: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(folded);
  if (!next.delete(id)) next.add(id);
  return next;
}

function rowElement(scroller: HTMLElement | null, id: string): HTMLElement | null {
  return scroller?.querySelector<HTMLElement>(`[data-task-id="${CSS.escape(id)}"]`) ?? null;
}

function openPicker(row: HTMLElement | null): void {
  const select = row?.querySelector("select");
  select?.focus();
  try {
    select?.showPicker();
  } catch {
    return; // focused is enough: the arrows choose
  }
}
