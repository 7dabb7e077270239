import { useDeferredValue, useEffect, useMemo, useState } from "react";

import { useAddress, useChangeAddress, useOpenTask } from "../address";
import { useText } from "../locale";
import { inProject, useMatch } from "../search/matching";
import { useOpenDialog } from "../shell/dialogs";
import { buildRows, parentIds, type Sort, SORTS } from "../tasks/tree";
import { Icon } from "../ui/Icon";
import { Select } from "../ui/Select";
import { Tooltip } from "../ui/Tooltip";
import { tasksById, useProject, useSnapshot } from "../workspace";
import { BulkBar } from "./BulkBar";
import { QuickAdd } from "../create/QuickAdd";
import { NOTHING_SELECTED, type Selection, surviving } from "./selection";
import { StatusFilter } from "./StatusFilter";
import "./tree.css";
import { TreeGrid } from "./TreeGrid";

const NOTHING_FOLDED: ReadonlySet<string> = new Set();

export function TreeView() {
  const text = useText();
  const address = useAddress();
  const change = useChangeAddress();
  const openTask = useOpenTask();
  const openDialog = useOpenDialog();
  const { tasks, projects } = useSnapshot();
  const { matches } = useMatch();
  const project = useProject(address.project);
  const [folded, setFolded] = useState(NOTHING_FOLDED);
  const [chosen, setChosen] = useState<Selection>(NOTHING_SELECTED);
  /** On a touch screen rows have a box to choose them by only when asked for. */
  const [choosing, setChoosing] = useState(false);
  const sort: Sort = SORTS.find((each) => each === address.sort) ?? "newest";

  const scoped = useMemo(
    () => (address.project === undefined ? tasks : tasks.filter((task) => inProject(task, address.project))),
    [tasks, address.project],
  );
  const settled = useDeferredValue(scoped);
  const rows = useMemo(() => buildRows(settled, { matches, sort, folded }), [settled, matches, sort, folded]);
  const matched = matches === null ? scoped.length : rows.filter((row) => !row.context).length;
  const byId = tasksById(tasks);
  const selection = useMemo(() => surviving(chosen, (id) => byId.has(id)), [chosen, byId]);

  // A selection made in one project is not for another.
  useEffect(() => setChosen(NOTHING_SELECTED), [address.project]);

  const names = { none: text.noProject, all: text.allTasks };
  const heading = address.project === undefined ? names.all : (project?.isim ?? names.none);
  const anyFolds = useMemo(() => scoped.some((task) => task.parent_id !== null), [scoped]);

  return (
    <>
      <div className="tree-head">
        <div className="tree-title">
          <h2 className="clipped" dir="auto">
            {heading}
          </h2>
          <span className="muted figures" data-testid="task-count">
            {text.shownOf(matched, scoped.length)}
          </span>
          <span className="tree-tools">
            <button
              type="button"
              className="icon-button tree-choosing"
              aria-label={text.chooseTasks}
              aria-pressed={choosing}
              onClick={() => {
                setChoosing(!choosing);
                setChosen(NOTHING_SELECTED);
              }}
            >
              <Icon name="check" />
            </button>
            {anyFolds && (
              <>
                <Tooltip text={text.expandEverything}>
                  <button type="button" className="icon-button" aria-label={text.expandEverything} disabled={matches !== null} onClick={() => setFolded(NOTHING_FOLDED)}>
                    <Icon name="unfold" />
                  </button>
                </Tooltip>
                <Tooltip text={text.collapseEverything}>
                  <button type="button" className="icon-button" aria-label={text.collapseEverything} disabled={matches !== null} onClick={() => setFolded(parentIds(scoped))}>
                    <Icon name="foldAll" />
                  </button>
                </Tooltip>
              </>
            )}
            <Select
              className="quiet-select"
              aria-label={text.sortBy}
              value={sort}
              options={SORTS.map((value) => ({ value, name: text.sorts[value] }))}
              onChoose={(value) => change({ sort: value === "newest" ? null : value })}
            />
          </span>
        </div>
        <QuickAdd />
        <StatusFilter tasks={scoped} />
      </div>
      {rows.length > 0 ? (
        <TreeGrid
          rows={rows}
          projects={projects}
          showProject={address.project === undefined && projects.length > 0}
          openId={address.task ?? null}
          selection={selection}
          onSelection={setChosen}
          choosing={choosing || selection.ids.size > 0}
          foldable={matches === null}
          onFolded={setFolded}
          foldAll={() => setFolded(parentIds(scoped))}
          onOpen={openTask}
          onDelete={(ids) => openDialog({ name: "deleteTasks", taskIds: ids })}
          onAddSubtask={(parentId) => openDialog({ name: "newTask", parentId })}
        />
      ) : (
        <div className="state">
          <p>{matches === null ? text.noTasks : text.noMatches}</p>
          {matches === null ? (
            <p className="muted">{text.noTasksHint}</p>
          ) : (
            <button
              type="button"
              className="button"
              onClick={() => change({ q: null, status: null, priority: null, tag: null, due: null, profile: null })}
            >
              {text.clearFilter}
            </button>
          )}
        </div>
      )}
      {selection.ids.size > 0 && <BulkBar ids={[...selection.ids]} onClear={() => setChosen(NOTHING_SELECTED)} />}
    </>
  );
}
