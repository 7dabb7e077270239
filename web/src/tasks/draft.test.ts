import { describe, expect, it } from "vitest";

import { task } from "../api/testing";
import { afterSaving, changes, conflicts, edit, shown, valuesOf } from "./draft";

const before = valuesOf(task("a", { baslik: "Title", aciklama: "Text", son_tarih: "2025-12-31T00:00:00Z" }));

describe("draft", () => {
  it("sends only what differs from the task", () => {
    const draft = edit(edit({}, before, "baslik", "Other"), before, "aciklama", "Text");
    expect(changes(draft, before)).toEqual({ baslik: "Other" });
  });

  it("forgets a field typed back to what it was", () => {
    const draft = edit(edit({}, before, "baslik", "Other"), before, "baslik", "Title");
    expect(draft).toEqual({});
  });

  it("sends tags as a list and a cleared date as an empty text", () => {
    const draft = edit(edit({}, before, "etiketler", " a, b ,,c"), before, "son_tarih", "");
    expect(changes(draft, before)).toEqual({ etiketler: ["a", "b", "c"], son_tarih: "" });
  });

  it("lets untouched fields follow the task and keeps touched ones", () => {
    const draft = edit({}, before, "baslik", "Mine");
    const now = { ...before, baslik: "Theirs", aciklama: "New text" };
    expect(shown(draft, now, "baslik")).toBe("Mine");
    expect(shown(draft, now, "aciklama")).toBe("New text");
  });

  it("sees a conflict only where the task changed under a touched field to something else", () => {
    const draft = edit({}, before, "baslik", "Mine");
    expect(conflicts(draft, before, "baslik")).toBe(false);
    expect(conflicts(draft, { ...before, aciklama: "New" }, "baslik")).toBe(false);
    expect(conflicts(draft, { ...before, baslik: "Mine" }, "baslik")).toBe(false);
    expect(conflicts(draft, { ...before, baslik: "Theirs" }, "baslik")).toBe(true);
  });

  it("keeps after saving only what was typed since it was sent", () => {
    const sent = edit(edit({}, before, "baslik", "Sent"), before, "etiketler", "a,b");
    const typed = edit(sent, before, "baslik", "Sent and more");
    const saved = { ...before, baslik: "Sent", etiketler: "a, b" };
    expect(afterSaving(sent, sent, saved)).toEqual({});
    expect(changes(afterSaving(typed, sent, saved), saved)).toEqual({ baslik: "Sent and more" });
  });
});
