import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { Feed } from "./feed";
import { Live, type LiveState } from "./live";
import { FakeChannel, frameText, snapshot, task } from "./testing";

let channels: FakeChannel[];
let addresses: string[];
let states: LiveState[];
let polls: number;
let told: string[];
let reachable: boolean;
let feed: Feed;
let live: Live;

beforeEach(() => {
  vi.useFakeTimers();
  channels = [];
  addresses = [];
  states = [];
  polls = 0;
  told = [];
  reachable = true;
  const cache = new QueryClient();
  feed = new Feed(
    cache,
    {
      snapshot: () => Promise.resolve(snapshot(10)),
      latestSeq: () => {
        polls += 1;
        return reachable ? Promise.resolve(10) : Promise.reject(new Error("away"));
      },
    },
    "w",
  );
  cache.setQueryData(feed.key, snapshot(10, [task("a")]));
  live = new Live({
    feed,
    workspaceId: "w",
    base: "ws://here",
    onState: (state) => states.push(state),
    onProgress: ({ data }) => told.push(`progress ${String(data["done"])}`),
    onRemoved: () => told.push("removed"),
    open: (address) => {
      addresses.push(address);
      const channel = new FakeChannel();
      channels.push(channel);
      return channel;
    },
  });
  live.start();
});

afterEach(() => {
  live.stop();
  vi.useRealTimers();
});

async function refuse(times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    channels.at(-1)?.ends();
    await vi.advanceTimersByTimeAsync(time === times - 1 ? 0 : 5_000);
  }
}

describe("Live", () => {
  it("asks for simple events of its workspace from the seq it stands at", () => {
    expect(addresses).toEqual(["ws://here/ws?format=simple&workspace_id=w&since=10"]);
  });

  it("feeds what the socket says, and resumes after the last event it took", async () => {
    channels[0]?.says(frameText("connected", { data: { seq: { w: 10 } } }));
    channels[0]?.says(frameText("created", { seq: 11, task_id: "b", data: task("b") }));
    channels[0]?.ends();
    await vi.advanceTimersByTimeAsync(250);
    expect(feed.task("b")?.baslik).toBe("Task b");
    expect(addresses[1]).toContain("since=11");
    expect(states).toEqual(["connecting", "live", "reconnecting"]);
  });

  it("polls every 5 s while the socket is refused but the daemon answers", async () => {
    await refuse(3);
    expect(states.at(-1)).toBe("polling");
    const before = polls;
    await vi.advanceTimersByTimeAsync(15_000);
    expect(polls - before).toBe(3);
  });

  it("does not call it polling while the daemon is away altogether", async () => {
    reachable = false;
    await refuse(4);
    expect(states).not.toContain("polling");
    expect(states.at(-1)).toBe("reconnecting");
  });

  it("stops polling once the socket works", async () => {
    await refuse(3);
    await vi.advanceTimersByTimeAsync(1_000);
    channels.at(-1)?.says(frameText("connected"));
    const before = polls;
    await vi.advanceTimersByTimeAsync(9_000);
    expect(polls).toBe(before);
    expect(states.at(-1)).toBe("live");
  });

  it("tells how far long work is, and that the workspace was taken off the list", () => {
    const channel = channels.at(-1);
    channel?.says(frameText("connected", { data: { seq: { w: 10 } } }));
    channel?.says(frameText("progress", { data: { operation: "import", operation_id: "a", done: 500, total: 900 } }));
    channel?.says(frameText("workspace_sync", { data: { reason: "workspace_removed" } }));
    expect(told).toEqual(["progress 500", "removed"]);
  });
});
