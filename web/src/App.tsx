import { Outlet } from "@tanstack/react-router";
import { Tooltip } from "radix-ui";
import { useCallback, useEffect, useState } from "react";

import { Client } from "./api/client";
import { type Language, LanguageContext, loadCatalogue, readLanguage, storeLanguage } from "./locale";
import { LanguageSwitchContext } from "./locale/switch";
import { AnnouncerProvider } from "./ui/Announcer";
import { NoticeProvider } from "./ui/Notices";

const anyWorkspace = new Client(null, readLanguage);
const TOOLTIP_DELAY_MS = 500;

/** What every page has, whichever workspace it shows: the language, notices, announcements. */
export function App() {
  const [language, setLanguage] = useState(readLanguage);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);

  const choose = useCallback((chosen: Language) => {
    storeLanguage(chosen);
    // Out of reach, the texts stay as they are.
    loadCatalogue(chosen).then(() => setLanguage(chosen), () => undefined);
    // A daemon without the route goes on answering by Accept-Language.
    anyWorkspace.announceLanguage(chosen).catch(() => undefined);
  }, []);

  return (
    <LanguageContext value={language}>
      <LanguageSwitchContext value={choose}>
        <Tooltip.Provider delayDuration={TOOLTIP_DELAY_MS}>
          <AnnouncerProvider>
            <NoticeProvider>
              <Outlet />
            </NoticeProvider>
          </AnnouncerProvider>
        </Tooltip.Provider>
      </LanguageSwitchContext>
    </LanguageContext>
  );
}
