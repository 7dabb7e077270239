/** Changes that others made: which rows to light up for a moment, and what to tell those who cannot see them. */

import { createContext, use, useEffect, useState } from "react";

import { OWN_CLIENT } from "../activity/actor";
import type { Frame, Snapshot } from "../api/events";
import type { Feed } from "../api/feed";
import { newsOf } from "../live/news";
import { noticesAreOn } from "../live/preference";
import { type Catalogue, useText } from "../locale";

export interface Remote {
  readonly changed: ReadonlySet<string>;
  readonly announcement: string;
}

const NOTHING_CHANGED: ReadonlySet<string> = new Set();
/** Changes closer together than this are told as one. */
const GATHER_MS = 400;
const LIT_MS = 2_000;

export const RemoteContext = createContext<Remote>({ changed: NOTHING_CHANGED, announcement: "" });

/** The tasks that others changed a moment ago. */
export function useLitTasks(): ReadonlySet<string> {
  return use(RemoteContext).changed;
}

export function useRemoteChanges(feed: Feed): Remote {
  const text = useText();
  const [remote, setRemote] = useState<Remote>({ changed: NOTHING_CHANGED, announcement: "" });
  useEffect(() => {
    let gathered: string[] = [];
    let changed = new Set<string>();
    let telling: ReturnType<typeof setTimeout> | undefined;
    let fading: ReturnType<typeof setTimeout> | undefined;
    const stop = feed.listen((frame, before) => {
      const sentence = frame.client === OWN_CLIENT ? null : tell(text, frame, before);
      if (sentence === null) return;
      // A notice tells of news itself.
      if (!noticesAreOn() || newsOf(frame, before) === null) gathered.push(sentence);
      changed.add(frame.taskId);
      telling ??= setTimeout(() => {
        telling = undefined;
        setRemote({ changed, announcement: said(text, gathered) });
        gathered = [];
        changed = new Set();
        clearTimeout(fading);
        fading = setTimeout(() => setRemote((last) => ({ ...last, changed: NOTHING_CHANGED })), LIT_MS);
      }, GATHER_MS);
    });
    return () => {
      stop();
      clearTimeout(telling);
      clearTimeout(fading);
    };
  }, [feed, text]);
  return remote;
}

function said(text: Catalogue, [first = "", ...more]: readonly string[]): string {
  return more.length === 0 ? first : text.remoteMany(more.length + 1);
}

function tell(text: Catalogue, frame: Frame, before: Snapshot): string | null {
  const title = String(frame.data["baslik"] ?? before.tasks.find((task) => task.id === frame.taskId)?.baslik ?? "");
  switch (frame.type) {
    case "created":
      return text.remoteCreated(title);
    case "updated":
      return text.remoteUpdated(title);
    case "deleted":
      return text.remoteDeleted(title);
    default:
      return null;
  }
}
