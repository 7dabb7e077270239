/** The WebSocket of one workspace: opens it, keeps it open, reads its frames. Knows nothing of tasks. */

import type { Frame } from "./events";
import { parseFrame } from "./events";

/** What is needed of the browser's WebSocket. */
export type Channel = Pick<WebSocket, "onmessage" | "onclose" | "send" | "close">;

export interface SocketOptions {
  /** Asked at each attempt, so that it can name the last `seq` seen. */
  readonly address: () => string;
  readonly onFrame: (frame: Frame) => void;
  /** `failures`: attempts since the socket last worked; 0 while it does and before the first one failed. */
  readonly onState: (live: boolean, failures: number) => void;
  readonly open?: (address: string) => Channel;
}

const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 5_000;
const PING_EVERY_MS = 30_000;
/** The longest silence after an attempt to open or a ping; a browser alone would not notice a peer that is gone. */
const ANSWER_WITHIN_MS = 10_000;

export class EventSocket {
  private readonly options: SocketOptions;
  private channel: Channel | null = null;
  private live = false;
  private failures = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private ping: ReturnType<typeof setTimeout> | undefined;
  private silence: ReturnType<typeof setTimeout> | undefined;

  constructor(options: SocketOptions) {
    this.options = options;
  }

  start(): void {
    this.connect();
  }

  stop(): void {
    clearTimeout(this.retry);
    this.release();
    this.live = false;
    this.failures = 0;
  }

  /** Something changed (the page is looked at again, the network is back): try now instead of waiting, doubt what is open. */
  nudge(): void {
    if (this.live) {
      this.probe();
    } else if (this.channel === null) {
      clearTimeout(this.retry);
      this.connect();
    }
  }

  private connect(): void {
    const open = this.options.open ?? ((address: string) => new WebSocket(address));
    let channel: Channel;
    try {
      channel = open(this.options.address());
    } catch {
      this.lost();
      return;
    }
    this.channel = channel;
    channel.onmessage = (event) => this.heard(event.data);
    channel.onclose = () => this.lost();
    this.expectAnswer();
  }

  private heard(data: unknown): void {
    clearTimeout(this.silence);
    const frame = typeof data === "string" ? parseFrame(data) : null;
    if (frame === null) return;
    if (!this.live) {
      this.live = true;
      this.failures = 0;
      this.schedulePing();
      this.options.onState(true, 0);
    }
    this.options.onFrame(frame);
  }

  private lost(): void {
    this.release();
    this.live = false;
    this.failures += 1;
    const delay = Math.min(FIRST_DELAY_MS * 2 ** (this.failures - 1), LONGEST_DELAY_MS);
    this.retry = setTimeout(() => this.connect(), delay);
    this.options.onState(false, this.failures);
  }

  private schedulePing(): void {
    this.ping = setTimeout(() => {
      this.probe();
      this.schedulePing();
    }, PING_EVERY_MS);
  }

  private probe(): void {
    this.channel?.send(JSON.stringify({ type: "ping", timestamp: Date.now() }));
    this.expectAnswer();
  }

  private expectAnswer(): void {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.lost(), ANSWER_WITHIN_MS);
  }

  /** Lets go of the channel without waiting for its closing handshake, which a dead peer never ends. */
  private release(): void {
    clearTimeout(this.ping);
    clearTimeout(this.silence);
    if (this.channel === null) return;
    this.channel.onmessage = null;
    this.channel.onclose = null;
    this.channel.close();
    this.channel = null;
  }
}
