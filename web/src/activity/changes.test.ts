import { describe, expect, it } from "vitest";

import { kindOf } from "./actor";
import { actorsIn, byDay, type Change, toChange } from "./changes";

const event = (seq: number, fields: object = {}) =>
  toChange({
    type: "updated",
    seq,
    timestamp: "2026-11-22T10:00:00Z",
    task_id: "t1",
    project_id: "p1",
    actor: { client: "claude-code", type: "mcp" },
    data: { baslik: "Demo", durum: "beklemede" },
    changed_fields: ["baslik"],
    ...fields,
  }) as Change;

describe("toChange", () => {
  it("names the deed after what the status became", () => {
    const deed = (durum: string) => event(1, { changed_fields: ["durum"], data: { baslik: "x", durum } }).deed;
    expect(["tamamlandi", "devam_ediyor", "iptal", "beklemede"].map(deed)).toEqual(["finished", "started", "cancelled", "reopened"]);
    expect(event(1).deed).toBe("updated");
    expect(event(1, { changed_fields: ["bagimliliklar"] }).deed).toBe("linked");
    expect(event(1, { type: "deleted" }).deed).toBe("deleted");
  });

  it("knows frames that tell of no change from those that do", () => {
    expect(toChange({ type: "connected" })).toBeNull();
    expect(toChange({ type: "created" })).toBeNull();
  });
});

describe("kindOf", () => {
  it("tells assistants, editors and people apart", () => {
    expect(kindOf("claude-code", "mcp")).toBe("assistant");
    expect(kindOf("Visual Studio Code", "mcp")).toBe("editor");
    expect(kindOf("web-ui", "rest")).toBe("person");
    expect(kindOf("curl", "rest")).toBe("program");
    expect(kindOf("gorev", "cli")).toBe("terminal");
  });
});

describe("byDay", () => {
  it("tells small steps in a row once, newest first", () => {
    const changes = [event(1), event(2, { changed_fields: ["aciklama"] }), event(3, { actor: { client: "x", type: "rest" } }), event(4, { type: "created" })];
    const [day] = byDay(changes, () => true);
    expect(day?.changes.map(({ seq, times }) => [seq, times])).toEqual([[4, 1], [3, 1], [2, 2]]);
    expect(day?.changes.at(-1)?.fields).toEqual(["aciklama", "baslik"]);
  });

  it("tells steps apart that lie far apart, and parts the days", () => {
    const changes = [event(1, { timestamp: "2026-11-20T10:00:00Z" }), event(2, { timestamp: "2026-11-22T10:00:00Z" }), event(3, { timestamp: "2026-11-22T11:00:00Z" })];
    expect(byDay(changes, () => true).map(({ changes: { length } }) => length)).toEqual([2, 1]);
  });

  it("keeps only what is wanted", () => {
    expect(byDay([event(1)], () => false)).toEqual([]);
  });
});

describe("actorsIn", () => {
  it("puts the busiest first", () => {
    const other = { actor: { client: "curl", type: "rest" } };
    expect(actorsIn([event(1, other), event(2), event(3)]).map(({ client }) => client)).toEqual(["claude-code", "curl"]);
  });
});
