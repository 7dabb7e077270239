import { describe, expect, it } from "vitest";

import { task } from "../api/testing";
import { exportBody, fileOf, leftIn, narrowingOf, type Part, PARTS, proposedName, withEnding } from "./exporting";

const PROJECTS = [
  { id: "p1", isim: "Web", tanim: "", is_active: false, rev: 1 },
  { id: "p2", isim: "web", tanim: "", is_active: false, rev: 1 },
  { id: "p3", isim: "Çatı", tanim: "", is_active: true, rev: 1 },
];
const TODAY = "2026-11-30";

describe("exportBody", () => {
  it("names every part of a JSON export, and where it goes", () => {
    const choice = { format: "json", narrowing: { projectId: "p1" }, parts: new Set<Part>(["completed", "templates"]), path: "~/x.json" } as const;
    expect(exportBody(choice)).toEqual({
      format: "json",
      include_completed: true,
      include_subtasks: false,
      include_dependencies: false,
      include_templates: true,
      include_ai_context: false,
      proje_id: "p1",
      output_path: "~/x.json",
    });
  });

  it("leaves out of other formats what they have no place for", () => {
    const body = exportBody({ format: "csv", narrowing: {}, parts: new Set(PARTS), path: null });
    expect(Object.keys(body)).toEqual(["format", "include_completed", "include_subtasks"]);
  });

  it("leaves an end of the time open", () => {
    const body = exportBody({ format: "csv", narrowing: { created: { first: "2026-01-01", last: null } }, parts: new Set(), path: null });
    expect(body["date_range"]).toEqual({ from: "2026-01-01", to: null });
  });
});

describe("narrowingOf", () => {
  it("takes what an export knows from the view's address and its query", () => {
    const { narrowing, beyond } = narrowingOf({ project: "p3", status: "beklemede", q: "etiket:api,ui created:bugün" }, PROJECTS, TODAY);
    expect(narrowing).toEqual({ projectId: "p3", status: "beklemede", tags: ["api", "ui"], created: { first: TODAY, last: TODAY } });
    expect(beyond).toEqual([]);
  });

  it("finds a project by its name, unless two have it", () => {
    expect(narrowingOf({ q: "proje:catı" }, PROJECTS, TODAY).narrowing).toEqual({ projectId: "p3" });
    expect(narrowingOf({ q: "proje:Web" }, PROJECTS, TODAY).beyond).toEqual([{ filter: "proje" }]);
  });

  it("says what it cannot be narrowed by: words, priorities, due dates, two states, the same twice, no project", () => {
    const beyondOf = (address: Parameters<typeof narrowingOf>[0]) => narrowingOf(address, PROJECTS, TODAY).beyond;
    expect(beyondOf({ q: "rapor -taslak" })).toEqual([{ words: "rapor" }, { words: "-taslak" }]);
    expect(beyondOf({ priority: "yuksek", due: "today" })).toEqual([{ filter: "oncelik" }, { filter: "filtre" }]);
    expect(beyondOf({ status: "beklemede,iptal" })).toEqual([{ filter: "durum" }]);
    expect(beyondOf({ tag: "a", q: "tag:b" })).toEqual([{ filter: "etiket" }]);
    expect(beyondOf({ project: "none" })).toEqual(["noProject"]);
  });
});

describe("leftIn", () => {
  it("counts as the daemon does: finished ones, subtasks and days of creation", () => {
    const done = task("a", { durum: "tamamlandi" });
    const below = task("b", { parent_id: "a", olusturma_tarihi: "2026-11-30T12:00:00Z" });
    expect([done, below].map((each) => leftIn(each, new Set<Part>(["completed", "subtasks"]), undefined))).toEqual([true, true]);
    expect([done, below].map((each) => leftIn(each, new Set(), undefined))).toEqual([false, false]);
    expect(leftIn(below, new Set<Part>(["subtasks"]), { first: "2026-11-29", last: null })).toBe(true);
    expect(leftIn(below, new Set<Part>(["subtasks"]), { first: null, last: "2026-11-28" })).toBe(false);
  });
});

describe("names of files", () => {
  it("are made of the workspace and the day", () => {
    expect(proposedName("Çalışma Alanı!", TODAY, "markdown")).toBe("calisma-alani-2026-11-30.md");
    expect(proposedName("工作", TODAY, "json")).toBe("gorev-2026-11-30.json");
  });

  it("end as the format does, but for an ending that was typed", () => {
    expect(withEnding("~/a.json", "json", "csv")).toBe("~/a.csv");
    expect(withEnding("~/a.markdown", "markdown", "json")).toBe("~/a.json");
    expect(withEnding("~/a.txt", "json", "csv")).toBe("~/a.txt");
  });
});

describe("fileOf", () => {
  it("holds the document: JSON as it is read by people, the others as they came", async () => {
    expect(await fileOf({ tasks: [] }, "json").text()).toBe('{\n  "tasks": []\n}\n');
    expect(await fileOf({ content: "ID,Title\r\n" }, "csv").text()).toBe("ID,Title\r\n");
  });
});
