import { useId, useState } from "react";

import { useOpenTask } from "../address";
import { isTemporary } from "../api/writes";
import { useText } from "../locale";
import { useOpenDialog } from "../shell/dialogs";
import { Keys } from "../shortcuts/Keys";
import { pressed } from "../shortcuts/registry";
import { useWrites } from "../tasks/writes";
import { Dialog } from "../ui/Dialog";
import { useNotify } from "../ui/Notices";
import { useTask } from "../workspace";
import { Chips } from "./Chips";
import "./create.css";
import { useLine } from "./useLine";

interface Props {
  /** What stands in the line to begin with. */
  readonly line: string;
  /** Null: no subtask. */
  readonly parentId: string | null;
  readonly onClose: () => void;
}

export function NewTaskDialog({ line: start, parentId, onClose }: Props) {
  const text = useText();
  const id = useId();
  const line = useLine(useState(start));
  const parent = useTask(parentId ?? undefined);
  const { create } = useWrites();
  const openTask = useOpenTask();
  const openDialog = useOpenDialog();
  const notify = useNotify();
  const [aciklama, setDescription] = useState("");
  const empty = line.understood.title === "";

  const add = (goOn: boolean) => {
    if (empty) return;
    const fields = { ...line.fields(parentId), ...(aciklama !== "" && { aciklama }) };
    void create(fields).then((task) => {
      if (task === null) openDialog({ name: "newTask", line: line.text, ...(parentId !== null && { parentId }) });
      else notify("info", text.taskAdded(task.baslik), isTemporary(task.id) ? undefined : { name: text.openIt, run: () => openTask(task.id) });
    });
    line.clear();
    setDescription("");
    if (goOn) document.getElementById(`${id}-line`)?.focus();
    else onClose();
  };

  return (
    <Dialog title={parent === undefined ? text.newTask : text.quickAddParent(parent.baslik)} onClose={onClose}>
      <form
        className="dialog-form"
        onSubmit={(event) => {
          event.preventDefault();
          add(false);
        }}
        onKeyDown={(event) => {
          if (!pressed(event, "save")) return;
          event.preventDefault();
          add(true);
        }}
      >
        <div className="dialog-body">
          <div className="field">
            <input
              id={`${id}-line`}
              className="input new-line"
              autoFocus
              aria-label={text.quickAddLabel}
              aria-describedby={`${id}-help`}
              placeholder={text.quickAddHint}
              maxLength={700}
              value={line.text}
              onChange={({ target }) => line.write(target.value)}
            />
            <Chips line={line} inParent={parentId !== null} />
            <p id={`${id}-help`} className="muted">
              {text.quickAddHelp}
            </p>
          </div>
          <div className="field">
            <label htmlFor={`${id}-more`}>{text.quickAddMore}</label>
            <textarea
              id={`${id}-more`}
              className="input"
              rows={4}
              maxLength={100_000}
              value={aciklama}
              onChange={({ target }) => setDescription(target.value)}
            />
          </div>
        </div>
        <div className="dialog-actions">
          {parentId === null && (
            <button type="button" className="button quiet dialog-aside" onClick={() => openDialog({ name: "template" })}>
              {text.fromTemplate}
            </button>
          )}
          <button type="button" className="button" disabled={empty} onClick={() => add(true)}>
            {text.addAnother} <Keys id="save" />
          </button>
          <button className="button primary" disabled={empty}>
            {text.create}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
