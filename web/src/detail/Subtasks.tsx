import { useId, useMemo, useRef } from "react";

import { useOpenTask } from "../address";
import type { Task } from "../api/types";
import { isTemporary } from "../api/writes";
import { understand, fieldsFrom } from "../create/line";
import { useText } from "../locale";
import { DueDate, PriorityMark, Progress } from "../tasks/badges";
import { StatusSelect } from "../tasks/StatusSelect";
import { childrenOf } from "../tasks/tree";
import { useWrites } from "../tasks/writes";
import { Icon } from "../ui/Icon";
import { useKeptText } from "../ui/kept";
import { useSnapshot } from "../workspace";
import { subtaskLineOf } from "./drafts";

export function Subtasks({ task }: { readonly task: Task }) {
  const text = useText();
  const id = useId();
  const { tasks } = useSnapshot();
  const { create } = useWrites();
  const openTask = useOpenTask();
  const input = useRef<HTMLInputElement>(null);
  const [line, setLine] = useKeptText(subtaskLineOf(task.id));
  const children = useMemo(() => childrenOf(tasks, task.id), [tasks, task.id]);
  const counted = children.filter(({ durum }) => durum !== "iptal");
  const add = async () => {
    const typed = line;
    const understood = understand(typed, { projects: [] });
    if (understood.title === "") return;
    setLine("");
    if ((await create({ ...fieldsFrom(understood), parent_id: task.id })) === null) setLine(typed);
  };
  return (
    <section className="detail-section" aria-labelledby={id}>
      <h3 id={id}>
        {text.subtasks}
        <Progress done={counted.filter(({ durum }) => durum === "tamamlandi").length} all={counted.length} />
      </h3>
      {children.length > 0 && (
        <ul role="list" className="detail-list">
          {children.map((child) => (
            <li key={child.id} className="detail-line" data-status={child.durum}>
              <StatusSelect task={child} />
              <button type="button" className="link detail-name" dir="auto" disabled={isTemporary(child.id)} onClick={() => openTask(child.id)}>
                {child.baslik}
              </button>
              <DueDate task={child} />
              <PriorityMark priority={child.oncelik} />
            </li>
          ))}
        </ul>
      )}
      <form
        className="inline-form"
        onSubmit={(event) => {
          event.preventDefault();
          void add();
        }}
      >
        <input
          ref={input}
          className="input"
          aria-label={text.newSubtask}
          placeholder={text.newSubtask}
          maxLength={700}
          value={line}
          onChange={({ target }) => setLine(target.value)}
        />
        <button className="icon-button" aria-label={text.addSubtask} disabled={line.trim() === ""}>
          <Icon name="plus" />
        </button>
      </form>
    </section>
  );
}
