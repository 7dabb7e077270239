/** Theme and density: attributes of the document that the style tokens follow, remembered in the browser. */

import { useSyncExternalStore } from "react";

import { recall, remember } from "../ui/stored";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

export const DENSITIES = ["comfortable", "compact"] as const;
export type Density = (typeof DENSITIES)[number];

export interface Appearance {
  readonly theme: Theme;
  readonly density: Density;
}

const STORED_THEME = "gorev_theme";
const STORED_DENSITY = "gorev_density";
const listeners = new Set<() => void>();

let current: Appearance = {
  theme: THEMES.find((theme) => theme === recall(STORED_THEME)) ?? "system",
  density: DENSITIES.find((density) => density === recall(STORED_DENSITY)) ?? "comfortable",
};

export function applyAppearance(): void {
  document.documentElement.dataset["theme"] = current.theme;
  document.documentElement.dataset["density"] = current.density;
}

export function chooseAppearance(change: Partial<Appearance>): void {
  current = { ...current, ...change };
  remember(STORED_THEME, current.theme);
  remember(STORED_DENSITY, current.density);
  applyAppearance();
  for (const listener of listeners) listener();
}

export function useAppearance(): Appearance {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
}
