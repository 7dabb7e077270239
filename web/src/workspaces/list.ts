/** The workspaces this daemon knows. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";

import { Client, Refused } from "../api/client";
import type { Workspace } from "../api/types";
import { readLanguage } from "../locale";
import { recall, remember } from "../ui/stored";

const KEY = ["workspaces"] as const;
const STORED_WORKSPACE = "gorev:selected-workspace";

/** Speaks of no workspace in particular. */
export const anyWorkspace = new Client(null, readLanguage);

export function useWorkspaces() {
  return useQuery({ queryKey: KEY, queryFn: ({ signal }) => listed(signal) });
}

export function useReloadWorkspaces(): () => Promise<void> {
  const cache = useQueryClient();
  return useCallback(() => cache.invalidateQueries({ queryKey: KEY }), [cache]);
}

export function storedWorkspace(): string | null {
  return recall(STORED_WORKSPACE);
}

export function storeWorkspace(id: string): void {
  remember(STORED_WORKSPACE, id);
}

/** Of more than this many the first is good enough. */
const LOOKED_INTO = 5;

/**
 * Where somebody without a workspace of their own begins: the one used last that has tasks. The daemon's own default counts
 * as used when it starts, though nobody may ever have put anything into it.
 *
 * `count`: the tasks of a workspace that is closed; it is asked only where the list does not say.
 */
export async function startingWorkspace(all: readonly Workspace[], count: (workspace: Workspace) => Promise<number>): Promise<Workspace | undefined> {
  for (const workspace of all.slice(0, LOOKED_INTO)) {
    if ((workspace.taskCount ?? (await count(workspace).catch(() => 0))) > 0) return workspace;
  }
  return all[0];
}

async function countTasks(workspace: Workspace, signal: AbortSignal): Promise<number> {
  const { total } = await new Client(workspace, readLanguage).read("/api/gorevler?tum_projeler=true&limit=1", signal);
  return typeof total === "number" ? total : 0;
}

/** Undefined until it is known. Null: the daemon lists none. */
export function useStartingWorkspace(all: readonly Workspace[] | undefined): string | null | undefined {
  const stored = all?.find(({ id }) => id === storedWorkspace());
  const { data } = useQuery({
    queryKey: [...KEY, "start", all],
    queryFn: async ({ signal }) => (await startingWorkspace(all ?? [], (each) => countTasks(each, signal)))?.id ?? null,
    enabled: all !== undefined && stored === undefined,
  });
  return stored?.id ?? data;
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

/** What tells workspaces of one name apart: the end of the path, as much of it as is needed. */
export function placeOf(workspace: Workspace, all: readonly Workspace[]): string | null {
  const rivals = all.filter((other) => other.id !== workspace.id && other.name === workspace.name);
  if (rivals.length === 0) return null;
  const parts = workspace.path.split(/[\\/]/).filter(Boolean);
  for (let count = 2; count < parts.length; count += 1) {
    const end = parts.slice(-count).join("/");
    if (!rivals.some(({ path }) => path.replaceAll("\\", "/").endsWith(`/${end}`))) return `…/${end}`;
  }
  return workspace.path;
}
