import { useSyncExternalStore } from "react";

import { useText } from "../locale";
import { useWorkspace } from "../workspace";

/** How many changes wait for the daemon to be back. */
export function HeldBack() {
  const text = useText();
  const { outbox } = useWorkspace();
  const count = useSyncExternalStore(outbox.subscribe, outbox.heldBack);
  return (
    <span role="status" data-testid="held-back">
      {count > 0 && (
        <span className="pill held-back" title={outbox.losable ? text.heldBackLosable : text.heldBackHint}>
          <span className="figures">{count}</span>{" "}
          <span className="held-back-words">{text.heldBack}</span>
        </span>
      )}
    </span>
  );
}
