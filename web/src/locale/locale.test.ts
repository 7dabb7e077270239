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

/** Every text; of one that is made from values, the source that makes it. */
function said(texts: object): string[] {
  return Object.values(texts).flatMap((value) => (typeof value === "object" && value !== null ? said(value as object) : [String(value)]));
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

  it("call things in Turkish as the daemon's own texts do", () => {
    const others = /süz(?!ül)|hizmet|yardımcı|düzenleyici|takma ad|yalnız(?!ca)/i;
    expect(said(tr).filter((text) => others.test(text))).toEqual([]);
  });
});
