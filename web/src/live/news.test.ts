import { describe, expect, it } from "vitest";

import { frame, snapshot, task } from "../api/testing";
import { en } from "../locale/en";
import { tr } from "../locale/tr";
import { gathered, type News, newsOf, onlyTask, sentenceOf } from "./news";

const EMPTY = snapshot(1);
const ASSISTANT = { client: "claude-code", type: "mcp" };

function event(type: string, id: string, actor: object, data: object = {}) {
  return frame(type, { seq: 2, task_id: id, actor, data: { id, baslik: `Task ${id}`, ...data } });
}

describe("newsOf", () => {
  it("is a task that somebody else created", () => {
    expect(newsOf(event("created", "a", ASSISTANT), EMPTY)).toEqual({
      deed: "created",
      actor: { client: "claude-code", kind: "assistant" },
      taskId: "a",
      title: "Task a",
    });
  });

  it("is a task that somebody else finished, but not a finished one that changed", () => {
    const finished = event("updated", "a", ASSISTANT, { durum: "tamamlandi" });
    expect(newsOf(finished, snapshot(1, [task("a")]))?.deed).toBe("finished");
    expect(newsOf(finished, snapshot(1, [task("a", { durum: "tamamlandi" })]))).toBeNull();
  });

  it("is nothing that was done on a page, and no other change", () => {
    expect(newsOf(event("created", "a", { client: "web-ui", type: "web" }), EMPTY)).toBeNull();
    expect(newsOf(event("updated", "a", ASSISTANT, { durum: "devam_ediyor" }), snapshot(1, [task("a")]))).toBeNull();
    expect(newsOf(event("deleted", "a", ASSISTANT), EMPTY)).toBeNull();
  });
});

describe("gathered", () => {
  it("keeps what came, and forgets a task that is gone again", () => {
    let all: readonly News[] = [];
    for (const each of [event("created", "a", ASSISTANT), event("created", "b", ASSISTANT), event("deleted", "a", ASSISTANT)]) all = gathered(all, each, EMPTY);
    expect(all.map(({ taskId }) => taskId)).toEqual(["b"]);
  });

  it("is the same where nothing new came", () => {
    const all = gathered([], event("created", "a", ASSISTANT), EMPTY);
    expect(gathered(all, event("project_created", "", ASSISTANT), EMPTY)).toBe(all);
  });
});

describe("sentenceOf", () => {
  const news = (deed: News["deed"], taskId: string, client = "claude-code"): News => ({ deed, taskId, title: `Task ${taskId}`, actor: { client, kind: "assistant" } });

  it("says of one task who did what", () => {
    expect(sentenceOf([news("created", "a")], en)).toBe("claude-code created “Task a”");
    expect(sentenceOf([news("finished", "a")], tr)).toBe("claude-code tamamladı: “Task a”");
  });

  it("says what came of one task last", () => {
    const both = [news("created", "a"), news("finished", "a")];
    expect(onlyTask(both)).toBe("a");
    expect(sentenceOf(both, en)).toBe("claude-code finished “Task a”");
  });

  it("counts many, and those who did them", () => {
    const many = [news("created", "a"), news("created", "b"), news("finished", "c")];
    expect(sentenceOf(many, en)).toBe("claude-code: 2 tasks created, 1 finished");
    expect(sentenceOf([...many, news("created", "d", "cursor")], en)).toBe("2 others: 3 tasks created, 1 finished");
    expect(sentenceOf(many, tr)).toBe("claude-code: 2 görev eklendi, 1 görev tamamlandı");
  });
});
