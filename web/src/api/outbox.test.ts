import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { type Client, Refused, type ToolAnswer, ToolRefused, Unreachable, type Written } from "./client";
import { Feed } from "./feed";
import { Decision, Outbox } from "./outbox";
import { Queue } from "./queue";
import { FakeBrowser, snapshot, task, taskFrame } from "./testing";
import type { Task, TaskFields, Wire } from "./types";
import { bulk, create, edit, isTemporary, remove } from "./writes";

/** A daemon with the task `a` that judges revisions and keys; each call waits until it is let through. */
class FakeDaemon {
  now: Task = task("a", { rev: 3 });
  seq = 10;
  /** What was asked for, whether or not it was done. */
  readonly calls: string[] = [];
  /** What came of each create and bulk operation, by its key. */
  readonly done = new Map<string, string>();
  refuse: Error | null = null;
  /** The call that gets no answer though others do. */
  unanswered = "";
  /** It does as asked, and the answer is lost. */
  loseAnswers = false;
  held = false;
  private refusal: Error | null = null;
  private readonly gates: (() => void)[] = [];

  private async gate(call: string): Promise<void> {
    this.calls.push(call);
    if (this.held) await new Promise<void>((pass) => this.gates.push(pass));
    const refusal = this.refusal ?? (call === this.unanswered ? away() : this.refuse);
    this.refusal = null;
    if (refusal !== null) throw refusal;
  }

  private answer<A>(answer: A): A {
    if (this.loseAnswers) throw new Unreachable("lost");
    return answer;
  }

  /** Lets the call that is held through to a refusal, and no other. */
  refuseNext(refusal: Error): void {
    this.refusal = refusal;
    this.letThrough();
  }

  letThrough(): void {
    this.held = false;
    for (const pass of this.gates.splice(0)) pass();
  }

  async latestSeq(): Promise<number> {
    if (this.refuse !== null) throw this.refuse;
    return this.seq;
  }

  async editTask(_: string, fields: TaskFields, rev: number): Promise<Written<Task>> {
    await this.gate(`edit ${JSON.stringify(fields)} ${rev}`);
    if (rev !== this.now.rev) throw stale(this.now);
    this.now = { ...this.now, ...(fields as unknown as Partial<Task>), rev: rev + 1 };
    return this.answer({ entity: this.now, seq: (this.seq += 1) });
  }

  async createTask(fields: TaskFields, key = "none"): Promise<Written<Task>> {
    await this.gate(`create ${fields.baslik}`);
    if (!this.done.has(key)) this.done.set(key, fields.baslik ?? "");
    return this.answer({ entity: task(`made ${fields.baslik}`, { baslik: fields.baslik ?? "" }), seq: (this.seq += 1) });
  }

  async deleteTask(id: string): Promise<void> {
    await this.gate(`delete ${id}`);
  }

  async tool(name: string, args: object): Promise<ToolAnswer> {
    const { idempotency_key: key = "none", ids } = args as { idempotency_key?: string; ids: readonly string[] };
    await this.gate(`${name} ${ids.join()}`);
    this.done.set(key, name);
    return this.answer({ text: "", data: { successful: ids, failed: [] }, seq: 0 });
  }

  /** Somebody else changes the task; the page hears of it when `told`. */
  changes(fields: Partial<Task>): Task {
    this.now = { ...this.now, ...fields, rev: this.now.rev + 1 };
    this.seq += 1;
    return this.now;
  }
}

const stale = (current: Task) => new Refused(412, "stale_revision", "Old", { current: { ...current } as unknown as Wire });
const missing = () => new Refused(404, "task_not_found", "Not there", {});

const away = () => new Unreachable("away");

let daemon: FakeDaemon;
let browser: FakeBrowser;
let feed: Feed;
let outbox: Outbox;

/** A page that has just been opened. */
function page(): { readonly feed: Feed; readonly outbox: Outbox } {
  const cache = new QueryClient();
  const feed = new Feed(cache, { snapshot: async () => snapshot(daemon.seq, [daemon.now]), latestSeq: async () => daemon.seq }, "w");
  cache.setQueryData(feed.key, snapshot(daemon.seq, [daemon.now]));
  const outbox = new Outbox(daemon as unknown as Client, feed, new Queue("w", browser.tab()));
  outbox.start();
  return { feed, outbox };
}

const sent = () => vi.waitFor(() => expect(outbox.waiting()).toEqual([]));

beforeEach(() => {
  daemon = new FakeDaemon();
  browser = new FakeBrowser();
  ({ feed, outbox } = page());
});

afterEach(() => outbox.stop());

const seen = () => {
  const shown = feed.task("a");
  if (shown === undefined) throw new Error("no task");
  return shown;
};

describe("Outbox", () => {
  it("keeps a write until it is answered, and then takes the answer", async () => {
    daemon.held = true;
    const sent = outbox.submit(edit(seen(), { durum: "tamamlandi" }));
    expect(outbox.waiting()).toHaveLength(1);
    daemon.letThrough();
    await sent;
    expect(outbox.waiting()).toEqual([]);
    expect(seen()).toMatchObject({ durum: "tamamlandi", rev: 4 });
  });

  it("sends edits of one task one after another, each against the newest revision", async () => {
    await Promise.all([outbox.submit(edit(seen(), { oncelik: "yuksek" })), outbox.submit(edit(seen(), { durum: "devam_ediyor" }))]);
    expect(daemon.calls).toEqual(['edit {"oncelik":"yuksek"} 3', 'edit {"durum":"devam_ediyor"} 4']);
  });

  it("tries again by itself when somebody else changed another field", async () => {
    const write = edit(seen(), { durum: "tamamlandi" });
    daemon.changes({ baslik: "Theirs" });
    await outbox.submit(write);
    expect(daemon.now).toMatchObject({ baslik: "Theirs", durum: "tamamlandi" });
    expect(outbox.decisions()).toEqual([]);
  });

  it("asks when somebody else changed the same field", async () => {
    const write = edit(seen(), { baslik: "Mine" });
    daemon.changes({ baslik: "Theirs" });
    await expect(outbox.submit(write)).rejects.toBeInstanceOf(Decision);
    expect(outbox.decisions()).toMatchObject([{ write: { fields: { baslik: "Mine" } }, verdict: { kind: "conflict", theirs: { baslik: "Theirs" } } }]);
    expect(outbox.waiting()).toEqual([]);
    for (const decision of outbox.decisions()) outbox.decided(decision);
    expect(outbox.decisions()).toEqual([]);
  });

  it("asks without sending when the change of the same field is known already", async () => {
    const write = edit(seen(), { baslik: "Mine" });
    feed.receive(taskFrame("updated", 11, daemon.changes({ baslik: "Theirs" })));
    await expect(outbox.submit(write)).rejects.toBeInstanceOf(Decision);
    expect(daemon.calls).toEqual([]);
  });

  it("keeps what was typed into a task that is gone", async () => {
    daemon.refuse = missing();
    const failure = await outbox.submit(edit(seen(), { aciklama: "precious" })).catch((reason: unknown) => reason);
    expect(failure).toBeInstanceOf(Decision);
    expect(failure).toMatchObject({ write: { fields: { aciklama: "precious" } }, verdict: { kind: "gone" } });
  });

  it("takes a refused write away again", async () => {
    daemon.refuse = new Refused(409, "subtasks_incomplete", "Open subtasks", { count: 2 });
    await expect(outbox.submit(edit(seen(), { durum: "tamamlandi" }))).rejects.toBe(daemon.refuse);
    expect(outbox.waiting()).toEqual([]);
    expect(seen().durum).toBe("beklemede");
  });

  it("creates with a key, so that sending twice makes one task", async () => {
    const { task: made } = await outbox.submit(create({ baslik: "New" }));
    expect(made?.id).toBe("made New");
    expect([...daemon.done]).toEqual([[expect.stringMatching(/^[0-9a-f-]{36}$/), "New"]]);
    expect(feed.task("made New")).toBeDefined();
  });

  it("counts deleting what is gone already as done", async () => {
    daemon.refuse = missing();
    await outbox.submit(remove("a"));
    expect(feed.task("a")).toBeUndefined();
  });

  it("goes on with the next write of a task after one was refused", async () => {
    daemon.held = true;
    const first = outbox.submit(edit(seen(), { oncelik: "yuksek" }));
    const second = outbox.submit(edit(seen(), { durum: "devam_ediyor" }));
    await vi.waitFor(() => expect(daemon.calls).toHaveLength(1));
    daemon.refuseNext(new ToolRefused("no"));
    await expect(first).rejects.toBeInstanceOf(ToolRefused);
    await expect(second).resolves.toMatchObject({ task: { durum: "devam_ediyor" } });
  });
});

describe("Outbox without the daemon", () => {
  beforeEach(() => {
    daemon.refuse = away();
  });

  const comesBack = () => {
    daemon.refuse = null;
    daemon.loseAnswers = false;
    daemon.calls.splice(0);
  };

  it("shows and counts what waits, and tells the one who asked what is shown", async () => {
    const { task: shown } = await outbox.submit(create({ baslik: "Later" }));
    expect(shown).toMatchObject({ baslik: "Later" });
    expect(isTemporary(shown?.id ?? "")).toBe(true);
    await expect(outbox.submit(edit(seen(), { durum: "tamamlandi" }))).resolves.toMatchObject({ task: { durum: "tamamlandi" } });
    expect(outbox.waiting()).toHaveLength(2);
    expect(outbox.heldBack()).toBe(2);
  });

  it("sends everything in its order once the daemon is back", async () => {
    await outbox.submit(create({ baslik: "One" }));
    await outbox.submit(edit(seen(), { durum: "tamamlandi" }));
    await outbox.submit(create({ baslik: "Two" }));
    comesBack();
    outbox.nudge();
    await sent();
    expect(daemon.calls).toEqual(["create One", 'edit {"durum":"tamamlandi"} 3', "create Two"]);
    expect(outbox.heldBack()).toBe(0);
    expect(seen()).toMatchObject({ durum: "tamamlandi", rev: 4 });
  });

  it("tries by itself after a while", async () => {
    vi.useFakeTimers();
    try {
      const submitted = outbox.submit(create({ baslik: "Later" }));
      await vi.advanceTimersByTimeAsync(0);
      await submitted;
      comesBack();
      await vi.advanceTimersByTimeAsync(3_000);
      expect(daemon.calls).toEqual(["create Later"]);
      expect(outbox.waiting()).toEqual([]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("keeps what waits over a reload", async () => {
    await outbox.submit(create({ baslik: "Kept" }));
    outbox.stop();
    comesBack();
    ({ feed, outbox } = page());
    await sent();
    expect([...daemon.done.values()]).toEqual(["Kept"]);
    expect(browser.kept.size).toBe(0);
  });

  it("does nothing twice when only the answer was lost", async () => {
    daemon.refuse = null;
    daemon.loseAnswers = true;
    await outbox.submit(create({ baslik: "Once" }));
    comesBack();
    outbox.nudge();
    await sent();
    expect([...daemon.done.values()]).toEqual(["Once"]);

    daemon.loseAnswers = true;
    await outbox.submit(edit(seen(), { oncelik: "yuksek" }));
    comesBack();
    outbox.nudge();
    await sent();
    expect(daemon.calls).toEqual(['edit {"oncelik":"yuksek"} 3']);
    expect(daemon.now.rev).toBe(4);
    expect(seen()).toMatchObject({ oncelik: "yuksek", rev: 4 });

    daemon.loseAnswers = true;
    await outbox.submit(bulk({ taskIds: ["a"], operation: "update", data: {}, fields: {} }));
    comesBack();
    outbox.nudge();
    await sent();
    expect(daemon.done.size).toBe(2);
  });

  it("sends nothing when the page was reloaded after its edit had arrived", async () => {
    daemon.refuse = null;
    daemon.loseAnswers = true;
    await outbox.submit(edit(seen(), { oncelik: "yuksek" }));
    outbox.stop();
    comesBack();
    ({ feed, outbox } = page());
    await sent();
    expect(daemon.calls).toEqual([]);
  });

  it("is shown by every tab and sent by one", async () => {
    const other = page();
    await outbox.submit(create({ baslik: "Once" }));
    expect(other.outbox.waiting()).toHaveLength(1);
    comesBack();
    outbox.nudge();
    other.outbox.nudge();
    await vi.waitFor(() => expect(other.outbox.waiting()).toEqual([]));
    expect(daemon.calls).toEqual(["create Once"]);
    expect(outbox.waiting()).toEqual([]);
    expect(other.feed.task("made Once")).toBeDefined();
    expect(feed.task("made Once")).toBeDefined();
    other.outbox.stop();
  });

  it("is sent by another tab when its own is closed", async () => {
    const other = page();
    await outbox.submit(create({ baslik: "Orphan" }));
    outbox.stop();
    comesBack();
    other.outbox.nudge();
    await vi.waitFor(() => expect(other.outbox.waiting()).toEqual([]));
    expect(daemon.calls).toEqual(["create Orphan"]);
    other.outbox.stop();
  });

  it("asks, over a reload too, when somebody changed the same field meanwhile", async () => {
    await outbox.submit(edit(seen(), { baslik: "Mine" }));
    comesBack();
    daemon.changes({ baslik: "Theirs" });
    outbox.nudge();
    await vi.waitFor(() => expect(outbox.decisions()).toHaveLength(1));
    outbox.stop();
    ({ feed, outbox } = page());
    const [decision] = outbox.decisions();
    expect(decision).toMatchObject({ write: { fields: { baslik: "Mine" } }, verdict: { kind: "conflict", theirs: { baslik: "Theirs" } } });
    if (decision !== undefined) outbox.decided(decision);
    expect(outbox.decisions()).toEqual([]);
    expect(browser.kept.size).toBe(0);
  });

  it("keeps what the daemon declines when it is back, to be sent again or let go", async () => {
    await outbox.submit(create({ baslik: "Precious" }));
    daemon.refuse = new Refused(404, "project_not_found", "No such project", {});
    outbox.nudge();
    await vi.waitFor(() => expect(outbox.decisions()).toHaveLength(1));
    expect(outbox.decisions()).toMatchObject([{ verdict: { kind: "declined", reason: "No such project" } }]);
    comesBack();
    for (const decision of outbox.decisions()) outbox.again(decision);
    await sent();
    expect([...daemon.done.values()]).toEqual(["Precious"]);
    expect(outbox.decisions()).toEqual([]);
  });

  it("lets a write go that alone gets no answer, so that the others are sent", async () => {
    await outbox.submit(create({ baslik: "Cursed" }));
    await outbox.submit(edit(seen(), { durum: "tamamlandi" }));
    comesBack();
    daemon.unanswered = "create Cursed";
    await vi.waitFor(() => {
      outbox.nudge();
      expect(outbox.decisions()).toHaveLength(1);
    });
    await sent();
    expect(daemon.now.durum).toBe("tamamlandi");
    expect(outbox.decisions()).toMatchObject([{ write: { fields: { baslik: "Cursed" } }, verdict: { kind: "declined" } }]);
  });

  it.each([401, 429, 502, 503, 504])("waits as well when the answer is %i", async (status) => {
    daemon.refuse = new Refused(status, "busy", "Later", {});
    await outbox.submit(create({ baslik: "Later" }));
    expect(outbox.heldBack()).toBe(1);
  });

  it("does not hide that the storage is full", async () => {
    browser.room = 100;
    await outbox.submit(create({ baslik: "Much too long".repeat(100) }));
    expect(outbox.losable).toBe(true);
    comesBack();
    outbox.nudge();
    await sent();
    expect(daemon.done.size).toBe(1);
    expect(outbox.losable).toBe(false);
  });

  it("does not stumble over what it cannot read", () => {
    browser.kept.set("gorev:waiting:1:w:0", "{");
    browser.kept.set("gorev:waiting:1:w:1", "[]");
    outbox.stop();
    ({ feed, outbox } = page());
    expect(outbox.waiting()).toEqual([]);
  });
});
