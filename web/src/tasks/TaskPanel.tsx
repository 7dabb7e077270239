import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";

import type { Snapshot } from "../api/events";
import type { Task } from "../api/types";
import { useLanguage, useText } from "../locale";
import { Icon } from "../ui/Icon";
import { showInstant } from "./dates";
import { DeleteTask } from "./DeleteTask";
import type { Draft } from "./draft";
import type { Selection } from "./selection";
import { StatusSelect } from "./StatusSelect";
import { Subtasks } from "./Subtasks";
import { type Redraft, TaskForm } from "./TaskForm";
import { childrenOf } from "./tree";

interface Props {
  readonly task: Task;
  readonly snapshot: Snapshot;
  readonly intent: Selection["intent"];
  readonly draft: Draft;
  readonly onDraft: Redraft;
  readonly onSelect: (selection: Selection) => void;
  readonly onClose: () => void;
}

export function TaskPanel({ task, snapshot, intent, draft, onDraft, onSelect, onClose }: Props) {
  const text = useText();
  const language = useLanguage();
  const heading = useRef<HTMLHeadingElement>(null);
  const [asking, setAsking] = useState(false);
  const children = useMemo(() => childrenOf(snapshot.tasks, task.id), [snapshot.tasks, task.id]);
  const parent = snapshot.tasks.find(({ id }) => id === task.parent_id);

  useEffect(() => {
    if (intent === "read") heading.current?.focus({ preventScroll: true });
  }, [intent]);

  const escape = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || asking) return;
    event.stopPropagation();
    onClose();
  };

  return (
    <section className="panel" aria-label={text.details} data-testid="task-panel" onKeyDown={escape}>
      <header className="panel-head">
        <h2 ref={heading} tabIndex={-1} className="unseen">
          {task.baslik}
        </h2>
        <StatusSelect task={task} label={text.statusLabel} />
        {parent !== undefined && (
          <button
            type="button"
            className="link clipped"
            onClick={() => onSelect({ taskId: parent.id, intent: "read" })}
          >
            <span className="muted">{text.parentTask}: </span>
            {parent.baslik}
          </button>
        )}
        <button type="button" className="icon-button panel-close" aria-label={text.close} onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <div className="panel-body">
        <TaskForm task={task} projects={snapshot.projects} draft={draft} onDraft={onDraft} />
        <Subtasks parent={task} subtasks={children} startTyping={intent === "add-subtask"} onSelect={onSelect} />
        <footer className="panel-foot">
          <dl className="dates muted">
            <dt>{text.createdAt}</dt>
            <dd>{showInstant(task.olusturma_tarihi, language)}</dd>
            <dt>{text.updatedAt}</dt>
            <dd>{showInstant(task.guncelleme_tarihi, language)}</dd>
          </dl>
          <button type="button" className="button danger-quiet" onClick={() => setAsking(true)}>
            {text.deleteTask}
          </button>
        </footer>
      </div>
      {asking && <DeleteTask task={task} onClose={() => setAsking(false)} />}
    </section>
  );
}
