import { describe, expect, it } from "vitest";

import { toTemplate } from "../api/types";
import { faultOf, faults, filled, startingValues } from "./template";

const template = toTemplate({
  id: "t",
  isim: "Bug",
  varsayilan_baslik: "🐛 [{{modul}}] {{baslik}}",
  alanlar: [
    { isim: "baslik", tip: "text", zorunlu: true },
    { isim: "modul", tip: "text", zorunlu: true },
    { isim: "efor", tip: "select", zorunlu: false, secenekler: ["küçük", "büyük"] },
    { isim: "son_tarih", tip: "date", zorunlu: false },
    { isim: "puan", tip: "number", zorunlu: false },
    { isim: "oncelik", tip: "select", zorunlu: true, varsayilan: "orta", secenekler: ["dusuk", "orta", "yuksek"] },
  ],
});

describe("template", () => {
  it("begins with the defaults", () => {
    expect(startingValues(template)).toMatchObject({ baslik: "", oncelik: "orta" });
  });

  it("misses required fields that are blank, not those with a default", () => {
    expect([...faults(template, { baslik: "  ", oncelik: "" })]).toEqual([
      ["baslik", "missing"],
      ["modul", "missing"],
    ]);
  });

  it.each([
    ["efor", "orta", "option"],
    ["efor", "küçük", null],
    ["son_tarih", "2026-02-30", "date"],
    ["son_tarih", "2028-02-29", null],
    ["puan", "x", "number"],
    ["puan", "-1.5", null],
    ["puan", "", null],
  ])("judges %s “%s”: %s", (name, value, fault) => {
    const field = template.alanlar.find(({ isim }) => isim === name);
    expect(field && faultOf(field, value)).toBe(fault);
  });

  it("fills a pattern once, and with nothing where there is nothing", () => {
    expect(filled(template.varsayilan_baslik, { baslik: "{{modul}}", modul: "api" })).toBe("🐛 [api] {{modul}}");
    expect(filled("{{a}}-{{ b }}", { b: "x" })).toBe("-x");
  });
});
