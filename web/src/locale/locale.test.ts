import { describe, expect, it } from "vitest";

import { en } from "./en";
import { startingLanguage } from "./index";
import { tr } from "./tr";

const CATALOGUES = { tr, en };

/** Every key, with those of the groups within: `theme.dark`. */
function keys(texts: object, prefix = ""): string[] {
  return Object.entries(texts).flatMap(([key, value]) =>
    typeof value === "object" && value !== null ? keys(value as object, `${prefix}${key}.`) : [`${prefix}${key}`],
  );
}

describe("startingLanguage", () => {
  it("is the chosen one, else the browser's first that is spoken, else Turkish", () => {
    expect(startingLanguage("en", ["tr-TR"])).toBe("en");
    expect(startingLanguage(null, ["de-DE", "en-GB", "tr"])).toBe("en");
    expect(startingLanguage("fr", ["de-DE"])).toBe("tr");
  });
});

describe("catalogues", () => {
  it("have the same keys in both languages, none of them empty", () => {
    expect(keys(CATALOGUES.tr).toSorted()).toEqual(keys(CATALOGUES.en).toSorted());
    for (const catalogue of Object.values(CATALOGUES)) {
      expect(Object.entries(catalogue).filter(([, value]) => value === "")).toEqual([]);
    }
  });

  it("speak of one and of many", () => {
    expect(CATALOGUES.en.selectedCount(1)).toBe("1 task selected");
    expect(CATALOGUES.en.selectedCount(2)).toBe("2 tasks selected");
    expect(CATALOGUES.tr.selectedCount(2)).toBe("2 görev seçili");
  });
});
