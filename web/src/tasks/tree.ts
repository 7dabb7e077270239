/** From flat rows with `parent_id` to the rows of the list: nested by depth, filtered, folded. */

import type { Status, Task } from "../api/types";

/** `all`, `none` (tasks without a project) or a project's id. */
export type ProjectFilter = "all" | "none" | (string & {});

export interface Filter {
  readonly project: ProjectFilter;
  readonly status: Status | null;
  readonly text: string;
}

export interface Row {
  readonly task: Task;
  /** Root = 0. */
  readonly depth: number;
  /** Direct children, cancelled ones left out. */
  readonly children: number;
  readonly childrenDone: number;
  /** Null: nothing to fold. */
  readonly open: boolean | null;
  /** Shown only because a descendant matches the filter. */
  readonly context: boolean;
}

export function inProject(task: Task, project: ProjectFilter): boolean {
  if (project === "all") return true;
  return project === "none" ? task.proje_id === null : task.proje_id === project;
}

/**
 * Roots keep the order given (newest first), children stand oldest first under their parent. A child whose parent is not
 * among the tasks is a root. While a filter on status or text is set, every match is shown with all its ancestors, and
 * `folded` does not count. No recursion: depth has no limit.
 */
export function buildRows(tasks: readonly Task[], filter: Filter, folded: ReadonlySet<string>): readonly Row[] {
  const forest = plant(tasks.filter((task) => inProject(task, filter.project)));
  const wanted = matcher(filter);
  const visible = wanted === null ? null : withAncestors(forest, wanted);
  const rows: Row[] = [];
  const placed = new Set<string>();

  const descend = (root: Task) => {
    const stack: [Task, number][] = [[root, 0]];
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      const [task, depth] = next;
      if (placed.has(task.id) || visible?.has(task.id) === false) continue;
      placed.add(task.id);
      const children = forest.children.get(task.id) ?? [];
      const counted = children.filter((child) => child.durum !== "iptal");
      const open = children.length === 0 ? null : visible !== null || !folded.has(task.id);
      rows.push({
        task,
        depth,
        children: counted.length,
        childrenDone: counted.filter((child) => child.durum === "tamamlandi").length,
        open,
        context: wanted?.(task) === false,
      });
      // Newest first as given: the last one pushed, the oldest, comes off the stack first.
      if (open !== false) for (const child of children) stack.push([child, depth + 1]);
      else for (const id of descendants(forest, task)) placed.add(id);
    }
  };

  forest.roots.forEach(descend);
  // A cycle has no root. The daemon refuses cycles; should one exist in old data, its tasks are shown all the same.
  for (const task of forest.byId.values()) if (!placed.has(task.id)) descend(task);
  return rows;
}

export function childrenOf(tasks: readonly Task[], parentId: string): readonly Task[] {
  return tasks.filter((task) => task.parent_id === parentId).toReversed();
}

/** Lower case without accents, as the daemon's search folds Turkish and English. */
export function fold(text: string): string {
  return text
    .normalize("NFD")
    .replace(/[Iı]/g, "i")
    .toLowerCase()
    .replace(/\p{Mark}/gu, "");
}

interface Forest {
  readonly byId: ReadonlyMap<string, Task>;
  readonly roots: readonly Task[];
  readonly children: ReadonlyMap<string, readonly Task[]>;
}

function plant(tasks: readonly Task[]): Forest {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const roots: Task[] = [];
  const children = new Map<string, Task[]>();
  for (const task of tasks) {
    if (task.parent_id === null || !byId.has(task.parent_id)) {
      roots.push(task);
    } else {
      const siblings = children.get(task.parent_id);
      if (siblings === undefined) children.set(task.parent_id, [task]);
      else siblings.push(task);
    }
  }
  return { byId, roots, children };
}

function descendants({ children }: Forest, root: Task): ReadonlySet<string> {
  const found = new Set<string>();
  const stack = [root.id];
  for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
    for (const child of children.get(id) ?? []) {
      if (found.has(child.id)) continue;
      found.add(child.id);
      stack.push(child.id);
    }
  }
  return found;
}

function withAncestors({ byId }: Forest, wanted: (task: Task) => boolean): ReadonlySet<string> {
  const visible = new Set<string>();
  for (const task of byId.values()) {
    if (!wanted(task)) continue;
    for (let up: Task | undefined = task; up !== undefined && !visible.has(up.id); ) {
      visible.add(up.id);
      up = up.parent_id === null ? undefined : byId.get(up.parent_id);
    }
  }
  return visible;
}

const folds = new WeakMap<Task, string>();

function searched(task: Task): string {
  let text = folds.get(task);
  if (text === undefined) {
    text = fold([task.baslik, task.aciklama, ...task.etiketler.map((tag) => tag.isim)].join("\n"));
    folds.set(task, text);
  }
  return text;
}

function matcher({ status, text }: Filter): ((task: Task) => boolean) | null {
  const words = fold(text).split(/\s+/).filter(Boolean);
  if (status === null && words.length === 0) return null;
  return (task) =>
    (status === null || task.durum === status) && words.every((word) => searched(task).includes(word));
}
