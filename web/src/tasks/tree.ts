/** From flat rows with `parent_id` to the rows of the list: nested by depth, filtered, folded. */

import type { Task } from "../api/types";

export const SORTS = ["newest", "oldest", "due", "priority", "title", "changed"] as const;
export type Sort = (typeof SORTS)[number];

export interface Narrowing {
  /** Null: every task matches. */
  readonly matches: ((task: Task) => boolean) | null;
  readonly sort: Sort;
  /** What is folded while nothing narrows. */
  readonly folded: ReadonlySet<string>;
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

/**
 * Roots keep the order given (newest first), children stand oldest first under their parent; any other order than the newest
 * first holds on every level. A child whose parent is not among the tasks is a root. While something narrows, every match is
 * shown with all its ancestors, and `folded` does not count. No recursion: depth has no limit.
 */
export function buildRows(tasks: readonly Task[], { matches, sort, folded }: Narrowing): readonly Row[] {
  const forest = plant(sort === "newest" ? tasks : tasks.toSorted(ORDERS[sort]));
  const visible = matches === null ? null : withAncestors(forest, matches);
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
        context: matches?.(task) === false,
      });
      if (open === false) for (const id of descendants(forest, task)) placed.add(id);
      // What is pushed last comes off the stack first: newest first as given makes the oldest come first.
      else if (sort === "newest") for (const child of children) stack.push([child, depth + 1]);
      else for (const child of children.toReversed()) stack.push([child, depth + 1]);
    }
  };

  forest.roots.forEach(descend);
  // A cycle has no root. The daemon refuses cycles; should one exist in old data, its tasks are shown all the same.
  for (const task of forest.byId.values()) if (!placed.has(task.id)) descend(task);
  return rows;
}

const PRIORITY_RANK = { yuksek: 0, orta: 1, dusuk: 2 } as const;
const NO_DATE = "9999";

export const ORDERS: Readonly<Record<Exclude<Sort, "newest">, (one: Task, other: Task) => number>> = {
  oldest: (one, other) => compare(one.olusturma_tarihi, other.olusturma_tarihi),
  due: (one, other) => compare(one.son_tarih ?? NO_DATE, other.son_tarih ?? NO_DATE),
  priority: (one, other) => PRIORITY_RANK[one.oncelik] - PRIORITY_RANK[other.oncelik],
  title: (one, other) => collator.compare(one.baslik, other.baslik),
  changed: (one, other) => compare(other.guncelleme_tarihi, one.guncelleme_tarihi),
};

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
const compare = (one: string, other: string) => (one < other ? -1 : Number(one > other));

/** The ids of every task that has subtasks. */
export function parentIds(tasks: readonly Task[]): ReadonlySet<string> {
  return new Set(tasks.flatMap(({ parent_id }) => (parent_id === null ? [] : [parent_id])));
}

/** Whether `id` stands anywhere below `ancestorId`, or is it. */
export function isWithin(byId: ReadonlyMap<string, Task>, id: string, ancestorId: string): boolean {
  const seen = new Set<string>();
  for (let at: string | null = id; at !== null && !seen.has(at); at = byId.get(at)?.parent_id ?? null) {
    if (at === ancestorId) return true;
    seen.add(at);
  }
  return false;
}

/** The tasks named and everything below them, children before their parents. */
export function deepestFirst(tasks: readonly Task[], ids: readonly string[]): readonly string[] {
  const forest = plant(tasks);
  const order = new Set<string>();
  for (const id of ids) {
    const root = forest.byId.get(id);
    if (root === undefined) continue;
    // Parents first as they are found; turned round at the end.
    for (const each of [id, ...descendants(forest, root)]) {
      order.delete(each);
      order.add(each);
    }
  }
  return [...order].toReversed();
}

export function childrenOf(tasks: readonly Task[], parentId: string): readonly Task[] {
  return tasks.filter((task) => task.parent_id === parentId).toReversed();
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
