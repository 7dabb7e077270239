import { useDroppable } from "@dnd-kit/core";
import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useCallback, useEffect, useId, useMemo, useRef } from "react";

import { useAddress } from "../address";
import type { Status, Task } from "../api/types";
import { useText } from "../locale";
import { useOpenDialog } from "../shell/dialogs";
import { pressed } from "../shortcuts/registry";
import { StatusMark } from "../tasks/StatusSelect";
import { Icon } from "../ui/Icon";
import { Card } from "./Card";

const ASIDE: Readonly<Record<string, 1 | -1>> = { ArrowRight: 1, ArrowLeft: -1 };

interface Props {
  readonly status: Status;
  readonly tasks: readonly Task[];
  readonly narrowed: boolean;
  /** Why the task that is being dragged cannot come in here. */
  readonly hindrance: string | null;
  readonly tabbable: string | null;
  /** The task that is being dragged. */
  readonly carried: string | null;
  /** The task that is to have the focus next. */
  readonly refocus: string | null;
  readonly onRefocused: () => void;
  readonly onCurrent: (taskId: string) => void;
  readonly onOpen: (taskId: string) => void;
  readonly onAside: (from: Task, by: 1 | -1) => void;
}

const CARD_PX = 84;

/** One status; only the cards that can be seen are there. */
export function Column({ status, tasks, narrowed, hindrance, tabbable, carried, refocus, onRefocused, onCurrent, onOpen, onAside }: Props) {
  const text = useText();
  const headId = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const openDialog = useOpenDialog();
  const { task: opened } = useAddress();
  const { setNodeRef, isOver } = useDroppable({ id: status });
  const kept = useMemo(
    () => [tabbable, carried].map((id) => (id === null ? -1 : tasks.findIndex((task) => task.id === id))).filter((at) => at >= 0),
    [tasks, tabbable, carried],
  );
  const list = useVirtualizer({
    count: tasks.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => CARD_PX,
    getItemKey: (at) => tasks[at]?.id ?? at,
    overscan: 6,
    // What has the focus or is carried stays, wherever one scrolls.
    rangeExtractor: (range) => [...new Set([...defaultRangeExtractor(range), ...kept])].toSorted((one, other) => one - other),
    gap: 8,
    paddingStart: 2,
    paddingEnd: 12,
  });

  const focusAt = (at: number) => {
    const id = tasks[at]?.id;
    if (id === undefined) return false;
    list.scrollToIndex(at, { align: "auto" });
    // It may have to be drawn first.
    requestAnimationFrame(() => requestAnimationFrame(() => card(scroller.current, id)?.focus({ preventScroll: true })));
    return true;
  };

  useEffect(() => {
    if (refocus === null) return;
    const at = tasks.findIndex(({ id }) => id === refocus);
    if (at >= 0 && focusAt(at)) {
      onRefocused();
      onCurrent(refocus);
    }
  });

  const onKeyDown = (event: KeyboardEvent, at: number) => {
    const task = tasks[at];
    // While a card is carried, the keys are the drag's.
    if (task === undefined || event.defaultPrevented || document.querySelector(".card.lifted") !== null) return;
    const aside = ASIDE[event.key];
    if (pressed(event, "boardFirst")) focusAt(0);
    else if (pressed(event, "boardLast")) focusAt(tasks.length - 1);
    else if (!pressed(event, "boardWalk")) return;
    else if (aside !== undefined) onAside(task, aside);
    else focusAt(event.key === "ArrowDown" ? at + 1 : at - 1);
    event.preventDefault();
  };

  // Of one identity, so that scrolling draws only the cards that come into view.
  const latest = useRef(onKeyDown);
  useEffect(() => {
    latest.current = onKeyDown;
  });
  const heard = useCallback((event: KeyboardEvent, at: number) => latest.current(event, at), []);

  return (
    <section className="column" aria-labelledby={headId} data-over={isOver} data-status={status} data-hindered={hindrance !== null}>
      <header className="column-head">
        <StatusMark status={status} />
        <h2 id={headId}>
          {text.status[status]}
          <span className="unseen">, </span>
          <span className="column-count figures" aria-label={text.boardColumn("", tasks.length).replace(/^, /, "")}>
            {tasks.length}
          </span>
        </h2>
        {status === "beklemede" && (
          <button type="button" className="icon-button" aria-label={text.boardAdd(text.status[status])} onClick={() => openDialog({ name: "newTask" })}>
            <Icon name="plus" />
          </button>
        )}
      </header>
      <div ref={setNodeRef} className="column-drop">
        {hindrance !== null && isOver && <p className="column-hindrance">{hindrance}</p>}
        <div ref={scroller} className="column-scroll" tabIndex={-1}>
          {tasks.length === 0 ? (
            <p className="column-empty muted">{narrowed ? text.boardNoMatches : text.boardEmpty}</p>
          ) : (
            <ul role="list" className="column-list" style={{ height: list.getTotalSize() }}>
              {list.getVirtualItems().map(({ index, key, start }) => {
                const task = tasks[index];
                return (
                  task !== undefined && (
                    <Card
                      key={key}
                      ref={list.measureElement}
                      task={task}
                      index={index}
                      all={tasks.length}
                      top={start}
                      tabbable={task.id === tabbable}
                      opened={task.id === opened}
                      onFocus={onCurrent}
                      onOpen={onOpen}
                      onKeyDown={heard}
                    />
                  )
                );
              })}
            </ul>
          )}
        </div>
      </div>
    </section>
  );
}

function card(within: HTMLElement | null, taskId: string): HTMLElement | null {
  return within?.querySelector<HTMLElement>(`[data-task="${CSS.escape(taskId)}"] .card-title`) ?? null;
}
