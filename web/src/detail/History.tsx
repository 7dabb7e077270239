import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useId, useState } from "react";

import { Refused } from "../api/client";
import { isWire, type Task, type Wire } from "../api/types";
import { useLanguage, useText } from "../locale";
import { showInstant } from "../tasks/dates";
import { Icon } from "../ui/Icon";
import { useWorkspace } from "../workspace";

/** Events read at a time, from the newest back. */
const STRETCH = 2_000;

interface Change {
  readonly seq: number;
  readonly type: string;
  readonly at: string;
  readonly client: string;
  readonly fields: readonly string[];
}

/** What happened to the task and who did it, from the event log, newest first. */
export function History({ task }: { readonly task: Task }) {
  const text = useText();
  const id = useId();
  const [open, setOpen] = useState(false);
  return (
    <section className="detail-section">
      <h3>
        <button type="button" className="detail-fold" aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)}>
          <Icon name="chevron" />
          {text.history}
        </button>
      </h3>
      <div id={id}>{open && <Changes task={task} />}</div>
      <Dates task={task} />
    </section>
  );
}

function Changes({ task }: { readonly task: Task }) {
  const text = useText();
  const language = useLanguage();
  const { client, feed } = useWorkspace();
  const stretch = async (since: number, end: number, signal: AbortSignal) => {
    const { frames } = await client.events(since, end - since || 1, signal);
    const changes = frames.filter((frame) => frame["task_id"] === task.id).map(toChange);
    return { changes: changes.toReversed(), since };
  };

  const { data, isFetching, hasNextPage, fetchNextPage, refetch } = useInfiniteQuery({
    queryKey: [...feed.key, "history", task.id],
    initialPageParam: null as number | null,
    queryFn: async ({ pageParam, signal }) => {
      const end = pageParam ?? feed.snapshot?.seq ?? 0;
      const since = Math.max(0, end - STRETCH);
      try {
        return await stretch(since, end, signal);
      } catch (reason) {
        // The log does not reach back that far: from where it begins.
        const oldest = reason instanceof Refused && reason.code === "resync" ? reason.details["oldest"] : null;
        if (typeof oldest !== "number" || oldest > end) return { changes: [], since: 0 };
        return { ...(await stretch(oldest - 1, end, signal)), since: 0 };
      }
    },
    getNextPageParam: ({ since }) => (since > 0 ? since : undefined),
  });

  // The task's own changes come to the list as they happen.
  const { rev } = task;
  useEffect(() => void refetch(), [rev, refetch]);

  const changes = data?.pages.flatMap((page) => page.changes) ?? [];
  return (
    <>
      {changes.length > 0 ? (
        <ol className="history" role="list">
          {changes.map((change) => (
            <li key={change.seq}>
              <strong>{change.client}</strong> {told(change, text)}
              <time className="muted" dateTime={change.at}>
                {showInstant(change.at, language)}
              </time>
            </li>
          ))}
        </ol>
      ) : (
        <p className="muted">{isFetching ? text.loading : text.historyEmpty}</p>
      )}
      {hasNextPage ? (
        <button type="button" className="button quiet" disabled={isFetching} onClick={() => void fetchNextPage()}>
          {text.historyEarlier}
        </button>
      ) : null}
    </>
  );
}

function Dates({ task }: { readonly task: Task }) {
  const text = useText();
  const language = useLanguage();
  return (
    <dl className="dates muted">
      <dt>{text.createdAt}</dt>
      <dd>{showInstant(task.olusturma_tarihi, language)}</dd>
      <dt>{text.updatedAt}</dt>
      <dd>{showInstant(task.guncelleme_tarihi, language)}</dd>
    </dl>
  );
}

function toChange(frame: Wire): Change {
  const actor = isWire(frame["actor"]) ? frame["actor"] : {};
  return {
    seq: Number(frame["seq"] ?? 0),
    type: String(frame["type"] ?? ""),
    at: String(frame["timestamp"] ?? ""),
    client: String(actor["client"] ?? ""),
    fields: Array.isArray(frame["changed_fields"]) ? frame["changed_fields"].map(String) : [],
  };
}

function told({ type, fields }: Change, text: ReturnType<typeof useText>): string {
  if (type === "created") return text.changeCreated;
  if (type === "deleted") return text.changeDeleted;
  const names: Readonly<Record<string, string>> = text.fieldNames;
  const known = fields.map((field) => names[field]).filter((name) => name !== undefined);
  return known.length > 0 ? text.changeOf(known.join(", ")) : text.changeTouched;
}
