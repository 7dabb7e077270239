import type { ReactNode } from "react";

import { useText } from "../locale";
import { Dialog } from "./Dialog";

interface Props {
  readonly question: string;
  readonly confirm: string;
  readonly busy: boolean;
  readonly children: ReactNode;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** A modal question; Escape and Cancel answer no. Mounted means open. */
export function ConfirmDialog({ question, confirm, busy, children, onConfirm, onClose }: Props) {
  const text = useText();
  return (
    <Dialog title={question} size="small" onClose={onClose}>
      <div className="dialog-body">{children}</div>
      <div className="dialog-actions">
        <button type="button" className="button" autoFocus onClick={onClose}>
          {text.cancel}
        </button>
        <button type="button" className="button danger" disabled={busy} onClick={onConfirm}>
          {confirm}
        </button>
      </div>
    </Dialog>
  );
}
