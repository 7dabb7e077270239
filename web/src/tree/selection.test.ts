import { describe, expect, it } from "vitest";

import { extended, NOTHING_SELECTED, surviving, toggled } from "./selection";

const ORDER = ["a", "b", "c", "d", "e"];
const of = (...ids: string[]) => new Set(ids);

describe("selection", () => {
  it("takes and gives back one row", () => {
    const one = toggled(NOTHING_SELECTED, "b");
    expect(one).toEqual({ ids: of("b"), anchor: "b" });
    expect(toggled(one, "b").ids).toEqual(of());
  });

  it("reaches from the anchor in both directions and keeps what was chosen before", () => {
    const far = toggled(toggled(NOTHING_SELECTED, "e"), "c");
    expect(extended(far, ORDER, "a").ids).toEqual(of("a", "b", "c", "e"));
    expect(extended(toggled(NOTHING_SELECTED, "b"), ORDER, "d").ids).toEqual(of("b", "c", "d"));
  });

  it("begins anew where the anchor is not shown any more", () => {
    expect(extended({ ids: of(), anchor: "gone" }, ORDER, "c")).toEqual({ ids: of("c"), anchor: "c" });
  });

  it("loses what is gone", () => {
    const chosen = { ids: of("a", "b"), anchor: "a" };
    expect(surviving(chosen, (id) => id === "a").ids).toEqual(of("a"));
    expect(surviving(chosen, () => true)).toBe(chosen);
  });
});
