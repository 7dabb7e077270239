import { type KeyboardEvent, useId, useState } from "react";

import { PRIORITIES, STATUSES, type Task } from "../api/types";
import { useText } from "../locale";
import { isOpen } from "../tasks/counts";
import { isPast } from "../tasks/dates";
import { fold } from "../tasks/fold";
import { useWrites } from "../tasks/writes";
import { Icon } from "../ui/Icon";
import { Select } from "../ui/Select";
import { useSnapshot } from "../workspace";

/** What is chosen is saved at once. */
export function Properties({ task }: { readonly task: Task }) {
  const text = useText();
  const id = useId();
  const { projects } = useSnapshot();
  const { edit } = useWrites();
  const due = task.son_tarih?.slice(0, 10) ?? "";
  const late = due !== "" && isOpen(task.durum) && isPast(due);
  return (
    <div className="properties">
      <label htmlFor={`${id}-status`}>{text.statusLabel}</label>
      <Select
        id={`${id}-status`}
        className="property"
        value={task.durum}
        options={STATUSES.map((value) => ({ value, name: text.status[value] }))}
        onChoose={(durum) => void edit(task, { durum })}
      />
      <label htmlFor={`${id}-priority`}>{text.priorityLabel}</label>
      <Select
        id={`${id}-priority`}
        className="property"
        value={task.oncelik}
        options={PRIORITIES.toReversed().map((value) => ({ value, name: text.priority[value] }))}
        onChoose={(oncelik) => void edit(task, { oncelik })}
      />
      <label htmlFor={`${id}-due`}>{text.dueDate}</label>
      <DueInput key={due} id={`${id}-due`} due={due} late={late} onDue={(son_tarih) => void edit(task, { son_tarih })} />
      <label htmlFor={`${id}-project`}>{text.project}</label>
      <Select
        id={`${id}-project`}
        className="property"
        disabled={task.parent_id !== null}
        title={task.parent_id === null ? undefined : text.projectOfParent}
        value={task.proje_id ?? ""}
        options={[{ value: "", name: text.noProject }, ...projects.map((each) => ({ value: each.id, name: each.isim }))]}
        onChoose={(proje_id) => void edit(task, { proje_id })}
      />
      <label htmlFor={`${id}-tags`}>{text.tags}</label>
      <TagEditor id={`${id}-tags`} task={task} />
    </div>
  );
}

interface DueProps {
  readonly id: string;
  readonly due: string;
  readonly late: boolean;
  readonly onDue: (date: string) => void;
}

/** A date is whole only when the field is left: while typing, each digit would be one. */
function DueInput({ id, due, late, onDue }: DueProps) {
  const text = useText();
  const [typed, setTyped] = useState(due);
  const save = (date: string) => date !== due && onDue(date);
  return (
    <span className="property-due">
      <input
        id={id}
        type="date"
        className="property"
        data-late={late}
        value={typed}
        onChange={({ target }) => {
          setTyped(target.value);
          // Chosen in the calendar, not typed: nothing in it has the focus then.
          if (document.activeElement !== target) save(target.value);
        }}
        onBlur={() => save(typed)}
        onKeyDown={(event) => {
          if (event.key === "Enter") save(typed);
        }}
      />
      {due !== "" && (
        <button type="button" className="icon-button" aria-label={text.clearDue} onClick={() => onDue("")}>
          <Icon name="close" />
        </button>
      )}
    </span>
  );
}

function TagEditor({ id, task }: { readonly id: string; readonly task: Task }) {
  const text = useText();
  const { tasks } = useSnapshot();
  const { edit } = useWrites();
  const [typed, setTyped] = useState("");
  const [focused, setFocused] = useState(false);
  const names = task.etiketler.map((tag) => tag.isim);
  const has = (name: string) => names.some((own) => own.toLocaleLowerCase() === name.toLocaleLowerCase());
  const add = () => {
    const added = typed.split(",").map((name) => name.trim()).filter((name) => name !== "" && !has(name));
    setTyped("");
    if (added.length > 0) void edit(task, { etiketler: [...names, ...added] });
  };
  const key = (event: KeyboardEvent) => {
    if (event.key === "Enter" || event.key === ",") {
      event.preventDefault();
      add();
    } else if (event.key === "Backspace" && typed === "" && names.length > 0) {
      void edit(task, { etiketler: names.slice(0, -1) });
    }
  };
  return (
    <span className="tag-editor">
      {task.etiketler.map((tag) => (
        <span key={tag.id} className="tag tag-own">
          <bdi>{tag.isim}</bdi>
          <button
            type="button"
            aria-label={text.removeTag(tag.isim)}
            onClick={() => void edit(task, { etiketler: names.filter((name) => name !== tag.isim) })}
          >
            <Icon name="close" />
          </button>
        </span>
      ))}
      <input
        id={id}
        className="tag-input"
        list={focused ? `${id}-known` : undefined}
        placeholder={text.addTag}
        maxLength={100}
        value={typed}
        onFocus={() => setFocused(true)}
        onBlur={() => {
          setFocused(false);
          add();
        }}
        onChange={({ target }) => setTyped(target.value)}
        onKeyDown={key}
      />
      {focused && (
        <datalist id={`${id}-known`}>
          {knownTags(tasks, typed)
            .filter((name) => !has(name))
            .map((name) => (
              <option key={name} value={name} />
            ))}
        </datalist>
      )}
    </span>
  );
}

const MOST_OFFERED = 12;

function knownTags(tasks: readonly Task[], typed: string): readonly string[] {
  const wanted = fold(typed);
  const counts = new Map<string, number>();
  for (const { etiketler } of tasks) {
    for (const { isim } of etiketler) if (fold(isim).includes(wanted)) counts.set(isim, (counts.get(isim) ?? 0) + 1);
  }
  return [...counts].toSorted((one, other) => other[1] - one[1]).slice(0, MOST_OFFERED).map(([name]) => name);
}
