/**
 * Moving a task under another one, by pointer or by keyboard: one state, one set of announcements.
 *
 * The target is found from the pointer's place in the list, not from drop zones: rows out of view are not in the document,
 * and a drop zone for each row in view costs a frame with every row that scrolls in.
 */

import type { DragMoveEvent } from "@dnd-kit/core";
import { type KeyboardEvent, type RefObject, useEffect, useRef, useState } from "react";

import { useText } from "../locale";
import { pressed } from "../shortcuts/registry";
import type { Row } from "../tasks/tree";
import { useWrites } from "../tasks/writes";
import { useAnnounce } from "../ui/Announcer";
import { tasksById, useSnapshot } from "../workspace";
import { canMove, type Target } from "./moving";

export interface Moving {
  /** Null: nothing is being moved. */
  readonly taskId: string | null;
  readonly title: string;
  readonly byKeyboard: boolean;
  readonly target: Target | undefined;
  readonly targetTitle: string | null;
  readonly allowed: boolean;
  begin(taskId: string, pointer?: boolean): void;
  dragged(event: DragMoveEvent): void;
  /** Whether the key meant something. */
  key(event: KeyboardEvent): boolean;
  drop(): void;
  cancel(): void;
}

interface State {
  readonly taskId: string;
  readonly byKeyboard: boolean;
  /** Undefined: nowhere yet. */
  readonly target: Target | undefined;
}

interface Options {
  readonly rows: readonly Row[];
  readonly indexOf: ReadonlyMap<string, number>;
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly rowPx: number;
}

export const TOP_LEVEL_ZONE = "top-level-zone";

export function useMoving({ rows, indexOf, scroller, rowPx }: Options): Moving {
  const text = useText();
  const announce = useAnnounce();
  const { edit } = useWrites();
  const { tasks } = useSnapshot();
  const byId = tasksById(tasks);
  const [state, setState] = useState<State | null>(null);
  const pointer = useRef<{ x: number; y: number } | null>(null);

  const taskId = state?.taskId ?? null;
  const target = state?.target;
  const title = taskId === null ? "" : (byId.get(taskId)?.baslik ?? "");
  const targetTitle = target == null ? null : (byId.get(target)?.baslik ?? null);
  const allowed = taskId !== null && target !== undefined && canMove(byId, taskId, target);

  // dnd-kit tells how far the pointer went, not where it is once the list has scrolled below it.
  const dragging = state !== null && !state.byKeyboard;
  useEffect(() => {
    if (!dragging) return;
    const follow = (event: PointerEvent | MouseEvent) => (pointer.current = { x: event.clientX, y: event.clientY });
    const followTouch = ({ touches: [touch] }: TouchEvent) => {
      if (touch !== undefined) pointer.current = { x: touch.clientX, y: touch.clientY };
    };
    window.addEventListener("mousemove", follow, true);
    window.addEventListener("touchmove", followTouch, true);
    return () => {
      window.removeEventListener("mousemove", follow, true);
      window.removeEventListener("touchmove", followTouch, true);
    };
  }, [dragging]);

  const aim = (next: Target | undefined) => {
    if (state === null || next === state.target) return;
    setState({ ...state, target: next });
    if (next === undefined) return;
    const name = next === null ? null : (byId.get(next)?.baslik ?? "");
    if (name === null) announce(text.moveTop);
    else announce(canMove(byId, state.taskId, next) ? text.moveOver(name) : text.moveNotHere(name));
  };

  const under = (x: number, y: number): Target | undefined => {
    const zone = document.getElementById(TOP_LEVEL_ZONE)?.getBoundingClientRect();
    if (zone !== undefined && y >= zone.top && y <= zone.bottom && x >= zone.left && x <= zone.right) return null;
    const box = scroller.current?.getBoundingClientRect();
    if (box === undefined || y < box.top || y > box.bottom || x < box.left || x > box.right) return undefined;
    const row = rows[Math.floor((y - box.top + (scroller.current?.scrollTop ?? 0)) / rowPx)];
    // Below the last row is nobody's child.
    return row === undefined ? null : row.task.id === state?.taskId ? undefined : row.task.id;
  };

  const cancel = () => {
    if (state !== null) announce(text.moveCancelled(title));
    setState(null);
  };

  const drop = () => {
    const task = taskId === null ? undefined : byId.get(taskId);
    setState(null);
    if (task === undefined || target === undefined || !allowed) {
      announce(text.moveCancelled(title));
      return;
    }
    if ((task.parent_id ?? null) === target) return;
    void edit(task, { parent_id: target ?? "" }).then((moved) => {
      if (moved !== null) announce(target === null ? text.movedTop(title) : text.moved(title, targetTitle ?? ""));
    });
  };

  return {
    taskId,
    title,
    byKeyboard: state?.byKeyboard === true,
    target,
    targetTitle,
    allowed,
    begin: (id, byPointer = false) => {
      const task = byId.get(id);
      if (task === undefined) return;
      pointer.current = null;
      setState({ taskId: id, byKeyboard: !byPointer, target: byPointer ? undefined : task.parent_id });
      announce(byPointer ? text.moving(task.baslik) : `${text.moving(task.baslik)} ${text.moveHelp}`);
    },
    dragged: ({ activatorEvent, delta }) => {
      const start = activatorEvent instanceof MouseEvent ? activatorEvent : (activatorEvent as TouchEvent).touches?.[0];
      const place = pointer.current ?? (start && { x: start.clientX + delta.x, y: start.clientY + delta.y });
      if (place !== undefined) aim(under(place.x, place.y));
    },
    key: (event) => {
      if (state === null) return false;
      const step = (by: number) => {
        const from = state.target == null ? -1 : (indexOf.get(state.target) ?? -1);
        let index = from + by;
        if (rows[index]?.task.id === state.taskId) index += by;
        const row = rows[index];
        if (row === undefined) {
          if (index < 0) aim(null);
          return;
        }
        aim(row.task.id);
        scrolledTo(scroller.current, index, rowPx);
      };
      if (pressed(event, "moveToTop")) {
        aim(null);
        return true;
      }
      switch (event.key) {
        case "ArrowDown":
          step(1);
          return true;
        case "ArrowUp":
          step(-1);
          return true;
        case "Home":
          aim(null);
          scrolledTo(scroller.current, 0, rowPx);
          return true;
        case "End": {
          const last = rows.at(-1);
          if (last !== undefined && last.task.id !== state.taskId) aim(last.task.id);
          scrolledTo(scroller.current, rows.length - 1, rowPx);
          return true;
        }
        case "Enter":
        case " ":
          drop();
          return true;
        case "Escape":
        case "Tab":
          cancel();
          return event.key === "Escape";
        default:
          return false;
      }
    },
    drop,
    cancel,
  };
}

function scrolledTo(scroller: HTMLElement | null, index: number, rowPx: number): void {
  if (scroller === null) return;
  const top = index * rowPx;
  if (top < scroller.scrollTop) scroller.scrollTop = top;
  else if (top + rowPx > scroller.scrollTop + scroller.clientHeight) scroller.scrollTop = top + rowPx - scroller.clientHeight;
}
