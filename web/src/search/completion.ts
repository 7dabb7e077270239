/** What could stand where the caret is: names of filters, and their values. No I/O here. */

import type { Language } from "../locale";
import { fold } from "../tasks/fold";
import { type FilterKey, filterKey, quoted } from "./query";

export interface Suggestion {
  /** Takes the place of what stands from `from` to `to`. */
  readonly insert: string;
  readonly from: number;
  readonly to: number;
  readonly kind: "key" | "value";
  readonly key: FilterKey;
  /** As it stands in the query. */
  readonly shown: string;
  /** The value as the wire has it, for those that have a name in the catalogue. */
  readonly value: string;
}

export interface Vocabulary {
  readonly language: Language;
  readonly projects: readonly string[];
  /** Most used first. */
  readonly tags: readonly string[];
}

const MOST = 8;

/** The filters worth offering, by the name of either language. */
const OFFERED: Readonly<Record<Language, readonly (readonly [FilterKey, string])[]>> = {
  tr: [
    ["durum", "durum"],
    ["oncelik", "oncelik"],
    ["etiket", "etiket"],
    ["proje", "proje"],
    ["son_tarih", "son_tarih"],
    ["olusturma", "olusturma"],
    ["filtre", "filtre"],
  ],
  en: [
    ["durum", "status"],
    ["oncelik", "priority"],
    ["etiket", "tag"],
    ["proje", "project"],
    ["son_tarih", "due"],
    ["olusturma", "created"],
    ["filtre", "filter"],
  ],
};

const DATES: Readonly<Record<Language, readonly string[]>> = {
  tr: ["bugun", "yarin", "dun", "bu_hafta", "gelecek_hafta", "gecen_hafta", "bu_ay"],
  en: ["today", "tomorrow", "yesterday", "this_week", "next_week", "last_week", "this_month"],
};
const DUE_ONLY: Readonly<Record<Language, readonly string[]>> = {
  tr: ["gecikmis", "yaklasan", "tarihsiz"],
  en: ["overdue", "upcoming", "no_date"],
};
const QUICK: Readonly<Record<Language, readonly string[]>> = {
  tr: ["acil", "gecmis", "bugun", "bu_hafta"],
  en: ["urgent", "overdue", "today", "this_week"],
};

export function complete(typed: string, caret: number, words: Vocabulary): readonly Suggestion[] {
  const from = startOfToken(typed, caret);
  const token = typed.slice(from, caret);
  const colon = token.indexOf(":");
  const key = colon < 0 ? undefined : filterKey(token.slice(0, colon));
  if (key === undefined) return colon < 0 ? keys(token, from, caret, words) : [];
  const begin = from + colon + 1 + lastValueAt(token.slice(colon + 1));
  const begun = fold(typed.slice(begin, caret).replaceAll('"', ""));
  const others = new Set(token.slice(colon + 1, begin - from).split(",").map((value) => fold(value.replaceAll('"', ""))));
  return valuesOf(key, words)
    .filter(([shown]) => !others.has(fold(shown)) && startsLike(fold(shown), begun))
    .slice(0, MOST)
    .map(([shown, value]) => ({ insert: `${quoted(shown)} `, from: begin, to: caret, kind: "value", key, shown, value }));
}

function keys(token: string, from: number, to: number, { language }: Vocabulary): readonly Suggestion[] {
  const begun = fold(token);
  return OFFERED[language]
    .filter(([key, name]) => begun === "" || name.startsWith(begun) || key.startsWith(begun))
    .map(([key, name]) => ({ insert: `${name}:`, from, to, kind: "key", key, shown: `${name}:`, value: "" }));
}

type Value = readonly [shown: string, wire: string];

const same = (names: readonly string[]): readonly Value[] => names.map((name) => [name, name]);
const STATUS_NAMES = [
  ["pending", "beklemede"],
  ["in_progress", "devam_ediyor"],
  ["completed", "tamamlandi"],
  ["cancelled", "iptal"],
] as const;
const PRIORITY_NAMES = [
  ["high", "yuksek"],
  ["medium", "orta"],
  ["low", "dusuk"],
] as const;

function valuesOf(key: FilterKey, { language, projects, tags }: Vocabulary): readonly Value[] {
  const spoken = (names: readonly Value[]) => (language === "en" ? names : same(names.map(([, wire]) => wire)));
  switch (key) {
    case "durum":
      return spoken(STATUS_NAMES);
    case "oncelik":
      return spoken(PRIORITY_NAMES);
    case "etiket":
      return same(tags);
    case "proje":
      return same(projects);
    case "son_tarih":
      return same([...DATES[language], ...DUE_ONLY[language]]);
    case "olusturma":
      return same(DATES[language]);
    case "filtre":
      return same(QUICK[language]);
    case "parent_id":
      return same(["root"]);
    default:
      return [];
  }
}

/** A beginning of the whole or of one of its words. */
function startsLike(name: string, begun: string): boolean {
  return begun === "" || name.startsWith(begun) || name.split(/[\s_]+/).some((word) => word.startsWith(begun));
}

/** White space inside quotes does not part. */
function startOfToken(typed: string, caret: number): number {
  let start = 0;
  let inQuotes = false;
  for (let at = 0; at < caret; at += 1) {
    const character = typed.charAt(at);
    if (character === '"') inQuotes = !inQuotes;
    else if (!inQuotes && /\s/.test(character)) start = at + 1;
  }
  return start;
}

function lastValueAt(values: string): number {
  let start = 0;
  let inQuotes = false;
  for (let at = 0; at < values.length; at += 1) {
    if (values.charAt(at) === '"') inQuotes = !inQuotes;
    else if (!inQuotes && values.charAt(at) === ",") start = at + 1;
  }
  return start;
}
