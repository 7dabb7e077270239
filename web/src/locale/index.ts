/** Every text of the page in Turkish and English. `en` fixes the keys; the compiler refuses a `tr` that differs. */

import { createContext, use } from "react";

import { recall, remember } from "../ui/stored";
import type { en } from "./en";

export type Catalogue = typeof en;

export const LANGUAGES = { tr: "Türkçe", en: "English" } as const;
export type Language = keyof typeof LANGUAGES;

/** Only the language in use is loaded. */
const LOADERS: Readonly<Record<Language, () => Promise<Catalogue>>> = {
  tr: async () => (await import("./tr")).tr,
  en: async () => (await import("./en")).en,
};
const loaded = new Map<Language, Catalogue>();
const STORED_LANGUAGE = "gorev_language";

export function isLanguage(value: string | null): value is Language {
  return value === "tr" || value === "en";
}

/** The chosen language, else the first of the browser's that the page speaks, else Turkish. */
export function startingLanguage(stored: string | null, preferred: readonly string[]): Language {
  if (isLanguage(stored)) return stored;
  return preferred.map((tag) => tag.slice(0, 2).toLowerCase()).find(isLanguage) ?? "tr";
}

export function readLanguage(): Language {
  return startingLanguage(recall(STORED_LANGUAGE), navigator.languages);
}

export function storeLanguage(language: Language): void {
  remember(STORED_LANGUAGE, language);
}

/** Has to be awaited before anything is shown in a language. */
export async function loadCatalogue(language: Language): Promise<void> {
  if (!loaded.has(language)) loaded.set(language, await LOADERS[language]());
}

export const LanguageContext = createContext<Language>("tr");

export function useLanguage(): Language {
  return use(LanguageContext);
}

export function useText(): Catalogue {
  const catalogue = loaded.get(useLanguage());
  if (catalogue === undefined) throw new Error("the texts are not loaded");
  return catalogue;
}
