import { useDraggable } from "@dnd-kit/core";
import { type KeyboardEvent, memo, type MouseEventHandler, type Ref, type TouchEventHandler } from "react";

import type { Task } from "../api/types";
import { isTemporary } from "../api/writes";
import { useText } from "../locale";
import { DueDate, PriorityMark, Tags, Waits } from "../tasks/badges";
import { useLitTasks } from "../tasks/remote";
import { StatusSelect } from "../tasks/StatusSelect";
import { useProject, useTask } from "../workspace";

interface Props {
  readonly ref: Ref<HTMLLIElement>;
  readonly task: Task;
  readonly index: number;
  readonly all: number;
  readonly top: number;
  readonly tabbable: boolean;
  readonly opened: boolean;
  readonly onFocus: (taskId: string) => void;
  readonly onOpen: (taskId: string) => void;
  readonly onKeyDown: (event: KeyboardEvent, index: number) => void;
}

/** The whole card is dragged with the pointer; its title is what the keyboard picks up and opens. */
export const Card = memo(function Card({ ref, task, index, all, top, tabbable, opened, onFocus, onOpen, onKeyDown }: Props) {
  const text = useText();
  const lit = useLitTasks().has(task.id);
  const fresh = isTemporary(task.id);
  const { attributes, listeners, setNodeRef, setActivatorNodeRef, isDragging } = useDraggable({
    id: task.id,
    disabled: fresh,
    attributes: { roleDescription: text.boardRole, tabIndex: tabbable ? 0 : -1 },
  });
  return (
    <li
      ref={ref}
      className="card-place"
      data-index={index}
      data-task={task.id}
      aria-setsize={all}
      aria-posinset={index + 1}
      style={{ transform: `translateY(${top}px)` }}
    >
      <div
        ref={setNodeRef}
        onMouseDown={listeners?.["onMouseDown"] as MouseEventHandler | undefined}
        onTouchStart={listeners?.["onTouchStart"] as TouchEventHandler | undefined}
        className="card"
        data-dragging={isDragging}
        data-lit={lit}
        data-open={opened}
        data-fresh={fresh}
        onClick={(event) => {
          if (!fresh && !(event.target as HTMLElement).closest("select")) onOpen(task.id);
        }}
      >
        <div className="card-top">
          <button
            ref={setActivatorNodeRef}
            type="button"
            {...attributes}
            className="card-title"
            disabled={fresh}
            onFocus={() => onFocus(task.id)}
            onKeyDown={(event) => {
              onKeyDown(event, index);
              if (!event.defaultPrevented) listeners?.["onKeyDown"]?.(event);
            }}
          >
            <bdi>{task.baslik}</bdi>
          </button>
          <StatusSelect task={task} tabIndex={tabbable ? 0 : -1} />
        </div>
        <Facts task={task} />
      </div>
    </li>
  );
});

/** What is seen of a card while it is carried. */
export function CardFace({ task }: { readonly task: Task }) {
  return (
    <>
      <div className="card-top">
        <span className="card-title">
          <bdi>{task.baslik}</bdi>
        </span>
      </div>
      <Facts task={task} />
    </>
  );
}

const Facts = memo(function Facts({ task }: { readonly task: Task }) {
  const text = useText();
  const project = useProject(task.proje_id);
  const parent = useTask(task.parent_id ?? undefined);
  const any = project ?? parent ?? task.son_tarih ?? task.etiketler[0];
  const marks = task.oncelik !== "orta" || task.tamamlanmamis_bagimlilik_sayisi > 0;
  if (any === undefined && !marks) return null;
  return (
    <div className="card-facts">
      <PriorityMark priority={task.oncelik} />
      <Waits task={task} />
      <DueDate task={task} />
      {parent !== undefined && (
        <span className="fact card-parent" title={`${text.parentTask}: ${parent.baslik}`}>
          <span className="unseen">{text.parentTask} </span>
          <bdi className="clipped">↳ {parent.baslik}</bdi>
        </span>
      )}
      {project !== undefined && <bdi className="fact clipped card-project">{project.isim}</bdi>}
      <Tags tags={task.etiketler} most={2} />
    </div>
  );
});
