import { memo } from "react";

import { isTemporary } from "../api/writes";
import { useText } from "../locale";
import { DueDate, PriorityMark, Progress, Tags, Waits } from "../tasks/badges";
import { StatusSelect } from "../tasks/StatusSelect";
import type { Row } from "../tasks/tree";
import { Icon } from "../ui/Icon";

interface Props {
  readonly row: Row;
  readonly index: number;
  /** Distance from the top of the list in pixels. */
  readonly top: number;
  readonly project: string | undefined;
  /** Somebody else changed it a moment ago. */
  readonly lit: boolean;
  readonly opened: boolean;
  readonly chosen: boolean;
  /** Tab comes here. */
  readonly active: boolean;
  readonly target: "yes" | "no" | undefined;
  readonly carried: boolean;
  readonly foldable: boolean;
  readonly onFold: (id: string) => void;
  readonly onOpen: (id: string) => void;
  readonly onChoose: (id: string, range: boolean) => void;
  readonly onAddSubtask: (id: string) => void;
}

/** Deeper rows are indented no further: the title needs the room. */
const DEEPEST_INDENT = 8;

export const TreeRow = memo(function TreeRow(props: Props) {
  const { row, index, top, project, lit, opened, chosen, active, target, carried, foldable, onFold, onOpen, onChoose, onAddSubtask } = props;
  const text = useText();
  const { task, depth, open } = row;
  const temporary = isTemporary(task.id);
  const inner = active ? 0 : -1;
  return (
    <div
      role="row"
      className="tree-row"
      style={{ transform: `translateY(${top}px)` }}
      tabIndex={active ? 0 : -1}
      aria-rowindex={index + 1}
      aria-level={depth + 1}
      aria-selected={chosen}
      aria-expanded={open ?? undefined}
      data-task-id={task.id}
      data-status={task.durum}
      data-indent={Math.min(depth, DEEPEST_INDENT)}
      data-context={row.context || undefined}
      data-lit={lit || undefined}
      data-opened={opened || undefined}
      data-chosen={chosen || undefined}
      data-pending={temporary || undefined}
      data-target={target}
      data-carried={carried || undefined}
      onClick={(event) => {
        if ((event.target as HTMLElement).closest("button, select, label") !== null) return;
        if (event.shiftKey || event.ctrlKey || event.metaKey) onChoose(task.id, event.shiftKey);
        else onOpen(task.id);
      }}
    >
      <span role="gridcell" className="tree-choose">
        <input
          type="checkbox"
          className="tree-check"
          tabIndex={-1}
          aria-label={text.selectTask(task.baslik)}
          checked={chosen}
          disabled={temporary}
          onChange={() => undefined}
          onClick={(event) => {
            event.stopPropagation();
            onChoose(task.id, event.shiftKey);
          }}
        />
      </span>
      <span role="gridcell" className="tree-main">
        {open !== null && foldable ? (
          <button
            type="button"
            className="icon-button tree-fold"
            tabIndex={-1}
            data-open={open}
            aria-label={open ? text.collapse(task.baslik) : text.expand(task.baslik)}
            onClick={() => onFold(task.id)}
          >
            <Icon name="chevron" />
          </button>
        ) : (
          <span className="tree-fold" />
        )}
        <StatusSelect task={task} tabIndex={inner} />
        <span className="tree-name" dir="auto" title={task.baslik.length > 60 ? task.baslik : undefined}>
          {task.baslik}
        </span>
      </span>
      <span role="gridcell" className="tree-facts">
        <Tags tags={task.etiketler} />
        {project !== undefined && <bdi className="fact tree-project">{project}</bdi>}
        <Waits task={task} />
        <Progress done={row.childrenDone} all={row.children} />
        <DueDate task={task} />
        <PriorityMark priority={task.oncelik} />
      </span>
      <span role="gridcell" className="tree-end">
        <button
          type="button"
          className="icon-button tree-add"
          tabIndex={inner}
          disabled={temporary}
          aria-label={text.addSubtaskTo(task.baslik)}
          title={text.addSubtask}
          onClick={() => onAddSubtask(task.id)}
        >
          <Icon name="plus" />
        </button>
      </span>
    </div>
  );
}, sameRow);

/** Rows are built anew with every change; what they show as a rule stays the same. */
function sameRow(before: Props, after: Props): boolean {
  const { row: one, ...rest } = before;
  const { row: other, ...others } = after;
  return (
    one.task === other.task &&
    one.depth === other.depth &&
    one.children === other.children &&
    one.childrenDone === other.childrenDone &&
    one.open === other.open &&
    one.context === other.context &&
    (Object.keys(rest) as (keyof typeof rest)[]).every((key) => rest[key] === others[key])
  );
}
