import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { Client, Refused } from "./api/client";
import type { Workspace } from "./api/types";
import { type Language, LanguageContext, readLanguage, storeLanguage } from "./locale";
import { Trouble, Waiting } from "./ui/LoadState";
import { NoticeProvider } from "./ui/Notices";
import { recall, remember } from "./ui/stored";
import { WorkspacePage } from "./WorkspacePage";

const STORED_WORKSPACE = "gorev:selected-workspace";
const anyWorkspace = new Client(null, readLanguage);

export function App() {
  const [language, setLanguage] = useState(readLanguage);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);

  const choose = (chosen: Language) => {
    storeLanguage(chosen);
    setLanguage(chosen);
    // A daemon without the route goes on answering by Accept-Language.
    anyWorkspace.announceLanguage(chosen).catch(() => undefined);
  };

  return (
    <LanguageContext value={language}>
      <NoticeProvider>
        <Workspaces onLanguage={choose} />
      </NoticeProvider>
    </LanguageContext>
  );
}

function Workspaces({ onLanguage }: { readonly onLanguage: (language: Language) => void }) {
  const [selected, setSelected] = useState(() => recall(STORED_WORKSPACE));
  const workspaces = useQuery({ queryKey: ["workspaces"], queryFn: ({ signal }) => listed(signal) });
  const shown = workspaces.data?.find((workspace) => workspace.id === selected) ?? workspaces.data?.[0] ?? null;
  // What is shown stays what is shown, though another workspace may be used last by the next visit.
  const shownId = shown?.id;
  useEffect(() => {
    if (shownId !== undefined) remember(STORED_WORKSPACE, shownId);
  }, [shownId]);
  if (workspaces.data === undefined) {
    return workspaces.isError ? <Trouble reason={workspaces.error} onRetry={() => void workspaces.refetch()} /> : <Waiting />;
  }
  return (
    <WorkspacePage
      key={shown?.id ?? ""}
      workspace={shown}
      workspaces={workspaces.data}
      onWorkspace={setSelected}
      onLanguage={onLanguage}
    />
  );
}

/** A daemon that knows no workspace list has its default workspace all the same. */
async function listed(signal: AbortSignal): Promise<readonly Workspace[]> {
  try {
    return await anyWorkspace.workspaces(signal);
  } catch (reason) {
    if (reason instanceof Refused && reason.status === 404) return [];
    throw reason;
  }
}
