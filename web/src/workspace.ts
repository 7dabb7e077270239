/** The workspace the page shows: its client, its feed, its snapshot and the state of its live connection. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, use, useEffect, useState } from "react";

import { Client } from "./api/client";
import { Feed } from "./api/feed";
import { Live, type LiveState } from "./api/live";
import type { Workspace } from "./api/types";
import { readLanguage } from "./locale";

const RELOAD_AFTER_FAILURE_MS = 5_000;

export interface OpenWorkspace {
  readonly client: Client;
  readonly feed: Feed;
}

export const WorkspaceContext = createContext<OpenWorkspace | null>(null);

export function useWorkspace(): OpenWorkspace {
  const open = use(WorkspaceContext);
  if (open === null) throw new Error("no workspace is open here");
  return open;
}

/** One client and one feed for as long as the calling component lives; give it the workspace's id as key. */
export function useOpenWorkspace(workspace: Workspace | null): OpenWorkspace {
  const cache = useQueryClient();
  const [open] = useState<OpenWorkspace>(() => {
    const client = new Client(workspace, readLanguage);
    return { client, feed: new Feed(cache, client, workspace?.id ?? "") };
  });
  return open;
}

/** The snapshot is never stale by age: the event stream keeps it true, and says when it must be read again. */
export function useSnapshot(feed: Feed) {
  return useQuery({
    queryKey: feed.key,
    queryFn: feed.load,
    staleTime: Infinity,
    structuralSharing: false,
    refetchInterval: (query) => (query.state.status === "error" ? RELOAD_AFTER_FAILURE_MS : false),
  });
}

/** Runs the live connection from the first snapshot on. */
export function useLive({ client, feed }: OpenWorkspace, loaded: boolean): LiveState {
  const [state, setState] = useState<LiveState>("connecting");
  useEffect(() => {
    if (!loaded) return;
    const base = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}`;
    const live = new Live({ feed, workspaceId: client.workspace?.id ?? null, base, onState: setState });
    const looked = () => {
      if (document.visibilityState === "visible") live.nudge();
    };
    live.start();
    window.addEventListener("online", looked);
    document.addEventListener("visibilitychange", looked);
    return () => {
      live.stop();
      window.removeEventListener("online", looked);
      document.removeEventListener("visibilitychange", looked);
    };
  }, [client, feed, loaded]);
  return state;
}
