/** What a user has typed into the details of a task but not saved, beside the task as it goes on changing. */

import type { Priority, Task, TaskFields } from "../api/types";
import { PRIORITIES } from "../api/types";

export interface Values {
  readonly baslik: string;
  readonly aciklama: string;
  readonly oncelik: string;
  readonly proje_id: string;
  /** `YYYY-MM-DD` or empty. */
  readonly son_tarih: string;
  /** Separated by commas. */
  readonly etiketler: string;
}

export type Field = keyof Values;

interface Edit {
  /** The task's value when the field was first touched. */
  readonly base: string;
  readonly value: string;
}

export type Draft = Readonly<Partial<Record<Field, Edit>>>;

const FIELDS: readonly Field[] = ["baslik", "aciklama", "oncelik", "proje_id", "son_tarih", "etiketler"];

export function valuesOf(task: Task): Values {
  return {
    baslik: task.baslik,
    aciklama: task.aciklama,
    oncelik: task.oncelik,
    proje_id: task.proje_id ?? "",
    son_tarih: task.son_tarih?.slice(0, 10) ?? "",
    etiketler: task.etiketler.map((tag) => tag.isim).join(", "),
  };
}

export function edit(draft: Draft, current: Values, field: Field, value: string): Draft {
  const { [field]: touched, ...others } = draft;
  if (value === current[field]) return others;
  return { ...others, [field]: { base: touched?.base ?? current[field], value } };
}

/** The draft over the task: a field not touched follows the task. */
export function shown(draft: Draft, current: Values, field: Field): string {
  return draft[field]?.value ?? current[field];
}

/** Whether the task's value changed after the user began to type and differs from what was typed. */
export function conflicts(draft: Draft, current: Values, field: Field): boolean {
  const touched = draft[field];
  return touched !== undefined && touched.base !== current[field] && touched.value !== current[field];
}

export function changes(draft: Draft, current: Values): TaskFields {
  const changed: Partial<Record<Field, string>> = {};
  for (const field of FIELDS) {
    const value = draft[field]?.value;
    if (value !== undefined && value !== current[field]) changed[field] = value;
  }
  const { etiketler, oncelik, ...texts } = changed;
  const priority: Priority | undefined = PRIORITIES.find((known) => known === oncelik);
  return {
    ...texts,
    ...(priority !== undefined && { oncelik: priority }),
    ...(etiketler !== undefined && { etiketler: splitTags(etiketler) }),
  };
}

/** The draft without what was sent; a field changed since it was sent stays, over the value now saved. */
export function afterSaving(draft: Draft, sent: Draft, current: Values): Draft {
  const rest: Partial<Record<Field, Edit>> = {};
  for (const field of FIELDS) {
    const touched = draft[field];
    if (touched !== undefined && touched.value !== sent[field]?.value) rest[field] = { ...touched, base: current[field] };
  }
  return rest;
}

function splitTags(text: string): readonly string[] {
  return text
    .split(",")
    .map((name) => name.trim())
    .filter(Boolean);
}
