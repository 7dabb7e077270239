import { describe, expect, it } from "vitest";

import { startingLanguage } from "./index";

describe("startingLanguage", () => {
  it("is the chosen one, else the browser's first that is spoken, else Turkish", () => {
    expect(startingLanguage("en", ["tr-TR"])).toBe("en");
    expect(startingLanguage(null, ["de-DE", "en-GB", "tr"])).toBe("en");
    expect(startingLanguage("fr", ["de-DE"])).toBe("tr");
  });
});
