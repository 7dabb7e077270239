import { describe, expect, it } from "vitest";

import { ranked } from "./ranking";

const names = ["Go to the board", "Board", "İçe aktar", "Keyboard shortcuts"];
const find = (typed: string) => ranked(names, typed, (name) => name);

describe("ranked", () => {
  it("keeps the order when nothing is typed", () => expect(find("  ")).toEqual(names));

  it("puts what begins with the word first, then words within, then parts of words", () => {
    expect(find("board")).toEqual(["Board", "Go to the board", "Keyboard shortcuts"]);
  });

  it("wants every word, without case and accents", () => {
    expect(find("ice AKTAR")).toEqual(["İçe aktar"]);
    expect(find("board xyz")).toEqual([]);
  });
});
