/**
 * Tasks for what is typed: at once those of the page whose title has every word, then what the daemon's own search finds
 * (ranked, in descriptions and tags too, and forgiving of spelling).
 */

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";

import type { Task } from "../api/types";
import { isWire, type Wire, wires } from "../api/types";
import { isTemporary } from "../api/writes";
import { isOpen } from "../tasks/counts";
import { fold } from "../tasks/fold";
import { tasksById, useSnapshot, useWorkspace } from "../workspace";

const MOST = 12;
/** Typing is done, or a thought is taken. */
const PAUSE_MS = 120;

export interface Found {
  readonly task: Task;
  /** Found by likeness, not by its words. */
  readonly fuzzy: boolean;
}

export interface FoundTasks {
  readonly tasks: readonly Found[];
  readonly suggestions: readonly string[];
  readonly pending: boolean;
}

export function useFoundTasks(asked: string): FoundTasks {
  const { client, workspace } = useWorkspace();
  const { tasks } = useSnapshot();
  const settled = useSettled(asked);
  const { data, isFetching, isPlaceholderData } = useQuery({
    queryKey: ["search", workspace?.id ?? "", settled],
    queryFn: ({ signal }) => client.post("/api/search", { mode: "advanced", query: settled, max_results: MOST, include_completed: true }, { signal }),
    enabled: settled !== "",
    placeholderData: keepPreviousData,
    staleTime: 5_000,
    retry: false,
  });
  return useMemo(() => {
    if (asked === "") return { tasks: [], suggestions: [], pending: false };
    const here = byTitle(tasks, asked);
    const fresh = settled === asked && data !== undefined && !isPlaceholderData;
    const answer = fresh ? read(data) : { ids: [], suggestions: [] };
    const known = tasksById(tasks);
    const shown = new Map<string, Found>(here.map((task) => [task.id, { task, fuzzy: false }]));
    for (const { id, fuzzy } of answer.ids) {
      const task = known.get(id);
      if (task !== undefined && !shown.has(id)) shown.set(id, { task, fuzzy });
    }
    return {
      tasks: [...shown.values()].slice(0, MOST),
      suggestions: shown.size === 0 ? answer.suggestions : [],
      pending: settled !== asked || isFetching,
    };
  }, [asked, settled, tasks, data, isFetching, isPlaceholderData]);
}

/** Open ones first, and those that begin with what is typed before the others. */
function byTitle(tasks: readonly Task[], asked: string): readonly Task[] {
  const whole = fold(asked);
  const words = whole.split(/\s+/).filter(Boolean);
  const found: { task: Task; rank: number }[] = [];
  for (const task of tasks) {
    if (isTemporary(task.id)) continue;
    if (task.id.startsWith(whole) && whole.length >= 6) found.push({ task, rank: -1 });
    const title = fold(task.baslik);
    if (!words.every((word) => title.includes(word))) continue;
    found.push({ task, rank: (title.startsWith(whole) ? 0 : 1) + (isOpen(task.durum) ? 0 : 2) });
  }
  return found
    .toSorted((one, other) => one.rank - other.rank)
    .slice(0, MOST)
    .map(({ task }) => task);
}

function read(answer: Wire): { readonly ids: readonly { id: string; fuzzy: boolean }[]; readonly suggestions: readonly string[] } {
  const data = isWire(answer["data"]) ? answer["data"] : {};
  const ids = wires(data["results"]).flatMap((result) => {
    const task = ["gorev", "task"].map((key) => result[key]).find(isWire) ?? result;
    return typeof task["id"] === "string" ? [{ id: task["id"], fuzzy: result["match_type"] === "fuzzy" }] : [];
  });
  const suggestions = Array.isArray(data["suggestions"]) ? data["suggestions"].filter((word) => typeof word === "string") : [];
  return { ids, suggestions };
}

function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return value === "" ? "" : settled;
}
