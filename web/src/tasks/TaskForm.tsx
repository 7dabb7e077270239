import { type KeyboardEvent, type ReactNode, useId, useRef } from "react";

import { PRIORITIES, type Project, type Task } from "../api/types";
import { useText } from "../locale";
import { useNotify } from "../ui/Notices";
import { afterSaving, changes, conflicts, type Draft, edit, type Field, shown, valuesOf } from "./draft";
import { useEditTask } from "./writes";

export type Redraft = (change: (draft: Draft) => Draft) => void;

interface Props {
  readonly task: Task;
  readonly projects: readonly Project[];
  readonly draft: Draft;
  readonly onDraft: Redraft;
}

export function TaskForm({ task, projects, draft, onDraft }: Props) {
  const text = useText();
  const notify = useNotify();
  const form = useRef<HTMLFormElement>(null);
  const save = useEditTask(task, text.changedElsewhere);
  const current = valuesOf(task);
  const fields = changes(draft, current);
  const dirty = Object.keys(fields).length > 0;

  const submit = async () => {
    if (!dirty || save.isPending) return;
    try {
      const { entity } = await save.mutateAsync(fields);
      onDraft((last) => afterSaving(last, draft, valuesOf(entity)));
      notify("info", text.saved);
    } catch {
      return; // told by useEditTask; the draft stays
    }
  };
  const submitByKey = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.current?.requestSubmit();
  };
  const control = (field: Field) => ({
    value: shown(draft, current, field),
    onChange: ({ target }: { readonly target: { readonly value: string } }) =>
      onDraft((last) => edit(last, current, field, target.value)),
  });
  const nameOfProject = (id: string) => projects.find((project) => project.id === id)?.isim ?? text.noProject;
  const shownAs = (field: Field): string => {
    if (field === "oncelik") return text.priority[task.oncelik];
    return field === "proje_id" ? nameOfProject(current.proje_id) : current[field];
  };
  const conflict = (field: Field) => (conflicts(draft, current, field) ? text.changedTo(shownAs(field)) : null);

  return (
    <form
      ref={form}
      className="task-form"
      onKeyDown={submitByKey}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Labelled label={text.title} conflict={conflict("baslik")}>
        {(ids) => <input {...ids} {...control("baslik")} className="input title-input" required maxLength={500} />}
      </Labelled>
      <Labelled label={text.description} conflict={conflict("aciklama")}>
        {(ids) => <textarea {...ids} {...control("aciklama")} className="input" rows={6} maxLength={100_000} />}
      </Labelled>
      <div className="pair">
        <Labelled label={text.priorityLabel} conflict={conflict("oncelik")}>
          {(ids) => (
            <select {...ids} {...control("oncelik")} className="input">
              {PRIORITIES.map((priority) => (
                <option key={priority} value={priority}>
                  {text.priority[priority]}
                </option>
              ))}
            </select>
          )}
        </Labelled>
        <Labelled label={text.dueDate} conflict={conflict("son_tarih")}>
          {(ids) => <input {...ids} {...control("son_tarih")} className="input" type="date" />}
        </Labelled>
      </div>
      <Labelled label={text.tags} hint={text.tagsHint} conflict={conflict("etiketler")}>
        {(ids) => <input {...ids} {...control("etiketler")} className="input" />}
      </Labelled>
      <Labelled
        label={text.project}
        hint={task.parent_id === null ? null : text.projectOfParent}
        conflict={conflict("proje_id")}
      >
        {(ids) => (
          <select {...ids} {...control("proje_id")} className="input" disabled={task.parent_id !== null}>
            <option value="">{text.noProject}</option>
            {projects.map(({ id, isim }) => (
              <option key={id} value={id}>
                {isim}
              </option>
            ))}
          </select>
        )}
      </Labelled>
      <div className="form-actions">
        <button className="button primary" disabled={!dirty || save.isPending}>
          {text.save}
        </button>
        {dirty && (
          <>
            <button type="button" className="button" onClick={() => onDraft(() => ({}))}>
              {text.discard}
            </button>
            <span className="muted">{text.unsaved}</span>
          </>
        )}
      </div>
    </form>
  );
}

interface LabelledProps {
  readonly label: string;
  readonly hint?: string | null;
  readonly conflict: string | null;
  readonly children: (ids: { id: string; "aria-describedby": string | undefined }) => ReactNode;
}

function Labelled({ label, hint = null, conflict, children }: LabelledProps) {
  const id = useId();
  const note = conflict ?? hint;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({ id, "aria-describedby": note === null ? undefined : `${id}-note` })}
      {note !== null && (
        <p id={`${id}-note`} className={conflict === null ? "muted" : "warning"}>
          {note}
        </p>
      )}
    </div>
  );
}
