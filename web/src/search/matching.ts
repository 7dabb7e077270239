/** Which tasks the address asks for. */

import { useDeferredValue, useMemo } from "react";

import { type Address, useAddress } from "../address";
import type { Project, Task } from "../api/types";
import { localDate } from "../tasks/dates";
import { useSnapshot } from "../workspace";
import { compile } from "./filter";
import { type FilterPart, writeQuery } from "./query";

export interface Match {
  /** Null: nothing narrows beyond the project. */
  readonly matches: ((task: Task) => boolean) | null;
  /** What is typed is not yet what is shown. */
  readonly pending: boolean;
}

/** Whether a task belongs to the project of the address. */
export function inProject(task: Task, project: string | undefined): boolean {
  if (project === undefined) return true;
  return project === "none" ? task.proje_id === null : task.proje_id === project;
}

export function useMatch(): Match {
  const query = asQuery(useAddress());
  const deferred = useDeferredValue(query);
  const { projects } = useSnapshot();
  const today = localDate();
  const matches = useMemo(() => compile(deferred, { projects, today }).test, [deferred, projects, today]);
  return { matches, pending: query !== deferred };
}

export function matcher(address: Address, projects: readonly Project[] = []): Match["matches"] {
  return compile(asQuery(address), { projects, today: localDate() }).test;
}

const DUE: Readonly<Record<string, string>> = { overdue: "overdue", today: "today", week: "urgent" };

/** Everything that narrows in the address but for the project, as one query. */
export function asQuery({ q = "", status = "", priority = "", tag = "", due = "" }: Address): string {
  const listed = (value: string) => value.split(",").filter(Boolean);
  const quick = DUE[due];
  const filters: FilterPart[] = [
    { key: "durum", values: listed(status) },
    { key: "oncelik", values: listed(priority) },
    { key: "etiket", values: listed(tag) },
    { key: "filtre", values: quick === undefined ? [] : [quick] },
  ];
  return writeQuery(filters, q);
}
