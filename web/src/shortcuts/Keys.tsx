import { keysOf, type ShortcutId } from "./registry";

const APPLE = /Mac|iPhone|iPad/.test(navigator.platform);
const SHOWN: Readonly<Record<string, string>> = {
  Mod: APPLE ? "⌘" : "Ctrl",
  Shift: "⇧",
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  Escape: "Esc",
  Enter: "↵",
  Delete: "Del",
  PageUp: "PgUp",
  PageDown: "PgDn",
};

/** The first key of a shortcut as it is printed on a keyboard. */
export function Keys({ id, at = 0 }: { readonly id: ShortcutId; readonly at?: number }) {
  const written = keysOf(id)[at] ?? "";
  const parts = written === " " ? ["Space"] : written.split(/[+ ]/).filter(Boolean);
  return (
    <span className="keys">
      {parts.map((part) => (
        <kbd key={part}>{SHOWN[part] ?? (part.length === 1 ? part.toUpperCase() : part)}</kbd>
      ))}
    </span>
  );
}
