import { useEffect, useRef, useState } from "react";

import type { Task } from "../api/types";
import { useText } from "../locale";
import { Icon } from "../ui/Icon";
import type { Selection } from "./selection";
import { StatusSelect } from "./StatusSelect";
import { useCreateTask } from "./writes";

interface Props {
  readonly parent: Task;
  readonly subtasks: readonly Task[];
  readonly startTyping: boolean;
  readonly onSelect: (selection: Selection) => void;
}

export function Subtasks({ parent, subtasks, startTyping, onSelect }: Props) {
  const text = useText();
  const create = useCreateTask();
  const input = useRef<HTMLInputElement>(null);
  const [title, setTitle] = useState("");
  const baslik = title.trim();

  useEffect(() => {
    if (startTyping) input.current?.focus();
  }, [startTyping]);

  return (
    <section className="subtasks" aria-label={text.subtasks}>
      <h3>{text.subtasks}</h3>
      {subtasks.length > 0 && (
        <ul role="list" aria-label={text.subtasks}>
          {subtasks.map((task) => (
            <li key={task.id} className="subtask" data-status={task.durum}>
              <StatusSelect task={task} label={text.statusOf(task.baslik)} />
              <button
                type="button"
                className="row-title"
                onClick={() => onSelect({ taskId: task.id, intent: "read" })}
              >
                {task.baslik}
              </button>
            </li>
          ))}
        </ul>
      )}
      <form
        className="inline-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (baslik === "" || create.isPending) return;
          create.mutate({ parentId: parent.id, baslik }, { onSuccess: () => setTitle("") });
        }}
      >
        <input
          ref={input}
          className="input"
          aria-label={text.newSubtask}
          placeholder={text.newSubtask}
          maxLength={500}
          value={title}
          onChange={({ target }) => setTitle(target.value)}
        />
        <button className="icon-button" aria-label={text.addSubtask} disabled={baslik === "" || create.isPending}>
          <Icon name="plus" />
        </button>
      </form>
    </section>
  );
}
