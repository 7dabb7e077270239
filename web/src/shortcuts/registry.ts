/**
 * Every key the page listens to, in one table: what the page does with it stands where it is used, what it is called in
 * the catalogues (`text.shortcut[id]`), and the sheet behind `?` shows the table itself.
 *
 * A key is written `Mod+Shift+k` (Mod: Ctrl, on Apple's machines Cmd) or as a sequence of keys, `g t`. Keys of scope
 * `everywhere` are heard in the whole page, but a key without Mod only where nobody is typing; the other scopes are heard by
 * the part of the page that has the focus.
 */

export const SCOPES = ["everywhere", "tree", "board", "graph", "detail", "dialog"] as const;
export type Scope = (typeof SCOPES)[number];

interface Shortcut {
  readonly scope: Scope;
  readonly keys: readonly string[];
}

export const SHORTCUTS = {
  palette: { scope: "everywhere", keys: ["Mod+k"] },
  search: { scope: "everywhere", keys: ["/"] },
  sheet: { scope: "everywhere", keys: ["?"] },
  newTask: { scope: "everywhere", keys: ["n"] },
  newFromTemplate: { scope: "everywhere", keys: ["t"] },
  newProject: { scope: "everywhere", keys: ["p"] },
  goTree: { scope: "everywhere", keys: ["g t"] },
  goBoard: { scope: "everywhere", keys: ["g b"] },
  goGraph: { scope: "everywhere", keys: ["g g"] },
  goSummary: { scope: "everywhere", keys: ["g s"] },
  goActivity: { scope: "everywhere", keys: ["g a"] },
  closeDetail: { scope: "everywhere", keys: ["Escape"] },
  openNotice: { scope: "everywhere", keys: ["g n"] },
  exportTasks: { scope: "everywhere", keys: ["g e"] },
  importTasks: { scope: "everywhere", keys: ["g i"] },

  up: { scope: "tree", keys: ["ArrowUp"] },
  down: { scope: "tree", keys: ["ArrowDown"] },
  expand: { scope: "tree", keys: ["ArrowRight"] },
  collapse: { scope: "tree", keys: ["ArrowLeft"] },
  expandAll: { scope: "tree", keys: ["*"] },
  collapseAll: { scope: "tree", keys: ["-"] },
  first: { scope: "tree", keys: ["Home"] },
  last: { scope: "tree", keys: ["End"] },
  pageUp: { scope: "tree", keys: ["PageUp"] },
  pageDown: { scope: "tree", keys: ["PageDown"] },
  open: { scope: "tree", keys: ["Enter"] },
  select: { scope: "tree", keys: ["x", " "] },
  selectUp: { scope: "tree", keys: ["Shift+ArrowUp"] },
  selectDown: { scope: "tree", keys: ["Shift+ArrowDown"] },
  selectAll: { scope: "tree", keys: ["Mod+a"] },
  selectNone: { scope: "tree", keys: ["Escape"] },
  move: { scope: "tree", keys: ["m"] },
  moveToTop: { scope: "tree", keys: ["0"] },
  setStatus: { scope: "tree", keys: ["s"] },
  markDone: { scope: "tree", keys: ["d"] },
  addSubtask: { scope: "tree", keys: ["a"] },
  remove: { scope: "tree", keys: ["Delete"] },

  boardPickUp: { scope: "board", keys: [" "] },
  boardMove: { scope: "board", keys: ["ArrowRight", "ArrowLeft"] },
  boardOpen: { scope: "board", keys: ["Enter"] },
  boardWalk: { scope: "board", keys: ["ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight"] },
  boardFirst: { scope: "board", keys: ["Home"] },
  boardLast: { scope: "board", keys: ["End"] },

  graphWalk: { scope: "graph", keys: ["ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown"] },
  graphOpen: { scope: "graph", keys: ["Enter"] },
  graphCentre: { scope: "graph", keys: ["c"] },

  save: { scope: "detail", keys: ["Mod+Enter"] },
} as const satisfies Readonly<Record<string, Shortcut>>;

export type ShortcutId = keyof typeof SHORTCUTS;

export function keysOf(id: ShortcutId): readonly string[] {
  return SHORTCUTS[id].keys;
}

type Pressed = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">;

/** Whether one pressed key is this key of the table (not a sequence). */
export function isKey(event: Pressed, written: string): boolean {
  const parts = written.split("+").filter((part) => part !== "");
  const key = written.endsWith("+") ? "+" : (parts.at(-1) ?? "");
  const modifier = parts.includes("Mod");
  if ((event.ctrlKey || event.metaKey) !== modifier || event.altKey) return false;
  // A character tells by itself whether Shift made it.
  const character = key.length === 1;
  if (!character && event.shiftKey !== parts.includes("Shift")) return false;
  return character ? event.key.toLowerCase() === key.toLowerCase() : event.key === key;
}

/** For the parts of the page that hear keys themselves. */
export function pressed(event: Pressed, id: ShortcutId): boolean {
  return SHORTCUTS[id].keys.some((key) => isKey(event, key));
}
