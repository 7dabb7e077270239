import { type ReactNode, useEffect, useId, useRef } from "react";

import { useText } from "../locale";

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
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className="dialog"
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <h2 id={heading}>{question}</h2>
      {children}
      <div className="dialog-actions">
        <button type="button" className="button" autoFocus onClick={onClose}>
          {text.cancel}
        </button>
        <button type="button" className="button danger" disabled={busy} onClick={onConfirm}>
          {confirm}
        </button>
      </div>
    </dialog>
  );
}
