import { describe, expect, it } from "vitest";

import { apply, type Frame, parseFrame, type Snapshot, withProject, withTask } from "./events";
import { frame, frameText, project, snapshot, task, taskFrame } from "./testing";

function applied(before: Snapshot, ...frames: Frame[]): Snapshot {
  return frames.reduce((now, next) => {
    const outcome = apply(now, next);
    if (outcome.kind !== "applied") throw new Error(`${next.type} ${next.seq} was not applied: ${outcome.kind}`);
    return outcome.snapshot;
  }, before);
}

describe("apply", () => {
  it("puts a created task first and moves to its seq", () => {
    const after = applied(snapshot(4, [task("a")]), taskFrame("created", 5, task("b")));
    expect(after.seq).toBe(5);
    expect(after.tasks.map(({ id }) => id)).toEqual(["b", "a"]);
  });

  it("replaces an updated task where it stands", () => {
    const before = snapshot(4, [task("a"), task("b"), task("c")]);
    const after = applied(before, taskFrame("updated", 5, task("b", { baslik: "New", rev: 2 })));
    expect(after.tasks.map(({ baslik }) => baslik)).toEqual(["Task a", "New", "Task c"]);
  });

  it("removes a deleted task named by a stub", () => {
    const after = applied(snapshot(4, [task("a"), task("b")]), frame("deleted", { seq: 5, task_id: "a", data: { id: "a" } }));
    expect(after.tasks.map(({ id }) => id)).toEqual(["b"]);
  });

  it("counts the deletion of a task it never had", () => {
    expect(applied(snapshot(4), frame("deleted", { seq: 5, task_id: "a" }))).toEqual(snapshot(5));
  });

  it("applies events in order, one after another", () => {
    const after = applied(
      snapshot(0),
      taskFrame("created", 1, task("a")),
      taskFrame("updated", 2, task("a", { durum: "devam_ediyor", rev: 2 })),
      taskFrame("created", 3, task("b")),
      frame("deleted", { seq: 4, task_id: "b" }),
    );
    expect(after.seq).toBe(4);
    expect(after.tasks).toMatchObject([{ id: "a", durum: "devam_ediyor" }]);
  });

  it.each([3, 4])("knows event %i already when it stands at 4", (seq) => {
    expect(apply(snapshot(4, [task("a")]), frame("deleted", { seq, task_id: "a" }))).toEqual({ kind: "known" });
  });

  it("asks for a reload when an event is missing before this one", () => {
    expect(apply(snapshot(4), taskFrame("created", 6, task("a")))).toEqual({ kind: "reload" });
  });

  it("asks for a reload on workspace_sync even without a gap", () => {
    expect(apply(snapshot(4), frame("workspace_sync", { seq: 5 }))).toEqual({ kind: "reload" });
    expect(apply(snapshot(4), frame("workspace_sync", { first_seq: 5, seq: 905 }))).toEqual({ kind: "reload" });
  });

  it("knows a workspace_sync that it has been read after", () => {
    expect(apply(snapshot(905), frame("workspace_sync", { first_seq: 5, seq: 905 }))).toEqual({ kind: "known" });
  });

  it("moves past an event of a kind it has no use for", () => {
    expect(applied(snapshot(4, [task("a")]), frame("template_changed", { seq: 5 }))).toEqual(snapshot(5, [task("a")]));
  });

  it("keeps a newer revision it took from an answer", () => {
    const after = applied(snapshot(4, [task("a", { rev: 3 })]), taskFrame("updated", 5, task("a", { rev: 2 })));
    expect(after).toEqual(snapshot(5, [task("a", { rev: 3 })]));
  });

  it("keeps, changes and drops projects", () => {
    const after = applied(
      snapshot(0),
      frame("project_created", { seq: 1, project_id: "p", data: project("p") }),
      frame("project_created", { seq: 2, project_id: "q", data: project("q") }),
      frame("project_updated", { seq: 3, project_id: "p", data: project("p", { isim: "New", rev: 2 }) }),
      frame("project_deleted", { seq: 4, project_id: "q", data: { id: "q" } }),
    );
    expect(after.projects).toMatchObject([{ id: "p", isim: "New" }]);
  });

  it("knows that the counters of waiting tasks changed with the status they wait for", () => {
    const before = snapshot(4, [task("a", { bu_goreve_bagimli_sayisi: 1 })]);
    const done = task("a", { durum: "tamamlandi", bu_goreve_bagimli_sayisi: 1, rev: 2 });
    const renamed = task("a", { baslik: "New", bu_goreve_bagimli_sayisi: 1, rev: 2 });
    expect(apply(before, taskFrame("updated", 5, done))).toMatchObject({ derivedStale: true });
    expect(apply(before, frame("deleted", { seq: 5, task_id: "a" }))).toMatchObject({ derivedStale: true });
    expect(apply(before, taskFrame("updated", 5, renamed))).toMatchObject({ derivedStale: false });
  });
});

describe("withTask", () => {
  it("leaves the snapshot itself when it holds a newer revision", () => {
    const before = snapshot(4, [task("a", { rev: 2 })]);
    expect(withTask(before, task("a", { rev: 1 }))).toBe(before);
  });
});

describe("withProject", () => {
  it("makes every other project inactive when one becomes active", () => {
    const before = snapshot(4, [], [project("p", { is_active: true }), project("q")]);
    const after = withProject(before, project("q", { is_active: true, rev: 2 }));
    expect(after.projects.filter(({ is_active }) => is_active).map(({ id }) => id)).toEqual(["q"]);
  });
});

describe("parseFrame", () => {
  it.each(["", "not json", "[]", "null", "7", "{}", '{"type": 7}'])("refuses %j", (text) => {
    expect(parseFrame(text)).toBeNull();
  });

  it("takes no seq from a frame that tells of no change", () => {
    expect(parseFrame(frameText("connected", { seq: 12 }))?.seq).toBeNull();
    expect(parseFrame(frameText("updated", { seq: 12 }))?.seq).toBe(12);
  });

  it("reads who made the change", () => {
    expect(parseFrame(frameText("updated", { seq: 1, actor: { client: "cursor", type: "mcp" } }))?.client).toBe("cursor");
  });
});
