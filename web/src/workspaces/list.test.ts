import { describe, expect, it } from "vitest";

import type { Workspace } from "../api/types";
import { placeOf, startingWorkspace } from "./list";

function workspace(path: string, taskCount?: number): Workspace {
  return { id: path, name: path.split("/").at(-1) ?? "", path, ...(taskCount !== undefined && { taskCount }) };
}

describe("startingWorkspace", () => {
  const none = () => Promise.resolve(0);

  it("is the one used last that has tasks", async () => {
    const all = [workspace("/home/a", 0), workspace("/home/b", 3), workspace("/home/c", 5)];
    expect((await startingWorkspace(all, none))?.id).toBe("/home/b");
  });

  it("asks for what the list does not say, and only as far as need be", async () => {
    const asked: string[] = [];
    const all = [workspace("/home/a", 0), workspace("/home/b"), workspace("/home/c"), workspace("/home/d")];
    const found = await startingWorkspace(all, ({ id }) => {
      asked.push(id);
      return Promise.resolve(id === "/home/c" ? 1 : 0);
    });
    expect(found?.id).toBe("/home/c");
    expect(asked).toEqual(["/home/b", "/home/c"]);
  });

  it("is the first where none has tasks or can be opened, and none where there is none", async () => {
    const all = [workspace("/home/a", 0), workspace("/home/b")];
    expect((await startingWorkspace(all, () => Promise.reject(new Error("unreadable"))))?.id).toBe("/home/a");
    expect(await startingWorkspace([], none)).toBeUndefined();
  });
});

describe("placeOf", () => {
  it("tells workspaces of one name apart by as much of the path as is needed", () => {
    const all = [workspace("/home/ada/work/site"), workspace("/home/ada/old/site"), workspace("/home/ada/notes")];
    expect(all.map((each) => placeOf(each, all))).toEqual(["…/work/site", "…/old/site", null]);
  });
});
