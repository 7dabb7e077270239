/** The workspace the page shows: its client, its feed, its outbox, its snapshot and the state of its live connection. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, use, useEffect, useMemo, useState, useSyncExternalStore } from "react";

import { Client } from "./api/client";
import type { Snapshot } from "./api/events";
import { Feed } from "./api/feed";
import { Live, type LiveState } from "./api/live";
import { Outbox } from "./api/outbox";
import { ProgressBoard } from "./api/progress";
import type { Project, Task, Workspace } from "./api/types";
import { withWrites } from "./api/writes";
import { readLanguage } from "./locale";
import { useReloadWorkspaces } from "./workspaces/list";

const RELOAD_AFTER_FAILURE_MS = 5_000;

export interface OpenWorkspace {
  readonly workspace: Workspace | null;
  readonly client: Client;
  readonly feed: Feed;
  readonly outbox: Outbox;
  readonly progress: ProgressBoard;
}

export const WorkspaceContext = createContext<OpenWorkspace | null>(null);
export const SnapshotContext = createContext<Snapshot | null>(null);

export function useWorkspace(): OpenWorkspace {
  const open = use(WorkspaceContext);
  if (open === null) throw new Error("no workspace is open here");
  return open;
}

/** The workspace as the user sees it: what the daemon has, with the user's own unanswered changes over it. */
export function useSnapshot(): Snapshot {
  const snapshot = use(SnapshotContext);
  if (snapshot === null) throw new Error("no snapshot is loaded here");
  return snapshot;
}

const indexes = new WeakMap<readonly Task[], ReadonlyMap<string, Task>>();

/** Every task by its id, made once for each list. */
export function tasksById(tasks: readonly Task[]): ReadonlyMap<string, Task> {
  let index = indexes.get(tasks);
  if (index === undefined) {
    index = new Map(tasks.map((task) => [task.id, task]));
    indexes.set(tasks, index);
  }
  return index;
}

export function useTask(id: string | undefined): Task | undefined {
  const { tasks } = useSnapshot();
  return id === undefined ? undefined : tasksById(tasks).get(id);
}

export function useProject(id: string | null | undefined): Project | undefined {
  return useSnapshot().projects.find((project) => project.id === id);
}

/** One client, feed and outbox for as long as the calling component lives; give it the workspace's id as key. */
export function useOpenWorkspace(workspace: Workspace | null): OpenWorkspace {
  const cache = useQueryClient();
  const [open] = useState<OpenWorkspace>(() => {
    const client = new Client(workspace, readLanguage);
    const feed = new Feed(cache, client, workspace?.id ?? "");
    return { workspace, client, feed, outbox: new Outbox(client, feed), progress: new ProgressBoard() };
  });
  return open;
}

/** The snapshot is never stale by age: the event stream keeps it true, and says when it must be read again. */
export function useLoadedSnapshot({ feed, outbox }: OpenWorkspace) {
  const { data, error, refetch } = useQuery({
    queryKey: feed.key,
    queryFn: feed.load,
    staleTime: Infinity,
    structuralSharing: false,
    refetchInterval: (query) => (query.state.status === "error" ? RELOAD_AFTER_FAILURE_MS : false),
  });
  const writes = useSyncExternalStore(outbox.subscribe, outbox.waiting);
  const snapshot = useMemo(() => (data === undefined ? undefined : withWrites(data, writes)), [data, writes]);
  return { snapshot, error, refetch };
}

/** Runs the live connection from the first snapshot on. */
export function useLive({ client, feed, progress }: OpenWorkspace, loaded: boolean): LiveState {
  const [state, setState] = useState<LiveState>("connecting");
  const reloadWorkspaces = useReloadWorkspaces();
  useEffect(() => {
    if (!loaded) return;
    const base = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}`;
    const live = new Live({ feed, workspaceId: client.workspace?.id ?? null, base, onState: setState, onProgress: progress.receive, onRemoved: () => void reloadWorkspaces() });
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
  }, [client, feed, progress, loaded, reloadWorkspaces]);
  return state;
}

/** Sends what waits, from the first snapshot on and whenever the daemon is found again. */
export function useOutbox({ outbox }: OpenWorkspace, loaded: boolean, live: LiveState): void {
  useEffect(() => {
    if (!loaded) return;
    const ask = (event: BeforeUnloadEvent) => {
      if (outbox.losable) event.preventDefault();
    };
    const found = () => outbox.nudge();
    outbox.start();
    window.addEventListener("online", found);
    window.addEventListener("beforeunload", ask);
    return () => {
      outbox.stop();
      window.removeEventListener("online", found);
      window.removeEventListener("beforeunload", ask);
    };
  }, [outbox, loaded]);
  useEffect(() => {
    if (live === "live" || live === "polling") outbox.nudge();
  }, [outbox, live]);
}
