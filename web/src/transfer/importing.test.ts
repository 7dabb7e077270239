import { describe, expect, it } from "vitest";

import { effectOn, toExported, toReport } from "./answers";
import { documentOf, fits, importBody, projectsIn, type Source, USUAL_TERMS } from "./importing";

const FILE: Source = { kind: "file", name: "a.json", bytes: 10, document: { tasks: [] } };

describe("importBody", () => {
  it("is a trial that adds and keeps what is there, unless told otherwise", () => {
    expect(importBody(FILE, USUAL_TERMS, true)).toEqual({
      data: { tasks: [] },
      format: "json",
      import_mode: "merge",
      conflict_resolution: "skip",
      preserve_ids: false,
      dry_run: true,
    });
  });

  it("names the path, the projects and how the ids go", () => {
    const terms = { resolution: "overwrite", replace: true, keepIds: true, projectId: "p", mapping: { a: "b", c: "" } } as const;
    expect(importBody({ kind: "path", path: "~/a.csv" }, terms, false)).toEqual({
      file_path: "~/a.csv",
      import_mode: "replace",
      conflict_resolution: "overwrite",
      preserve_ids: true,
      dry_run: false,
      proje_id: "p",
      project_mapping: { a: "b" },
    });
  });

  it("leaves it to the daemon what a file of another name holds", () => {
    expect(importBody({ ...FILE, name: "tasks.txt" }, USUAL_TERMS, true)).not.toHaveProperty("format");
  });
});

describe("documentOf", () => {
  it("reads JSON, and leaves as text what is none", () => {
    expect(documentOf("a.json", '\uFEFF{"tasks": []}')).toEqual({ tasks: [] });
    expect(documentOf("a.json", "{")).toBe("{");
    expect(documentOf("a.json", "7")).toBe("7");
    expect(documentOf("a.csv", "[1]")).toBe("[1]");
  });
});

describe("projectsIn", () => {
  it("finds them under the names of both vocabularies, and in files of the browser only", () => {
    const document = { projects: [{ id: "1", isim: "Bir" }, { id: "2", name: "Two" }, { isim: "no id" }, 7] };
    expect(projectsIn({ ...FILE, document })).toEqual([
      { id: "1", name: "Bir" },
      { id: "2", name: "Two" },
    ]);
    expect(projectsIn({ ...FILE, document: "Title\n" })).toEqual([]);
    expect(projectsIn({ kind: "path", path: "a.json" })).toEqual([]);
  });
});

describe("fits", () => {
  it("counts the bytes that are sent, not the white space of the file", () => {
    expect(fits(1_000, { a: 1 }, 20)).toBe(true);
    expect(fits(1_000, { a: "ş".repeat(20) }, 20)).toBe(false);
  });
});

const REPORT = toReport({
  data: {
    imported_tasks: 5,
    imported_projects: 1,
    imported_tags: 2,
    imported_templates: 0,
    imported_dependencies: 1,
    skipped: 3,
    conflicts: [
      { type: "task", existing: { id: "1", baslik: "Old" }, incoming: { id: "2", baslik: "New" }, resolution: "overwrite" },
      { type: "project", existing: { id: "3", isim: "P" }, incoming: { id: "3", isim: "P" } },
      { type: "riddle" },
    ],
    warnings: ["uyarı: uzun", 7],
  },
});

describe("toReport", () => {
  it("reads rows that are there already, of the kinds it knows, and the remarks", () => {
    expect(REPORT.met).toEqual([
      { type: "task", id: "1", existing: "Old", incoming: "New" },
      { type: "project", id: "3", existing: "P", incoming: "P" },
    ]);
    expect(REPORT.warnings).toEqual(["uyarı: uzun"]);
    expect(REPORT.skipped).toBe(3);
  });

  it("is of nothing where the answer holds nothing", () => {
    expect(toReport({})).toMatchObject({ imported: { tasks: 0 }, skipped: 0, met: [], warnings: [] });
  });
});

describe("effectOn", () => {
  it("tells new rows from changed ones, which the daemon counts as one", () => {
    expect(effectOn("tasks", REPORT, "overwrite")).toEqual({ made: 4, changed: 1 });
    expect(effectOn("projects", REPORT, "merge")).toEqual({ made: 0, changed: 1 });
    expect(effectOn("tags", REPORT, "overwrite")).toEqual({ made: 2, changed: 0 });
    expect(effectOn("tasks", REPORT, "skip")).toEqual({ made: 5, changed: 0 });
  });
});

describe("toExported", () => {
  it("says where the document is: a path of the daemon's, or a name of the browser's", () => {
    expect(toExported({ message: "Exported", path: "/a/b.json" })).toEqual({ message: "Exported", place: "/a/b.json", inBrowser: false });
    expect(toExported({ message: "Exported", data: {} }, "b.json")).toEqual({ message: "Exported", place: "b.json", inBrowser: true });
  });
});
