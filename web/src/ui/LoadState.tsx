import type { ReactNode } from "react";

import { Unreachable } from "../api/client";
import { useText } from "../locale";
import { useErrorText } from "./Notices";
import { StartCommand } from "./StartCommand";

/** What stands alone in the document, in place of the shell. */
export function Standalone({ children }: { readonly children: ReactNode }) {
  return <main className="standalone">{children}</main>;
}

export function Waiting() {
  const text = useText();
  return (
    <p className="state" role="status">
      {text.loading}
    </p>
  );
}

interface TroubleProps {
  readonly reason: Error;
  readonly onRetry: () => void;
}

export function Trouble({ reason, onRetry }: TroubleProps) {
  const text = useText();
  const errorText = useErrorText();
  return (
    <div className="state" role="alert">
      <p>{text.loadFailed}</p>
      <p className="muted">{errorText(reason)}</p>
      {reason instanceof Unreachable && (
        <>
          <p className="muted">{text.startDaemon}</p>
          <StartCommand />
        </>
      )}
      <button type="button" className="button" onClick={onRetry}>
        {text.retry}
      </button>
    </div>
  );
}
