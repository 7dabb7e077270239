import { STATUSES, type Status, type Task } from "../api/types";

export interface Count {
  readonly open: number;
  readonly all: number;
}

export const NOTHING: Count = { open: 0, all: 0 };

export function isOpen(status: Status): boolean {
  return status === "beklemede" || status === "devam_ediyor";
}

/** Tasks by project id, `null` for those without one. Counted here because the counters of a project have no events. */
export function countByProject(tasks: readonly Task[]): ReadonlyMap<string | null, Count> {
  const counts = new Map<string | null, Count>();
  for (const task of tasks) {
    const { open, all } = counts.get(task.proje_id) ?? NOTHING;
    counts.set(task.proje_id, { open: open + (isOpen(task.durum) ? 1 : 0), all: all + 1 });
  }
  return counts;
}

export function countByStatus(tasks: readonly Task[]): Readonly<Record<Status, number>> {
  const counts: Record<Status, number> = { beklemede: 0, devam_ediyor: 0, tamamlandi: 0, iptal: 0 };
  for (const status of STATUSES) counts[status] = tasks.filter((task) => task.durum === status).length;
  return counts;
}
