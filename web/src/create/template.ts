/** What a filled template becomes, as the daemon makes it (`data-model.md` §6). No I/O here. */

import type { Template, TemplateField } from "../api/types";

export type Values = Readonly<Record<string, string>>;

export type Fault = "missing" | "number" | "date" | "option";

export function startingValues(template: Template): Values {
  return Object.fromEntries(template.alanlar.map(({ isim, varsayilan }) => [isim, varsayilan]));
}

export function faultOf(field: TemplateField, value: string): Fault | null {
  const given = value.trim();
  if (given === "") return field.zorunlu && field.varsayilan.trim() === "" ? "missing" : null;
  switch (field.tip) {
    case "number":
      return Number.isFinite(Number(given.replace(",", "."))) ? null : "number";
    case "date":
      return isDate(given) ? null : "date";
    case "select":
      return field.secenekler.includes(given) ? null : "option";
    case "text":
      return null;
  }
}

export function faults(template: Template, values: Values): ReadonlyMap<string, Fault> {
  const found = new Map<string, Fault>();
  for (const field of template.alanlar) {
    const fault = faultOf(field, values[field.isim] ?? "");
    if (fault !== null) found.set(field.isim, fault);
  }
  return found;
}

/** Replaces each `{{name}}` once; what is put in is not looked at again. */
export function filled(pattern: string, values: Values): string {
  return pattern.replace(/\{\{\s*([^{}]+?)\s*\}\}/g, (_, name: string) => values[name] ?? "");
}

/** Longer than this, what the template says of a field explains it rather than names it. */
const LONGEST_NAME = 32;

/** What people call a field: its short text where there is one, else `son_tarih` as words. */
export function nameOfField({ isim, aciklama }: TemplateField): string {
  const said = aciklama.trim();
  if (said !== "" && said.length <= LONGEST_NAME) return said;
  const words = isim.replaceAll("_", " ");
  return words.charAt(0).toLocaleUpperCase() + words.slice(1);
}

/** What there is to say about a field beyond its name. */
export function hintOfField(field: TemplateField): string {
  return nameOfField(field) === field.aciklama.trim() ? "" : field.aciklama;
}

function isDate(text: string): boolean {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (parts === null) return false;
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}
