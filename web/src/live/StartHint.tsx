import { useEffect, useState } from "react";

import type { LiveState } from "../api/live";
import { useText } from "../locale";
import { Icon } from "../ui/Icon";
import { StartCommand } from "../ui/StartCommand";
import "./bars.css";

/** A restart takes less; after this long somebody has to do something. */
const AWAY_MS = 4_000;

/** While the daemon is away: how to start it. */
export function StartHint({ live }: { readonly live: LiveState }) {
  const text = useText();
  const [away, setAway] = useState(false);
  const lost = live === "reconnecting";
  useEffect(() => {
    if (!lost) return;
    const timer = setTimeout(() => setAway(true), AWAY_MS);
    return () => {
      clearTimeout(timer);
      setAway(false);
    };
  }, [lost]);
  if (!away) return null;
  return (
    <div className="page-bar" role="status" data-testid="start-hint">
      <div className="page-bar-text">
        <p>
          {text.unreachable} {text.startDaemon}
        </p>
        <StartCommand />
        <p className="muted">{text.startDaemonHint}</p>
      </div>
      <button type="button" className="icon-button" aria-label={text.dismiss} onClick={() => setAway(false)}>
        <Icon name="close" />
      </button>
    </div>
  );
}
