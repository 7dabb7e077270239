/** Joins a workspace's feed with its socket; asks over REST while the socket is out of reach. */

import type { Frame } from "./events";
import type { Feed } from "./feed";
import { type Channel, EventSocket } from "./socket";
import { isWire } from "./types";

/** `polling`: the daemon answers, the socket does not. */
export type LiveState = "connecting" | "live" | "reconnecting" | "polling";

const POLL_EVERY_MS = 5_000;
/** A restart of the daemon takes a few attempts; only then is it worth asking by other means. */
const FAILURES_BEFORE_POLLING = 3;

interface Options {
  readonly feed: Feed;
  /** Null: the daemon's default workspace. */
  readonly workspaceId: string | null;
  /** Scheme, host and port, e.g. `ws://localhost:5082`. */
  readonly base: string;
  readonly onState: (state: LiveState) => void;
  /** Told of each frame that says how far an export or import is. */
  readonly onProgress?: (frame: Frame) => void;
  /** Somebody took the workspace off the daemon's list. */
  readonly onRemoved?: () => void;
  readonly open?: (address: string) => Channel;
}

export class Live {
  private readonly options: Options;
  private readonly socket: EventSocket;
  private polling: ReturnType<typeof setInterval> | undefined;
  private stopped = new AbortController();

  constructor(options: Options) {
    this.options = options;
    this.socket = new EventSocket({
      address: () => this.address(),
      onFrame: (frame) => this.heard(frame),
      onState: (live, failures) => this.changed(live, failures),
      ...(options.open !== undefined && { open: options.open }),
    });
  }

  start(): void {
    this.stopped = new AbortController();
    this.options.onState("connecting");
    this.socket.start();
  }

  stop(): void {
    this.stopped.abort();
    this.endPolling();
    this.socket.stop();
  }

  nudge(): void {
    this.socket.nudge();
  }

  private address(): string {
    const query = new URLSearchParams({ format: "simple" });
    if (this.options.workspaceId !== null) query.set("workspace_id", this.options.workspaceId);
    const seq = this.options.feed.snapshot?.seq;
    if (seq !== undefined) query.set("since", String(seq));
    return `${this.options.base}/ws?${query}`;
  }

  private heard(frame: Frame): void {
    if (frame.type === "connected") this.options.feed.stands(standing(frame));
    else if (frame.type === "progress") this.options.onProgress?.(frame);
    else if (frame.data["reason"] === "workspace_removed") this.options.onRemoved?.();
    else this.options.feed.receive(frame);
  }

  private changed(live: boolean, failures: number): void {
    if (live) {
      this.endPolling();
      this.options.onState("live");
    } else if (failures < FAILURES_BEFORE_POLLING) {
      this.options.onState("reconnecting");
    } else if (this.polling === undefined) {
      this.polling = setInterval(() => void this.poll(), POLL_EVERY_MS);
      void this.poll();
    }
  }

  private async poll(): Promise<void> {
    const { signal } = this.stopped;
    let state: LiveState = "polling";
    try {
      await this.options.feed.poll(signal);
    } catch {
      state = "reconnecting";
    }
    if (!signal.aborted && this.polling !== undefined) this.options.onState(state);
  }

  private endPolling(): void {
    clearInterval(this.polling);
    this.polling = undefined;
  }
}

/** `data.seq` of the first frame: the current `seq` of each workspace subscribed to, here exactly one. */
function standing(frame: Frame): number | null {
  const seqs = isWire(frame.data["seq"]) ? Object.values(frame.data["seq"]) : [];
  return seqs.find((seq) => typeof seq === "number") ?? null;
}
