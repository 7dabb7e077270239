import { useMutation } from "@tanstack/react-query";
import { useMemo } from "react";

import { useAddress, useView } from "../address";
import type { Project } from "../api/types";
import { useText } from "../locale";
import { useOpenDialog } from "../shell/dialogs";
import { ViewLink } from "../shell/ViewLink";
import { type Count, countByProject, NOTHING } from "../tasks/counts";
import { Icon } from "../ui/Icon";
import { Menu, MenuItem, MenuLine } from "../ui/Menu";
import { useErrorText, useNotify } from "../ui/Notices";
import { useSnapshot, useWorkspace } from "../workspace";

export function ProjectList({ onLeave }: { readonly onLeave: () => void }) {
  const text = useText();
  const { tasks, projects } = useSnapshot();
  const openDialog = useOpenDialog();
  const counts = useMemo(() => countByProject(tasks), [tasks]);
  const all = useMemo(
    () => [...counts.values()].reduce((sum, { open, all }) => ({ open: sum.open + open, all: sum.all + all }), NOTHING),
    [counts],
  );
  return (
    <nav className="projects" aria-label={text.projects}>
      <div className="projects-head">
        <h2 className="projects-heading">{text.projects}</h2>
        <button
          type="button"
          className="icon-button"
          aria-label={text.newProject}
          title={text.newProject}
          onClick={() => {
            onLeave();
            openDialog({ name: "newProject" });
          }}
        >
          <Icon name="plus" />
        </button>
      </div>
      <ul role="list">
        <Entry id={undefined} name={text.allTasks} count={all} onLeave={onLeave} />
        <Entry id="none" name={text.noProject} count={counts.get(null) ?? NOTHING} onLeave={onLeave} />
        {projects.map((project) => (
          <Entry
            key={project.id}
            id={project.id}
            name={project.isim}
            project={project}
            count={counts.get(project.id) ?? NOTHING}
            onLeave={onLeave}
          />
        ))}
      </ul>
    </nav>
  );
}

interface EntryProps {
  readonly id: string | undefined;
  readonly name: string;
  readonly count: Count;
  readonly project?: Project;
  readonly onLeave: () => void;
}

function Entry({ id, name, count, project, onLeave }: EntryProps) {
  const text = useText();
  const view = useView();
  const address = useAddress();
  const counted = text.openOf(count.open, count.all);
  return (
    <li className="project" data-project-id={project?.id}>
      <ViewLink
        view={view ?? "tree"}
        change={{ project: id ?? null, task: null }}
        className="side-link project-name"
        current={address.project === id}
        onClick={onLeave}
      >
        <bdi className="clipped">{name}</bdi>
        {project?.is_active === true && (
          <span className="project-active" title={text.activeProject}>
            <Icon name="pin" />
            <span className="unseen">{text.activeProject}</span>
          </span>
        )}
        <span className="project-count" title={counted}>
          <span aria-hidden="true">{count.open}</span>
          <span className="unseen">{counted}</span>
        </span>
      </ViewLink>
      {project !== undefined && <Actions project={project} onLeave={onLeave} />}
    </li>
  );
}

function Actions({ project, onLeave }: { readonly project: Project; readonly onLeave: () => void }) {
  const text = useText();
  const openDialog = useOpenDialog();
  const toggle = useToggleActive(project);
  const open = (name: "renameProject" | "deleteProject") => {
    onLeave();
    openDialog({ name, projectId: project.id });
  };
  return (
    <Menu
      trigger={
        <button type="button" className="icon-button project-more" aria-label={text.projectActions(project.isim)}>
          <Icon name="more" />
        </button>
      }
    >
      <MenuItem icon="pin" onSelect={() => toggle.mutate()}>
        {project.is_active ? text.makeInactive : text.makeActive}
      </MenuItem>
      <MenuItem icon="edit" onSelect={() => open("renameProject")}>
        {text.renameProject}
      </MenuItem>
      <MenuLine />
      <MenuItem icon="trash" danger onSelect={() => open("deleteProject")}>
        {text.deleteProject}
      </MenuItem>
    </Menu>
  );
}

/** The active project takes the tasks that name none. */
export function useToggleActive(project: Project) {
  const { client, feed } = useWorkspace();
  const notify = useNotify();
  const errorText = useErrorText();
  return useMutation({
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
}
