/**
 * What a user has typed into a task's title or description but not saved. Drafts outlive the panel: looking at another task
 * loses nothing, and leaving the page asks first.
 */

import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useState } from "react";

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

const DraftContext = createContext<DraftBox>({ drafts: {}, put: () => undefined });

export function DraftProvider({ children }: { readonly children: ReactNode }) {
  const [drafts, setDrafts] = useState<Drafts>({});
  const put = useCallback<DraftBox["put"]>((taskId, field, draft) => {
    setDrafts(({ [`${taskId} ${field}`]: _, ...others }) => (draft === null ? others : { ...others, [`${taskId} ${field}`]: draft }));
  }, []);
  const unsaved = Object.values(drafts).some(({ base, value }) => base !== value);
  useEffect(() => {
    if (!unsaved) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [unsaved]);
  const box = useMemo(() => ({ drafts, put }), [drafts, put]);
  return <DraftContext value={box}>{children}</DraftContext>;
}

export function useDraft(taskId: string, field: DraftField): [Draft | null, (draft: Draft | null) => void] {
  const { drafts, put } = use(DraftContext);
  const set = useCallback((draft: Draft | null) => put(taskId, field, draft), [put, taskId, field]);
  return [drafts[`${taskId} ${field}`] ?? null, set];
}
