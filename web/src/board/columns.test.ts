import { describe, expect, it } from "vitest";

import { toTask } from "../api/types";
import { buildColumns, obstacle, openBelow } from "./columns";

const task = (id: string, fields: object = {}) => toTask({ id, baslik: id, durum: "beklemede", oncelik: "orta", ...fields });
const ids = (tasks: readonly { readonly id: string }[]) => tasks.map(({ id }) => id);

describe("buildColumns", () => {
  const tasks = [
    task("c", { oncelik: "dusuk", son_tarih: "2026-02-01T00:00:00Z" }),
    task("b", { oncelik: "yuksek" }),
    task("a", { oncelik: "yuksek", son_tarih: "2026-01-01T00:00:00Z" }),
    task("d", { durum: "tamamlandi" }),
  ];

  it("parts by status and keeps the newest first", () => {
    const columns = buildColumns(tasks, () => true, "newest");
    expect(ids(columns.beklemede)).toEqual(["c", "b", "a"]);
    expect(ids(columns.tamamlandi)).toEqual(["d"]);
  });

  it("puts what has no date last, and keeps the order among equals", () => {
    expect(ids(buildColumns(tasks, () => true, "due").beklemede)).toEqual(["a", "c", "b"]);
    expect(ids(buildColumns(tasks, () => true, "priority").beklemede)).toEqual(["b", "a", "c"]);
    expect(ids(buildColumns(tasks, ({ id }) => id !== "b", "title").beklemede)).toEqual(["a", "c"]);
  });
});

describe("openBelow", () => {
  it("counts unfinished descendants at any depth and ends on a cycle", () => {
    const counts = openBelow([
      task("root"),
      task("child", { parent_id: "root", durum: "tamamlandi" }),
      task("grandchild", { parent_id: "child" }),
      task("x", { parent_id: "y" }),
      task("y", { parent_id: "x" }),
    ]);
    expect(counts.get("root")).toBe(1);
    expect(counts.get("child")).toBe(1);
    expect(counts.get("x")).toBe(1);
  });
});

describe("obstacle", () => {
  it("is an open prerequisite for starting or for finishing what was not started", () => {
    const waiting = task("a");
    expect(obstacle(waiting, "devam_ediyor", 2, 0)).toEqual({ kind: "waits", count: 2 });
    expect(obstacle(waiting, "tamamlandi", 2, 0)).toEqual({ kind: "waits", count: 2 });
    expect(obstacle(waiting, "iptal", 2, 0)).toBeNull();
    expect(obstacle({ ...waiting, durum: "devam_ediyor" }, "tamamlandi", 2, 0)).toBeNull();
  });

  it("is an open subtask for finishing", () => {
    expect(obstacle(task("a"), "tamamlandi", 0, 1)).toEqual({ kind: "openBelow", count: 1 });
    expect(obstacle(task("a"), "devam_ediyor", 0, 1)).toBeNull();
  });
});
