import { Command } from "cmdk";
import { useDeferredValue, useMemo, useState } from "react";

import type { Task } from "../api/types";
import { isTemporary } from "../api/writes";
import { useText } from "../locale";
import { fold } from "../tasks/fold";
import { StatusMark } from "../tasks/StatusSelect";
import { useSnapshot } from "../workspace";

interface Props {
  readonly except: (task: Task) => boolean;
  readonly onChoose: (taskId: string) => void;
}

const MOST_SHOWN = 30;

/** Finds a task by words of its title, or by the beginning of its id. */
export function TaskFinder({ except, onChoose }: Props) {
  const text = useText();
  const { tasks } = useSnapshot();
  const [query, setQuery] = useState("");
  const wanted = useDeferredValue(query);
  const found = useMemo(() => find(tasks, wanted, except), [tasks, wanted, except]);
  // What is found comes a moment after what is typed; the first of it is chosen then.
  const [picked, setPicked] = useState("");
  const first = found[0]?.id ?? "";
  const chosen = found.some(({ id }) => id === picked) ? picked : first;
  return (
    <Command className="finder" shouldFilter={false} label={text.findTask} value={chosen} onValueChange={setPicked}>
      <Command.Input className="input" autoFocus placeholder={text.findTask} value={query} onValueChange={(typed) => { setQuery(typed); setPicked(""); }} />
      <Command.List className="finder-list" label={text.findTask}>
        <Command.Empty className="muted finder-none">{text.noTaskFound}</Command.Empty>
        {found.map((task) => (
          <Command.Item key={task.id} value={task.id} className="menu-item" onSelect={() => onChoose(task.id)}>
            <StatusMark status={task.durum} />
            <span className="menu-name clipped" dir="auto">
              {task.baslik}
            </span>
          </Command.Item>
        ))}
      </Command.List>
    </Command>
  );
}

function find(tasks: readonly Task[], query: string, except: (task: Task) => boolean): readonly Task[] {
  const words = fold(query).split(/\s+/).filter(Boolean);
  const found: Task[] = [];
  for (const task of tasks) {
    if (isTemporary(task.id) || except(task)) continue;
    const title = fold(task.baslik);
    if (!words.every((word) => title.includes(word)) && !(query.length >= 8 && task.id.startsWith(query.trim()))) continue;
    found.push(task);
    if (found.length === MOST_SHOWN) break;
  }
  return found;
}
