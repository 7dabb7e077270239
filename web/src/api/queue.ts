/**
 * Writes without an answer, kept in the browser's storage: a reload, a closed tab or a crash loses none.
 *
 * Each is an entry of its own, so tabs add and remove without asking one another. They tell one another what they did;
 * and only one of them sends at a time (`alone`), always the oldest entry, whichever tab it is from.
 */

import { isWire, type Task } from "./types";
import type { BulkOutcome, Write } from "./writes";

/** Why a write is not sent any more until the user has said what to do. */
export type Verdict =
  | { readonly kind: "conflict"; readonly theirs: Task }
  | { readonly kind: "gone" }
  | { readonly kind: "declined"; readonly reason: string };

export interface Entry {
  /** Where it stands among the others, by plain comparison. */
  readonly place: string;
  readonly write: Write;
  /** Null: it waits to be sent. */
  readonly verdict: Verdict | null;
}

/** What a write has made of the workspace. */
export interface Settled {
  readonly task: Task | null;
  readonly deleted: string | null;
  readonly bulk: BulkOutcome | null;
  /** `seq` of the change, where the daemon told it. */
  readonly seq: number | null;
}

/** What tabs tell one another; `settled` null: the write came to nothing. */
export type Message =
  | { readonly kind: "put"; readonly entry: Entry }
  | { readonly kind: "removed"; readonly id: string; readonly settled: Settled | null };

/** What is needed of the browser. */
export interface Surroundings {
  readonly storage: Pick<Storage, "length" | "key" | "getItem" | "setItem" | "removeItem"> | null;
  readonly locks: Pick<LockManager, "request"> | undefined;
  readonly channel: (name: string) => Pick<BroadcastChannel, "postMessage" | "onmessage" | "close">;
}

/** The name holds the format's version: what another version has left is not misread. */
const PREFIX = "gorev:waiting:1:";
const MILLISECOND_DIGITS = 15;
const COUNT_DIGITS = 6;

export class Queue {
  private readonly prefix: string;
  private readonly around: Surroundings;
  private channel: ReturnType<Surroundings["channel"]> | null = null;
  /** What the storage had no room for; lost with this tab. */
  private readonly unkept = new Map<string, Entry>();
  private newest = 0;
  private count = 0;

  constructor(workspaceId: string, around: Surroundings = browser()) {
    this.prefix = `${PREFIX}${workspaceId}:`;
    this.around = around;
  }

  open(heard: (message: Message) => void): void {
    this.channel = this.around.channel(this.prefix);
    this.channel.onmessage = ({ data }: MessageEvent<Message>) => heard(data);
  }

  close(): void {
    this.channel?.close();
    this.channel = null;
  }

  /** Oldest first. */
  entries(): readonly Entry[] {
    return this.keys().flatMap((key) => this.read(key) ?? []);
  }

  /** The next to be sent. */
  first(): Entry | undefined {
    for (const key of this.keys()) {
      const entry = this.read(key);
      if (entry !== null && entry.verdict === null) return entry;
    }
    return undefined;
  }

  add(write: Write): Entry {
    this.newest = Math.max(this.newest, Date.now());
    this.count += 1;
    const place = `${digits(this.newest, MILLISECOND_DIGITS)}.${digits(this.count, COUNT_DIGITS)}.${write.id}`;
    return this.put({ place, write, verdict: null });
  }

  put(entry: Entry): Entry {
    try {
      if (this.around.storage === null) throw new Error("there is no storage");
      this.around.storage.setItem(this.prefix + entry.place, JSON.stringify(entry));
      this.unkept.delete(entry.place);
    } catch {
      this.around.storage?.removeItem(this.prefix + entry.place);
      this.unkept.set(entry.place, entry);
    }
    this.channel?.postMessage({ kind: "put", entry } satisfies Message);
    return entry;
  }

  remove({ place, write }: Entry, settled: Settled | null): void {
    this.around.storage?.removeItem(this.prefix + place);
    this.unkept.delete(place);
    this.channel?.postMessage({ kind: "removed", id: write.id, settled } satisfies Message);
  }

  /** Whether something would be lost with this tab. */
  get losable(): boolean {
    return this.unkept.size > 0;
  }

  /** Runs `work` while no other tab does. */
  async alone(work: () => Promise<void>): Promise<void> {
    if (this.around.locks === undefined) await work();
    else await this.around.locks.request(this.prefix, work);
  }

  private keys(): readonly string[] {
    const { storage } = this.around;
    const keys = [...this.unkept.keys()].map((place) => this.prefix + place);
    for (let index = 0; index < (storage?.length ?? 0); index += 1) {
      const key = storage?.key(index);
      if (key?.startsWith(this.prefix) === true) keys.push(key);
    }
    return keys.sort();
  }

  private read(key: string): Entry | null {
    const unkept = this.unkept.get(key.slice(this.prefix.length));
    if (unkept !== undefined) return unkept;
    try {
      const entry: unknown = JSON.parse(this.around.storage?.getItem(key) ?? "null");
      return isWire(entry) && isWire(entry["write"]) ? (entry as unknown as Entry) : null;
    } catch {
      return null;
    }
  }
}

function digits(number: number, length: number): string {
  return String(number).padStart(length, "0");
}

function browser(): Surroundings {
  return { storage: storageOrNull(), locks: navigator.locks, channel: (name) => new BroadcastChannel(name) };
}

/** A browser may be told to let pages store nothing; then asking for the storage already raises. */
function storageOrNull(): Storage | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}
