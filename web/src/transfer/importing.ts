/** What is imported, and how; as the body of `POST /api/import` (rest-api.md §4.14). No I/O here. */

import { isWire, wires } from "../api/types";
import type { Resolution } from "./answers";

/** A file of the browser, read, or the path of one on the daemon's machine. */
export type Source =
  | { readonly kind: "file"; readonly name: string; readonly bytes: number; readonly document: unknown }
  | { readonly kind: "path"; readonly path: string };

export interface Terms {
  readonly resolution: Resolution;
  /** Everything that is there goes first. */
  readonly replace: boolean;
  readonly keepIds: boolean;
  /** Where tasks go that name no project; empty: nowhere. */
  readonly projectId: string;
  /** Projects of the document that are not made: their id there to the id of one here. */
  readonly mapping: Readonly<Record<string, string>>;
}

export const USUAL_TERMS: Terms = { resolution: "skip", replace: false, keepIds: false, projectId: "", mapping: {} };

export function importBody(source: Source, terms: Terms, trial: boolean): Record<string, unknown> {
  const mapping = Object.entries(terms.mapping).filter(([, id]) => id !== "");
  return {
    ...(source.kind === "path" ? { file_path: source.path } : { data: source.document, ...formatOf(source.name) }),
    import_mode: terms.replace ? "replace" : "merge",
    conflict_resolution: terms.resolution,
    preserve_ids: terms.keepIds,
    dry_run: trial,
    ...(terms.projectId !== "" && { proje_id: terms.projectId }),
    ...(mapping.length > 0 && { project_mapping: Object.fromEntries(mapping) }),
  };
}

/** By the file's name; any other name leaves it to the daemon to see what the content is. */
function formatOf(name: string): { readonly format?: "json" | "csv" } {
  if (/\.csv$/i.test(name)) return { format: "csv" };
  return /\.json$/i.test(name) ? { format: "json" } : {};
}

/** JSON as an object, which is shorter to send; whatever else as the text it is, for the daemon to judge. */
export function documentOf(name: string, content: string): unknown {
  if (/\.csv$/i.test(name)) return content;
  try {
    const document: unknown = JSON.parse(content.replace(/^\uFEFF/, ""));
    return typeof document === "object" && document !== null ? document : content;
  } catch {
    return content;
  }
}

export interface ForeignProject {
  readonly id: string;
  readonly name: string;
}

/** The projects a document brings, as far as the page can see into it. */
export function projectsIn(source: Source): readonly ForeignProject[] {
  if (source.kind === "path" || !isWire(source.document)) return [];
  return wires(source.document["projects"] ?? source.document["projeler"]).flatMap((row) => {
    const name = row["isim"] ?? row["name"];
    return typeof row["id"] === "string" && typeof name === "string" ? [{ id: row["id"], name }] : [];
  });
}

/** Whether a document fits into a request, in bytes as it will be sent. */
export function fits(bytes: number, document: unknown, most: number): boolean {
  return bytes <= most || new Blob([JSON.stringify(document)]).size <= most;
}
