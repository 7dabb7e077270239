import { STATUSES, type Task } from "../api/types";
import { useText } from "../locale";
import { useSetStatus } from "./writes";

interface Props {
  readonly task: Task;
  readonly label: string;
}

/** Saves at once; what was chosen stays on show until the daemon has judged it. */
export function StatusSelect({ task, label }: Props) {
  const text = useText();
  const setStatus = useSetStatus(task);
  const shown = (setStatus.isPending && setStatus.variables.durum) || task.durum;
  return (
    <select
      className="status"
      aria-label={label}
      data-status={shown}
      aria-busy={setStatus.isPending}
      value={shown}
      onChange={({ target }) => {
        const durum = STATUSES.find((status) => status === target.value);
        if (durum !== undefined) setStatus.mutate({ durum });
      }}
    >
      {STATUSES.map((status) => (
        <option key={status} value={status}>
          {text.status[status]}
        </option>
      ))}
    </select>
  );
}
