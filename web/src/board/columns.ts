/** The board's columns: the tasks of each status, in the order asked for. No I/O here. */

import { STATUSES, type Status, type Task } from "../api/types";
import { isOpen } from "../tasks/counts";
import { ORDERS, type Sort, SORTS } from "../tasks/tree";

export type Columns = Readonly<Record<Status, readonly Task[]>>;

export function toSort(value: string | undefined): Sort {
  return SORTS.find((sort) => sort === value) ?? "newest";
}

/** `tasks` are newest first, and stay so among equals. */
export function buildColumns(tasks: readonly Task[], wanted: (task: Task) => boolean, sort: Sort): Columns {
  const columns: Record<Status, Task[]> = { beklemede: [], devam_ediyor: [], tamamlandi: [], iptal: [] };
  for (const task of tasks) if (wanted(task)) columns[task.durum].push(task);
  if (sort !== "newest") for (const status of STATUSES) columns[status].sort(ORDERS[sort]);
  return columns;
}

/** Unfinished tasks below each task, at any depth. */
export function openBelow(tasks: readonly Task[]): ReadonlyMap<string, number> {
  const parents = new Map(tasks.map(({ id, parent_id }) => [id, parent_id]));
  const counts = new Map<string, number>();
  for (const task of tasks) {
    if (!isOpen(task.durum)) continue;
    // Should old data hold a cycle, it is walked round once.
    const seen = new Set([task.id]);
    for (let up = task.parent_id; up !== null && !seen.has(up); up = parents.get(up) ?? null) {
      seen.add(up);
      counts.set(up, (counts.get(up) ?? 0) + 1);
    }
  }
  return counts;
}

/** Whether the daemon will let the task in there (rules S2 and S3), so far as the page knows. */
export type Obstacle = { readonly kind: "waits" | "openBelow"; readonly count: number };

/** `waiting`: open prerequisites (a cancelled one no longer blocks); `below`: open descendants. */
export function obstacle(task: Task, to: Status, waiting: number, below: number): Obstacle | null {
  if (to === task.durum) return null;
  const starts = to === "devam_ediyor" || (to === "tamamlandi" && task.durum !== "devam_ediyor");
  if (starts && waiting > 0) return { kind: "waits", count: waiting };
  return to === "tamamlandi" && below > 0 ? { kind: "openBelow", count: below } : null;
}
