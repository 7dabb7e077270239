/**
 * What the address says: the view and, behind it, everything that narrows or opens something in it, so that whatever is
 * on the screen can be linked. Values are plain text; a key that is not known here is dropped.
 */

import { useNavigate, useParams, useRouterState, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";

export const ADDRESS_KEYS = [
  /** `none` (tasks without a project) or a project's id. */
  "project",
  /** The query: words, or the query language. */
  "q",
  /** Comma lists of the wire's values. */
  "status",
  "priority",
  "tag",
  /** `overdue`, `today`, `week`. */
  "due",
  "sort",
  /** The task whose details are open. */
  "task",
  /** Filter profile in force. */
  "profile",
  /** Activity: name of the client whose changes are shown. */
  "actor",
  /** Graph: how many steps around the task. */
  "depth",
  /** Summary, activity: how far back. */
  "since",
] as const;

export type AddressKey = (typeof ADDRESS_KEYS)[number];
export type Address = { readonly [key in AddressKey]?: string };

export const VIEWS = ["tree", "board", "graph", "summary", "activity"] as const;
export type View = (typeof VIEWS)[number];

/** The workspace of a daemon that lists none: its default one. */
export const DEFAULT_WORKSPACE = "-";

export function parseAddress(query: string): Address {
  return knownOnly(Object.fromEntries(new URLSearchParams(query)));
}

export function writeAddress(values: Readonly<Record<string, unknown>>): string {
  const query = new URLSearchParams();
  for (const key of ADDRESS_KEYS) {
    const value = values[key];
    if (typeof value === "string" && value !== "") query.set(key, value);
  }
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}

export function knownOnly(values: Readonly<Record<string, unknown>>): Address {
  const known: { -readonly [key in AddressKey]?: string } = {};
  for (const key of ADDRESS_KEYS) {
    const value = values[key];
    if (typeof value === "string" && value !== "") known[key] = value;
  }
  return known;
}

/** Null takes a key out of the address. */
export type AddressChange = { readonly [key in AddressKey]?: string | null };

export function withChange(address: Address, change: AddressChange): Address {
  return knownOnly({ ...address, ...change });
}

export function useAddress(): Address {
  return useSearch({ strict: false }) as Address;
}

/** Changes the address without leaving the view. `replace`: typing is no history. */
export function useChangeAddress(): (change: AddressChange, options?: { readonly replace?: boolean }) => void {
  const navigate = useNavigate();
  return useCallback(
    (change, { replace = false } = {}) => {
      void navigate({ to: ".", search: (last: Address) => withChange(last, change), replace } as never);
    },
    [navigate],
  );
}

/** Opens the details of a task beside the view, or closes them with null. */
export function useOpenTask(): (taskId: string | null) => void {
  const change = useChangeAddress();
  return useCallback((taskId) => change({ task: taskId }), [change]);
}

export function useWorkspaceId(): string {
  return (useParams({ strict: false }) as { workspaceId?: string }).workspaceId ?? DEFAULT_WORKSPACE;
}

export function useView(): View | null {
  const path = useRouterState({ select: (state) => state.location.pathname });
  return VIEWS.find((view) => view === path.split("/")[3]) ?? null;
}

/** Goes to another view, keeping what is narrowed; `change` as in useChangeAddress, `taskId` for the graph. */
export function useGoTo(): (view: View, change?: AddressChange, taskId?: string) => void {
  const navigate = useNavigate();
  const workspaceId = useWorkspaceId();
  return useCallback(
    (view, change = {}, taskId) => {
      const search = (last: Address) => withChange(last, change);
      if (view === "graph" && taskId !== undefined) {
        void navigate({ to: "/w/$workspaceId/graph/$taskId", params: { workspaceId, taskId }, search });
      } else {
        void navigate({ to: `/w/$workspaceId/${view}`, params: { workspaceId }, search });
      }
    },
    [navigate, workspaceId],
  );
}
