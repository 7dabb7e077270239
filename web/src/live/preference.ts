/** Whether notices tell of what others do; remembered in the browser. */

import { useSyncExternalStore } from "react";

import { recall, remember } from "../ui/stored";

const STORED_NOTICES = "gorev_live_notices";
const watchers = new Set<() => void>();

let on = recall(STORED_NOTICES) !== "off";

export function noticesAreOn(): boolean {
  return on;
}

export function switchNotices(to: boolean): void {
  on = to;
  remember(STORED_NOTICES, to ? "on" : "off");
  for (const watcher of watchers) watcher();
}

export function useNoticesOn(): boolean {
  return useSyncExternalStore((watcher) => {
    watchers.add(watcher);
    return () => watchers.delete(watcher);
  }, noticesAreOn);
}
