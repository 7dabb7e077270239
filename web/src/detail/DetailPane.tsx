import { useEffect, useRef, useState } from "react";

import { useOpenTask } from "../address";
import type { Task } from "../api/types";
import { isTemporary } from "../api/writes";
import { useText } from "../locale";
import { useShortcut } from "../shortcuts/useShortcut";
import { Icon } from "../ui/Icon";
import { useTask } from "../workspace";
import { DeletedTask } from "./DeletedTask";
import { Dependencies, useLinks } from "./Dependencies";
import { Description } from "./Description";
import "./detail.css";
import { Head } from "./Head";
import { History } from "./History";
import { Properties } from "./Properties";
import { Subtasks } from "./Subtasks";
import { Title } from "./Title";
import { Watches } from "./Watches";

/** Everything about one task, beside whatever view is shown. */
export function DetailPane({ taskId }: { readonly taskId: string }) {
  const text = useText();
  const openTask = useOpenTask();
  const task = useTask(taskId);
  const pane = useRef<HTMLElement>(null);
  const opener = useRef<Element | null>(null);
  // As it was last seen, for when it goes away.
  const [seen, setSeen] = useState(task);
  if (task !== undefined && task !== seen) setSeen(task);

  useEffect(() => {
    opener.current = document.activeElement;
    pane.current?.focus({ preventScroll: true });
  }, []);

  const close = () => {
    openTask(null);
    const row = document.querySelector<HTMLElement>(`[data-task-id="${CSS.escape(taskId)}"]`);
    const back = row ?? (opener.current instanceof HTMLElement && opener.current.isConnected ? opener.current : null);
    back?.focus({ preventScroll: true });
  };
  useShortcut("closeDetail", close);

  return (
    <aside ref={pane} className="panel" aria-label={text.details} data-testid="task-panel" tabIndex={-1}>
      {task === undefined || isTemporary(taskId) ? <Absent task={seen} taskId={taskId} onClose={close} /> : <Details task={task} onClose={close} />}
    </aside>
  );
}

interface Props {
  readonly task: Task;
  readonly onClose: () => void;
}

function Details({ task, onClose }: Props) {
  const { isPending } = useLinks(task.id);
  return (
    <>
      <Head task={task} onClose={onClose} />
      <div className="panel-body">
        <Title task={task} />
        <Properties task={task} />
        <Description task={task} />
        <Subtasks task={task} />
        <Dependencies task={task} />
        {/* What is read for itself would move what stands below it. */}
        {!isPending && (
          <>
            <History task={task} />
            <Watches task={task} />
          </>
        )}
      </div>
    </>
  );
}

function Absent({ task, taskId, onClose }: { readonly task: Task | undefined; readonly taskId: string; readonly onClose: () => void }) {
  const text = useText();
  return (
    <>
      <header className="panel-head">
        <button type="button" className="icon-button panel-close" aria-label={text.close} onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <DeletedTask task={task} taskId={taskId} />
    </>
  );
}
