import type { Task } from "../api/types";
import { useLanguage, useText } from "../locale";
import { Icon } from "../ui/Icon";
import { isOpen } from "./counts";
import { isPast, showDueDate } from "./dates";
import type { Selection } from "./selection";
import { StatusSelect } from "./StatusSelect";
import type { Row } from "./tree";

interface Props {
  readonly row: Row;
  readonly index: number;
  readonly total: number;
  /** Distance from the top of the list in pixels. */
  readonly top: number;
  readonly measure: (element: HTMLElement | null) => void;
  readonly project: string | undefined;
  readonly changed: boolean;
  readonly selected: boolean;
  readonly onToggle: ((id: string) => void) | null;
  readonly onSelect: (selection: Selection) => void;
}

/** Deeper rows are indented no further: the title needs the room. */
const DEEPEST_INDENT = 8;

export function TaskRow({ row, index, total, top, measure, project, changed, selected, onToggle, onSelect }: Props) {
  const text = useText();
  const { task, depth, open } = row;
  return (
    <li
      ref={measure}
      className="row"
      style={{ transform: `translateY(${top}px)` }}
      aria-level={depth + 1}
      aria-setsize={total}
      aria-posinset={index + 1}
      data-index={index}
      data-task-id={task.id}
      data-status={task.durum}
      data-indent={Math.min(depth, DEEPEST_INDENT)}
      data-context={row.context}
      data-changed={changed}
      data-selected={selected}
    >
      {open !== null && onToggle !== null ? (
        <button
          type="button"
          className="icon-button row-toggle"
          aria-expanded={open}
          aria-label={open ? text.collapse(task.baslik) : text.expand(task.baslik)}
          onClick={() => onToggle(task.id)}
        >
          <Icon name="chevron" />
        </button>
      ) : (
        <span className="row-toggle" />
      )}
      <StatusSelect task={task} label={text.statusOf(task.baslik)} />
      <button
        type="button"
        className="row-title"
        aria-current={selected ? "true" : undefined}
        onClick={() => onSelect({ taskId: task.id, intent: "read" })}
      >
        {task.baslik}
      </button>
      <Facts row={row} project={project} />
      <button
        type="button"
        className="icon-button row-add"
        aria-label={text.addSubtaskTo(task.baslik)}
        title={text.addSubtask}
        onClick={() => onSelect({ taskId: task.id, intent: "add-subtask" })}
      >
        <Icon name="plus" />
      </button>
    </li>
  );
}

function Facts({ row, project }: Pick<Props, "row" | "project">) {
  const text = useText();
  const { task, children, childrenDone } = row;
  const waiting = isOpen(task.durum) ? task.tamamlanmamis_bagimlilik_sayisi : 0;
  return (
    <span className="row-facts">
      {task.etiketler.map((tag) => (
        <span key={tag.id} className="tag">
          {tag.isim}
        </span>
      ))}
      {project !== undefined && <span className="fact row-project">{project}</span>}
      {waiting > 0 && <span className="fact warning">{text.waitsFor(waiting)}</span>}
      {children > 0 && (
        <span className="fact figures" title={text.subtasksDone(childrenDone, children)}>
          <span aria-hidden="true">
            {childrenDone}/{children}
          </span>
          <span className="unseen">{text.subtasksDone(childrenDone, children)}</span>
        </span>
      )}
      {task.son_tarih !== null && <DueDate task={task} date={task.son_tarih} />}
      {task.oncelik !== "orta" && <PriorityMark high={task.oncelik === "yuksek"} />}
    </span>
  );
}

function DueDate({ task, date }: { readonly task: Task; readonly date: string }) {
  const text = useText();
  const language = useLanguage();
  const late = isOpen(task.durum) && isPast(date);
  const meaning = late ? text.overdue : text.due;
  return (
    <time className={late ? "fact figures late" : "fact figures"} dateTime={date.slice(0, 10)} title={meaning}>
      <span className="unseen">{meaning} </span>
      {showDueDate(date, language)}
    </time>
  );
}

function PriorityMark({ high }: { readonly high: boolean }) {
  const text = useText();
  const meaning = high ? text.highPriority : text.lowPriority;
  return (
    <span className={high ? "priority high" : "priority"} title={meaning}>
      <Icon name={high ? "up" : "down"} />
      <span className="unseen">{meaning}</span>
    </span>
  );
}
