import { expect, it } from "vitest";

import { parseDrafts } from "./drafts";

it("reads drafts as they were stored, and passes over whatever is none", () => {
  const draft = { base: "a", value: "b" };
  expect(parseDrafts(JSON.stringify({ "1 baslik": draft, "2 aciklama": { base: "a" }, "3 baslik": null }))).toEqual({ "1 baslik": draft });
  expect(parseDrafts(null)).toEqual({});
  expect(parseDrafts("{broken")).toEqual({});
  expect(parseDrafts("[]")).toEqual({});
});
