import { describe, expect, it } from "vitest";

import { task } from "../api/testing";
import type { Task } from "../api/types";
import { inProject, matcher } from "../search/matching";
import { fold } from "./fold";
import { buildRows, childrenOf, deepestFirst, isWithin, type Sort } from "./tree";

const NONE_FOLDED: ReadonlySet<string> = new Set();

/** `a1` at depth 1 reads as `-a1`. */
function outline(tasks: readonly Task[], { project, status = "", text = "", sort = "newest" }: Wanted = {}, folded = NONE_FOLDED): string[] {
  return rows(tasks.filter((each) => inProject(each, project)), { status, text, sort }, folded).map(
    ({ task, depth }) => "-".repeat(depth) + task.id,
  );
}

interface Wanted {
  readonly project?: string;
  readonly status?: string;
  readonly text?: string;
  readonly sort?: Sort;
}

function rows(tasks: readonly Task[], { status = "", text = "", sort = "newest" }: Wanted = {}, folded = NONE_FOLDED) {
  return buildRows(tasks, { matches: matcher({ status, q: text }), sort, folded });
}

const child = (id: string, parent_id: string, fields: Partial<Task> = {}) => task(id, { parent_id, ...fields });

describe("buildRows", () => {
  it("nests subtasks under their parent, roots as given, subtasks oldest first", () => {
    const newestFirst = [task("b"), child("a2", "a"), child("a1x", "a1"), child("a1", "a"), task("a")];
    expect(outline(newestFirst)).toEqual(["b", "a", "-a1", "--a1x", "-a2"]);
  });

  it("makes a subtask whose parent is not there a root", () => {
    expect(outline([child("b", "gone"), task("a")])).toEqual(["b", "a"]);
  });

  it("shows every task of a cycle once", () => {
    const cycles = [child("a", "b"), child("b", "a"), child("c", "c")];
    expect(outline(cycles).toSorted()).toEqual(["-b", "a", "c"]);
    expect(outline(cycles, { text: "task" }).toSorted()).toEqual(["-b", "a", "c"]);
  });

  it("stands ten thousand levels", () => {
    const chain = Array.from({ length: 10_000 }, (_, depth) => (depth === 0 ? task("0") : child(`${depth}`, `${depth - 1}`)));
    const all = rows(chain);
    expect(all).toHaveLength(10_000);
    expect(all.at(-1)?.depth).toBe(9_999);
    expect(rows(chain, {}, new Set(["0"]))).toHaveLength(1);
  });

  it("hides what is below a folded task", () => {
    const tasks = [child("a1x", "a1"), child("a1", "a"), task("a"), task("b")];
    expect(outline(tasks, {}, new Set(["a"]))).toEqual(["a", "b"]);
  });

  it("says what can be folded and how far the subtasks are", () => {
    const tasks = [
      child("a3", "a", { durum: "iptal" }),
      child("a2", "a", { durum: "tamamlandi" }),
      child("a1", "a"),
      task("a"),
    ];
    const [parent, leaf] = rows(tasks);
    expect(parent).toMatchObject({ open: true, children: 2, childrenDone: 1 });
    expect(leaf).toMatchObject({ open: null, children: 0 });
  });

  it("filters by project, and by having none", () => {
    const tasks = [task("a", { proje_id: "p" }), task("b", { proje_id: "q" }), task("c")];
    expect(outline(tasks, { project: "p" })).toEqual(["a"]);
    expect(outline(tasks, { project: "none" })).toEqual(["c"]);
  });

  it("shows the ancestors of a match, marked as such, even inside a folded task", () => {
    const tasks = [child("a1x", "a1", { durum: "devam_ediyor" }), child("a1", "a"), child("a2", "a"), task("a"), task("b")];
    const shown = rows(tasks, { status: "devam_ediyor" }, new Set(["a"]));
    expect(shown.map(({ task, context }) => [task.id, context])).toEqual([
      ["a", true],
      ["a1", true],
      ["a1x", false],
    ]);
  });

  it("finds words in title, description and tags, whatever their case and accents", () => {
    const tasks = [
      task("a", { baslik: "İSTANBUL toplantısı" }),
      task("b", { aciklama: "Ilık çay" }),
      task("c", { etiketler: [{ id: "t", isim: "Öncelikli" }] }),
    ];
    expect(outline(tasks, { text: "istanbul TOPLANTI" })).toEqual(["a"]);
    expect(outline(tasks, { text: "cay ILIK" })).toEqual(["b"]);
    expect(outline(tasks, { text: "oncelik" })).toEqual(["c"]);
    expect(outline(tasks, { text: "istanbul çay" })).toEqual([]);
  });
});

describe("buildRows in another order", () => {
  it("orders every level", () => {
    const tasks = [
      child("a1", "a", { baslik: "z" }),
      child("a2", "a", { baslik: "Çay" }),
      task("a", { baslik: "b", son_tarih: "2026-01-02T00:00:00Z" }),
      task("c", { baslik: "A 10", oncelik: "yuksek" }),
      task("d", { baslik: "A 9", son_tarih: "2026-01-01T00:00:00Z", oncelik: "dusuk" }),
    ];
    expect(outline(tasks, { sort: "title" })).toEqual(["d", "c", "a", "-a2", "-a1"]);
    expect(outline(tasks, { sort: "due" })).toEqual(["d", "a", "-a1", "-a2", "c"]);
    expect(outline(tasks, { sort: "priority" })).toEqual(["c", "a", "-a1", "-a2", "d"]);
  });
});

describe("deepestFirst", () => {
  it("names what is below before what is above, each once", () => {
    const tasks = [child("a1x", "a1"), child("a2", "a"), child("a1", "a"), task("a"), task("b")];
    for (const chosen of [["a1", "a"], ["a", "a1"], ["a"]]) {
      const order = deepestFirst(tasks, chosen);
      expect(order.toSorted()).toEqual(["a", "a1", "a1x", "a2"]);
      expect(order.at(-1)).toBe("a");
      expect(order.indexOf("a1x")).toBeLessThan(order.indexOf("a1"));
    }
    expect(deepestFirst(tasks, ["gone"])).toEqual([]);
  });
});

describe("isWithin", () => {
  it("looks up the line of parents, and ends in a cycle", () => {
    const byId = new Map([child("a1x", "a1"), child("a1", "a"), task("a"), child("x", "y"), child("y", "x")].map((each) => [each.id, each]));
    expect(isWithin(byId, "a1x", "a")).toBe(true);
    expect(isWithin(byId, "a", "a")).toBe(true);
    expect(isWithin(byId, "a", "a1x")).toBe(false);
    expect(isWithin(byId, "x", "a")).toBe(false);
  });
});

describe("childrenOf", () => {
  it("gives direct subtasks, oldest first", () => {
    const tasks = [child("a2", "a"), child("x", "a1"), child("a1", "a"), task("a")];
    expect(childrenOf(tasks, "a").map(({ id }) => id)).toEqual(["a1", "a2"]);
  });
});

describe("fold", () => {
  it("makes the four letters i one", () => {
    expect(fold("Iıİi")).toBe("iiii");
  });
});
