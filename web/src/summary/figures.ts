/** The numbers of the summary, counted from the tasks in the page. No I/O here. */

import { PRIORITIES, type Priority, STATUSES, type Status, type Task, toStatus, type Wire } from "../api/types";
import { isOpen } from "../tasks/counts";
import { localDate } from "../tasks/dates";
import { shifted } from "../search/days";

export const BUCKETS = ["overdue", "today", "week", "later", "none"] as const;
export type Bucket = (typeof BUCKETS)[number];

export interface Day {
  /** `YYYY-MM-DD` where the user is. */
  readonly day: string;
  readonly created: number;
  readonly finished: number;
}

export interface Figures {
  readonly all: number;
  readonly open: number;
  /** Open and waiting for open tasks. */
  readonly waiting: number;
  readonly statuses: Readonly<Record<Status, number>>;
  /** Of open tasks, as are the due dates. */
  readonly priorities: Readonly<Record<Priority, number>>;
  readonly due: Readonly<Record<Bucket, number>>;
  /** Finished of all that were not cancelled, 0 to 1. */
  readonly share: number;
}

const zeros = <K extends string>(keys: readonly K[]) => Object.fromEntries(keys.map((key) => [key, 0])) as Record<K, number>;

export function count(tasks: readonly Task[], today: string): Figures {
  const statuses = zeros(STATUSES);
  const priorities = zeros(PRIORITIES);
  const due = zeros(BUCKETS);
  let waiting = 0;
  for (const task of tasks) {
    statuses[task.durum] += 1;
    if (!isOpen(task.durum)) continue;
    priorities[task.oncelik] += 1;
    due[bucketOf(task, today)] += 1;
    if (task.tamamlanmamis_bagimlilik_sayisi > 0) waiting += 1;
  }
  const counted = tasks.length - statuses.iptal;
  return {
    all: tasks.length,
    open: statuses.beklemede + statuses.devam_ediyor,
    waiting,
    statuses,
    priorities,
    due,
    share: counted === 0 ? 0 : statuses.tamamlandi / counted,
  };
}

/** Each task in exactly one. */
export function bucketOf({ son_tarih }: Task, today: string): Bucket {
  const date = son_tarih?.slice(0, 10);
  if (date === undefined) return "none";
  if (date < today) return "overdue";
  if (date === today) return "today";
  return date <= shifted(today, 7) ? "week" : "later";
}

/**
 * What was created and what was finished on each of the last days, oldest first. When a task was finished is in the log of
 * changes (`finishedAt`); for one the log no longer tells of, its last change stands for it.
 */
export function throughput(tasks: readonly Task[], finishedAt: ReadonlyMap<string, string>, today: string, days: number): readonly Day[] {
  const rows = Array.from({ length: days }, (_, at) => ({ day: shifted(today, at - days + 1), created: 0, finished: 0 }));
  const byDay = new Map(rows.map((row) => [row.day, row]));
  for (const task of tasks) {
    const created = byDay.get(dayOfInstant(task.olusturma_tarihi));
    if (created !== undefined) created.created += 1;
    if (task.durum !== "tamamlandi") continue;
    const finished = byDay.get(dayOfInstant(finishedAt.get(task.id) ?? task.guncelleme_tarihi));
    if (finished !== undefined) finished.finished += 1;
  }
  return rows;
}

/** When each task was last finished, as far as these events tell. */
export function finishedIn(events: readonly Wire[]): ReadonlyMap<string, string> {
  const last = new Map<string, { status: Status; at: string }>();
  for (const event of events) {
    const { type, task_id: id, data, timestamp } = event;
    if ((type !== "created" && type !== "updated") || typeof id !== "string" || typeof timestamp !== "string") continue;
    const changed = event["changed_fields"];
    if (type === "updated" && Array.isArray(changed) && !changed.includes("durum")) continue;
    last.set(id, { status: toStatus((data as Wire | undefined)?.["durum"]), at: timestamp });
  }
  return new Map([...last].filter(([, { status }]) => status === "tamamlandi").map(([id, { at }]) => [id, at]));
}

const days = new Map<string, string>();

/** Many tasks share an instant; a calendar look-up each would be felt at 10,000 of them. */
function dayOfInstant(instant: string): string {
  let day = days.get(instant);
  if (day === undefined) {
    const moment = new Date(instant);
    day = Number.isNaN(moment.getTime()) ? "" : localDate(moment);
    days.set(instant, day);
  }
  return day;
}

/** Marks of an axis from 0 that reaches `highest`: few, and whole numbers. */
export function marks(highest: number, most = 4): readonly number[] {
  const rough = Math.max(1, highest) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough) ?? rough);
  return Array.from({ length: Math.ceil(Math.max(1, highest) / step) + 1 }, (_, at) => at * step);
}
