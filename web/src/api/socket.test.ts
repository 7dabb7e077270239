import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { EventSocket } from "./socket";
import { FakeChannel, frameText } from "./testing";

let channels: FakeChannel[];
let addresses: string[];
let states: string[];
let types: string[];
let since: number;
let socket: EventSocket;

const last = (): FakeChannel => {
  const channel = channels.at(-1);
  if (channel === undefined) throw new Error("nothing was opened");
  return channel;
};

beforeEach(() => {
  vi.useFakeTimers();
  channels = [];
  addresses = [];
  states = [];
  types = [];
  since = 5;
  socket = new EventSocket({
    address: () => `ws://here/ws?since=${since}`,
    onFrame: ({ type }) => types.push(type),
    onState: (live, failures) => states.push(live ? "live" : `lost ${failures}`),
    open: (address) => {
      addresses.push(address);
      channels.push(new FakeChannel());
      return last();
    },
  });
  socket.start();
});

afterEach(() => {
  socket.stop();
  vi.useRealTimers();
});

describe("EventSocket", () => {
  it("is live from the first frame on, and hands every frame over in order", () => {
    expect(states).toEqual([]);
    last().says(frameText("connected"));
    last().says(frameText("created", { seq: 6 }));
    expect(states).toEqual(["live"]);
    expect(types).toEqual(["connected", "created"]);
  });

  it("survives frames that are none", () => {
    last().says("not json");
    last().says(new ArrayBuffer(2));
    last().says(frameText("connected"));
    expect(types).toEqual(["connected"]);
  });

  it("tries again after 250 ms, doubling up to 5 s", () => {
    for (const delay of [250, 500, 1000, 2000, 4000, 5000, 5000]) {
      const before = channels.length;
      last().ends();
      vi.advanceTimersByTime(delay - 1);
      expect(channels.length).toBe(before);
      vi.advanceTimersByTime(1);
      expect(channels.length).toBe(before + 1);
    }
    expect(states).toEqual([1, 2, 3, 4, 5, 6, 7].map((failures) => `lost ${failures}`));
  });

  it("starts over with short delays once it was live", () => {
    last().ends();
    vi.advanceTimersByTime(250);
    last().ends();
    vi.advanceTimersByTime(500);
    last().says(frameText("connected"));
    last().ends();
    vi.advanceTimersByTime(250);
    expect(channels.length).toBe(4);
    expect(states).toEqual(["lost 1", "lost 2", "live", "lost 1"]);
  });

  it("resumes from where the page stands at that moment", () => {
    last().says(frameText("connected"));
    since = 9;
    last().ends();
    vi.advanceTimersByTime(250);
    expect(addresses).toEqual(["ws://here/ws?since=5", "ws://here/ws?since=9"]);
  });

  it("drops a channel that opens and stays silent", () => {
    const silent = last();
    vi.advanceTimersByTime(10_000);
    expect(silent.closed).toBe(true);
    expect(states).toEqual(["lost 1"]);
  });

  it("pings every 30 s and stays while it is answered", () => {
    last().says(frameText("connected"));
    for (let minute = 0; minute < 4; minute += 1) {
      vi.advanceTimersByTime(30_000);
      last().says(frameText("pong"));
    }
    expect(last().sent).toHaveLength(4);
    expect(last().sent[0]).toMatchObject({ type: "ping" });
    expect(channels.length).toBe(1);
  });

  it("drops a channel that no longer answers its pings", () => {
    last().says(frameText("connected"));
    const dead = last();
    vi.advanceTimersByTime(40_000);
    expect(dead.closed).toBe(true);
    expect(states).toEqual(["live", "lost 1"]);
  });

  it("ignores what a dropped channel still says", () => {
    last().says(frameText("connected"));
    const dead = last();
    vi.advanceTimersByTime(40_000);
    dead.says(frameText("created", { seq: 6 }));
    dead.ends();
    expect(types).toEqual(["connected"]);
    expect(states).toEqual(["live", "lost 1"]);
  });

  it("tries at once when nudged while it waits, and doubts what is open", () => {
    last().ends();
    socket.nudge();
    expect(channels.length).toBe(2);
    last().says(frameText("connected"));
    socket.nudge();
    expect(last().sent).toHaveLength(1);
    vi.advanceTimersByTime(10_000);
    expect(states).toEqual(["lost 1", "live", "lost 1"]);
  });

  it("opens nothing more once stopped", () => {
    last().ends();
    socket.stop();
    vi.advanceTimersByTime(60_000);
    expect(channels.length).toBe(1);
  });
});
