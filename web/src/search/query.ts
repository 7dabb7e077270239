/**
 * A query as it is typed, split into filters and free text, as the daemon splits it: white space separates, `"…"` groups,
 * `-` in front excludes, `key:value,"other value"` filters where the key is known; everything else is free text.
 */

export const FILTER_KEYS = ["durum", "oncelik", "proje", "etiket", "son_tarih", "olusturma", "due_after", "due_before", "created_after", "created_before", "parent_id", "filtre"] as const;
export type FilterKey = (typeof FILTER_KEYS)[number];

/** Every name a filter goes by, in either language. */
const NAMES: Readonly<Record<FilterKey, readonly string[]>> = {
  durum: ["durum", "status"],
  oncelik: ["oncelik", "priority"],
  proje: ["proje", "project", "proje_id", "project_id", "project_ids"],
  etiket: ["etiket", "tag", "tags", "etiketler"],
  son_tarih: ["son_tarih", "due", "due_date"],
  olusturma: ["olusturma", "created"],
  due_after: ["due_after", "son_tarih_baslangic"],
  due_before: ["due_before", "son_tarih_bitis"],
  created_after: ["created_after", "olusturulma_baslangic"],
  created_before: ["created_before", "olusturulma_bitis"],
  parent_id: ["parent_id", "ust"],
  filtre: ["filtre", "filter"],
};

const BY_NAME: ReadonlyMap<string, FilterKey> = new Map(FILTER_KEYS.flatMap((key) => NAMES[key].map((name) => [name, key])));

export function filterKey(name: string): FilterKey | undefined {
  return BY_NAME.get(name.toLowerCase());
}

export interface FilterPart {
  readonly key: FilterKey;
  readonly values: readonly string[];
}

export interface Words {
  readonly text: string;
  readonly excluded: boolean;
}

export interface Query {
  readonly filters: readonly FilterPart[];
  /** Words and phrases beside the filters. */
  readonly words: readonly Words[];
}

const QUOTES = /[“”„‟«»]/g;
const KEY = /([^\s":,]+):(?=[^\s,])/y;
const VALUE = /"([^"]*)"|([^\s,"]+)/y;
const COMMAS = /,+/y;
const PART = /(-?)"([^"]*)"|(\S+)/y;

export function parseQuery(typed: string): Query {
  const query = typed.replace(QUOTES, '"');
  const filters: FilterPart[] = [];
  const words: Words[] = [];
  let at = 0;
  for (;;) {
    while (at < query.length && /\s/.test(query.charAt(at))) at += 1;
    if (at >= query.length) return { filters, words };
    const filter = filterAt(query, at);
    if (filter !== null) {
      filters.push({ key: filter.key, values: filter.values });
      at = filter.end;
      continue;
    }
    const part = matchAt(PART, query, at);
    if (part === null) return { filters, words };
    at += part[0].length;
    const phrase = part[2];
    if (phrase !== undefined) {
      if (phrase.trim() !== "") words.push({ text: phrase.trim(), excluded: part[1] === "-" });
      continue;
    }
    const word = part[3] ?? "";
    if (/^-[\p{L}\p{N}]/u.test(word)) words.push({ text: word.slice(1), excluded: true });
    else words.push({ text: word, excluded: false });
  }
}

function filterAt(query: string, at: number): (FilterPart & { readonly end: number }) | null {
  const name = matchAt(KEY, query, at);
  const key = name === null ? undefined : filterKey(name[1] ?? "");
  if (name === null || key === undefined) return null;
  const values: string[] = [];
  let end = at + name[0].length;
  for (let value = matchAt(VALUE, query, end); value !== null; value = matchAt(VALUE, query, end)) {
    values.push((value[1] ?? value[2] ?? "").trim());
    end += value[0].length;
    const commas = matchAt(COMMAS, query, end);
    if (commas === null) break;
    end += commas[0].length;
  }
  if (end < query.length && !/\s/.test(query.charAt(end))) return null;
  const given = values.filter((value) => value !== "");
  return given.length === 0 ? null : { key, values: given, end };
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** A value as it must stand in a query. */
export function quoted(value: string): string {
  const plain = value.replaceAll('"', "");
  return /[\s,"]/.test(plain) || plain === "" ? `"${plain}"` : plain;
}

/** The query that asks for these filters and words. */
export function writeQuery(filters: readonly FilterPart[], text = ""): string {
  const written = filters.filter(({ values }) => values.length > 0).map(({ key, values }) => `${key}:${values.map(quoted).join(",")}`);
  return [...written, text.trim()].filter(Boolean).join(" ");
}
