import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import type { Project } from "../api/types";
import { useText } from "../locale";
import { Icon } from "../ui/Icon";
import { useErrorText, useNotify } from "../ui/Notices";
import { useWorkspace } from "../workspace";

export function NewProject({ onCreated }: { readonly onCreated: (project: Project) => void }) {
  const text = useText();
  const { client, feed } = useWorkspace();
  const notify = useNotify();
  const errorText = useErrorText();
  const [name, setName] = useState("");
  const create = useMutation({
    mutationFn: (isim: string) => client.createProject(isim),
    onSuccess: ({ entity, seq }) => {
      feed.tookProject(entity, seq);
      setName("");
      onCreated(entity);
    },
    onError: (reason) => notify("error", errorText(reason)),
  });
  return (
    <form
      className="inline-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== "" && !create.isPending) create.mutate(name.trim());
      }}
    >
      <input
        className="input"
        aria-label={text.projectName}
        placeholder={text.newProject}
        value={name}
        onChange={({ target }) => setName(target.value)}
      />
      <button className="icon-button" aria-label={text.createProject} disabled={name.trim() === "" || create.isPending}>
        <Icon name="plus" />
      </button>
    </form>
  );
}
