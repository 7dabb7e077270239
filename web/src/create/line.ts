/**
 * One line of typing as a task: `Write the report !high #api @Project tomorrow`, in Turkish and English alike. No I/O here.
 *
 * What is understood is taken out of the title and shown as a chip; a chip the user sends back stays plain text.
 */

import type { Priority, Project, TaskFields } from "../api/types";
import { localDate } from "../tasks/dates";
import { fold } from "../tasks/fold";

export type Meaning =
  | { readonly kind: "priority"; readonly priority: Priority }
  | { readonly kind: "tag"; readonly tag: string }
  | { readonly kind: "project"; readonly projectId: string; readonly name: string }
  | { readonly kind: "due"; readonly date: string };

export interface Chip {
  /** As typed. */
  readonly text: string;
  readonly meaning: Meaning;
}

export interface Understood {
  readonly title: string;
  readonly chips: readonly Chip[];
}

interface Context {
  readonly projects: readonly Project[];
  /** Typed texts that are to stay plain. */
  readonly plain?: ReadonlySet<string>;
  readonly today?: Date;
}

const PRIORITIES: Readonly<Record<string, Priority>> = {
  yuksek: "yuksek", acil: "yuksek", high: "yuksek", urgent: "yuksek", "1": "yuksek", y: "yuksek", "!": "yuksek", "!!": "yuksek",
  orta: "orta", normal: "orta", medium: "orta", "2": "orta", o: "orta",
  dusuk: "dusuk", low: "dusuk", "3": "dusuk", d: "dusuk",
};

/** Days of the week by their folded names, Sunday = 0. */
const WEEKDAYS: Readonly<Record<string, number>> = {
  pazar: 0, pazartesi: 1, sali: 2, carsamba: 3, persembe: 4, cuma: 5, cumartesi: 6,
  sunday: 0, monday: 1, tuesday: 2, wednesday: 3, thursday: 4, friday: 5, saturday: 6,
};

const MONTHS: readonly (readonly string[])[] = [
  ["ocak", "january", "jan"], ["subat", "february", "feb"], ["mart", "march", "mar"], ["nisan", "april", "apr"],
  ["mayis", "may"], ["haziran", "june", "jun"], ["temmuz", "july", "jul"], ["agustos", "august", "aug"],
  ["eylul", "september", "sep", "sept"], ["ekim", "october", "oct"], ["kasim", "november", "nov"], ["aralik", "december", "dec"],
];

const NUMBERS: Readonly<Record<string, number>> = {
  bir: 1, iki: 2, uc: 3, dort: 4, bes: 5, alti: 6, yedi: 7, sekiz: 8, dokuz: 9, on: 10,
  a: 1, one: 1, two: 2, three: 3, four: 4, five: 5, six: 6, seven: 7, eight: 8, nine: 9, ten: 10,
};

export function understand(line: string, { projects, plain = new Set(), today = new Date() }: Context): Understood {
  const words = line.split(/(\s+)/);
  const chips: Chip[] = [];
  const taken = new Set<number>();
  const has = (kind: Meaning["kind"]) => chips.some((chip) => chip.meaning.kind === kind);

  // Words stand at even places, what is between them at odd ones.
  for (let at = 0; at < words.length; at += 2) {
    const rest = words.slice(at).filter((_, index) => index % 2 === 0);
    const found = marked(rest, projects) ?? dated(rest, today, at === 0 ? null : (words[at - 2] ?? null));
    if (found === null) continue;
    const text = rest.slice(0, found.words).join(" ");
    if (plain.has(text) || (found.meaning.kind !== "tag" && has(found.meaning.kind))) continue;
    chips.push({ text, meaning: found.meaning });
    for (let index = at; index < at + found.words * 2; index += 1) taken.add(index);
    at += (found.words - 1) * 2;
  }
  const title = words.filter((_, index) => !taken.has(index)).join("").replace(/\s+/g, " ").trim();
  return { title, chips };
}

export function fieldsFrom({ title, chips }: Understood): TaskFields {
  const tags = chips.flatMap(({ meaning }) => (meaning.kind === "tag" ? [meaning.tag] : []));
  let fields: TaskFields = { baslik: title, ...(tags.length > 0 && { etiketler: [...new Set(tags)] }) };
  for (const { meaning } of chips) {
    if (meaning.kind === "priority") fields = { ...fields, oncelik: meaning.priority };
    if (meaning.kind === "project") fields = { ...fields, proje_id: meaning.projectId };
    if (meaning.kind === "due") fields = { ...fields, son_tarih: meaning.date };
  }
  return fields;
}

interface Found {
  readonly meaning: Meaning;
  readonly words: number;
}

function marked(words: readonly string[], projects: readonly Project[]): Found | null {
  const word = words[0] ?? "";
  const body = word.slice(1);
  if (body === "" && word !== "!") return null;
  switch (word[0]) {
    case "!": {
      const priority = PRIORITIES[fold(body)];
      return priority === undefined ? null : { meaning: { kind: "priority", priority }, words: 1 };
    }
    case "#":
      return /^[^,#]+$/.test(body) ? { meaning: { kind: "tag", tag: body }, words: 1 } : null;
    case "@":
      return projectNamed(words, projects);
    default:
      return null;
  }
}

/** The longest whole name that the words begin with, else the only project whose name begins with the first word. */
function projectNamed(words: readonly string[], projects: readonly Project[]): Found | null {
  let best: { project: Project; words: number } | null = null;
  for (const project of projects) {
    const count = project.isim.trim().split(/\s+/).length;
    if (fold(words.slice(0, count).join(" ").slice(1)) !== fold(project.isim.trim().replace(/\s+/g, " "))) continue;
    if (best === null || count > best.words) best = { project, words: count };
  }
  if (best === null) {
    const begun = fold((words[0] ?? "").slice(1));
    const candidates = projects.filter(({ isim }) => fold(isim).startsWith(begun));
    const [only] = candidates;
    if (only === undefined || candidates.length > 1 || begun.length < 2) return null;
    best = { project: only, words: 1 };
  }
  return { meaning: { kind: "project", projectId: best.project.id, name: best.project.isim }, words: best.words };
}

function dated(words: readonly string[], today: Date, before: string | null): Found | null {
  const [one = "", two = "", three = ""] = words.map((word) => fold(word).replace(/[,;]$/, ""));
  const due = (date: string | null, count: number): Found | null => (date === null ? null : { meaning: { kind: "due", date }, words: count });
  const after = (days: number, count: number) => due(localDate(plusDays(today, days)), count);

  const whole = numeric(one, today);
  if (whole !== null) return due(whole, 1);
  if (one === "bugun" || one === "today") return after(0, 1);
  if (one === "yarin" || one === "tomorrow") return after(1, 1);
  if ((one === "obur" || one === "ertesi") && two === "gun") return after(2, 2);
  if (one === "haftaya" && WEEKDAYS[two] !== undefined) return due(weekday(today, WEEKDAYS[two], true), 2);
  if (one === "haftaya") return after(7, 1);
  if ((one === "gelecek" || one === "onumuzdeki" || one === "next") && (two === "hafta" || two === "week")) return after(7, 2);
  if ((one === "gelecek" || one === "onumuzdeki" || one === "next") && (two === "ay" || two === "month")) return due(localDate(plusMonths(today, 1)), 2);
  if ((one === "next" || one === "gelecek" || one === "onumuzdeki") && WEEKDAYS[two] !== undefined) return due(weekday(today, WEEKDAYS[two], one === "next"), 2);
  if (one === "this" && WEEKDAYS[two] !== undefined) return due(weekday(today, WEEKDAYS[two], false), 2);
  if (one === "on" && WEEKDAYS[two] !== undefined) return due(weekday(today, WEEKDAYS[two], false), 2);
  if (one === "by" && WEEKDAYS[two] !== undefined) return due(weekday(today, WEEKDAYS[two], false), 2);

  const count = amount(one);
  const span = count === null ? null : spanOf(two);
  if (count !== null && span !== null && three === "sonra") return due(localDate(shifted(today, count, span)), 3);
  const inCount = one === "in" ? amount(two) : null;
  const inSpan = inCount === null ? null : spanOf(three);
  if (inCount !== null && inSpan !== null) return due(localDate(shifted(today, inCount, inSpan)), 3);

  const ofMonth = named(one, two, three, today);
  if (ofMonth !== null) return due(ofMonth.date, ofMonth.words);
  // A bare name of a day that says when, not what: "pazar" is a market too, so never the first word.
  if (WEEKDAYS[one] !== undefined && before !== null) {
    const words = two === "gunu" ? 2 : 1;
    return due(weekday(today, WEEKDAYS[one], false), words);
  }
  return null;
}

/** `2026-05-12`, `12.05.2026`, `12/05/2026`, `12.05`. */
function numeric(word: string, today: Date): string | null {
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(word);
  if (iso !== null) return calendar(Number(iso[1]), Number(iso[2]), Number(iso[3]));
  const local = /^(\d{1,2})[./](\d{1,2})(?:[./](\d{4}))?$/.exec(word);
  // "1.5" is more often a number than the first of May.
  if (local === null || (local[3] === undefined && !/^\d{2}[./]\d{2}$/.test(word))) return null;
  const [day, month] = [Number(local[1]), Number(local[2])];
  return local[3] === undefined ? upcoming(month, day, today) : calendar(Number(local[3]), month, day);
}

/** `12 mayıs`, `12 may 2026`, `may 12`. */
function named(one: string, two: string, three: string, today: Date): { date: string; words: number } | null {
  const monthOf = (word: string) => MONTHS.findIndex((names) => names.includes(word)) + 1;
  const dayOf = (word: string) => (/^\d{1,2}(st|nd|rd|th)?$/.test(word) ? Number.parseInt(word, 10) : 0);
  const [day, month] = dayOf(one) > 0 ? [dayOf(one), monthOf(two)] : [dayOf(two), monthOf(one)];
  if (day === 0 || month === 0) return null;
  const year = /^\d{4}$/.test(three) ? Number(three) : null;
  const date = year === null ? upcoming(month, day, today) : calendar(year, month, day);
  return date === null ? null : { date, words: year === null ? 2 : 3 };
}

function amount(word: string): number | null {
  if (/^\d{1,3}$/.test(word)) return Number(word);
  return NUMBERS[word] ?? null;
}

type Span = "day" | "week" | "month";

function spanOf(word: string): Span | null {
  if (["gun", "day", "days"].includes(word)) return "day";
  if (["hafta", "week", "weeks"].includes(word)) return "week";
  return ["ay", "month", "months"].includes(word) ? "month" : null;
}

function shifted(today: Date, count: number, span: Span): Date {
  return span === "month" ? plusMonths(today, count) : plusDays(today, span === "week" ? 7 * count : count);
}

function plusDays(today: Date, days: number): Date {
  return new Date(today.getFullYear(), today.getMonth(), today.getDate() + days, 12);
}

/** The last day of the month where the month is too short. */
function plusMonths(today: Date, months: number): Date {
  const last = new Date(today.getFullYear(), today.getMonth() + months + 1, 0, 12);
  return new Date(last.getFullYear(), last.getMonth(), Math.min(today.getDate(), last.getDate()), 12);
}

/** The next day of that name, today left out; `skip`: the one of the week after this. */
function weekday(today: Date, day: number, skip: boolean): string {
  const ahead = (day - today.getDay() + 7) % 7 || 7;
  // Weeks begin on Monday: "next Friday" said on a Wednesday is not the day after tomorrow.
  const untilMonday = 8 - (today.getDay() || 7);
  return localDate(plusDays(today, skip && ahead < untilMonday ? ahead + 7 : ahead));
}

function calendar(year: number, month: number, day: number): string | null {
  const date = new Date(year, month - 1, day, 12);
  return date.getMonth() === month - 1 && date.getDate() === day ? localDate(date) : null;
}

/** In this year, or in the next where the day is past. */
function upcoming(month: number, day: number, today: Date): string | null {
  const here = calendar(today.getFullYear(), month, day);
  return here !== null && here >= localDate(today) ? here : calendar(today.getFullYear() + 1, month, day);
}
