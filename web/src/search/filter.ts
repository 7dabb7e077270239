/**
 * What a query asks for, as a test of one task. The whole workspace is in the page, so views filter without asking anybody.
 * Filters mean what they mean to the daemon; of the free text every word must occur, since a filter narrows as one types
 * (ranking and spelling mistakes are the palette's, where the daemon searches).
 */

import { PRIORITIES, type Priority, type Project, type Status, STATUSES, type Task } from "../api/types";
import { isOpen } from "../tasks/counts";
import { localDate } from "../tasks/dates";
import { fold } from "../tasks/fold";
import { createdDays, dayOf, type DueDays, dueDays, shifted, within } from "./days";
import { filterKey, type FilterPart, parseQuery } from "./query";

export type Test = (task: Task) => boolean;

export interface Compiled {
  /** Null: everything is asked for. */
  readonly test: Test | null;
  /** Values nothing can be made of, as typed. They ask for nothing, so nothing matches. */
  readonly unreadable: readonly string[];
}

export interface Surroundings {
  readonly projects: readonly Project[];
  /** The local day, `YYYY-MM-DD`. */
  readonly today: string;
}

const STATUS_NAMES: Readonly<Record<string, Status>> = {
  pending: "beklemede",
  in_progress: "devam_ediyor",
  completed: "tamamlandi",
  cancelled: "iptal",
};
const PRIORITY_NAMES: Readonly<Record<string, Priority>> = { low: "dusuk", medium: "orta", high: "yuksek" };
const QUICK: Readonly<Record<string, (today: string) => DueDays | null>> = {
  urgent: (today) => ({ first: today, last: shifted(today, 6), openOnly: true }),
  overdue: (today) => ({ first: null, last: shifted(today, -1), openOnly: true }),
  today: (today) => ({ first: today, last: today, openOnly: true }),
  this_week: (today) => {
    const week = dueDays("this_week", today);
    return week === null || week === "undated" ? null : { first: today, last: week.last, openOnly: true };
  },
};
const QUICK_NAMES: Readonly<Record<string, string>> = { acil: "urgent", gecmis: "overdue", bugun: "today", bu_hafta: "this_week" };

export function compile(typed: string, surroundings: Surroundings): Compiled {
  const { filters, words } = parseQuery(typed);
  const tests: Test[] = [];
  const unreadable: string[] = [];
  for (const part of filters) tests.push(oneOf(part.values.map((value) => {
    const test = filterTest(part, value, surroundings);
    if (test === null) unreadable.push(value);
    return test ?? (() => false);
  })));
  for (const { text, excluded } of words) {
    // A filter that is being typed asks for nothing yet.
    if (text.endsWith(":") && filterKey(text.slice(0, -1)) !== undefined) continue;
    const wanted = fold(text);
    tests.push(excluded ? (task) => !searched(task).includes(wanted) : (task) => searched(task).includes(wanted));
  }
  return { test: tests.length === 0 ? null : (task) => tests.every((test) => test(task)), unreadable };
}

const oneOf = (tests: readonly Test[]): Test => (task) => tests.some((test) => test(task));

function filterTest({ key }: FilterPart, value: string, { projects, today }: Surroundings): Test | null {
  const word = fold(value.trim()).replace(/[\s-]+/g, "_");
  switch (key) {
    case "durum": {
      const status = STATUSES.find((each) => each === word) ?? STATUS_NAMES[word];
      return status === undefined ? null : (task) => task.durum === status;
    }
    case "oncelik": {
      const priority = PRIORITIES.find((each) => each === word) ?? PRIORITY_NAMES[word];
      return priority === undefined ? null : (task) => task.oncelik === priority;
    }
    case "proje": {
      const name = fold(value);
      const ids = new Set(projects.filter(({ id, isim }) => id === value || fold(isim) === name).map(({ id }) => id));
      return (task) => task.proje_id !== null && ids.has(task.proje_id);
    }
    case "etiket": {
      const name = fold(value);
      return (task) => task.etiketler.some(({ isim }) => fold(isim) === name);
    }
    case "parent_id":
      return word === "root" ? (task) => task.parent_id === null : (task) => task.parent_id === value;
    case "filtre": {
      const days = QUICK[QUICK_NAMES[word] ?? word]?.(today);
      return days == null ? null : due(days);
    }
    case "son_tarih": {
      const days = dueDays(value, today);
      return days === null ? null : due(days);
    }
    case "olusturma": {
      const days = createdDays(value, today);
      return days === null ? null : (task) => within(createdOn(task), days);
    }
    case "due_after":
    case "due_before":
    case "created_after":
    case "created_before": {
      const day = dayOf(value);
      if (day === null) return null;
      const days = key.endsWith("after") ? { first: day, last: null } : { first: null, last: day };
      return key.startsWith("due") ? due(days) : (task) => within(createdOn(task), days);
    }
  }
}

function due(days: DueDays): Test {
  if (days === "undated") return (task) => task.son_tarih === null;
  return (task) =>
    task.son_tarih !== null && within(task.son_tarih.slice(0, 10), days) && (days.openOnly !== true || isOpen(task.durum));
}

/** Instants are of a day where the user is. */
function createdOn(task: Task): string {
  const moment = new Date(task.olusturma_tarihi);
  return Number.isNaN(moment.getTime()) ? "" : localDate(moment);
}

const folds = new WeakMap<Task, string>();

function searched(task: Task): string {
  let text = folds.get(task);
  if (text === undefined) {
    text = fold([task.baslik, task.aciklama, ...task.etiketler.map((tag) => tag.isim)].join("\n"));
    folds.set(task, text);
  }
  return text;
}
