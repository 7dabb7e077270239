/**
 * Parts of the page that come when they are first shown, so that the first load is small; and all the rest once the page is
 * at rest, because the daemon they come from may be away when they are wanted.
 */

import { type ComponentType, lazy } from "react";

type Load = () => Promise<unknown>;

const REST_MS = 1_500;
const loads = new Set<Load>();
let begun = false;

/** A component in a file of its own. */
export function later<P>(load: () => Promise<ComponentType<P>>) {
  loads.add(load);
  return lazy(async () => ({ default: await load() }));
}

/** Counts a file among the rest. */
export function alsoLater<L extends Load>(load: L): L {
  loads.add(load);
  return load;
}

/** Loads what has not been shown yet, one file after the other; to be called when the first view stands. */
export function loadRest(): void {
  if (begun) return;
  begun = true;
  setTimeout(async () => {
    for (const load of loads) {
      // What cannot be had now is asked for again when it is to be shown.
      await load().catch(() => undefined);
    }
  }, REST_MS);
}
