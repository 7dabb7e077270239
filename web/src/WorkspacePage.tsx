import { useEffect, useId, useState } from "react";

import type { Task, Workspace } from "./api/types";
import { type Language, useText } from "./locale";
import { ProjectList } from "./projects/ProjectList";
import { changes, type Draft, valuesOf } from "./tasks/draft";
import { useRemoteChanges } from "./tasks/remote";
import type { Selection } from "./tasks/selection";
import { TaskPanel } from "./tasks/TaskPanel";
import { TasksView } from "./tasks/TasksView";
import type { Filter, ProjectFilter } from "./tasks/tree";
import { Trouble, Waiting } from "./ui/LoadState";
import { TopBar } from "./ui/TopBar";
import { useLive, useOpenWorkspace, useSnapshot, WorkspaceContext } from "./workspace";

interface Props {
  readonly workspace: Workspace | null;
  readonly workspaces: readonly Workspace[];
  readonly onWorkspace: (id: string) => void;
  readonly onLanguage: (language: Language) => void;
}

const NO_FILTER: Filter = { project: "all", status: null, text: "" };

export function WorkspacePage({ workspace, workspaces, onWorkspace, onLanguage }: Props) {
  const text = useText();
  const open = useOpenWorkspace(workspace);
  const { data: snapshot, error, refetch } = useSnapshot(open.feed);
  const live = useLive(open, snapshot !== undefined);
  const remote = useRemoteChanges(open.feed);
  const [filter, setFilter] = useState(NO_FILTER);
  const [selection, setSelection] = useState<Selection | null>(null);
  const [drafts, redraft] = useDrafts(snapshot?.tasks ?? NO_TASKS);
  const [projectsOpen, setProjectsOpen] = useState(false);
  const tasksId = useId();

  useEffect(() => {
    document.title = workspace === null ? text.appName : `${workspace.name} · ${text.appName}`;
  }, [workspace, text]);

  const selected = snapshot?.tasks.find((task) => task.id === selection?.taskId) ?? null;
  const chooseProject = (project: ProjectFilter) => {
    setFilter((last) => ({ ...last, project }));
    setProjectsOpen(false);
  };
  const close = () => {
    setSelection(null);
    document.querySelector<HTMLElement>(`[data-task-id="${selection?.taskId}"] .row-title`)?.focus();
  };

  return (
    <WorkspaceContext value={open}>
      <TopBar
        workspace={workspace}
        workspaces={workspaces}
        live={live}
        projectsOpen={projectsOpen}
        onProjects={() => setProjectsOpen((shown) => !shown)}
        onWorkspace={onWorkspace}
        onLanguage={onLanguage}
      />
      <p className="unseen" role="status" data-testid="remote-changes">
        {remote.announcement}
      </p>
      {snapshot === undefined ? (
        error === null ? <Waiting /> : <Trouble reason={error} onRetry={() => void refetch()} />
      ) : (
        <div className="columns" data-projects-open={projectsOpen}>
          <ProjectList snapshot={snapshot} chosen={filter.project} onChoose={chooseProject} />
          <main className="tasks" aria-labelledby={tasksId}>
            <TasksView
              headingId={tasksId}
              snapshot={snapshot}
              filter={filter}
              onFilter={setFilter}
              selectedId={selected?.id ?? null}
              onSelect={setSelection}
              changed={remote.changed}
            />
          </main>
          {selected !== null && selection !== null && (
            <TaskPanel
              key={selected.id}
              task={selected}
              snapshot={snapshot}
              intent={selection.intent}
              draft={drafts[selected.id] ?? NO_DRAFT}
              onDraft={(change) => redraft(selected.id, change)}
              onSelect={setSelection}
              onClose={close}
            />
          )}
        </div>
      )}
    </WorkspaceContext>
  );
}

const NO_DRAFT: Draft = {};
const NO_TASKS: readonly Task[] = [];

type Drafts = Readonly<Record<string, Draft>>;

/** Drafts outlive the panel: looking at another task loses nothing, and leaving the page asks first. */
function useDrafts(tasks: readonly Task[]): [Drafts, (taskId: string, change: (draft: Draft) => Draft) => void] {
  const [drafts, setDrafts] = useState<Drafts>({});
  const unsaved = Object.entries(drafts).some(([id, draft]) => {
    const task = tasks.find((candidate) => candidate.id === id);
    return task !== undefined && Object.keys(changes(draft, valuesOf(task))).length > 0;
  });
  useEffect(() => {
    if (!unsaved) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [unsaved]);
  return [
    drafts,
    (taskId, change) => setDrafts((all) => ({ ...all, [taskId]: change(all[taskId] ?? NO_DRAFT) })),
  ];
}
