/** The keys of scope `everywhere`: one listener for the page, the newest hearer of a key first. */

import { useEffect, useEffectEvent, useSyncExternalStore } from "react";

import { recall, remember } from "../ui/stored";
import { isKey, keysOf, type ShortcutId } from "./registry";

interface Hearer {
  readonly id: ShortcutId;
  /** False: the key goes on to whoever else hears it. */
  readonly heard: () => boolean | void;
}

const hearers: Hearer[] = [];
/** After this long the first key of a sequence is forgotten. */
const SEQUENCE_MS = 1_200;
const STORED_SINGLE_KEYS = "gorev_single_keys";

let begun: { readonly key: string; readonly at: number } | null = null;
let singleKeys = recall(STORED_SINGLE_KEYS) !== "off";
const watchers = new Set<() => void>();

/** Shortcuts of a single character can be switched off (WCAG 2.1.4). */
export function setSingleKeys(on: boolean): void {
  singleKeys = on;
  remember(STORED_SINGLE_KEYS, on ? "on" : "off");
  for (const watcher of watchers) watcher();
}

export function useSingleKeys(): boolean {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => singleKeys,
  );
}

/** Calls `heard` whenever the key of that shortcut is pressed, while the calling component is shown and `on`. */
export function useShortcut(id: ShortcutId, heard: () => boolean | void, on = true): void {
  const latest = useEffectEvent(heard);
  useEffect(() => {
    if (!on) return;
    const hearer: Hearer = { id, heard: () => latest() };
    hearers.push(hearer);
    return () => {
      hearers.splice(hearers.indexOf(hearer), 1);
    };
  }, [id, on]);
}

/** Whether keys typed here are text. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !["checkbox", "radio", "button"].includes(target.type);
}

function hear(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || ["Control", "Meta", "Shift", "Alt"].includes(event.key)) return;
  const first = begun !== null && event.timeStamp - begun.at < SEQUENCE_MS ? begun.key : null;
  begun = null;
  const plain = !event.ctrlKey && !event.metaKey;
  // Letters choose in a select, Escape does nothing there.
  const typing = isTyping(event.target) && !(event.key === "Escape" && event.target instanceof HTMLSelectElement);
  const quiet = plain && (typing || (event.key.length === 1 && !singleKeys));
  // What lies over the page hears its own keys; only those with Mod pass.
  const covered = plain && document.querySelector("[role=dialog], [role=alertdialog], [role=menu], [role=listbox]") !== null;
  if (quiet || covered) return;
  for (const { id, heard } of hearers.toReversed()) {
    const found = keysOf(id).some((written) => {
      const sequence = written.split(" ");
      return sequence.length === 2
        ? first === sequence[0] && isKey(event, sequence[1] ?? "")
        : first === null && isKey(event, written);
    });
    if (found && heard() !== false) {
      event.preventDefault();
      return;
    }
  }
  if (plain && event.key.length === 1) begun = { key: event.key.toLowerCase(), at: event.timeStamp };
}

window.addEventListener("keydown", hear);
