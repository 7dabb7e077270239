/**
 * Changes under way, and what the workspace looks like with them. No I/O here.
 *
 * A change is shown from the moment it is made; until the daemon has answered it lies over the snapshot, and taking it
 * away again is all that undoing needs.
 */

import type { Snapshot } from "./events";
import type { Project, Task, TaskFields } from "./types";

export type Write = Create | Edit | Delete | Bulk;

interface Common {
  /** Serves as the idempotency key too. */
  readonly id: string;
  /** When it was made: RFC 3339. */
  readonly at: string;
}

export interface Create extends Common {
  readonly kind: "create";
  readonly fields: TaskFields;
  /** The task's id until the daemon has given it one. */
  readonly temporaryId: string;
}

export interface Edit extends Common {
  readonly kind: "edit";
  readonly taskId: string;
  /** The task as the user saw it. */
  readonly seen: Task;
  readonly fields: TaskFields;
  /** The values of those fields that the user saw when changing them. */
  readonly base: TaskFields;
}

export interface Delete extends Common {
  readonly kind: "delete";
  readonly taskId: string;
}

/** One call of the tool `gorev_bulk`. */
export interface Bulk extends Common {
  readonly kind: "bulk";
  readonly taskIds: readonly string[];
  readonly operation: "transition" | "tag" | "update";
  readonly data: Readonly<Record<string, unknown>>;
  /** What it makes of each task, as far as the page can tell. */
  readonly fields: TaskFields;
  readonly tags?: { readonly add: readonly string[]; readonly remove: readonly string[] };
}

export interface BulkOutcome {
  readonly successful: readonly string[];
  readonly failed: readonly { readonly taskId: string; readonly reason: string }[];
}

const TEMPORARY = "new:";

export function isTemporary(taskId: string): boolean {
  return taskId.startsWith(TEMPORARY);
}

const stamp = () => ({ id: crypto.randomUUID(), at: new Date().toISOString() });

export function create(fields: TaskFields): Create {
  return { kind: "create", ...stamp(), fields, temporaryId: TEMPORARY + crypto.randomUUID() };
}

export function edit(task: Task, fields: TaskFields, base: TaskFields = only(fieldsOf(task), fields)): Edit {
  return { kind: "edit", ...stamp(), taskId: task.id, seen: task, fields, base };
}

export function remove(taskId: string): Delete {
  return { kind: "delete", ...stamp(), taskId };
}

export function bulk(call: Omit<Bulk, "kind" | "id" | "at">): Bulk {
  return { kind: "bulk", ...stamp(), ...call };
}

/** The writable values of a task as a form sends them. */
export function fieldsOf(task: Task): Required<TaskFields> {
  return {
    baslik: task.baslik,
    aciklama: task.aciklama,
    durum: task.durum,
    oncelik: task.oncelik,
    proje_id: task.proje_id ?? "",
    parent_id: task.parent_id ?? "",
    son_tarih: task.son_tarih?.slice(0, 10) ?? "",
    etiketler: task.etiketler.map((tag) => tag.isim),
  };
}

export type FieldName = keyof TaskFields;

export function namesOf(fields: TaskFields): readonly FieldName[] {
  return Object.keys(fields) as FieldName[];
}

function only(all: Required<TaskFields>, chosen: TaskFields): TaskFields {
  return Object.fromEntries(namesOf(chosen).map((name) => [name, all[name]]));
}

/** Whether two values of a field mean the same: tags are a set, and their case does not count. */
export function same(one: TaskFields[FieldName], other: TaskFields[FieldName]): boolean {
  const plain = (value: TaskFields[FieldName]) =>
    typeof value === "object" ? value.map((tag) => tag.toLocaleLowerCase()).toSorted().join() : (value ?? "");
  return plain(one) === plain(other);
}

/** The fields that somebody else set to something else since the user saw them. */
export function clashes({ fields, base }: Pick<Edit, "fields" | "base">, now: Task): readonly FieldName[] {
  const current = fieldsOf(now);
  return namesOf(fields).filter((name) => !same(base[name], current[name]) && !same(fields[name], current[name]));
}

/** Whether the task is as the edit wants it already: it was sent before and its answer lost, or somebody did the same. */
export function alreadySo({ fields }: Pick<Edit, "fields">, now: Task): boolean {
  const current = fieldsOf(now);
  return namesOf(fields).every((name) => same(fields[name], current[name]));
}

/** The task of a write as it is shown while the writes lie over the snapshot. */
export function shownAs(snapshot: Snapshot, writes: readonly Write[], write: Write): Task | null {
  if (write.kind === "bulk" || write.kind === "delete") return null;
  const id = write.kind === "create" ? write.temporaryId : write.taskId;
  return withWrites(snapshot, writes).tasks.find((task) => task.id === id) ?? null;
}

/** The snapshot as it will be once all writes have succeeded. */
export function withWrites(snapshot: Snapshot, writes: readonly Write[]): Snapshot {
  return writes.reduce((now, write) => ({ ...now, tasks: changed(now, write) }), snapshot);
}

function changed(snapshot: Snapshot, write: Write): readonly Task[] {
  const { tasks } = snapshot;
  switch (write.kind) {
    case "create":
      return arrived(tasks, write) ? tasks : [drawnUp(write, snapshot), ...tasks];
    case "edit":
      return revised(snapshot, new Set([write.taskId]), (task) => edited(task, write.fields));
    case "delete":
      return tasks.filter((task) => task.id !== write.taskId);
    case "bulk":
      return revised(snapshot, new Set(write.taskIds), (task) => edited(retagged(task, write), write.fields));
  }
}

/** Its event may come before the answer to the request; then it is there once, not twice. */
function arrived(tasks: readonly Task[], { fields, at }: Create): boolean {
  const newest = tasks[0];
  // The daemon's clock gives whole seconds.
  return newest !== undefined && newest.baslik === fields.baslik?.trim() && newest.olusturma_tarihi.slice(0, 19) >= at.slice(0, 19);
}

function drawnUp({ fields, at, temporaryId }: Create, { tasks }: Snapshot): Task {
  const parent = fields.parent_id ? tasks.find((task) => task.id === fields.parent_id) : undefined;
  const blank: Task = {
    id: temporaryId,
    baslik: "",
    aciklama: "",
    durum: "beklemede",
    oncelik: "orta",
    proje_id: parent?.proje_id ?? null,
    parent_id: null,
    olusturma_tarihi: at,
    guncelleme_tarihi: at,
    son_tarih: null,
    etiketler: [],
    tamamlanmamis_bagimlilik_sayisi: 0,
    bu_goreve_bagimli_sayisi: 0,
    rev: 0,
  };
  return edited(blank, fields);
}

function edited(task: Task, fields: TaskFields): Task {
  const { proje_id, parent_id, son_tarih, etiketler, ...plain } = fields;
  return {
    ...task,
    ...plain,
    ...(proje_id !== undefined && { proje_id: proje_id || null }),
    ...(parent_id !== undefined && { parent_id: parent_id || null }),
    ...(son_tarih !== undefined && { son_tarih: son_tarih ? `${son_tarih}T00:00:00Z` : null }),
    ...(etiketler !== undefined && { etiketler: tagged(task, etiketler) }),
  };
}

function tagged(task: Task, names: readonly string[]): Task["etiketler"] {
  return names.map((isim) => task.etiketler.find((tag) => tag.isim === isim) ?? { id: `new:${isim}`, isim });
}

function retagged(task: Task, { tags }: Bulk): Task {
  if (tags === undefined) return task;
  const folded = (names: readonly string[]) => new Set(names.map((name) => name.toLocaleLowerCase()));
  const leaving = folded(tags.remove);
  const names = task.etiketler.map((tag) => tag.isim).filter((name) => !leaving.has(name.toLocaleLowerCase()));
  const staying = folded(names);
  const coming = tags.add.filter((name) => !staying.has(name.toLocaleLowerCase()));
  return { ...task, etiketler: tagged(task, [...names, ...coming]) };
}

/** A task that changes its project takes its subtasks along. */
function revised(snapshot: Snapshot, ids: ReadonlySet<string>, change: (task: Task) => Task): readonly Task[] {
  const moved = new Map<string, string | null>();
  const tasks = snapshot.tasks.map((task) => {
    if (!ids.has(task.id)) return task;
    const after = change(task);
    if (after.proje_id !== task.proje_id) moved.set(task.id, after.proje_id);
    return after;
  });
  if (moved.size === 0) return tasks;
  // Parents are older than their children as a rule; a few rounds settle the rest.
  for (let before = -1; before !== moved.size; ) {
    before = moved.size;
    for (const { id, parent_id } of snapshot.tasks) {
      const project = parent_id === null ? undefined : moved.get(parent_id);
      if (project !== undefined && !moved.has(id)) moved.set(id, project);
    }
  }
  return tasks.map((task) => {
    const project = moved.get(task.id);
    return project === undefined || project === task.proje_id ? task : { ...task, proje_id: project };
  });
}

export function nameOfProject(projects: readonly Project[], id: string | null): string | undefined {
  return projects.find((project) => project.id === id)?.isim;
}
