/**
 * What a user has typed into a task's title or description but not saved. Drafts outlive the panel, another workspace and a
 * reload of the page; closing it asks first.
 */

import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useState } from "react";

import { isWire } from "../api/types";
import { recallHere, rememberHere } from "../ui/stored";

export type DraftField = "baslik" | "aciklama";

export interface Draft {
  /** The task's value when the user began. */
  readonly base: string;
  readonly value: string;
}

type Drafts = Readonly<Record<string, Draft>>;

interface DraftBox {
  readonly drafts: Drafts;
  readonly put: (taskId: string, field: DraftField, draft: Draft | null) => void;
}

const STORED_DRAFTS = "gorev_drafts";
let reloading = false;

/** Under which key the line is kept that is to become a subtask of a task. */
export function subtaskLineOf(taskId: string): string {
  return `gorev_new_subtask ${taskId}`;
}

/** Loads the page anew; whoever asks before the page is left need not ask for drafts. */
export function reloadKeepingDrafts(): void {
  reloading = true;
  location.reload();
}

/** Drafts as they were stored; whatever else stands there is passed over. */
export function parseDrafts(stored: string | null): Drafts {
  let read: unknown;
  try {
    read = JSON.parse(stored ?? "{}");
  } catch {
    return {};
  }
  const drafts = Object.entries(isWire(read) ? read : {}).flatMap(([key, draft]) => {
    if (!isWire(draft) || typeof draft["base"] !== "string" || typeof draft["value"] !== "string") return [];
    return [[key, { base: draft["base"], value: draft["value"] }] as const];
  });
  return Object.fromEntries(drafts);
}

const DraftContext = createContext<DraftBox>({ drafts: {}, put: () => undefined });

export function DraftProvider({ children }: { readonly children: ReactNode }) {
  const [drafts, setDrafts] = useState(() => parseDrafts(recallHere(STORED_DRAFTS)));
  const put = useCallback<DraftBox["put"]>((taskId, field, draft) => {
    setDrafts(({ [`${taskId} ${field}`]: _, ...others }) => (draft === null ? others : { ...others, [`${taskId} ${field}`]: draft }));
  }, []);
  const unsaved = Object.values(drafts).some(({ base, value }) => base !== value);
  useEffect(() => {
    const kept = rememberHere(STORED_DRAFTS, Object.keys(drafts).length === 0 ? null : JSON.stringify(drafts));
    if (!unsaved) return;
    const ask = (event: BeforeUnloadEvent) => {
      if (!reloading || !kept) event.preventDefault();
    };
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [drafts, unsaved]);
  const box = useMemo(() => ({ drafts, put }), [drafts, put]);
  return <DraftContext value={box}>{children}</DraftContext>;
}

export function useDraft(taskId: string, field: DraftField): [Draft | null, (draft: Draft | null) => void] {
  const { drafts, put } = use(DraftContext);
  const set = useCallback((draft: Draft | null) => put(taskId, field, draft), [put, taskId, field]);
  return [drafts[`${taskId} ${field}`] ?? null, set];
}
