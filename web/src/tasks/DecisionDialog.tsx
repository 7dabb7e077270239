import { useState } from "react";

import { useOpenTask } from "../address";
import type { Decision } from "../api/outbox";
import type { Task, TaskFields } from "../api/types";
import { clashes, type Edit, type FieldName, fieldsOf, isTemporary, namesOf, type Write } from "../api/writes";
import { useLanguage, useText } from "../locale";
import { Dialog } from "../ui/Dialog";
import { directionOf } from "../ui/direction";
import { useSnapshot } from "../workspace";
import { showDueDate } from "./dates";
import "./decision.css";
import { merged } from "./merge";
import { useWrites } from "./writes";

interface Props {
  readonly decision: Decision;
  readonly onDone: () => void;
  readonly onAgain: () => void;
}

export function DecisionDialog({ decision: { write, verdict }, onDone, onAgain }: Props) {
  if (verdict.kind === "declined" || write.kind !== "edit") {
    const reason = verdict.kind === "declined" ? verdict.reason : "";
    return <DeclinedDialog write={write} reason={reason} onDone={onDone} onAgain={onAgain} />;
  }
  return verdict.kind === "conflict" ? (
    <ConflictDialog write={write} theirs={verdict.theirs} onDone={onDone} />
  ) : (
    <GoneDialog write={write} onDone={onDone} />
  );
}

type Side = "yours" | "theirs" | "both";

interface ConflictProps {
  readonly write: Edit;
  readonly theirs: Task;
  readonly onDone: () => void;
}

function ConflictDialog({ write, theirs, onDone }: ConflictProps) {
  const text = useText();
  const { edit } = useWrites();
  const names = clashes(write, theirs);
  const [sides, setSides] = useState<Partial<Record<FieldName, Side>>>({});
  const [description, setDescription] = useState(() =>
    merged(write.base.aciklama ?? "", write.fields.aciklama ?? "", theirs.aciklama),
  );
  const save = () => {
    let fields: TaskFields = write.fields;
    for (const name of names) {
      const side = sides[name] ?? "yours";
      if (side === "theirs") {
        const { [name]: _, ...rest } = fields;
        fields = rest;
      } else if (side === "both") fields = { ...fields, aciklama: description };
    }
    onDone();
    if (Object.keys(fields).length > 0) void edit(theirs, fields);
  };
  return (
    <Dialog title={text.conflictTitle(theirs.baslik)} description={text.conflictHint} size="large" onClose={onDone}>
      <div className="dialog-body">
        {names.map((name) => (
          <fieldset key={name} className="decision">
            <legend>{text.fieldNames[name]}</legend>
            {(["yours", "theirs", ...(name === "aciklama" ? (["both"] as const) : [])] as const).map((side) => (
              <label key={side} className="decision-side">
                <input
                  type="radio"
                  name={name}
                  checked={(sides[name] ?? "yours") === side}
                  onChange={() => setSides((last) => ({ ...last, [name]: side }))}
                />
                <span className="decision-name">{text[side]}</span>
                {side === "both" ? (
                  <textarea
                    className="input"
                    aria-label={text.both}
                    rows={6}
                    value={description}
                    onFocus={() => setSides((last) => ({ ...last, [name]: "both" }))}
                    onChange={({ target }) => setDescription(target.value)}
                  />
                ) : (
                  <Value name={name} fields={side === "yours" ? write.fields : fieldsOf(theirs)} />
                )}
              </label>
            ))}
          </fieldset>
        ))}
      </div>
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onDone}>
          {text.keepTheirs}
        </button>
        <button type="button" className="button primary" onClick={save}>
          {text.saveChosen}
        </button>
      </div>
    </Dialog>
  );
}

interface GoneProps {
  readonly write: Edit;
  readonly onDone: () => void;
}

/** A task deleted under the user's hands: what was typed can live on in a new one. */
function GoneDialog({ write, onDone }: GoneProps) {
  const text = useText();
  const { create } = useWrites();
  const openTask = useOpenTask();
  const { tasks, projects } = useSnapshot();
  const title = write.seen.baslik;
  const saveAsNew = async () => {
    const { parent_id = "", proje_id = "", ...fields } = { ...fieldsOf(write.seen), ...write.fields };
    onDone();
    const created = await create({
      ...fields,
      ...(tasks.some(({ id }) => id === parent_id) && { parent_id }),
      ...(projects.some(({ id }) => id === proje_id) && { proje_id }),
    });
    if (created !== null && !isTemporary(created.id)) openTask(created.id);
  };
  return (
    <Dialog title={text.goneTitle(title)} description={text.goneHint} onClose={onDone}>
      <div className="dialog-body">
        <Typed fields={write.fields} />
      </div>
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onDone}>
          {text.letGo}
        </button>
        <button type="button" className="button primary" onClick={() => void saveAsNew()}>
          {text.saveAsNew}
        </button>
      </div>
    </Dialog>
  );
}

interface DeclinedProps {
  readonly write: Write;
  readonly reason: string;
  readonly onDone: () => void;
  readonly onAgain: () => void;
}

/** The daemon has come back and refuses what was done while it was away. */
function DeclinedDialog({ write, reason, onDone, onAgain }: DeclinedProps) {
  const text = useText();
  const { tasks } = useSnapshot();
  const titleOf = (id: string) => tasks.find((task) => task.id === id)?.baslik ?? id;
  const names = (() => {
    switch (write.kind) {
      case "create":
        return [write.fields.baslik ?? ""];
      case "edit":
        return [write.seen.baslik];
      case "delete":
        return [titleOf(write.taskId)];
      case "bulk":
        return write.taskIds.map(titleOf);
    }
  })();
  return (
    <Dialog title={text.declinedTitle[write.kind](names[0] ?? "", names.length)} description={text.declinedHint} onClose={onDone}>
      <div className="dialog-body">
        <p className="problem">{reason || text.unreachable}</p>
        {write.kind !== "delete" && <Typed fields={write.fields} />}
      </div>
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onDone}>
          {text.letGo}
        </button>
        <button type="button" className="button primary" onClick={onAgain}>
          {text.retry}
        </button>
      </div>
    </Dialog>
  );
}

/** What was typed, field by field. */
function Typed({ fields }: { readonly fields: TaskFields }) {
  const text = useText();
  return namesOf(fields).map((name) => (
    <div key={name} className="field">
      <span className="label">{text.fieldNames[name]}</span>
      <Value name={name} fields={fields} />
    </div>
  ));
}

/** A field's value as people read it. */
function Value({ name, fields }: { readonly name: FieldName; readonly fields: TaskFields }) {
  const text = useText();
  const language = useLanguage();
  const { tasks, projects } = useSnapshot();
  const shown = (() => {
    switch (name) {
      case "durum":
        return fields.durum && text.status[fields.durum];
      case "oncelik":
        return fields.oncelik && text.priority[fields.oncelik];
      case "proje_id":
        return projects.find(({ id }) => id === fields.proje_id)?.isim ?? text.noProject;
      case "parent_id":
        return tasks.find(({ id }) => id === fields.parent_id)?.baslik ?? text.none;
      case "son_tarih":
        return fields.son_tarih ? showDueDate(fields.son_tarih, language) : text.noDueDate;
      case "etiketler":
        return fields.etiketler?.join(", ");
      default:
        return fields[name];
    }
  })();
  return (
    <span className="decision-value" dir={directionOf(shown ?? "")}>
      {shown || text.empty}
    </span>
  );
}
