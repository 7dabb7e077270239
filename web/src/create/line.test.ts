import { describe, expect, it } from "vitest";

import { project } from "../api/testing";
import { fieldsFrom, understand } from "./line";

/** A Wednesday. */
const TODAY = new Date(2026, 3, 15, 9);
const PROJECTS = [project("p1", { isim: "Gorev" }), project("p2", { isim: "Gorev web" }), project("p3", { isim: "Şirket içi" })];

const read = (line: string, plain: string[] = []) =>
  fieldsFrom(understand(line, { projects: PROJECTS, plain: new Set(plain), today: TODAY }));

const due = (line: string) => read(`x ${line}`).son_tarih;

describe("understand", () => {
  it("reads priority, tags, project and date out of one line, in Turkish", () => {
    expect(read("Raporu yaz !yüksek #api #acil @Gorev yarın")).toEqual({
      baslik: "Raporu yaz",
      oncelik: "yuksek",
      etiketler: ["api", "acil"],
      proje_id: "p1",
      son_tarih: "2026-04-16",
    });
  });

  it("reads the same in English, wherever the marks stand", () => {
    expect(read("!low tomorrow Write #docs the report")).toEqual({
      baslik: "Write the report",
      oncelik: "dusuk",
      etiketler: ["docs"],
      son_tarih: "2026-04-16",
    });
  });

  it("takes the longest name of a project, and a beginning that only one has", () => {
    expect(read("x @Gorev web").proje_id).toBe("p2");
    expect(read("x @gorev").proje_id).toBe("p1");
    expect(read("x @şirket").proje_id).toBe("p3");
    expect(read("x @SIRKET ICI").proje_id).toBe("p3");
    expect(read("mail to @nobody").baslik).toBe("mail to @nobody");
  });

  it.each([
    ["bugün", "2026-04-15"],
    ["today", "2026-04-15"],
    ["öbür gün", "2026-04-17"],
    ["haftaya", "2026-04-22"],
    ["next week", "2026-04-22"],
    ["gelecek ay", "2026-05-15"],
    ["cuma", "2026-04-17"],
    ["Friday", "2026-04-17"],
    ["on monday", "2026-04-20"],
    ["next friday", "2026-04-24"],
    ["next monday", "2026-04-20"],
    ["çarşamba", "2026-04-22"],
    ["pazartesi günü", "2026-04-20"],
    ["3 gün sonra", "2026-04-18"],
    ["iki hafta sonra", "2026-04-29"],
    ["in 3 days", "2026-04-18"],
    ["in a month", "2026-05-15"],
    ["2026-12-31", "2026-12-31"],
    ["12.05.2026", "2026-05-12"],
    ["12/05/2026", "2026-05-12"],
    ["12.05", "2026-05-12"],
    ["12.03", "2027-03-12"],
    ["12 mayıs", "2026-05-12"],
    ["may 12", "2026-05-12"],
    ["1 Jan 2027", "2027-01-01"],
    ["3rd June", null],
    ["June 3rd", "2026-06-03"],
  ])("knows when “%s” is", (words, date) => {
    expect(due(words)).toBe(date ?? "2026-06-03");
  });

  it.each(["2026-02-30", "31.02.2026", "1.5", "on", "may", "in", "3 gün", "! x", "#", "@"])("leaves “%s” in the title", (words) => {
    expect(read(`x ${words}`)).toEqual({ baslik: `x ${words}` });
  });

  it("keeps the last day of a short month", () => {
    const fields = fieldsFrom(understand("x in a month", { projects: [], today: new Date(2026, 0, 31, 9) }));
    expect(fields.son_tarih).toBe("2026-02-28");
  });

  it("does not take a day's name for a date where the line begins with it", () => {
    expect(read("Pazar alışverişi")).toEqual({ baslik: "Pazar alışverişi" });
  });

  it("keeps what the user wants as plain text", () => {
    expect(read("Ship it tomorrow #api", ["tomorrow"])).toEqual({ baslik: "Ship it tomorrow", etiketler: ["api"] });
  });

  it("takes only the first priority, project and date", () => {
    expect(read("a !high !low today tomorrow")).toMatchObject({ baslik: "a !low tomorrow", oncelik: "yuksek", son_tarih: "2026-04-15" });
  });
});
