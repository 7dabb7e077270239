import type { Task } from "../api/types";
import { useText } from "../locale";
import { ConfirmDialog } from "../ui/ConfirmDialog";
import { useErrorText } from "../ui/Notices";
import { useDeleteTask } from "./writes";

interface Props {
  readonly task: Task;
  readonly onClose: () => void;
}

export function DeleteTask({ task, onClose }: Props) {
  const text = useText();
  const errorText = useErrorText();
  const remove = useDeleteTask(task);
  return (
    <ConfirmDialog
      question={text.deleteQuestion(task.baslik)}
      confirm={text.deleteConfirm}
      busy={remove.isPending}
      onConfirm={() => remove.mutate(undefined, { onSuccess: onClose })}
      onClose={onClose}
    >
      <p className="muted">{text.deleteHint}</p>
      {remove.error !== null && (
        <p className="problem" role="alert">
          {errorText(remove.error)}
        </p>
      )}
    </ConfirmDialog>
  );
}
