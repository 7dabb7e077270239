/** The log of changes as people read it: who did what to what, repeated small steps told once. No I/O here. */

import { isWire, type Wire } from "../api/types";
import { localDate } from "../tasks/dates";
import { type Actor, kindOf } from "./actor";

export const DEEDS = ["created", "finished", "started", "reopened", "cancelled", "updated", "deleted", "linked", "project_created", "project_updated", "project_deleted", "template_changed", "workspace_sync"] as const;
export type Deed = (typeof DEEDS)[number];

export interface Change {
  readonly seq: number;
  /** RFC 3339. */
  readonly at: string;
  readonly actor: Actor;
  readonly deed: Deed;
  /** Empty where no task is concerned. */
  readonly taskId: string;
  readonly projectId: string;
  /** Title of the task or name of the project, as it was then. */
  readonly title: string;
  /** Wire names of what changed. */
  readonly fields: readonly string[];
}

/** Steps of one kind, by one actor, at one thing, in a row. */
export interface Told extends Change {
  readonly times: number;
}

/** `YYYY-MM-DD` where the user is, and what happened on it, newest first. */
export interface DayOfChanges {
  readonly day: string;
  readonly changes: readonly Told[];
}

const LINKS = new Set(["bagimliliklar", "baglantilar", "bagimlilik"]);
/** Steps further apart than this are told apart. */
const TOGETHER_MS = 10 * 60_000;

const words = (value: unknown) => (typeof value === "string" ? value : "");

export function toChange(wire: Wire): Change | null {
  const { type, seq, timestamp } = wire;
  const known = DEEDS.find((deed) => deed === type);
  if (known === undefined || typeof seq !== "number") return null;
  const data = isWire(wire["data"]) ? wire["data"] : {};
  const actor = isWire(wire["actor"]) ? wire["actor"] : {};
  const fields = Array.isArray(wire["changed_fields"]) ? wire["changed_fields"].filter((field) => typeof field === "string") : [];
  const client = words(actor["client"]);
  return {
    seq,
    at: words(timestamp),
    actor: { client, kind: kindOf(client, words(actor["type"])) },
    deed: known === "updated" ? deedOf(fields, words(data["durum"])) : known,
    taskId: words(wire["task_id"]),
    projectId: words(wire["project_id"]) || words(data["proje_id"]),
    title: words(data["baslik"]) || words(data["isim"]),
    fields: fields.filter((field) => !LINKS.has(field)),
  };
}

function deedOf(fields: readonly string[], status: string): Deed {
  if (fields.includes("durum")) {
    if (status === "tamamlandi") return "finished";
    if (status === "devam_ediyor") return "started";
    return status === "iptal" ? "cancelled" : "reopened";
  }
  // An update that names no field is one of a link's ends.
  return fields.every((field) => LINKS.has(field)) ? "linked" : "updated";
}

/** Newest first, by days; `changes` in any order, none twice. */
export function byDay(changes: readonly Change[], wanted: (change: Change) => boolean): readonly DayOfChanges[] {
  const days: { day: string; changes: Told[] }[] = [];
  for (const change of changes.toSorted((one, other) => other.seq - one.seq)) {
    if (!wanted(change)) continue;
    const day = localDay(change.at);
    let today = days.at(-1);
    if (today?.day !== day) days.push((today = { day, changes: [] }));
    const last = today.changes.at(-1);
    if (last !== undefined && together(last, change)) {
      today.changes[today.changes.length - 1] = { ...last, times: last.times + 1, fields: [...new Set([...last.fields, ...change.fields])] };
    } else today.changes.push({ ...change, times: 1 });
  }
  return days;
}

function together(last: Change, change: Change): boolean {
  return (
    (change.deed === "updated" || change.deed === "linked") &&
    last.deed === change.deed &&
    last.taskId === change.taskId &&
    last.actor.client === change.actor.client &&
    Date.parse(last.at) - Date.parse(change.at) < TOGETHER_MS
  );
}

function localDay(at: string): string {
  const moment = new Date(at);
  return Number.isNaN(moment.getTime()) ? "" : localDate(moment);
}

/** Everybody in the log, those with most changes first. */
export function actorsIn(changes: readonly Change[]): readonly Actor[] {
  const found = new Map<string, { actor: Actor; count: number }>();
  for (const { actor } of changes) {
    const entry = found.get(actor.client);
    if (entry === undefined) found.set(actor.client, { actor, count: 1 });
    else entry.count += 1;
  }
  return [...found.values()].toSorted((one, other) => other.count - one.count).map(({ actor }) => actor);
}
