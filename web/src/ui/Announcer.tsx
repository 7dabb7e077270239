/** Says things to those who listen to the page instead of looking at it. */

import { createContext, type ReactNode, use, useCallback, useState } from "react";

type Announce = (sentence: string) => void;

const AnnounceContext = createContext<Announce>(() => undefined);

export function useAnnounce(): Announce {
  return use(AnnounceContext);
}

interface Said {
  readonly sentence: string;
  /** The same sentence twice in a row is heard twice. */
  readonly turn: number;
}

export function AnnouncerProvider({ children }: { readonly children: ReactNode }) {
  const [said, setSaid] = useState<Said>({ sentence: "", turn: 0 });
  const announce = useCallback<Announce>((sentence) => setSaid(({ turn }) => ({ sentence, turn: turn + 1 })), []);
  return (
    <AnnounceContext value={announce}>
      {children}
      <div className="unseen" role="status" aria-live="polite" data-testid="announcer">
        <span key={said.turn}>{said.sentence}</span>
      </div>
    </AnnounceContext>
  );
}
