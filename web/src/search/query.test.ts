import { describe, expect, it } from "vitest";

import { toProject, toTask } from "../api/types";
import { complete } from "./completion";
import { createdDays, dueDays } from "./days";
import { compile } from "./filter";
import { asQuery } from "./matching";
import { parseQuery, writeQuery } from "./query";

const TODAY = "2026-11-22";
const task = (fields: object) => toTask({ id: "1", baslik: "Giriş ekranı", durum: "beklemede", oncelik: "orta", ...fields });
const fits = (query: string, fields: object = {}) =>
  compile(query, { projects: [toProject({ id: "p1", isim: "Uzun Ad" })], today: TODAY }).test?.(task(fields)) ?? true;

describe("parseQuery", () => {
  it("takes known keys as filters and everything else as text", () => {
    expect(parseQuery("durum:devam_ediyor oncelik:yuksek tags:frontend").filters).toEqual([
      { key: "durum", values: ["devam_ediyor"] },
      { key: "oncelik", values: ["yuksek"] },
      { key: "etiket", values: ["frontend"] },
    ]);
    expect(parseQuery("http://x:80 hata").words.map(({ text }) => text)).toEqual(["http://x:80", "hata"]);
    expect(parseQuery('etiket:"uzun ad",api son_tarih:bu_hafta').filters).toEqual([
      { key: "etiket", values: ["uzun ad", "api"] },
      { key: "son_tarih", values: ["bu_hafta"] },
    ]);
  });

  it("knows phrases and exclusions", () => {
    expect(parseQuery('“tam söz” -eski -"çok eski" -')).toEqual({
      filters: [],
      words: [
        { text: "tam söz", excluded: false },
        { text: "eski", excluded: true },
        { text: "çok eski", excluded: true },
        { text: "-", excluded: false },
      ],
    });
  });

  it("ends on any input", () => {
    for (const typed of ['"', 'durum:"', "durum:,", ":", "durum:a,b,", 'durum:"a"b', "-\"", "  "]) parseQuery(typed);
    expect(parseQuery("durum:").words).toEqual([{ text: "durum:", excluded: false }]);
  });

  it("reads back what it writes", () => {
    const filters = [{ key: "etiket", values: ["uzun ad", "api"] }] as const;
    expect(parseQuery(writeQuery(filters, "hata")).filters).toEqual(filters);
  });
});

describe("date expressions", () => {
  it("mean days around today, weeks from Monday", () => {
    expect(dueDays("bu hafta", TODAY)).toEqual({ first: "2026-11-16", last: "2026-11-22" });
    expect(dueDays("next_week", TODAY)).toEqual({ first: "2026-11-23", last: "2026-11-29" });
    expect(createdDays("gecen_ay", TODAY)).toEqual({ first: "2026-10-01", last: "2026-10-31" });
    expect(dueDays("gelecek_ay", "2026-01-31")).toEqual({ first: "2026-02-01", last: "2026-02-28" });
    expect(dueDays("Gecikmiş", TODAY)).toEqual({ first: null, last: "2026-11-21", openOnly: true });
    expect(dueDays("tarihsiz", TODAY)).toBe("undated");
    expect(dueDays("2026-01-01..", TODAY)).toEqual({ first: "2026-01-01", last: null });
    expect(dueDays(">=2026-01-01", TODAY)).toEqual({ first: "2026-01-01", last: null });
  });

  it("are none when the calendar has no such day or the ends are turned round", () => {
    for (const wrong of ["2026-02-30", "2026-02-01..2026-01-01", "..", "soon", ">=x", "x..2026-01-01"]) {
      expect(dueDays(wrong, TODAY)).toBeNull();
    }
    expect(createdDays("overdue", TODAY)).toBeNull();
  });
});

describe("compile", () => {
  it("joins values by or, keys by and", () => {
    expect(fits("durum:beklemede,tamamlandi")).toBe(true);
    expect(fits("status:pending oncelik:high")).toBe(false);
    expect(fits("etiket:API", { etiketler: [{ id: "t", isim: "api" }] })).toBe(true);
    expect(fits('proje:"uzun ad"', { proje_id: "p1" })).toBe(true);
    expect(fits("filtre:gecmis", { son_tarih: "2026-11-01T00:00:00Z" })).toBe(true);
    expect(fits("filtre:gecmis", { son_tarih: "2026-11-01T00:00:00Z", durum: "tamamlandi" })).toBe(false);
    expect(fits("due:no_date")).toBe(true);
    expect(fits("ust:root", { parent_id: "x" })).toBe(false);
  });

  it("wants every word, without case and accents, and none of the excluded", () => {
    expect(fits("GIRIS ekran")).toBe(true);
    expect(fits("giriş -ekran")).toBe(false);
    expect(fits("başka")).toBe(false);
  });

  it("matches nothing with a value that is none, and says which", () => {
    const { test, unreadable } = compile("durum:x", { projects: [], today: TODAY });
    expect(unreadable).toEqual(["x"]);
    expect(test?.(task({}))).toBe(false);
    expect(compile("durum:", { projects: [], today: TODAY }).test).toBeNull();
    expect(compile("   ", { projects: [], today: TODAY }).test).toBeNull();
  });
});

describe("asQuery", () => {
  it("puts what narrows in the address into one query", () => {
    expect(asQuery({ q: "hata", status: "beklemede,iptal", tag: "uzun ad", due: "week" })).toBe(
      'durum:beklemede,iptal etiket:"uzun ad" filtre:urgent hata',
    );
  });
});

describe("complete", () => {
  const words = { language: "en", projects: ["Uzun Ad", "Web"], tags: ["api", "ui"] } as const;
  const inserts = (typed: string, caret = typed.length) => complete(typed, caret, words).map(({ insert }) => insert);

  it("offers keys for a word begun and values after a key", () => {
    expect(inserts("hello st")).toEqual(["status:"]);
    expect(inserts("durum:in")).toEqual(["in_progress "]);
    expect(complete("durum:dev", 9, { ...words, language: "tr" })).toMatchObject([{ insert: "devam_ediyor ", value: "devam_ediyor" }]);
    expect(inserts("project:uz")).toEqual(['"Uzun Ad" ']);
    expect(inserts("tag:api,")).toEqual(["ui "]);
    expect(inserts("http://x")).toEqual([]);
  });

  it("replaces only the value the caret is in", () => {
    expect(complete("tag:api,u", 9, words)).toMatchObject([{ from: 8, to: 9, insert: "ui " }]);
    expect(complete('project:"Uzun A', 15, words)).toMatchObject([{ from: 8, to: 15, insert: '"Uzun Ad" ' }]);
  });
});
