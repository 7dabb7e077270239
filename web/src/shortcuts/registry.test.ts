import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { en } from "../locale/en";
import { tr } from "../locale/tr";
import { isKey, keysOf, type ShortcutId, SHORTCUTS } from "./registry";

const SOURCE = join(import.meta.dirname, "..");
const IDS = Object.keys(SHORTCUTS) as ShortcutId[];
/** Heard by what the page is made of: the keyboard of dnd-kit, and buttons and links that are pressed with Enter. */
const HEARD_BY_ITSELF: ReadonlySet<ShortcutId> = new Set(["boardPickUp", "boardMove", "boardOpen", "graphOpen"]);

function sources(): readonly (readonly [name: string, text: string])[] {
  const names = readdirSync(SOURCE, { recursive: true, encoding: "utf8" });
  return names.filter((name) => /\.tsx?$/.test(name) && !name.endsWith(".test.ts")).map((name) => [name, readFileSync(join(SOURCE, name), "utf8")]);
}

/** The shortcuts that some part of the page hears. */
function heard(): ReadonlySet<string> {
  const calls = sources().flatMap(([, text]) => [...text.matchAll(/\b(?:useShortcut\(|pressed\(\w+, )"(\w+)"/g)]);
  return new Set(calls.map(([, id]) => id ?? ""));
}

describe("the table of shortcuts", () => {
  it("lists nothing that no part of the page hears", () => {
    const listening = heard();
    expect(IDS.filter((id) => !listening.has(id) && !HEARD_BY_ITSELF.has(id))).toEqual([]);
  });

  it("is what the views with keys of their own ask", () => {
    const views = ["board/Column.tsx", "graph/Drawing.tsx", "tree/TreeGrid.tsx"];
    const own = sources().filter(([name, text]) => views.includes(name) && /\bif \(event\.key ===/.test(text));
    expect(own.map(([name]) => name)).toEqual([]);
  });

  it("names each in both languages", () => {
    for (const { shortcut } of [en, tr]) expect(Object.keys(shortcut).toSorted()).toEqual(IDS.toSorted());
  });

  it("gives no two shortcuts that are heard in one place the same key", () => {
    // What the same key does is told apart by what is going on: a card is carried or not.
    const carrying: ReadonlySet<ShortcutId> = new Set(["boardMove"]);
    const taken = IDS.filter((id) => !carrying.has(id)).flatMap((id) => keysOf(id).map((key) => `${SHORTCUTS[id].scope} ${key}`));
    expect(taken.filter((key, index) => taken.indexOf(key) !== index)).toEqual([]);
  });

  it("has no sequence that begins with a key of its own", () => {
    const everywhere = IDS.filter((id) => SHORTCUTS[id].scope === "everywhere").flatMap((id) => keysOf(id));
    const begun = everywhere.filter((key) => key.includes(" ")).map((key) => key.split(" ")[0]);
    expect(begun.filter((key) => everywhere.includes(key ?? ""))).toEqual([]);
  });
});

describe("isKey", () => {
  const key = (name: string, with_: Partial<Record<"ctrlKey" | "metaKey" | "shiftKey" | "altKey", boolean>> = {}) => ({
    key: name,
    ctrlKey: false,
    metaKey: false,
    shiftKey: false,
    altKey: false,
    ...with_,
  });

  it("tells modifiers apart, and takes Ctrl and Cmd for the same", () => {
    expect(isKey(key("k", { ctrlKey: true }), "Mod+k")).toBe(true);
    expect(isKey(key("k", { metaKey: true }), "Mod+k")).toBe(true);
    expect(isKey(key("k"), "Mod+k")).toBe(false);
    expect(isKey(key("n", { altKey: true }), "n")).toBe(false);
    expect(isKey(key("ArrowUp", { shiftKey: true }), "ArrowUp")).toBe(false);
    expect(isKey(key("ArrowUp", { shiftKey: true }), "Shift+ArrowUp")).toBe(true);
  });

  it("takes characters as they come, with whatever key they are made", () => {
    expect(isKey(key("?", { shiftKey: true }), "?")).toBe(true);
    expect(isKey(key("N", { shiftKey: true }), "n")).toBe(true);
    expect(isKey(key("*"), "*")).toBe(true);
  });
});
