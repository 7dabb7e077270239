/**
 * The one door through which the page changes tasks: shows each write at once, sends it, takes the answer into the feed.
 *
 * Writes to one task go out one after another, each against the revision held when its turn comes. Where somebody else
 * changed other fields meanwhile, the write goes through; where it was the same field, the user decides (`Conflict`).
 */

import type { Client, Written } from "./client";
import { Refused } from "./client";
import type { Feed } from "./feed";
import { type Task, toTask, type Wire, wires } from "./types";
import type { Bulk, Edit, Write } from "./writes";
import { clashes } from "./writes";

/** Somebody else changed the same fields. */
export class Conflict extends Error {
  readonly write: Edit;
  readonly theirs: Task;

  constructor(write: Edit, theirs: Task) {
    super("conflict");
    this.write = write;
    this.theirs = theirs;
  }
}

/** The task was deleted elsewhere; what was typed is in the write. */
export class Gone extends Error {
  readonly write: Edit;
  /** As it was last seen. */
  readonly task: Task | undefined;

  constructor(write: Edit, task: Task | undefined) {
    super("gone");
    this.write = write;
    this.task = task;
  }
}

/** What awaits the user's decision, oldest first. */
export type Decision = Conflict | Gone;

export interface BulkOutcome {
  readonly successful: readonly string[];
  readonly failed: readonly { readonly taskId: string; readonly reason: string }[];
}

export interface Outcome {
  /** The task as written; null for deletions and bulk operations. */
  readonly task: Task | null;
  readonly bulk: BulkOutcome | null;
}

/** A refusal for an old revision whose cause is another field is tried again, this often. */
const REVISION_ATTEMPTS = 4;

export class Outbox {
  private readonly client: Client;
  private readonly feed: Feed;
  private writes: readonly Write[] = [];
  private undecided: readonly Decision[] = [];
  private readonly listeners = new Set<() => void>();
  /** The last write of each task, to wait for. */
  private readonly turns = new Map<string, Promise<unknown>>();

  constructor(client: Client, feed: Feed) {
    this.client = client;
    this.feed = feed;
  }

  /** Writes made and not yet answered, oldest first; a new array with each change. */
  readonly waiting = (): readonly Write[] => this.writes;

  readonly decisions = (): readonly Decision[] => this.undecided;

  readonly decided = (decision: Decision): void => {
    this.undecided = this.undecided.filter((other) => other !== decision);
    this.tell();
  };

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Raises Conflict, Gone, Refused or Unreachable; the write is not shown any longer then. */
  async submit(write: Write): Promise<Outcome> {
    this.set([...this.writes, write]);
    const keys = touched(write);
    const earlier = keys.map((key) => this.turns.get(key));
    const turn = Promise.allSettled(earlier).then(() => this.send(write));
    for (const key of keys) this.turns.set(key, turn);
    try {
      return await turn;
    } catch (reason) {
      if (reason instanceof Conflict || reason instanceof Gone) this.undecided = [...this.undecided, reason];
      throw reason;
    } finally {
      for (const key of keys) if (this.turns.get(key) === turn) this.turns.delete(key);
      this.set(this.writes.filter((other) => other !== write));
    }
  }

  private set(writes: readonly Write[]): void {
    this.writes = writes;
    this.tell();
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }

  private async send(write: Write): Promise<Outcome> {
    switch (write.kind) {
      case "create":
        return this.took(await this.client.createTask(write.fields, write.id));
      case "edit":
        return this.took(await this.sendEdit(write));
      case "delete":
        await this.client.deleteTask(write.taskId).catch((reason: unknown) => {
          if (!isMissing(reason)) throw reason;
        });
        this.feed.tookDeletion(write.taskId);
        return { task: null, bulk: null };
      case "bulk":
        return { task: null, bulk: await this.sendBulk(write) };
    }
  }

  private took({ entity, seq }: Written<Task>): Outcome {
    this.feed.tookTask(entity, seq);
    return { task: entity, bulk: null };
  }

  private async sendEdit(write: Edit): Promise<Written<Task>> {
    const seen = this.feed.task(write.taskId);
    let now = seen;
    for (let attempt = 1; ; attempt += 1) {
      if (now === undefined) throw new Gone(write, seen);
      if (clashes(write, now).length > 0) throw new Conflict(write, now);
      try {
        return await this.client.editTask(write.taskId, write.fields, now.rev);
      } catch (reason) {
        if (isMissing(reason)) {
          this.feed.reload();
          throw new Gone(write, seen);
        }
        const current = reason instanceof Refused ? reason.current : null;
        if (current === null || attempt === REVISION_ATTEMPTS) throw reason;
        now = toTask(current);
        this.feed.tookCurrent(now);
      }
    }
  }

  private async sendBulk({ taskIds, operation, data }: Bulk): Promise<BulkOutcome> {
    const answer = await this.client.tool("gorev_bulk", { operation, ids: taskIds, data });
    // The stream tells the changes one by one; what lies over them until then must not go away first.
    await this.feed.reached(answer.seq ?? (await this.client.latestSeq(new AbortController().signal)));
    return {
      successful: Array.isArray(answer.data["successful"]) ? answer.data["successful"].map(String) : [],
      failed: wires(answer.data["failed"]).map(failure),
    };
  }
}

function failure(wire: Wire): BulkOutcome["failed"][number] {
  return { taskId: String(wire["task_id"] ?? ""), reason: String(wire["error"] ?? "") };
}

function isMissing(reason: unknown): boolean {
  return reason instanceof Refused && reason.status === 404 && reason.code === "task_not_found";
}

function touched(write: Write): readonly string[] {
  if (write.kind === "create") return write.fields.parent_id ? [write.fields.parent_id] : [];
  return write.kind === "bulk" ? write.taskIds : [write.taskId];
}
