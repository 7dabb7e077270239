/** What the tests share: entities with defaults, frames as the daemon sends them, a channel that does as it is told. */

import { type Frame, parseFrame, type Snapshot } from "./events";
import type { Message, Surroundings } from "./queue";
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

/** A browser's storage, locks and broadcasts: each call of `tab` gives what one tab has of them. */
export class FakeBrowser {
  readonly kept = new Map<string, string>();
  /** Characters that the storage has room for. */
  room = Infinity;
  private readonly channels = new Map<object, string>();
  private turn: Promise<unknown> = Promise.resolve();

  tab(): Surroundings {
    const { kept, channels } = this;
    return {
      storage: {
        get length() {
          return kept.size;
        },
        key: (index) => [...kept.keys()][index] ?? null,
        getItem: (key) => kept.get(key) ?? null,
        setItem: (key, value) => {
          if (value.length > this.room) throw new DOMException("full", "QuotaExceededError");
          kept.set(key, value);
        },
        removeItem: (key) => void kept.delete(key),
      },
      locks: {
        request: (_: string, work: unknown) => {
          const mine = this.turn.then(work as () => Promise<void>);
          this.turn = mine.catch(() => undefined);
          return mine;
        },
      } as Pick<LockManager, "request">,
      channel: (name) => {
        const channel: ReturnType<Surroundings["channel"]> = {
          onmessage: null,
          postMessage: (message: Message) => {
            for (const [other, otherName] of channels as Map<typeof channel, string>) {
              if (other === channel || otherName !== name) continue;
              const data: unknown = JSON.parse(JSON.stringify(message));
              other.onmessage?.call(other as BroadcastChannel, new MessageEvent("message", { data }));
            }
          },
          close: () => void channels.delete(channel),
        };
        channels.set(channel, name);
        return channel;
      },
    };
  }
}
