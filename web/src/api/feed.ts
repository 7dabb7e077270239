/**
 * One workspace in the query cache, kept true by the event stream.
 *
 * The cached snapshot carries its own `seq`, so an event is applied exactly once however it arrives: live, replayed after
 * a reconnect, or while a read of the whole is under way (then it is kept and applied to the result of that read too).
 */

import type { QueryClient, QueryFunctionContext } from "@tanstack/react-query";

import type { Frame, Snapshot } from "./events";
import { apply, withoutTask, withProject, withTask } from "./events";
import type { Project, Task } from "./types";

export type Listener = (frame: Frame, before: Snapshot) => void;

export interface Source {
  snapshot(signal: AbortSignal): Promise<Snapshot>;
  latestSeq(signal: AbortSignal): Promise<number>;
}

/** Reads in one load before it settles for what it has; the next event asks for another load if that was too little. */
const LOAD_ATTEMPTS = 3;
/** Several changes in a row whose consequences have no events cost one reload, not one each. */
const DERIVED_DELAY_MS = 300;
/** The stream is milliseconds behind; after this long it is not there, and the whole is read. */
const REACH_MS = 1_500;

export class Feed {
  readonly key: readonly unknown[];
  /** Told of each event that changed the snapshot. */
  private readonly listeners = new Set<Listener>();
  private readonly cache: QueryClient;
  private readonly source: Source;
  /** Events received during a load; null when none is under way. */
  private kept: Frame[] | null = null;
  private loadAgain = false;
  private derivedTimer: ReturnType<typeof setTimeout> | null = null;

  constructor(cache: QueryClient, source: Source, workspaceId: string) {
    this.cache = cache;
    this.source = source;
    this.key = ["workspace", workspaceId];
  }

  get snapshot(): Snapshot | undefined {
    return this.cache.getQueryData<Snapshot>(this.key);
  }

  task(id: string): Task | undefined {
    return this.snapshot?.tasks.find((task) => task.id === id);
  }

  /** The query function of `key`. */
  readonly load = async ({ signal }: Pick<QueryFunctionContext, "signal">): Promise<Snapshot> => {
    const kept: Frame[] = [];
    this.kept = kept;
    try {
      for (let attempt = 1; ; attempt += 1) {
        this.loadAgain = false;
        const read = await this.source.snapshot(signal);
        const { snapshot, complete } = caughtUp(read, kept);
        if ((complete && !this.loadAgain) || attempt === LOAD_ATTEMPTS) return snapshot;
      }
    } finally {
      // A load that was cancelled may end after its successor has begun.
      if (this.kept === kept) this.kept = null;
    }
  };

  receive(frame: Frame): void {
    if (frame.type === "resync") this.reload();
    if (frame.seq === null) return;
    this.kept?.push(frame);
    const before = this.snapshot;
    if (before === undefined) return;
    const outcome = apply(before, frame);
    if (outcome.kind === "reload" && this.kept === null) this.reload();
    if (outcome.kind !== "applied") return;
    this.cache.setQueryData(this.key, outcome.snapshot);
    if (outcome.derivedStale) this.reloadSoon();
    for (const listener of this.listeners) listener(frame, before);
  }

  /** Tells `listener` of each event that changed the snapshot, until the function returned is called. */
  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Waits until the snapshot stands at `seq` or later; not for ever, since the stream may be cut. */
  async reached(seq: number | null): Promise<void> {
    if (seq === null || this.snapshot === undefined || this.snapshot.seq >= seq) return;
    await new Promise<void>((done) => {
      const end = () => {
        stop();
        clearTimeout(timer);
        done();
      };
      const stop = this.cache.getQueryCache().subscribe(() => {
        if ((this.snapshot?.seq ?? seq) >= seq) end();
      });
      const timer = setTimeout(() => {
        this.reload();
        end();
      }, REACH_MS);
    });
  }

  /** The daemon says where it stands; behind the page means that its database was replaced. */
  stands(seq: number | null): void {
    if (seq !== null && this.snapshot !== undefined && seq < this.snapshot.seq) this.reload();
  }

  /** The stream is out of reach: looks whether anything changed, and only then reads it all. */
  async poll(signal: AbortSignal): Promise<void> {
    const seq = await this.source.latestSeq(signal);
    if (seq !== this.snapshot?.seq) this.reload();
  }

  /** Reads the whole again; asked for during a load, that load reads once more. */
  reload(): void {
    if (this.kept !== null) {
      this.loadAgain = true;
      return;
    }
    void this.cache.invalidateQueries({ queryKey: this.key, exact: true });
  }

  /** Takes a task from the answer to a write, unless the stream has been past it already. */
  tookTask(task: Task, seq: number | null): void {
    this.revise(seq, (snapshot) => withTask(snapshot, task));
  }

  /** Takes a task the daemon showed in a refusal; one deleted meanwhile stays deleted. */
  tookCurrent(task: Task): void {
    if (this.task(task.id) !== undefined) this.tookTask(task, null);
  }

  tookDeletion(id: string): void {
    this.revise(null, (snapshot) => withoutTask(snapshot, id));
  }

  tookProject(project: Project, seq: number | null): void {
    this.revise(seq, (snapshot) => withProject(snapshot, project));
  }

  private revise(seq: number | null, change: (snapshot: Snapshot) => Snapshot): void {
    const snapshot = this.snapshot;
    if (snapshot === undefined || (seq !== null && seq <= snapshot.seq)) return;
    this.cache.setQueryData(this.key, change(snapshot));
  }

  private reloadSoon(): void {
    this.derivedTimer ??= setTimeout(() => {
      this.derivedTimer = null;
      this.reload();
    }, DERIVED_DELAY_MS);
  }
}

function caughtUp(read: Snapshot, frames: readonly Frame[]): { snapshot: Snapshot; complete: boolean } {
  let snapshot = read;
  for (const frame of frames) {
    const outcome = apply(snapshot, frame);
    if (outcome.kind === "reload") return { snapshot, complete: false };
    if (outcome.kind !== "applied") continue;
    snapshot = outcome.snapshot;
    if (outcome.derivedStale) return { snapshot, complete: false };
  }
  return { snapshot, complete: true };
}
