import { useEffect } from "react";

import { useLanguage, useText } from "../locale";
import { useAnnounce } from "../ui/Announcer";
import type { Operation } from "./operation";

interface Props {
  readonly what: string;
  readonly operation: Pick<Operation<unknown>, "progress" | "stopping" | "stop">;
}

/** An export or import under way. Without word of how far it is, the bar only says that it goes on. */
export function Running({ what, operation: { progress, stopping, stop } }: Props) {
  const text = useText();
  const language = useLanguage();
  const announce = useAnnounce();
  const share = progress === null || progress.total === 0 ? null : progress.done / progress.total;
  const quarters = Math.floor(4 * (share ?? 0));
  // Four words of it are enough for those who listen.
  useEffect(() => {
    if (quarters > 0 && quarters < 4) announce(text.percentDone(25 * quarters));
  }, [announce, quarters, text]);
  return (
    <div className="transfer-running">
      <p role="status">{stopping ? text.stoppingOperation : what}</p>
      <progress
        className="transfer-bar"
        aria-label={what}
        {...(share !== null && { value: share })}
      />
      <p className="muted figures" aria-hidden="true">
        {share === null ? "\u00A0" : new Intl.NumberFormat(language, { style: "percent" }).format(share)}
      </p>
      <p className="muted">{text.closingGoesOn}</p>
      <div>
        <button type="button" className="button" disabled={stopping} onClick={stop}>
          {text.stopOperation}
        </button>
      </div>
    </div>
  );
}
