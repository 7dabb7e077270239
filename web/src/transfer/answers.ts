/** What the daemon says of an export or import that is done (rest-api.md §4.14, behaviours.md §8.4). No I/O here. */

import { isWire, type Wire, wires } from "../api/types";

export interface Exported {
  /** What it holds, in the daemon's words. */
  readonly message: string;
  /** Path on the daemon's machine, or name among the browser's downloads. */
  readonly place: string;
  readonly inBrowser: boolean;
}

/** What of a document is counted. */
export const KINDS = ["tasks", "projects", "tags", "templates", "dependencies"] as const;
export type Kind = (typeof KINDS)[number];
export type Counts = Readonly<Record<Kind, number>>;

export const CONFLICT_TYPES = ["task", "project", "template"] as const;
export type ConflictType = (typeof CONFLICT_TYPES)[number];

/** `merge`: only fields that are empty are filled. */
export const RESOLUTIONS = ["skip", "merge", "overwrite"] as const;
export type Resolution = (typeof RESOLUTIONS)[number];

/** A row of the document that the workspace has already. */
export interface Met {
  readonly type: ConflictType;
  readonly id: string;
  readonly existing: string;
  readonly incoming: string;
}

/** What an import did, or would do where it was a trial. */
export interface ImportReport {
  /** Made and changed ones together. */
  readonly imported: Counts;
  readonly skipped: number;
  readonly met: readonly Met[];
  readonly warnings: readonly string[];
}

const number = (value: unknown) => (typeof value === "number" ? value : 0);
const words = (value: unknown) => (typeof value === "string" ? value : "");

/** `downloaded`: the name under which the browser keeps the document; without it, the daemon wrote a file. */
export function toExported(answer: Wire, downloaded?: string): Exported {
  return { message: words(answer["message"]), place: downloaded ?? words(answer["path"]), inBrowser: downloaded !== undefined };
}

export function toReport(answer: Wire): ImportReport {
  const data = isWire(answer["data"]) ? answer["data"] : {};
  return {
    imported: Object.fromEntries(KINDS.map((kind) => [kind, number(data[`imported_${kind}`])])) as Counts,
    skipped: number(data["skipped"]),
    met: wires(data["conflicts"]).flatMap(toMet),
    warnings: Array.isArray(data["warnings"]) ? data["warnings"].map(words).filter(Boolean) : [],
  };
}

function toMet(wire: Wire): readonly Met[] {
  const type = CONFLICT_TYPES.find((each) => each === wire["type"]);
  const existing = isWire(wire["existing"]) ? wire["existing"] : {};
  const incoming = isWire(wire["incoming"]) ? wire["incoming"] : {};
  const name = (row: Wire) => words(row["baslik"]) || words(row["isim"]);
  return type === undefined ? [] : [{ type, id: words(existing["id"]), existing: name(existing), incoming: name(incoming) }];
}

export interface Effect {
  readonly made: number;
  readonly changed: number;
}

const OF_KIND: Readonly<Partial<Record<Kind, ConflictType>>> = { tasks: "task", projects: "project", templates: "template" };

/** What becomes of one kind: rows met are changed unless they are skipped; all others that are imported are new. */
export function effectOn(kind: Kind, { imported, met }: ImportReport, resolution: Resolution): Effect {
  const type = OF_KIND[kind];
  const changed = resolution === "skip" || type === undefined ? 0 : met.filter((each) => each.type === type).length;
  return { made: Math.max(0, imported[kind] - changed), changed };
}
