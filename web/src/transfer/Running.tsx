import { useEffect } from "react";

import { useText } from "../locale";
import { useAnnounce } from "../ui/Announcer";
import type { Operation } from "./operation";

interface Props {
  readonly what: string;
  readonly operation: Pick<Operation<unknown>, "progress" | "stopping" | "stop">;
}

/** An export or import under way. Without word of how far it is, the bar only says that it goes on. */
export function Running({ what, operation: { progress, stopping, stop } }: Props) {
  const text = useText();
  const announce = useAnnounce();
  const quarters = progress === null || progress.total === 0 ? 0 : Math.floor((4 * progress.done) / progress.total);
  // Four words of it are enough for those who listen.
  useEffect(() => {
    if (quarters > 0 && quarters < 4) announce(text.percentDone(25 * quarters));
  }, [announce, quarters, text]);
  const figures = progress === null || progress.total === 0 ? null : text.rowsDone(progress.done, progress.total);
  return (
    <div className="transfer-running">
      <p role="status">{stopping ? text.stoppingOperation : what}</p>
      <progress
        className="transfer-bar"
        aria-label={what}
        {...(progress !== null && progress.total > 0 && { value: progress.done, max: progress.total })}
      />
      <p className="muted figures" aria-hidden="true">
        {figures ?? " "}
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
