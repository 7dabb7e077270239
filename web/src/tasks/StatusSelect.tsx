import { STATUSES, type Status, type Task } from "../api/types";
import { isTemporary } from "../api/writes";
import { useText } from "../locale";
import { useWrites } from "./writes";

interface Props {
  readonly task: Task;
  readonly look?: "dot" | "pill";
  /** -1 where the arrows lead, not Tab. */
  readonly tabIndex?: number;
}

/** The state of a task; choosing another saves at once. */
export function StatusSelect({ task, look = "dot", tabIndex = 0 }: Props) {
  const text = useText();
  const { edit } = useWrites();
  return (
    <span className="status-choice" data-look={look} data-status={task.durum} title={text.status[task.durum]}>
      <StatusMark status={task.durum} />
      {look === "pill" && <span aria-hidden="true">{text.status[task.durum]}</span>}
      <select
        aria-label={text.statusOf(task.baslik)}
        tabIndex={tabIndex}
        value={task.durum}
        disabled={isTemporary(task.id)}
        onChange={({ target }) => {
          const durum = STATUSES.find((status) => status === target.value);
          if (durum !== undefined) void edit(task, { durum });
        }}
      >
        {STATUSES.map((status) => (
          <option key={status} value={status}>
            {text.status[status]}
          </option>
        ))}
      </select>
    </span>
  );
}

/** An empty ring, a half one, a tick, a cross: told apart without colour. Decoration only. */
export function StatusMark({ status }: { readonly status: Status }) {
  return (
    <svg className="status-mark" viewBox="0 0 16 16" data-status={status} aria-hidden="true" focusable="false">
      {status === "tamamlandi" ? (
        <>
          <circle className="full" cx="8" cy="8" r="7" />
          <path className="cut" d="M5 8.3l2.1 2.1L11 6.3" />
        </>
      ) : (
        <circle cx="8" cy="8" r="6.2" />
      )}
      {status === "devam_ediyor" && <path className="full" d="M8 4.4a3.6 3.6 0 0 1 0 7.2z" />}
      {status === "iptal" && <path d="M5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4" />}
    </svg>
  );
}
