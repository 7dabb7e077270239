/** Filters kept under a name; the daemon keeps them, so assistants have them too. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";

import { isWire, type Wire, wires } from "../api/types";
import { useWorkspace } from "../workspace";
import { filterKey, type FilterPart, writeQuery } from "./query";

const TOOL = "gorev_filter_profile";

export interface Profile {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  /** What it asks for, in the query language. */
  readonly query: string;
  /** Comes with the program; cannot be deleted. */
  readonly shipped: boolean;
}

export function toProfile(wire: Wire): Profile {
  const filters = isWire(wire["filters"]) ? wire["filters"] : {};
  const written = typeof wire["search_query"] === "string" ? wire["search_query"] : "";
  return {
    id: typeof wire["id"] === "number" ? wire["id"] : Number(wire["id"]),
    name: String(wire["name"] ?? ""),
    description: typeof wire["description"] === "string" ? wire["description"] : "",
    query: writeQuery(partsOf(filters), written),
    shipped: wire["is_default"] === true,
  };
}

/** What a profile holds beside filters (how to search) has no place in a query and is left out. */
function partsOf(filters: Wire): readonly FilterPart[] {
  return Object.entries(filters).flatMap(([name, value]) => {
    const key = filterKey(name);
    const values = (Array.isArray(value) ? value : [value]).filter((each) => typeof each === "string");
    return key === undefined || values.length === 0 ? [] : [{ key, values }];
  });
}

function useKey() {
  const { workspace } = useWorkspace();
  return useMemo(() => ["profiles", workspace?.id ?? ""] as const, [workspace]);
}

export function useProfiles(on: boolean) {
  const { client } = useWorkspace();
  return useQuery({
    queryKey: useKey(),
    queryFn: async ({ signal }) => wires((await client.tool(TOOL, { action: "list" }, signal)).data["profiller"]).map(toProfile),
    enabled: on,
    staleTime: 10_000,
  });
}

/** Both raise what the daemon refuses with. */
export function useProfileWrites() {
  const { client } = useWorkspace();
  const cache = useQueryClient();
  const key = useKey();
  return useMemo(() => {
    const call = async (args: object) => {
      await client.tool(TOOL, args);
      await cache.invalidateQueries({ queryKey: key });
    };
    return {
      /** The whole query is kept as it is typed, so nothing of it can be lost. */
      save: (name: string, query: string) => call({ action: "save", name, filters: {}, search_query: query }),
      remove: (id: number) => call({ action: "delete", profile_id: id }),
      /** Counts the use. */
      used: (id: number) => call({ action: "load", profile_id: id }),
    };
  }, [client, cache, key]);
}
