import { describe, expect, it } from "vitest";

import { project, snapshot, task } from "./testing";
import { bulk, clashes, create, edit, isTemporary, remove, withWrites } from "./writes";

const titles = (tasks: readonly { baslik: string }[]) => tasks.map(({ baslik }) => baslik);

describe("withWrites", () => {
  it("shows a new task first, under a temporary id, in its parent's project", () => {
    const before = snapshot(4, [task("a", { proje_id: "p" })], [project("p")]);
    const { tasks } = withWrites(before, [create({ baslik: "New", parent_id: "a", oncelik: "yuksek" })]);
    expect(tasks[0]).toMatchObject({ baslik: "New", parent_id: "a", proje_id: "p", oncelik: "yuksek", durum: "beklemede" });
    expect(isTemporary(tasks[0]?.id ?? "")).toBe(true);
  });

  it("shows a new task once when its event came before the answer", () => {
    const write = create({ baslik: "New " });
    const arrived = task("n", { baslik: "New", olusturma_tarihi: new Date().toISOString() });
    expect(titles(withWrites(snapshot(5, [arrived, task("a")]), [write]).tasks)).toEqual(["New", "Task a"]);
    const older = task("o", { baslik: "New", olusturma_tarihi: "2020-01-01T00:00:00Z" });
    expect(withWrites(snapshot(5, [older]), [write]).tasks).toHaveLength(2);
  });

  it("lays edits over a task in the order they were made, and clears with empty values", () => {
    const before = snapshot(4, [task("a", { son_tarih: "2026-01-01T00:00:00Z", parent_id: "b" }), task("b")]);
    const [a] = before.tasks;
    if (a === undefined) throw new Error("no task");
    const { tasks } = withWrites(before, [
      edit(a, { durum: "devam_ediyor", son_tarih: "" }),
      edit(a, { durum: "tamamlandi", parent_id: "", etiketler: ["x"] }),
    ]);
    expect(tasks[0]).toMatchObject({ durum: "tamamlandi", son_tarih: null, parent_id: null });
    expect(tasks[0]?.etiketler.map(({ isim }) => isim)).toEqual(["x"]);
    expect(before.tasks[0]?.durum).toBe("beklemede");
  });

  it("takes subtasks along into another project, however the list is ordered", () => {
    const before = snapshot(4, [task("c", { parent_id: "b" }), task("a"), task("b", { parent_id: "a" }), task("d")]);
    const [, a] = before.tasks;
    if (a === undefined) throw new Error("no task");
    const { tasks } = withWrites(before, [edit(a, { proje_id: "q" })]);
    expect(tasks.map(({ id, proje_id }) => [id, proje_id])).toEqual([["c", "q"], ["a", "q"], ["b", "q"], ["d", null]]);
  });

  it("hides what is being deleted", () => {
    expect(withWrites(snapshot(4, [task("a"), task("b")]), [remove("a")]).tasks.map(({ id }) => id)).toEqual(["b"]);
  });

  it("adds and removes tags of many tasks, whatever their case", () => {
    const before = snapshot(4, [task("a", { etiketler: [{ id: "1", isim: "API" }] }), task("b")]);
    const call = { taskIds: ["a", "b"], operation: "tag", data: {}, fields: {} } as const;
    const after = (tags: { add: string[]; remove: string[] }) =>
      withWrites(before, [bulk({ ...call, tags })]).tasks.map(({ etiketler }) => etiketler.map(({ isim }) => isim));
    expect(after({ add: ["api", "ui"], remove: [] })).toEqual([["API", "ui"], ["api", "ui"]]);
    expect(after({ add: [], remove: ["api"] })).toEqual([[], []]);
  });
});

describe("clashes", () => {
  const seen = task("a", { durum: "beklemede", baslik: "Old", etiketler: [{ id: "1", isim: "x" }] });

  it("are fields somebody else set to something else", () => {
    const write = edit(seen, { baslik: "Mine", durum: "tamamlandi" });
    expect(clashes(write, { ...seen, baslik: "Theirs" })).toEqual(["baslik"]);
    expect(clashes(write, { ...seen, oncelik: "yuksek", son_tarih: "2026-01-01T00:00:00Z" })).toEqual([]);
    expect(clashes(write, { ...seen, durum: "tamamlandi" })).toEqual([]);
  });

  it("compare tags as a set without case", () => {
    const tags = (...names: string[]) => names.map((isim) => ({ id: isim, isim }));
    const write = edit({ ...seen, etiketler: tags("x", "y") }, { etiketler: ["x", "y", "z"] });
    expect(clashes(write, { ...seen, etiketler: tags("Y", "x") })).toEqual([]);
    expect(clashes(write, { ...seen, etiketler: tags("x") })).toEqual(["etiketler"]);
  });
});
