/** Date expressions of the query language: what a user writes where a filter on a date stands. */

import { fold } from "../tasks/fold";

/** Days as `YYYY-MM-DD`, both ends included; an absent end is open. */
export interface Days {
  readonly first: string | null;
  readonly last: string | null;
  /** Of open tasks only. */
  readonly openOnly?: boolean;
}

export type DueDays = Days | "undated";

const TURKISH: Readonly<Record<string, string>> = {
  bugun: "today",
  yarin: "tomorrow",
  dun: "yesterday",
  bu_hafta: "this_week",
  gelecek_hafta: "next_week",
  gecen_hafta: "last_week",
  bu_ay: "this_month",
  gelecek_ay: "next_month",
  gecen_ay: "last_month",
  gecikmis: "overdue",
  yaklasan: "upcoming",
  tarihsiz: "no_date",
};

/** Null: not a date expression. */
export function dueDays(expression: string, today: string): DueDays | null {
  const word = wordOf(expression);
  if (word === "no_date") return "undated";
  if (word === "overdue") return { first: null, last: shifted(today, -1), openOnly: true };
  if (word === "upcoming") return { first: shifted(today, 1), last: null };
  return createdDays(expression, today);
}

export function createdDays(expression: string, today: string): Days | null {
  const relative = RELATIVE[wordOf(expression)];
  if (relative !== undefined) return relative(today);
  const given = expression.trim();
  if (given.startsWith(">=")) return open(dayOf(given.slice(2)), null);
  if (given.startsWith("<=")) return open(null, dayOf(given.slice(2)));
  const dots = given.indexOf("..");
  if (dots < 0) return open(dayOf(given), dayOf(given));
  const ends = [given.slice(0, dots), given.slice(dots + 2)].map((end) => end.trim());
  const [first, last] = ends.map((end) => (end === "" ? null : dayOf(end)));
  if ((ends[0] !== "" && first === null) || (ends[1] !== "" && last === null)) return null;
  if (first != null && last != null && first > last) return null;
  return open(first ?? null, last ?? null);
}

export function within(day: string, { first, last }: Days): boolean {
  return (first === null || day >= first) && (last === null || day <= last);
}

/** A calendar date, or an instant cut to its date; null if the calendar has no such day. */
export function dayOf(written: string): string | null {
  const day = /^(\d{4}-\d{2}-\d{2})(T.*)?$/.exec(written.trim())?.[1];
  return day !== undefined && shifted(day, 0) === day ? day : null;
}

export function shifted(day: string, days: number): string {
  const moment = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(moment.getTime())) return "";
  moment.setUTCDate(moment.getUTCDate() + days);
  return moment.toISOString().slice(0, 10);
}

function open(first: string | null, last: string | null): Days | null {
  return first === null && last === null ? null : { first, last };
}

function wordOf(expression: string): string {
  const word = fold(expression.trim()).replace(/[\s_-]+/g, "_");
  return TURKISH[word] ?? word;
}

const RELATIVE: Readonly<Record<string, (today: string) => Days>> = {
  today: (today) => ({ first: today, last: today }),
  tomorrow: (today) => ({ first: shifted(today, 1), last: shifted(today, 1) }),
  yesterday: (today) => ({ first: shifted(today, -1), last: shifted(today, -1) }),
  this_week: (today) => week(today),
  next_week: (today) => week(shifted(today, 7)),
  last_week: (today) => week(shifted(today, -7)),
  this_month: (today) => month(today),
  next_month: (today) => month(shifted(`${today.slice(0, 8)}28`, 7)),
  last_month: (today) => month(shifted(`${today.slice(0, 8)}01`, -1)),
};

/** Weeks begin on Monday. */
function week(day: string): Days {
  const weekday = (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
  return { first: shifted(day, -weekday), last: shifted(day, 6 - weekday) };
}

function month(day: string): Days {
  const first = `${day.slice(0, 8)}01`;
  return { first, last: shifted(`${shifted(`${day.slice(0, 8)}28`, 7).slice(0, 8)}01`, -1) };
}
