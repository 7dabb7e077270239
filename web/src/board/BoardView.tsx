import {
  type Announcements,
  DndContext,
  type DragEndEvent,
  type DragStartEvent,
  DragOverlay,
  KeyboardCode,
  KeyboardSensor,
  MouseSensor,
  pointerWithin,
  rectIntersection,
  TouchSensor,
  useSensor,
  useSensors,
} from "@dnd-kit/core";
import { useMemo, useRef, useState } from "react";

import { useAddress, useChangeAddress, useOpenTask } from "../address";
import { STATUSES, type Status, type Task } from "../api/types";
import { useText } from "../locale";
import { inProject, useMatch } from "../search/matching";
import { isOpen } from "../tasks/counts";
import { SORTS } from "../tasks/tree";
import { useWrites } from "../tasks/writes";
import { useAnnounce } from "../ui/Announcer";
import { Select } from "../ui/Select";
import { tasksById, useSnapshot, useWorkspace } from "../workspace";
import "./board.css";
import { CardFace } from "./Card";
import { Column } from "./Column";
import { buildColumns, obstacle, openBelow, toSort } from "./columns";
import { toNextColumn } from "./keyboard";

/** How far a mouse must travel, and how long a finger must rest, before a press becomes a drag. */
const MOUSE_PX = 6;
const TOUCH_MS = 220;
const TOUCH_PX = 8;
const LINKS_MS = 2_000;

/** The tasks by status; dragging one into another column changes its status. */
export function BoardView() {
  const text = useText();
  const announce = useAnnounce();
  const { edit } = useWrites();
  const { tasks } = useSnapshot();
  const { client } = useWorkspace();
  const { project, sort: asked } = useAddress();
  const { matches } = useMatch();
  const openTask = useOpenTask();
  const sort = toSort(asked);
  const columns = useMemo(
    () => buildColumns(tasks, (task) => inProject(task, project) && (matches === null || matches(task)), sort),
    [tasks, project, matches, sort],
  );
  const below = useMemo(() => openBelow(tasks), [tasks]);
  const [dragged, setDragged] = useState<Task | null>(null);
  /** The card that is reached by Tab, and where the focus goes after a move. */
  const [current, setCurrent] = useState<string | null>(null);
  const [refocus, setRefocus] = useState<string | null>(null);
  const byKeyboard = useRef(false);
  /** Open prerequisites of the task that is dragged, read when it is picked up: its own counter has the cancelled ones too. */
  const blockers = useRef(new Map<string, number>());
  const leftHome = useRef(false);

  const sensors = useSensors(
    useSensor(MouseSensor, { activationConstraint: { distance: MOUSE_PX } }),
    useSensor(TouchSensor, { activationConstraint: { delay: TOUCH_MS, tolerance: TOUCH_PX } }),
    useSensor(KeyboardSensor, {
      coordinateGetter: toNextColumn,
      keyboardCodes: {
        start: [KeyboardCode.Space],
        cancel: [KeyboardCode.Esc],
        end: [KeyboardCode.Space, KeyboardCode.Enter],
      },
    }),
  );

  const titleOf = (id: string | number) => tasksById(tasks).get(String(id))?.baslik ?? "";
  const statusOf = (id: string | number | undefined) => STATUSES.find((status) => status === id);
  const announcements: Announcements = {
    onDragStart: ({ active }) => text.boardPicked(titleOf(active.id), text.status[tasksById(tasks).get(String(active.id))?.durum ?? "beklemede"]),
    onDragOver: ({ active, over }) => {
      const status = statusOf(over?.id);
      const task = tasksById(tasks).get(String(active.id));
      // Where it was picked up has just been said.
      if (status === task?.durum && !leftHome.current) return undefined;
      leftHome.current = true;
      if (status === undefined) return text.boardNowhere(titleOf(active.id));
      const hindrance = task === undefined ? null : obstacleText(task, status);
      return [text.boardOver(titleOf(active.id), text.status[status]), hindrance].filter(Boolean).join(" ");
    },
    // What became of it is said when the daemon has answered.
    onDragEnd: ({ active, over }) => {
      const status = statusOf(over?.id);
      return status === undefined || status === tasksById(tasks).get(String(active.id))?.durum ? text.boardStays(titleOf(active.id)) : undefined;
    },
    onDragCancel: ({ active }) => text.boardStays(titleOf(active.id)),
  };

  const obstacleText = (task: Task, to: Status): string | null => {
    const found = obstacle(task, to, blockers.current.get(task.id) ?? 0, below.get(task.id) ?? 0);
    if (found === null) return null;
    return found.kind === "waits" ? text.boardWaits(found.count) : text.boardOpenBelow(found.count);
  };

  const begin = ({ active, activatorEvent }: DragStartEvent) => {
    byKeyboard.current = activatorEvent instanceof KeyboardEvent;
    leftHome.current = false;
    const task = tasksById(tasks).get(String(active.id)) ?? null;
    setDragged(task);
    if (task === null || task.tamamlanmamis_bagimlilik_sayisi === 0) return;
    client
      .links(task.id, AbortSignal.timeout(LINKS_MS))
      .then((links) => {
        const open = links.filter((link) => link.hedef_id === task.id && link.baglanti_tip === "onceki" && isOpen(link.kaynak_durum));
        blockers.current.set(task.id, open.length);
      })
      // Then the daemon says so when the task is put down.
      .catch(() => undefined);
  };
  const end = ({ active, over }: DragEndEvent) => {
    setDragged(null);
    const task = tasksById(tasks).get(String(active.id));
    const status = statusOf(over?.id);
    if (task === undefined || status === undefined || status === task.durum) return;
    if (byKeyboard.current) setRefocus(task.id);
    void edit(task, { durum: status }).then((written) => {
      if (byKeyboard.current) setRefocus(task.id);
      announce(written === null ? text.boardRefused(task.baslik, text.status[status]) : text.boardDropped(task.baslik, text.status[status]));
    });
  };

  const tabbable = current !== null && STATUSES.some((status) => columns[status].some(({ id }) => id === current)) ? current : (firstOf(columns)?.id ?? null);
  return (
    <div className="board-view">
      <BoardBar />
      <DndContext
        sensors={sensors}
        collisionDetection={(args) => {
          const under = pointerWithin(args);
          return under.length > 0 ? under : rectIntersection(args);
        }}
        accessibility={{ announcements, screenReaderInstructions: { draggable: text.boardHelp } }}
        onDragStart={begin}
        onDragEnd={end}
        onDragCancel={() => setDragged(null)}
      >
        <div className="board" role="group" aria-label={text.boardLabel}>
          {STATUSES.map((status) => (
            <Column
              key={status}
              status={status}
              tasks={columns[status]}
              narrowed={matches !== null}
              hindrance={dragged === null ? null : obstacleText(dragged, status)}
              tabbable={tabbable}
              carried={dragged?.id ?? null}
              refocus={refocus}
              onRefocused={() => setRefocus(null)}
              onCurrent={setCurrent}
              onOpen={openTask}
              onAside={(from, by) => {
                const next = beside(columns, from, by);
                if (next !== null) setRefocus(next);
              }}
            />
          ))}
        </div>
        <DragOverlay dropAnimation={null}>{dragged !== null && <div className="card lifted"><CardFace task={dragged} /></div>}</DragOverlay>
      </DndContext>
    </div>
  );
}

function BoardBar() {
  const text = useText();
  const { sort } = useAddress();
  const change = useChangeAddress();
  return (
    <div className="board-bar">
      <label className="board-sort">
        <span className="muted">{text.sortBy}</span>
        <Select
          className="quiet-select"
          value={toSort(sort)}
          options={SORTS.map((value) => ({ value, name: text.sorts[value] }))}
          onChoose={(value) => change({ sort: value === "newest" ? null : value }, { replace: true })}
        />
      </label>
    </div>
  );
}

function firstOf(columns: ReturnType<typeof buildColumns>): Task | undefined {
  return STATUSES.map((status) => columns[status][0]).find((task) => task !== undefined);
}

/** The card at about the same height in the next column that has any. */
function beside(columns: ReturnType<typeof buildColumns>, task: Task, by: 1 | -1): string | null {
  const row = columns[task.durum].findIndex(({ id }) => id === task.id);
  for (let at = STATUSES.indexOf(task.durum) + by; ; at += by) {
    const status = STATUSES[at];
    if (status === undefined) return null;
    const found = columns[status][Math.min(row, columns[status].length - 1)];
    if (found !== undefined) return found.id;
  }
}
