import { useMemo, useState } from "react";

import { useAddress, useOpenTask } from "../address";
import { useText } from "../locale";
import { ConfirmDialog } from "../ui/ConfirmDialog";
import { useNotify } from "../ui/Notices";
import { tasksById, useSnapshot } from "../workspace";
import { deepestFirst } from "./tree";
import { useWrites } from "./writes";

interface Props {
  readonly taskIds: readonly string[];
  readonly onClose: () => void;
}

/** Deletes tasks with everything below them, the deepest first: the daemon deletes no task that has subtasks. */
export function DeleteTasks({ taskIds, onClose }: Props) {
  const text = useText();
  const { tasks } = useSnapshot();
  const { remove } = useWrites();
  const notify = useNotify();
  const openTask = useOpenTask();
  const { task: shown } = useAddress();
  const [progress, setProgress] = useState<number | null>(null);
  const doomed = useMemo(() => deepestFirst(tasks, taskIds), [tasks, taskIds]);
  const [order] = useState(doomed);
  const only = order.length === 1 ? tasksById(tasks).get(order[0] ?? "") : undefined;
  const below = order.length - taskIds.length;

  const confirm = async () => {
    setProgress(0);
    let failed = 0;
    for (const [index, id] of order.entries()) {
      if (!(await remove(id))) failed += 1;
      setProgress(index + 1);
    }
    if (shown !== undefined && order.includes(shown) && failed === 0) openTask(null);
    notify(failed === 0 ? "info" : "error", failed === 0 ? text.deletedCount(order.length) : text.notDeleted(failed));
    onClose();
  };

  return (
    <ConfirmDialog
      question={text.deleteManyQuestion(taskIds.length)}
      confirm={text.deleteConfirm}
      busy={progress !== null}
      onConfirm={() => void confirm()}
      onClose={onClose}
    >
      {only !== undefined && (
        <p className="clipped" dir="auto">
          {only.baslik}
        </p>
      )}
      {below > 0 && <p className="problem">{text.deleteWithSubtasks(below)}</p>}
      {progress !== null && order.length > 1 && (
        <p className="muted figures" role="status">
          {text.deleting(progress, order.length)}
        </p>
      )}
    </ConfirmDialog>
  );
}
