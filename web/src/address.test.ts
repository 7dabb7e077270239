import { describe, expect, it } from "vitest";

import { parseAddress, withChange, writeAddress } from "./address";

describe("address", () => {
  it("comes back as it was written, whatever the text", () => {
    for (const q of ["123", "true", "durum:beklemede etiket:\"a b\"", "%2B+&=#", "İş 🐛"]) {
      expect(parseAddress(writeAddress({ q, task: "t", project: "none" }))).toEqual({ q, task: "t", project: "none" });
    }
  });

  it("drops what it does not know and what is empty", () => {
    expect(parseAddress("?q=&evil=1&status=beklemede&__proto__=x")).toEqual({ status: "beklemede" });
    expect(writeAddress({ q: undefined, x: "y" })).toBe("");
  });

  it("changes a part and takes a part out", () => {
    expect(withChange({ q: "a", status: "iptal" }, { status: null, task: "t" })).toEqual({ q: "a", task: "t" });
  });
});
