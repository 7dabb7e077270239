/** What the tests share: entities with defaults, frames as the daemon sends them, a channel that does as it is told. */

import { type Frame, parseFrame, type Snapshot } from "./events";
import type { Channel } from "./socket";
import { type Project, type Task, toProject, toTask } from "./types";

export function task(id: string, fields: Partial<Task> = {}): Task {
  return { ...toTask({ id, baslik: `Task ${id}`, rev: 1 }), ...fields };
}

export function project(id: string, fields: Partial<Project> = {}): Project {
  return { ...toProject({ id, isim: `Project ${id}`, rev: 1 }), ...fields };
}

export function snapshot(seq: number, tasks: readonly Task[] = [], projects: readonly Project[] = []): Snapshot {
  return { seq, tasks, projects };
}

export function frameText(type: string, fields: Record<string, unknown> = {}): string {
  return JSON.stringify({ type, workspace_id: "w", timestamp: "2025-10-06T10:30:00Z", ...fields });
}

export function frame(type: string, fields: Record<string, unknown> = {}): Frame {
  const read = parseFrame(frameText(type, fields));
  if (read === null) throw new Error(`not a frame: ${type}`);
  return read;
}

/** A task event as the daemon sends it. */
export function taskFrame(type: "created" | "updated" | "deleted", seq: number, changed: Task): Frame {
  return frame(type, { seq, rev: changed.rev, task_id: changed.id, project_id: "", data: changed });
}

/** A WebSocket without a network: says and ends when the test says so, records what it was told. */
export class FakeChannel implements Channel {
  onmessage: Channel["onmessage"] = null;
  onclose: Channel["onclose"] = null;
  readonly sent: unknown[] = [];
  closed = false;

  send(data: unknown): void {
    this.sent.push(JSON.parse(String(data)));
  }

  close(): void {
    this.closed = true;
  }

  says(data: unknown): void {
    this.onmessage?.call(this as unknown as WebSocket, new MessageEvent("message", { data }));
  }

  ends(): void {
    this.onclose?.call(this as unknown as WebSocket, new Event("close") as CloseEvent);
  }
}
