/** Due dates are calendar dates, instants are moments: the first are never shifted by a time zone, the second are. */

import type { Language } from "../locale";

export function showDueDate(date: string, language: Language, today = new Date()): string {
  const [year = "", month = "", day = ""] = date.slice(0, 10).split("-");
  const moment = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  if (Number.isNaN(moment.getTime())) return date;
  const sameYear = Number(year) === today.getFullYear();
  return new Intl.DateTimeFormat(language, {
    timeZone: "UTC",
    day: "numeric",
    month: "short",
    ...(!sameYear && { year: "numeric" }),
  }).format(moment);
}

/** Today where the user is, as `YYYY-MM-DD`. */
export function localDate(now = new Date()): string {
  const two = (part: number) => String(part).padStart(2, "0");
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

export function isPast(date: string, now = new Date()): boolean {
  return date.slice(0, 10) < localDate(now);
}

export function showInstant(instant: string, language: Language): string {
  const moment = new Date(instant);
  if (Number.isNaN(moment.getTime())) return instant;
  return new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(moment);
}
