import { useDeferredValue, useMemo, useState } from "react";

import type { Snapshot } from "../api/events";
import { useText } from "../locale";
import { FilterBar } from "./FilterBar";
import { NewTask } from "./NewTask";
import type { Selection } from "./selection";
import { TaskList } from "./TaskList";
import { buildRows, type Filter, inProject } from "./tree";

interface Props {
  readonly headingId: string;
  readonly snapshot: Snapshot;
  readonly filter: Filter;
  readonly onFilter: (filter: Filter) => void;
  readonly selectedId: string | null;
  readonly onSelect: (selection: Selection) => void;
  readonly changed: ReadonlySet<string>;
}

export function TasksView({ headingId, snapshot, filter, onFilter, selectedId, onSelect, changed }: Props) {
  const text = useText();
  const { tasks, projects } = snapshot;
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const settled = useDeferredValue(filter);
  const rows = useMemo(() => buildRows(tasks, settled, folded), [tasks, settled, folded]);
  const scoped = useMemo(() => tasks.filter((task) => inProject(task, filter.project)), [tasks, filter.project]);
  const narrowed = filter.status !== null || filter.text.trim() !== "";
  const matches = narrowed ? rows.filter((row) => !row.context).length : scoped.length;
  const project = projects.find(({ id }) => id === filter.project);
  const names = { all: text.allTasks, none: text.noProject };
  const heading = project?.isim ?? (filter.project === "none" ? names.none : names.all);

  const toggle = (id: string) => {
    setFolded((last) => {
      const next = new Set(last);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  };

  return (
    <>
      <div className="tasks-head">
        <div className="tasks-title">
          <h2 id={headingId} className="clipped">
            {heading}
          </h2>
          <span className="muted" data-testid="task-count">
            {text.shownOf(matches, scoped.length)}
          </span>
        </div>
        <NewTask projects={projects} chosen={filter.project} />
        <FilterBar filter={filter} tasks={scoped} onFilter={onFilter} />
      </div>
      {rows.length > 0 ? (
        <TaskList
          rows={rows}
          projects={projects}
          showProject={filter.project === "all"}
          changed={changed}
          selectedId={selectedId}
          onToggle={narrowed ? null : toggle}
          onSelect={onSelect}
        />
      ) : (
        <div className="state">
          <p>{narrowed ? text.noMatches : text.noTasks}</p>
          {narrowed ? (
            <button type="button" className="button" onClick={() => onFilter({ ...filter, status: null, text: "" })}>
              {text.clearFilter}
            </button>
          ) : (
            <p className="muted">{text.noTasksHint}</p>
          )}
        </div>
      )}
    </>
  );
}
