/**
 * The event stream, applied to what the page holds. No I/O here.
 *
 * A snapshot is the whole workspace as of one `seq`. An event moves it from `seq` to the next; one already contained is
 * ignored, one that leaves a gap is not applied at all, so the caller reloads.
 */

import type { Project, Task, Wire } from "./types";
import { isWire, toProject, toTask } from "./types";

export interface Snapshot {
  readonly seq: number;
  /** Newest first, each task a row of its own. */
  readonly tasks: readonly Task[];
  readonly projects: readonly Project[];
}

export interface Frame {
  readonly type: string;
  /** Absent on frames that tell of no change (`connected`, `resync`, `pong`, …). */
  readonly seq: number | null;
  readonly firstSeq: number | null;
  readonly taskId: string;
  readonly projectId: string;
  readonly workspaceId: string | null;
  /** Name of the client that made the change, and how it speaks to the daemon: `mcp`, `rest`, `web`, `cli`, … */
  readonly client: string;
  readonly clientType: string;
  readonly data: Wire;
}

export type Outcome =
  /** `derivedStale`: values of other tasks follow from this change but come with no event of their own. */
  | { readonly kind: "applied"; readonly snapshot: Snapshot; readonly derivedStale: boolean }
  | { readonly kind: "known" }
  | { readonly kind: "reload" };

const CONTROL_TYPES: ReadonlySet<string> = new Set([
  "connected",
  "error",
  "pong",
  "progress",
  "resync",
  "shutdown",
  "subscribed",
]);

/** Reads one text frame; null for anything that is not a frame of the contract. */
export function parseFrame(text: string): Frame | null {
  let wire: unknown;
  try {
    wire = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isWire(wire) || typeof wire["type"] !== "string") return null;
  const control = CONTROL_TYPES.has(wire["type"]);
  const actor = isWire(wire["actor"]) ? wire["actor"] : {};
  return {
    type: wire["type"],
    seq: !control && typeof wire["seq"] === "number" ? wire["seq"] : null,
    firstSeq: !control && typeof wire["first_seq"] === "number" ? wire["first_seq"] : null,
    taskId: typeof wire["task_id"] === "string" ? wire["task_id"] : "",
    projectId: typeof wire["project_id"] === "string" ? wire["project_id"] : "",
    workspaceId: typeof wire["workspace_id"] === "string" ? wire["workspace_id"] : null,
    client: typeof actor["client"] === "string" ? actor["client"] : "",
    clientType: typeof actor["type"] === "string" ? actor["type"] : "",
    data: isWire(wire["data"]) ? wire["data"] : {},
  };
}

export function apply(snapshot: Snapshot, frame: Frame): Outcome {
  if (frame.seq === null || frame.seq <= snapshot.seq) return { kind: "known" };
  if ((frame.firstSeq ?? frame.seq) > snapshot.seq + 1 || frame.type === "workspace_sync") return { kind: "reload" };
  return {
    kind: "applied",
    snapshot: { ...change(snapshot, frame), seq: frame.seq },
    derivedStale: staleAfter(snapshot, frame),
  };
}

function change(snapshot: Snapshot, frame: Frame): Snapshot {
  switch (frame.type) {
    case "created":
    case "updated":
      return withTask(snapshot, toTask(frame.data));
    case "deleted":
      return withoutTask(snapshot, frame.taskId);
    case "project_created":
    case "project_updated":
      return withProject(snapshot, toProject(frame.data));
    case "project_deleted":
      return withoutProject(snapshot, frame.projectId);
    default:
      return snapshot;
  }
}

/** Tasks that wait for the changed one count their open prerequisites anew, yet only the changed one has an event. */
function staleAfter(snapshot: Snapshot, frame: Frame): boolean {
  if (frame.type !== "updated" && frame.type !== "deleted") return false;
  const before = snapshot.tasks.find((task) => task.id === frame.taskId);
  if (before === undefined || before.bu_goreve_bagimli_sayisi === 0) return false;
  return frame.type === "deleted" || toTask(frame.data).durum !== before.durum;
}

/** Puts a task in, unless a newer revision of it is there already. */
export function withTask(snapshot: Snapshot, task: Task): Snapshot {
  const tasks = placed(snapshot.tasks, task);
  return tasks === snapshot.tasks ? snapshot : { ...snapshot, tasks };
}

export function withoutTask(snapshot: Snapshot, id: string): Snapshot {
  return { ...snapshot, tasks: snapshot.tasks.filter((task) => task.id !== id) };
}

/** Puts a project in. At most one project is active, so an active one makes the others inactive. */
export function withProject(snapshot: Snapshot, project: Project): Snapshot {
  const projects = placed(snapshot.projects, project);
  if (projects === snapshot.projects || !project.is_active) return { ...snapshot, projects };
  return {
    ...snapshot,
    projects: projects.map((other) =>
      other.is_active && other.id !== project.id ? { ...other, is_active: false } : other,
    ),
  };
}

export function withoutProject(snapshot: Snapshot, id: string): Snapshot {
  return { ...snapshot, projects: snapshot.projects.filter((project) => project.id !== id) };
}

interface Revised {
  readonly id: string;
  readonly rev: number;
}

function placed<E extends Revised>(entities: readonly E[], entity: E): readonly E[] {
  const at = entities.findIndex((other) => other.id === entity.id);
  const present = entities[at];
  if (present === undefined) return [entity, ...entities];
  return present.rev > entity.rev ? entities : entities.with(at, entity);
}
