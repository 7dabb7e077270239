import { describe, expect, it } from "vitest";

import { merged } from "./merge";

const text = (...lines: string[]) => lines.join("\n");

describe("merged", () => {
  it("takes what only one side changed", () => {
    expect(merged(text("a", "b", "c"), text("a!", "b", "c"), text("a", "b", "c!"))).toBe(text("a!", "b", "c!"));
    expect(merged(text("a", "b"), text("a", "b"), text("a", "new", "b"))).toBe(text("a", "new", "b"));
    expect(merged(text("a", "b", "c"), text("a", "c"), text("a", "b", "c"))).toBe(text("a", "c"));
  });

  it("keeps both where both changed the same place, yours first", () => {
    expect(merged(text("a", "b", "c"), text("a", "mine", "c"), text("a", "theirs", "c"))).toBe(text("a", "mine", "theirs", "c"));
    expect(merged("", "mine", "theirs")).toBe(text("mine", "theirs"));
  });

  it("counts the same change by both as one", () => {
    expect(merged(text("a", "b"), text("a", "same"), text("a", "same"))).toBe(text("a", "same"));
    expect(merged("a", "b", "b")).toBe("b");
    expect(merged("", text("mine", "end"), text("theirs", "end"))).toBe(text("mine", "theirs", "end"));
  });

  it("gives back either side where the other one changed nothing", () => {
    const base = text("one", "two", "three", "four");
    const other = text("zero", "one", "three", "3.5", "four", "five");
    expect(merged(base, other, base)).toBe(other);
    expect(merged(base, base, other)).toBe(other);
  });

  it("loses no line that either side wrote", () => {
    const base = Array.from({ length: 60 }, (_, index) => `line ${index}`);
    const yours = base.flatMap((line, index) => (index % 7 === 0 ? [`mine ${index}`] : [line]));
    const theirs = base.flatMap((line, index) => (index % 5 === 0 ? [line, `theirs ${index}`] : [line]));
    const result = new Set(merged(text(...base), text(...yours), text(...theirs)).split("\n"));
    for (const line of [...yours, ...theirs]) {
      if (!base.includes(line)) expect(result).toContain(line);
    }
  });
});
