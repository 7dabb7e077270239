import { createContext, use } from "react";

import type { Language } from "./index";

export const LanguageSwitchContext = createContext<(language: Language) => void>(() => undefined);

export function useSwitchLanguage(): (language: Language) => void {
  return use(LanguageSwitchContext);
}
