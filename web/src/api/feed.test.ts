import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Snapshot } from "./events";
import { Feed } from "./feed";
import { frame, snapshot, task, taskFrame } from "./testing";

/** Answers each read when the test says so. */
class HeldSource {
  latest = 0;
  private waiting: ((read: Snapshot) => void)[] = [];
  reads = 0;

  snapshot(): Promise<Snapshot> {
    this.reads += 1;
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  latestSeq(): Promise<number> {
    return Promise.resolve(this.latest);
  }

  async answer(read: Snapshot): Promise<void> {
    const next = this.waiting.shift();
    if (next === undefined) throw new Error("nobody reads");
    next(read);
    await vi.advanceTimersByTimeAsync(0);
  }
}

let source: HeldSource;
let feed: Feed;
let stop: () => void;

beforeEach(async () => {
  vi.useFakeTimers();
  const cache = new QueryClient();
  source = new HeldSource();
  feed = new Feed(cache, source, "w");
  const observer = new QueryObserver(cache, {
    queryKey: feed.key,
    queryFn: feed.load,
    staleTime: Infinity,
    structuralSharing: false,
    retry: false,
  });
  stop = observer.subscribe(() => undefined);
  await source.answer(snapshot(10, [task("a")]));
});

afterEach(() => {
  stop();
  vi.useRealTimers();
});

const ids = () => feed.snapshot?.tasks.map(({ id }) => id);

describe("Feed", () => {
  it("writes events into the cache once each", () => {
    feed.receive(taskFrame("created", 11, task("b")));
    feed.receive(taskFrame("created", 11, task("b")));
    expect(feed.snapshot?.seq).toBe(11);
    expect(ids()).toEqual(["b", "a"]);
    expect(source.reads).toBe(1);
  });

  it("tells of each event it applied, and of no other", () => {
    const told: (number | null)[] = [];
    feed.listen(({ seq }) => told.push(seq));
    feed.receive(taskFrame("created", 11, task("b")));
    feed.receive(taskFrame("created", 11, task("b")));
    feed.receive(frame("pong"));
    expect(told).toEqual([11]);
  });

  it("reads everything again after a gap, and holds what it had until then", async () => {
    feed.receive(taskFrame("created", 13, task("c")));
    expect(ids()).toEqual(["a"]);
    await source.answer(snapshot(13, [task("c"), task("b"), task("a")]));
    expect(feed.snapshot?.seq).toBe(13);
    expect(ids()).toEqual(["c", "b", "a"]);
    expect(source.reads).toBe(2);
  });

  it("applies what arrived during a read to the result of that read", async () => {
    feed.reload();
    feed.receive(taskFrame("created", 11, task("b")));
    feed.receive(taskFrame("created", 12, task("c")));
    await source.answer(snapshot(11, [task("b"), task("a")]));
    expect(feed.snapshot?.seq).toBe(12);
    expect(ids()).toEqual(["c", "b", "a"]);
    expect(source.reads).toBe(2);
  });

  it("reads once more when a read began before a gap seen during it", async () => {
    feed.reload();
    feed.receive(taskFrame("created", 14, task("c")));
    await source.answer(snapshot(10, [task("a")]));
    await source.answer(snapshot(14, [task("c"), task("a")]));
    expect(feed.snapshot?.seq).toBe(14);
    expect(source.reads).toBe(3);
  });

  it("reads again on resync, on workspace_sync and when the daemon stands behind it", async () => {
    feed.receive(frame("resync", { data: { oldest: 90, current: 100 } }));
    await source.answer(snapshot(100));
    feed.receive(frame("workspace_sync", { seq: 101 }));
    await source.answer(snapshot(101));
    feed.stands(7);
    await source.answer(snapshot(7));
    expect(feed.snapshot?.seq).toBe(7);
    expect(source.reads).toBe(4);
  });

  it("does not read again when the daemon stands where it stands", () => {
    feed.stands(10);
    expect(source.reads).toBe(1);
  });

  it("asks again for a resync that came during a read", async () => {
    feed.reload();
    feed.receive(frame("resync"));
    await source.answer(snapshot(50));
    await source.answer(snapshot(60));
    expect(feed.snapshot?.seq).toBe(60);
  });

  it("reads once for several changes whose consequences have no events", async () => {
    feed.receive(taskFrame("updated", 11, task("a", { bu_goreve_bagimli_sayisi: 1, rev: 2 })));
    feed.receive(taskFrame("updated", 12, task("a", { bu_goreve_bagimli_sayisi: 1, durum: "iptal", rev: 3 })));
    feed.receive(taskFrame("updated", 13, task("a", { bu_goreve_bagimli_sayisi: 1, durum: "tamamlandi", rev: 4 })));
    expect(source.reads).toBe(1);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(source.reads).toBe(2);
  });

  it("polls without reading everything while nothing changed", async () => {
    source.latest = 10;
    await feed.poll(new AbortController().signal);
    expect(source.reads).toBe(1);
    source.latest = 11;
    await feed.poll(new AbortController().signal);
    expect(source.reads).toBe(2);
  });

  it("shows a written task before its event and once after it", () => {
    feed.tookTask(task("b"), 11);
    expect(ids()).toEqual(["b", "a"]);
    feed.receive(taskFrame("created", 11, task("b")));
    expect(ids()).toEqual(["b", "a"]);
  });

  it("does not bring back a task deleted before the answer to its creation came", () => {
    feed.receive(taskFrame("created", 11, task("b")));
    feed.receive(frame("deleted", { seq: 12, task_id: "b" }));
    feed.tookTask(task("b"), 11);
    feed.tookCurrent(task("b"));
    expect(ids()).toEqual(["a"]);
  });

  it("takes the current task out of a refusal", () => {
    feed.tookCurrent(task("a", { baslik: "Current", rev: 5 }));
    expect(feed.task("a")?.baslik).toBe("Current");
    feed.receive(taskFrame("updated", 11, task("a", { baslik: "Older", rev: 4 })));
    expect(feed.task("a")?.baslik).toBe("Current");
  });
});
