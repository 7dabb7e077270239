/** The tasks within some steps of one task, along its links, read from the daemon step by step. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef } from "react";

import { Refused } from "../api/client";
import type { Link, Status, Task } from "../api/types";
import { tasksById, useSnapshot, useWorkspace } from "../workspace";
import type { Edge } from "./layout";

/** More than this nobody reads. */
export const MOST_NODES = 90;
const AT_ONCE = 6;
/** Several changes at once cost one look. */
const GATHER_MS = 250;

/** A task as its links tell of it; the page's own is newer where it has one. */
export interface Told {
  readonly id: string;
  readonly title: string;
  readonly status: Status;
}

export interface Neighbourhood {
  readonly nodes: readonly Told[];
  readonly edges: readonly Edge[];
  /** Links that lead to tasks which are not drawn, by the task they start at. */
  readonly beyond: ReadonlyMap<string, number>;
  readonly cut: boolean;
}

type ReadLinks = (taskId: string, signal: AbortSignal) => Promise<readonly Link[]>;

export async function explore(centre: string, depth: number, read: ReadLinks, signal: AbortSignal): Promise<Neighbourhood> {
  const told = new Map<string, Told>();
  const links = new Map<string, Link>();
  const reached = new Set([centre]);
  let rim = [centre];
  let cut = false;
  for (let step = 0; step <= depth && rim.length > 0; step += 1) {
    const next: string[] = [];
    for (let at = 0; at < rim.length; at += AT_ONCE) {
      for (const found of await Promise.all(rim.slice(at, at + AT_ONCE).map((id) => known(read, id, signal)))) {
        for (const link of found) {
          links.set(link.id, link);
          for (const end of endsOf(link)) {
            told.set(end.id, end);
            if (step === depth || reached.has(end.id)) continue;
            if (reached.size >= MOST_NODES) {
              cut = true;
              continue;
            }
            reached.add(end.id);
            next.push(end.id);
          }
        }
      }
    }
    rim = next;
  }
  const all = [...links.values()];
  const beyond = new Map<string, number>();
  for (const { kaynak_id, hedef_id } of all) {
    for (const [inside, outside] of [[kaynak_id, hedef_id], [hedef_id, kaynak_id]] as const) {
      if (reached.has(inside) && !reached.has(outside)) beyond.set(inside, (beyond.get(inside) ?? 0) + 1);
    }
  }
  return {
    nodes: [...reached].map((id) => told.get(id) ?? { id, title: "", status: "beklemede" }),
    edges: all
      .filter(({ kaynak_id, hedef_id }) => reached.has(kaynak_id) && reached.has(hedef_id))
      .map(({ kaynak_id, hedef_id, baglanti_tip }) => ({ from: kaynak_id, to: hedef_id, related: baglanti_tip === "iliskili" })),
    beyond,
    cut,
  };
}

/** A task that is deleted while the picture is drawn has no links. */
async function known(read: ReadLinks, id: string, signal: AbortSignal): Promise<readonly Link[]> {
  try {
    return await read(id, signal);
  } catch (reason) {
    if (reason instanceof Refused && reason.status === 404) return [];
    throw reason;
  }
}

function endsOf(link: Link): readonly Told[] {
  return [
    { id: link.kaynak_id, title: link.kaynak_baslik, status: link.kaynak_durum },
    { id: link.hedef_id, title: link.hedef_baslik, status: link.hedef_durum },
  ];
}

/** Looks again when a change touches what is drawn. */
export function useNeighbourhood(centre: string, depth: number) {
  const { client, workspace } = useWorkspace();
  const cache = useQueryClient();
  const key = useMemo(() => ["graph", workspace?.id ?? "", centre, depth] as const, [workspace, centre, depth]);
  const query = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => explore(centre, depth, (id, inner) => client.links(id, inner), signal),
    placeholderData: (last) => last,
    staleTime: 0,
  });
  // Whatever tells of a change (the stream, or a look now and then), it shows in the revisions of the tasks.
  const { tasks } = useSnapshot();
  const drawn = query.data?.nodes;
  const state = useMemo(() => {
    const known = tasksById(tasks);
    return drawn?.map(({ id }) => stateOf(known.get(id))).join(" ");
  }, [drawn, tasks]);
  const read = useRef({ drawn, state });
  useEffect(() => {
    if (read.current.drawn !== drawn) read.current = { drawn, state };
    if (read.current.state === state) return;
    const timer = setTimeout(() => void cache.invalidateQueries({ queryKey: key }), GATHER_MS);
    return () => clearTimeout(timer);
  }, [cache, key, drawn, state]);
  return query;
}

function stateOf(task: Task | undefined): string {
  return task === undefined ? "-" : `${task.rev}.${task.tamamlanmamis_bagimlilik_sayisi}.${task.bu_goreve_bagimli_sayisi}`;
}
