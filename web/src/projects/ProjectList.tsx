import { useMutation, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import type { Snapshot } from "../api/events";
import type { Project } from "../api/types";
import { useText } from "../locale";
import { type Count, countByProject, NOTHING } from "../tasks/counts";
import type { ProjectFilter } from "../tasks/tree";
import { Icon } from "../ui/Icon";
import { useErrorText, useNotify } from "../ui/Notices";
import { useWorkspace } from "../workspace";
import { NewProject } from "./NewProject";

interface Props {
  readonly snapshot: Snapshot;
  readonly chosen: ProjectFilter;
  readonly onChoose: (project: ProjectFilter) => void;
}

export function ProjectList({ snapshot, chosen, onChoose }: Props) {
  const text = useText();
  const counts = useMemo(() => countByProject(snapshot.tasks), [snapshot.tasks]);
  const all = useMemo(
    () => [...counts.values()].reduce((sum, { open, all }) => ({ open: sum.open + open, all: sum.all + all }), NOTHING),
    [counts],
  );
  return (
    <nav id="projects" className="projects" aria-label={text.projects}>
      <ul role="list">
        <Entry name={text.allTasks} count={all} chosen={chosen === "all"} onChoose={() => onChoose("all")} />
        <Entry
          name={text.noProject}
          count={counts.get(null) ?? NOTHING}
          chosen={chosen === "none"}
          onChoose={() => onChoose("none")}
        />
      </ul>
      <h2 className="projects-heading">{text.projects}</h2>
      <ul role="list" aria-label={text.projects}>
        {snapshot.projects.map((project) => (
          <Entry
            key={project.id}
            name={project.isim}
            project={project}
            count={counts.get(project.id) ?? NOTHING}
            chosen={chosen === project.id}
            onChoose={() => onChoose(project.id)}
          />
        ))}
      </ul>
      <NewProject onCreated={(project) => onChoose(project.id)} />
      <Version />
    </nav>
  );
}

interface EntryProps {
  readonly name: string;
  readonly count: Count;
  readonly chosen: boolean;
  readonly project?: Project;
  readonly onChoose: () => void;
}

function Entry({ name, count, chosen, project, onChoose }: EntryProps) {
  const text = useText();
  const counted = text.openOf(count.open, count.all);
  return (
    <li className="project" data-project-id={project?.id}>
      <button type="button" className="project-name" aria-current={chosen ? "true" : undefined} onClick={onChoose}>
        <span className="clipped">{name}</span>
        <span className="project-count" title={counted}>
          <span aria-hidden="true">{count.open}</span>
          <span className="unseen">{counted}</span>
        </span>
      </button>
      {project !== undefined && <ActiveMark project={project} />}
    </li>
  );
}

/** The active project takes the tasks that name none. */
function ActiveMark({ project }: { readonly project: Project }) {
  const text = useText();
  const { client, feed } = useWorkspace();
  const notify = useNotify();
  const errorText = useErrorText();
  const toggle = useMutation({
    mutationFn: async () => {
      if (project.is_active) {
        await client.clearActiveProject();
        feed.reload();
      } else {
        const { entity, seq } = await client.activateProject(project.id);
        feed.tookProject(entity, seq);
      }
    },
    onError: (reason) => notify("error", errorText(reason)),
  });
  const label = project.is_active ? text.deactivate(project.isim) : text.activate(project.isim);
  return (
    <button
      type="button"
      className="icon-button active-mark"
      aria-label={label}
      aria-pressed={project.is_active}
      title={project.is_active ? text.activeProject : label}
      onClick={() => toggle.mutate()}
    >
      <Icon name="pin" />
    </button>
  );
}

function Version() {
  const { client } = useWorkspace();
  const version = useQuery({ queryKey: ["version"], queryFn: ({ signal }) => client.version(signal) });
  return version.data ? <p className="version">Gorev {version.data}</p> : null;
}
