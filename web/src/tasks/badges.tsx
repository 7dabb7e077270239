/** The small facts about a task, as every view shows them. */

import type { Priority, Tag, Task } from "../api/types";
import { useLanguage, useText } from "../locale";
import { Icon } from "../ui/Icon";
import { isOpen } from "./counts";
import { isPast, showDueDate } from "./dates";

export function DueDate({ task }: { readonly task: Task }) {
  const text = useText();
  const language = useLanguage();
  if (task.son_tarih === null) return null;
  const late = isOpen(task.durum) && isPast(task.son_tarih);
  const meaning = late ? text.overdue : text.due;
  return (
    <time className={late ? "fact figures late" : "fact figures"} dateTime={task.son_tarih.slice(0, 10)} title={meaning}>
      <Icon name="calendar" />
      <span className="unseen">{meaning} </span>
      {showDueDate(task.son_tarih, language)}
    </time>
  );
}

/** Nothing for the medium one: what is usual needs no mark. */
export function PriorityMark({ priority }: { readonly priority: Priority }) {
  const text = useText();
  if (priority === "orta") return null;
  const high = priority === "yuksek";
  const meaning = high ? text.highPriority : text.lowPriority;
  return (
    <span className={high ? "fact priority high" : "fact priority"} title={meaning}>
      <Icon name={high ? "up" : "down"} />
      <span className="unseen">{meaning}</span>
    </span>
  );
}

/** How many unfinished tasks it waits for. */
export function Waits({ task }: { readonly task: Task }) {
  const text = useText();
  const waiting = isOpen(task.durum) ? task.tamamlanmamis_bagimlilik_sayisi : 0;
  if (waiting === 0) return null;
  return (
    <span className="fact figures warning" title={text.waitsFor(waiting)}>
      <Icon name="blocked" />
      <span aria-hidden="true">{waiting}</span>
      <span className="unseen">{text.waitsFor(waiting)}</span>
    </span>
  );
}

export function Tags({ tags, most = 3 }: { readonly tags: readonly Tag[]; readonly most?: number }) {
  return (
    <>
      {tags.slice(0, most).map((tag) => (
        <bdi key={tag.id} className="tag">
          {tag.isim}
        </bdi>
      ))}
      {tags.length > most && (
        <span className="fact" title={tags.map((tag) => tag.isim).join(", ")}>
          +{tags.length - most}
        </span>
      )}
    </>
  );
}

export function Progress({ done, all }: { readonly done: number; readonly all: number }) {
  const text = useText();
  if (all === 0) return null;
  return (
    <span className="fact figures" title={text.subtasksDone(done, all)}>
      <span className="progress" aria-hidden="true">
        <span style={{ width: `${(100 * done) / all}%` }} />
      </span>
      <span aria-hidden="true">
        {done}/{all}
      </span>
      <span className="unseen">{text.subtasksDone(done, all)}</span>
    </span>
  );
}
