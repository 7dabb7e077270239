/** Every text of the page in Turkish and English. `en` fixes the keys; the compiler refuses a `tr` that differs. */

import { createContext, use } from "react";

import { recall, remember } from "../ui/stored";
import { en } from "./en";
import { tr } from "./tr";

export type Catalogue = typeof en;

export const LANGUAGES = { tr: "Türkçe", en: "English" } as const;
export type Language = keyof typeof LANGUAGES;

const CATALOGUES: Readonly<Record<Language, Catalogue>> = { tr, en };
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

export const LanguageContext = createContext<Language>("tr");

export function useLanguage(): Language {
  return use(LanguageContext);
}

export function useText(): Catalogue {
  return CATALOGUES[useLanguage()];
}
