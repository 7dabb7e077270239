import { describe, expect, it } from "vitest";

import { directionOf } from "./direction";

describe("directionOf", () => {
  it("leaves short texts to the browser", () => {
    expect(directionOf("merhaba")).toBe("auto");
  });

  it.each([
    ["1. words ", "ltr"],
    ["1. مرحبا ", "rtl"],
    ["** שלום ", "rtl"],
    ["… 123 ", "ltr"],
  ])("goes by the first letter of long ones: %s", (begin, direction) => {
    expect(directionOf(begin.repeat(5_000))).toBe(direction);
  });
});
