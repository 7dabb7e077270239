import { useState } from "react";

import type { Project } from "../api/types";
import { useText } from "../locale";
import { Icon } from "../ui/Icon";
import type { ProjectFilter } from "./tree";
import { useCreateTask } from "./writes";

interface Props {
  readonly projects: readonly Project[];
  readonly chosen: ProjectFilter;
}

/** The project follows the list shown, else the active project, until the user picks another one. */
export function NewTask({ projects, chosen }: Props) {
  const text = useText();
  const create = useCreateTask();
  const [title, setTitle] = useState("");
  const [picked, setPicked] = useState<{ readonly id: string; readonly under: ProjectFilter } | null>(null);

  const active = projects.find((project) => project.is_active)?.id ?? "";
  const expected = chosen === "all" ? active : chosen === "none" ? "" : chosen;
  const wanted = picked?.under === chosen ? picked.id : expected;
  const projectId = projects.some(({ id }) => id === wanted) ? wanted : "";
  const baslik = title.trim();

  return (
    <form
      className="new-task"
      onSubmit={(event) => {
        event.preventDefault();
        if (baslik === "" || create.isPending) return;
        create.mutate({ baslik, proje_id: projectId }, { onSuccess: () => setTitle("") });
      }}
    >
      <input
        className="input new-task-title"
        aria-label={text.newTask}
        placeholder={text.newTaskHint}
        maxLength={500}
        value={title}
        onChange={({ target }) => setTitle(target.value)}
      />
      <select
        className="input new-task-project"
        aria-label={text.newTaskProject}
        value={projectId}
        onChange={({ target }) => setPicked({ id: target.value, under: chosen })}
      >
        <option value="">{text.noProject}</option>
        {projects.map(({ id, isim }) => (
          <option key={id} value={id}>
            {isim}
          </option>
        ))}
      </select>
      <button className="button primary" disabled={baslik === "" || create.isPending}>
        <Icon name="plus" />
        <span>{text.addTask}</span>
      </button>
    </form>
  );
}
