/** What is exported, how, and where to; as the body of `POST /api/export` (rest-api.md §4.14). No I/O here. */

import type { Address } from "../address";
import { type Project, type Status, STATUSES, type Task } from "../api/types";
import { createdDays, dayOf, type Days, within } from "../search/days";
import { asQuery } from "../search/matching";
import { type FilterKey, type FilterPart, parseQuery } from "../search/query";
import { localDate } from "../tasks/dates";
import { fold } from "../tasks/fold";

export const FORMATS = ["json", "csv", "markdown"] as const;
export type ExportFormat = (typeof FORMATS)[number];

export const EXTENSIONS: Readonly<Record<ExportFormat, string>> = { json: ".json", csv: ".csv", markdown: ".md" };
const ENDINGS: Readonly<Record<ExportFormat, RegExp>> = { json: /\.json$/i, csv: /\.csv$/i, markdown: /\.(md|markdown)$/i };
const MEDIA: Readonly<Record<ExportFormat, string>> = { json: "application/json", csv: "text/csv", markdown: "text/markdown" };

export const PARTS = ["completed", "subtasks", "dependencies", "templates", "context"] as const;
export type Part = (typeof PARTS)[number];
/** The other formats have no place for these. */
export const JSON_ONLY: ReadonlySet<Part> = new Set(["dependencies", "templates", "context"]);
const PARAMETERS: Readonly<Record<Part, string>> = {
  completed: "include_completed",
  subtasks: "include_subtasks",
  dependencies: "include_dependencies",
  templates: "include_templates",
  context: "include_ai_context",
};

/** The narrowing that an export knows: less than the page's filters. */
export interface Narrowing {
  readonly projectId?: string;
  readonly status?: Status;
  readonly tags?: readonly string[];
  readonly created?: Days;
}

/** Null path: the document is answered, for the browser to keep. */
export interface ExportChoice {
  readonly format: ExportFormat;
  readonly narrowing: Narrowing;
  readonly parts: ReadonlySet<Part>;
  readonly path: string | null;
}

export function exportBody({ format, narrowing, parts, path }: ExportChoice): Record<string, unknown> {
  const { projectId, status, tags, created } = narrowing;
  const shown = PARTS.filter((part) => format === "json" || !JSON_ONLY.has(part));
  return {
    format,
    ...Object.fromEntries(shown.map((part) => [PARAMETERS[part], parts.has(part)])),
    ...(projectId !== undefined && { proje_id: projectId }),
    ...(status !== undefined && { durum: status }),
    ...(tags !== undefined && { tag_filter: tags }),
    ...(created !== undefined && { date_range: { from: created.first, to: created.last } }),
    ...(path !== null && { output_path: path }),
  };
}

/** Whether a task that belongs to what is exported is left in by the rest of the choice. */
export function leftIn(task: Task, parts: ReadonlySet<Part>, created: Days | undefined): boolean {
  if (task.durum === "tamamlandi" && !parts.has("completed")) return false;
  if (task.parent_id !== null && !parts.has("subtasks")) return false;
  return created === undefined || within(localDate(new Date(task.olusturma_tarihi)), created);
}

/** Something a view can be narrowed by, but an export cannot: words, a filter, having no project. */
export type Beyond = { readonly words: string } | { readonly filter: FilterKey } | "noProject";

export interface ViewNarrowing {
  readonly narrowing: Narrowing;
  readonly beyond: readonly Beyond[];
}

/** The export that holds what the view shows; only exact where nothing is beyond it. */
export function narrowingOf(address: Address, projects: readonly Project[], today: string): ViewNarrowing {
  const { filters, words } = parseQuery(asQuery(address));
  const beyond: Beyond[] = words.map(({ text, excluded }) => ({ words: excluded ? `-${text}` : text }));
  let narrowing: Narrowing = {};
  const take = (one: Narrowing | null, part: FilterPart) => {
    const twice = one !== null && Object.keys(one).some((key) => key in narrowing);
    if (one === null || twice) beyond.push({ filter: part.key });
    else narrowing = { ...narrowing, ...one };
  };
  if (address.project === "none") beyond.push("noProject");
  else if (address.project !== undefined) narrowing = { projectId: address.project };
  for (const part of filters) take(narrowingBy(part, projects, today), part);
  return { narrowing, beyond };
}

function narrowingBy({ key, values }: FilterPart, projects: readonly Project[], today: string): Narrowing | null {
  const [only = "", ...more] = values;
  if (key === "etiket") return { tags: values };
  if (more.length > 0) return null;
  switch (key) {
    case "durum": {
      const status = STATUSES.find((each) => each === only);
      return status === undefined ? null : { status };
    }
    case "proje": {
      const found = projects.filter(({ id, isim }) => id === only || fold(isim) === fold(only));
      const [project] = found;
      return project === undefined || found.length > 1 ? null : { projectId: project.id };
    }
    case "olusturma": {
      const created = createdDays(only, today);
      return created === null ? null : { created };
    }
    case "created_after":
    case "created_before": {
      const day = dayOf(only);
      if (day === null) return null;
      return { created: key === "created_after" ? { first: day, last: null } : { first: null, last: day } };
    }
    default:
      return null;
  }
}

/** A name for the file: the workspace and the day. */
export function proposedName(workspace: string, today: string, format: ExportFormat): string {
  const plain = fold(workspace).replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "") || "gorev";
  return `${plain}-${today}${EXTENSIONS[format]}`;
}

/** The path with the ending that the format's files have; one that was typed otherwise stays. */
export function withEnding(path: string, from: ExportFormat, to: ExportFormat): string {
  return ENDINGS[from].test(path) ? path.replace(ENDINGS[from], EXTENSIONS[to]) : path;
}

/** The document as a file of the browser, from the `data` of the answer. */
export function fileOf(data: unknown, format: ExportFormat): Blob {
  const content = format === "json" ? `${JSON.stringify(data, null, 2)}\n` : String((data as { content?: unknown } | null)?.content ?? "");
  return new Blob([content], { type: `${MEDIA[format]};charset=utf-8` });
}
