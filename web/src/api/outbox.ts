/**
 * The one door through which the page changes tasks: shows each write at once, sends it, takes the answer into the feed.
 *
 * Writes go out one after another, each against the revision held when its turn comes. Where somebody else changed other
 * fields meanwhile, the write goes through; where it was the same field, the user decides (`Decision`). While the daemon
 * does not answer they wait in the `Queue`, and are sent, in their order and once, by whichever tab finds it back first:
 * a create or a bulk operation bears its key, an edit its revision, and what is as the edit wants it is not sent.
 */

import type { Client } from "./client";
import { Refused, Unreachable } from "./client";
import type { Feed } from "./feed";
import { type Entry, type Message, Queue, type Settled, type Verdict } from "./queue";
import { type Task, toTask, type Wire, wires } from "./types";
import type { Bulk, BulkOutcome, Edit, Write } from "./writes";
import { alreadySo, clashes, shownAs } from "./writes";

/** A write that needs the user's word: why, and what was typed. */
export class Decision extends Error {
  readonly write: Write;
  readonly verdict: Verdict;

  constructor({ write, verdict }: { readonly write: Write; readonly verdict: Verdict }) {
    super(verdict.kind);
    this.write = write;
    this.verdict = verdict;
  }
}

export interface Outcome {
  /** The task as written, or as it is shown until the daemon is back; null for deletions and bulk operations. */
  readonly task: Task | null;
  readonly bulk: BulkOutcome | null;
}

interface Asked {
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (reason: Error) => void;
}

/** A refusal for an old revision whose cause is another field is tried again, this often. */
const REVISION_ATTEMPTS = 4;
/** How long a write may lie before it is tried again, by this tab or for one that has been closed. */
const RETRY_MS = 3_000;
/** A write that got no answer so often is let go if the daemon answers others. */
const UNANSWERED_ATTEMPTS = 4;
/** Answers of a daemon that is starting, ending or overrun, of a proxy without it, or for want of a login. */
const AWAY: ReadonlySet<number> = new Set([401, 429, 502, 503, 504]);

export class Outbox {
  private readonly client: Client;
  private readonly feed: Feed;
  private readonly queue: Queue;
  private entries: readonly Entry[] = [];
  private writes: readonly Write[] = [];
  private undecided: readonly Decision[] = [];
  private readonly listeners = new Set<() => void>();
  /** Whoever in this tab waits to hear what became of a write. */
  private readonly asked = new Map<string, Asked>();
  private started = false;
  /** How often each write got no answer from here. */
  private readonly unanswered = new Map<string, number>();
  private away = false;
  private sending = false;
  private sendAgain = false;
  private retry: ReturnType<typeof setTimeout> | undefined;

  constructor(client: Client, feed: Feed, queue = new Queue(client.workspace?.id ?? "")) {
    this.client = client;
    this.feed = feed;
    this.queue = queue;
  }

  /** Takes up what an earlier page left; the feed must hold a snapshot by now. */
  start(): void {
    this.started = true;
    this.queue.open((message) => this.heard(message));
    this.set(this.queue.entries());
    this.nudge();
  }

  stop(): void {
    this.started = false;
    clearTimeout(this.retry);
    this.retry = undefined;
    this.queue.close();
  }

  /** The daemon may be back: send what waits. */
  nudge(): void {
    if (this.writes.length > 0) void this.sendAll();
  }

  /** Writes made and not yet answered, oldest first, those of other tabs included; a new array with each change. */
  readonly waiting = (): readonly Write[] => this.writes;

  /** How many writes wait for a daemon that does not answer. */
  readonly heldBack = (): number => (this.away ? this.writes.length : 0);

  /** Whether a write is too large for the browser to keep beyond this tab. */
  get losable(): boolean {
    return this.queue.losable;
  }

  /** What awaits the user's word, oldest first. */
  readonly decisions = (): readonly Decision[] => this.undecided;

  readonly decided = ({ write }: Decision): void => {
    const entry = this.entries.find((each) => each.write.id === write.id);
    if (entry === undefined) return;
    this.queue.remove(entry, null);
    this.drop(write.id);
  };

  /** Sends a declined write anew. */
  readonly again = (decision: Decision): void => {
    this.decided(decision);
    this.put(this.queue.add({ ...decision.write, id: crypto.randomUUID() }));
    void this.sendAll();
  };

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /**
   * Ends when the write is answered, or when it has turned out that it must wait for the daemon. Raises Decision, Refused
   * or ToolRefused; the write is not shown any longer then.
   */
  submit(write: Write): Promise<Outcome> {
    const outcome = new Promise<Outcome>((resolve, reject) => this.asked.set(write.id, { resolve, reject }));
    this.put(this.queue.add(write));
    void this.sendAll();
    return outcome;
  }

  private async sendAll(): Promise<void> {
    this.sendAgain = true;
    if (this.sending) return;
    this.sending = true;
    try {
      while (this.sendAgain) {
        this.sendAgain = false;
        await this.queue.alone(() => this.sendWaiting());
      }
    } catch {
      this.holdBack();
    } finally {
      this.sending = false;
    }
  }

  /** Raises what `isAway` says is one. */
  private async sendWaiting(): Promise<void> {
    for (let entry = this.queue.first(); entry !== undefined; entry = this.queue.first()) {
      let answer: Settled;
      try {
        answer = await this.send(entry.write);
      } catch (reason) {
        if (isAway(reason) && !(await this.isStuck(entry))) throw reason;
        this.refused(entry, reason as Error);
        continue;
      }
      this.away = false;
      if (answer.bulk !== null && answer.bulk.failed.length > 0 && !this.asked.has(entry.write.id)) {
        this.judged(entry, { kind: "declined", reason: reasonsOf(answer.bulk) });
        continue;
      }
      this.queue.remove(entry, answer);
      void this.settled(entry.write.id, answer);
    }
  }

  /** Whether it is this write that gets no answer, again and again, while others get theirs: it must not hold up the rest. */
  private async isStuck({ write }: Entry): Promise<boolean> {
    const attempts = (this.unanswered.get(write.id) ?? 0) + 1;
    this.unanswered.set(write.id, attempts);
    if (attempts < UNANSWERED_ATTEMPTS) return false;
    return this.client.latestSeq(AbortSignal.timeout(RETRY_MS)).then(() => true, () => false);
  }

  private refused(entry: Entry, reason: Error): void {
    const { id } = entry.write;
    if (reason instanceof Decision) this.judged(entry, reason.verdict);
    else if (!this.asked.has(id)) this.judged(entry, { kind: "declined", reason: reason instanceof Unreachable ? "" : reason.message });
    else {
      this.queue.remove(entry, null);
      this.drop(id, reason);
    }
  }

  private judged(entry: Entry, verdict: Verdict): void {
    this.put(this.queue.put({ ...entry, verdict }));
  }

  /** Whoever waits is told that the write is shown and kept; more cannot be said now. */
  private holdBack(): void {
    this.away = true;
    for (const write of this.writes) this.tellShown(write);
    this.set(this.entries);
  }

  private tellShown(write: Write): void {
    const asked = this.asked.get(write.id);
    if (asked === undefined) return;
    this.asked.delete(write.id);
    const task = this.feed.snapshot === undefined ? null : shownAs(this.feed.snapshot, this.writes, write);
    asked.resolve({ task, bulk: write.kind === "bulk" ? { successful: write.taskIds, failed: [] } : null });
  }

  private heard(message: Message): void {
    if (message.kind === "put") this.put(message.entry);
    else if (message.settled === null) this.drop(message.id);
    else void this.settled(message.id, message.settled);
  }

  private async settled(id: string, { task, deleted, bulk, seq }: Settled): Promise<void> {
    if (task !== null) this.feed.tookTask(task, seq);
    else if (deleted !== null) this.feed.tookDeletion(deleted);
    // The stream tells the changes of a bulk operation one by one; what lies over them must not go away first.
    else await this.feed.reached(seq);
    const asked = this.asked.get(id);
    this.asked.delete(id);
    this.drop(id);
    asked?.resolve({ task, bulk });
  }

  private put(entry: Entry): void {
    const others = this.entries.filter(({ place }) => place !== entry.place);
    this.set([...others, entry].toSorted((one, other) => (one.place < other.place ? -1 : 1)));
    if (entry.verdict !== null) this.reject(entry.write.id, new Decision({ write: entry.write, verdict: entry.verdict }));
  }

  private drop(id: string, reason?: Error): void {
    this.set(this.entries.filter(({ write }) => write.id !== id));
    if (reason !== undefined) this.reject(id, reason);
  }

  private reject(id: string, reason: Error): void {
    this.asked.get(id)?.reject(reason);
    this.asked.delete(id);
  }

  private set(entries: readonly Entry[]): void {
    this.entries = entries;
    this.writes = entries.filter(({ verdict }) => verdict === null).map(({ write }) => write);
    this.undecided = entries.flatMap(({ write, verdict }) => (verdict === null ? [] : [new Decision({ write, verdict })]));
    if (this.writes.length === 0) this.away = false;
    for (const listener of this.listeners) listener();
    this.tryLater();
  }

  private tryLater(): void {
    if (!this.started || this.writes.length === 0 || this.retry !== undefined) return;
    this.retry = setTimeout(() => {
      this.retry = undefined;
      // Another tab may have done it while this one was asleep.
      this.set(this.queue.entries());
      this.nudge();
    }, RETRY_MS);
  }

  private async send(write: Write): Promise<Settled> {
    switch (write.kind) {
      case "create": {
        const { entity, seq } = await this.client.createTask(write.fields, write.id);
        return { task: entity, deleted: null, seq, bulk: null };
      }
      case "edit":
        return this.sendEdit(write);
      case "delete":
        await this.client.deleteTask(write.taskId).catch((reason: unknown) => {
          if (!isMissing(reason)) throw reason;
        });
        return { task: null, deleted: write.taskId, seq: null, bulk: null };
      case "bulk":
        return this.sendBulk(write);
    }
  }

  private async sendEdit(write: Edit): Promise<Settled> {
    const gone = () => new Decision({ write, verdict: { kind: "gone" } });
    let now = this.feed.task(write.taskId);
    for (let attempt = 1; ; attempt += 1) {
      if (now === undefined) throw gone();
      if (clashes(write, now).length > 0) throw new Decision({ write, verdict: { kind: "conflict", theirs: now } });
      if (alreadySo(write, now)) return { task: now, deleted: null, seq: null, bulk: null };
      try {
        const { entity, seq } = await this.client.editTask(write.taskId, write.fields, now.rev);
        return { task: entity, deleted: null, seq, bulk: null };
      } catch (reason) {
        if (isMissing(reason)) {
          this.feed.reload();
          throw gone();
        }
        const current = reason instanceof Refused ? reason.current : null;
        if (current === null || attempt === REVISION_ATTEMPTS) throw reason;
        now = toTask(current);
        this.feed.tookCurrent(now);
      }
    }
  }

  private async sendBulk({ id, taskIds, operation, data }: Bulk): Promise<Settled> {
    const answer = await this.client.tool("gorev_bulk", { operation, ids: taskIds, data, idempotency_key: id });
    const bulk = {
      successful: Array.isArray(answer.data["successful"]) ? answer.data["successful"].map(String) : [],
      failed: wires(answer.data["failed"]).map(failure),
    };
    const seq = answer.seq ?? (await this.client.latestSeq(new AbortController().signal));
    return { task: null, deleted: null, seq, bulk };
  }
}

function failure(wire: Wire): BulkOutcome["failed"][number] {
  return { taskId: String(wire["task_id"] ?? ""), reason: String(wire["error"] ?? "") };
}

function reasonsOf({ failed }: BulkOutcome): string {
  return [...new Set(failed.map(({ reason }) => reason))].join("\n");
}

function isMissing(reason: unknown): boolean {
  return reason instanceof Refused && reason.status === 404 && reason.code === "task_not_found";
}

function isAway(reason: unknown): boolean {
  if (reason instanceof Unreachable) return true;
  return reason instanceof Refused && AWAY.has(reason.status) && reason.code !== "workspace_unavailable";
}
