/** What of the event stream is worth a notice: somebody else created or finished a task. No I/O here. */

import { type Actor, kindOf, nameOf, OWN_CLIENT } from "../activity/actor";
import type { Frame, Snapshot } from "../api/events";
import type { Catalogue } from "../locale";

export interface News {
  readonly deed: "created" | "finished";
  readonly actor: Actor;
  readonly taskId: string;
  readonly title: string;
}

/** Null: nothing new, or it was done on this page, in whichever of its windows. `before`: what was there until then. */
export function newsOf(frame: Frame, before: Snapshot): News | null {
  if (frame.client === OWN_CLIENT) return null;
  const finished = frame.type === "updated" && frame.data["durum"] === "tamamlandi";
  if (frame.type !== "created" && !finished) return null;
  if (finished && before.tasks.find(({ id }) => id === frame.taskId)?.durum === "tamamlandi") return null;
  return {
    deed: finished ? "finished" : "created",
    actor: { client: frame.client, kind: kindOf(frame.client, frame.clientType) },
    taskId: frame.taskId,
    title: String(frame.data["baslik"] ?? ""),
  };
}

/** News not yet looked at, with what came after them: a task that is gone is no news. */
export function gathered(all: readonly News[], frame: Frame, before: Snapshot): readonly News[] {
  if (frame.type === "deleted") {
    const left = all.filter(({ taskId }) => taskId !== frame.taskId);
    return left.length === all.length ? all : left;
  }
  const news = newsOf(frame, before);
  return news === null ? all : [...all, news];
}

/** The one who did all of it; null where there were several. */
export function onlyActor(all: readonly News[]): Actor | null {
  const [first] = all;
  return first !== undefined && all.every(({ actor }) => actor.client === first.actor.client) ? first.actor : null;
}

/** The one task all of it is about. */
export function onlyTask(all: readonly News[]): string | null {
  const [first] = all;
  return first !== undefined && all.every(({ taskId }) => taskId === first.taskId) ? first.taskId : null;
}

export function sentenceOf(all: readonly News[], text: Catalogue): string {
  const count = (wanted: News["deed"]) => all.filter(({ deed }) => deed === wanted).length;
  const actor = onlyActor(all);
  const who = actor === null ? text.newsSeveral(new Set(all.map((each) => each.actor.client)).size) : nameOf(actor, text);
  const last = all.at(-1);
  if (last !== undefined && onlyTask(all) !== null) return text.newsOne[last.deed](who, last.title);
  return text.newsMany(who, count("created"), count("finished"));
}
