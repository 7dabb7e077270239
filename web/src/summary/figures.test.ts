import { describe, expect, it } from "vitest";

import { toTask } from "../api/types";
import { bucketOf, count, finishedIn, marks, throughput } from "./figures";

const TODAY = "2026-11-22";
const task = (id: string, fields: object = {}) => toTask({ id, baslik: id, durum: "beklemede", oncelik: "orta", ...fields });
const due = (day: string) => task("a", { son_tarih: `${day}T00:00:00Z` });

describe("count", () => {
  it("counts due dates and priorities of open tasks only", () => {
    const { open, due, priorities, share, waiting } = count(
      [
        task("a", { oncelik: "yuksek", tamamlanmamis_bagimlilik_sayisi: 1 }),
        task("b", { durum: "tamamlandi", oncelik: "yuksek", son_tarih: "2026-01-01T00:00:00Z" }),
        task("c", { durum: "iptal" }),
        task("d", { durum: "devam_ediyor" }),
      ],
      TODAY,
    );
    expect([open, due.overdue, due.none, priorities.yuksek, waiting]).toEqual([2, 0, 2, 1, 1]);
    expect(share).toBeCloseTo(1 / 3);
  });

  it("puts each task into one bucket", () => {
    expect(["2026-11-21", "2026-11-22", "2026-11-29", "2026-11-30"].map((day) => bucketOf(due(day), TODAY))).toEqual(["overdue", "today", "week", "later"]);
    expect(bucketOf(task("a"), TODAY)).toBe("none");
  });
});

describe("throughput", () => {
  it("counts by day, finished ones where the log says, else by their last change", () => {
    const tasks = [
      task("a", { durum: "tamamlandi", olusturma_tarihi: "2026-11-20T12:00:00Z", guncelleme_tarihi: "2026-11-22T12:00:00Z" }),
      task("b", { durum: "tamamlandi", olusturma_tarihi: "2025-01-01T12:00:00Z", guncelleme_tarihi: "2026-11-22T12:00:00Z" }),
    ];
    const rows = throughput(tasks, new Map([["a", "2026-11-21T12:00:00Z"]]), TODAY, 3);
    expect(rows).toEqual([
      { day: "2026-11-20", created: 1, finished: 0 },
      { day: "2026-11-21", created: 0, finished: 1 },
      { day: "2026-11-22", created: 0, finished: 1 },
    ]);
  });

  it("takes the last time a task was finished, and none when it was reopened", () => {
    const event = (id: string, durum: string, timestamp: string, fields = ["durum"]) => ({
      type: "updated",
      task_id: id,
      timestamp,
      changed_fields: fields,
      data: { durum },
    });
    const found = finishedIn([
      event("a", "tamamlandi", "1"),
      event("a", "beklemede", "2"),
      event("b", "tamamlandi", "3"),
      event("b", "tamamlandi", "4", ["baslik"]),
      { type: "deleted", task_id: "c" },
    ]);
    expect([...found]).toEqual([["b", "3"]]);
  });
});

describe("marks", () => {
  it("are few whole numbers up to the highest", () => {
    expect(marks(0)).toEqual([0, 1]);
    expect(marks(3)).toEqual([0, 1, 2, 3]);
    expect(marks(17)).toEqual([0, 5, 10, 15, 20]);
    expect(marks(1060).at(-1)).toBeGreaterThanOrEqual(1060);
  });
});
