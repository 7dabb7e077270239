import { QueryClient } from "@tanstack/react-query";
import { beforeEach, describe, expect, it } from "vitest";

import { type Client, Refused, ToolRefused, type Written } from "./client";
import { Feed } from "./feed";
import { Conflict, Gone, Outbox } from "./outbox";
import { snapshot, task, taskFrame } from "./testing";
import type { Task, TaskFields, Wire } from "./types";
import { create, edit, remove } from "./writes";

/** A daemon with one task that judges revisions; each call waits until it is let through. */
class OneTask {
  now: Task = task("a", { rev: 3 });
  seq = 10;
  readonly calls: string[] = [];
  refuse: Error | null = null;
  private readonly gates: (() => void)[] = [];
  held = false;

  private async gate(): Promise<void> {
    if (this.held) await new Promise<void>((pass) => this.gates.push(pass));
    if (this.refuse !== null) throw this.refuse;
  }

  letThrough(): void {
    this.held = false;
    for (const pass of this.gates.splice(0)) pass();
  }

  async editTask(_: string, fields: TaskFields, rev: number): Promise<Written<Task>> {
    this.calls.push(`edit ${JSON.stringify(fields)} ${rev}`);
    await this.gate();
    if (rev !== this.now.rev) throw stale(this.now);
    this.now = { ...this.now, ...(fields as unknown as Partial<Task>), rev: rev + 1 };
    return { entity: this.now, seq: (this.seq += 1) };
  }

  async createTask(fields: TaskFields, key?: string): Promise<Written<Task>> {
    this.calls.push(`create ${fields.baslik} ${key === undefined ? "" : "with key"}`);
    await this.gate();
    return { entity: task("n", { baslik: fields.baslik ?? "" }), seq: (this.seq += 1) };
  }

  async deleteTask(id: string): Promise<void> {
    this.calls.push(`delete ${id}`);
    await this.gate();
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

let daemon: OneTask;
let feed: Feed;
let outbox: Outbox;

beforeEach(() => {
  daemon = new OneTask();
  const cache = new QueryClient();
  feed = new Feed(cache, { snapshot: async () => snapshot(daemon.seq, [daemon.now]), latestSeq: async () => daemon.seq }, "w");
  cache.setQueryData(feed.key, snapshot(10, [daemon.now]));
  outbox = new Outbox(daemon as unknown as Client, feed);
});

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
    await expect(outbox.submit(write)).rejects.toBeInstanceOf(Conflict);
    expect(outbox.decisions()).toMatchObject([{ write: { fields: { baslik: "Mine" } }, theirs: { baslik: "Theirs" } }]);
    expect(outbox.waiting()).toEqual([]);
    for (const decision of outbox.decisions()) outbox.decided(decision);
    expect(outbox.decisions()).toEqual([]);
  });

  it("asks without sending when the change of the same field is known already", async () => {
    const write = edit(seen(), { baslik: "Mine" });
    feed.receive(taskFrame("updated", 11, daemon.changes({ baslik: "Theirs" })));
    await expect(outbox.submit(write)).rejects.toBeInstanceOf(Conflict);
    expect(daemon.calls).toEqual([]);
  });

  it("keeps what was typed into a task that is gone", async () => {
    daemon.refuse = missing();
    const failure = await outbox.submit(edit(seen(), { aciklama: "precious" })).catch((reason: unknown) => reason);
    expect(failure).toBeInstanceOf(Gone);
    expect(failure).toMatchObject({ write: { fields: { aciklama: "precious" } }, task: { id: "a" } });
  });

  it("takes a refused write away again", async () => {
    daemon.refuse = new Refused(409, "subtasks_incomplete", "Open subtasks", { count: 2 });
    await expect(outbox.submit(edit(seen(), { durum: "tamamlandi" }))).rejects.toBe(daemon.refuse);
    expect(outbox.waiting()).toEqual([]);
    expect(seen().durum).toBe("beklemede");
  });

  it("creates with a key, so that sending twice makes one task", async () => {
    const { task: made } = await outbox.submit(create({ baslik: "New" }));
    expect(made?.id).toBe("n");
    expect(daemon.calls).toEqual(["create New with key"]);
    expect(feed.task("n")).toBeDefined();
  });

  it("counts deleting what is gone already as done", async () => {
    daemon.refuse = missing();
    await outbox.submit(remove("a"));
    expect(feed.task("a")).toBeUndefined();
  });

  it("goes on with the next write of a task after one was refused", async () => {
    daemon.refuse = new ToolRefused("no");
    const first = outbox.submit(edit(seen(), { oncelik: "yuksek" })).catch(() => {
      daemon.refuse = null;
    });
    const second = outbox.submit(edit(seen(), { durum: "devam_ediyor" }));
    await first;
    await expect(second).resolves.toMatchObject({ task: { durum: "devam_ediyor" } });
  });
});
