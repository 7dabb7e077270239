import { useMutation } from "@tanstack/react-query";
import { useId, useState } from "react";

import { useChangeAddress } from "../address";
import { useText } from "../locale";
import { Dialog } from "../ui/Dialog";
import { useErrorText } from "../ui/Notices";
import { useProject, useWorkspace } from "../workspace";

interface Props {
  /** Null: a new one. */
  readonly projectId: string | null;
  readonly onClose: () => void;
}

export function ProjectDialog({ projectId, onClose }: Props) {
  const text = useText();
  const id = useId();
  const project = useProject(projectId);
  const { client, feed } = useWorkspace();
  const errorText = useErrorText();
  const change = useChangeAddress();
  const [isim, setName] = useState(project?.isim ?? "");
  const [tanim, setDefinition] = useState(project?.tanim ?? "");
  const save = useMutation({
    mutationFn: () =>
      project === undefined
        ? client.createProject({ isim: isim.trim(), tanim })
        : client.editProject(project.id, { isim: isim.trim(), tanim }, project.rev),
    onSuccess: ({ entity, seq }) => {
      feed.tookProject(entity, seq);
      if (project === undefined) change({ project: entity.id, task: null });
      onClose();
    },
  });
  return (
    <Dialog title={projectId === null ? text.newProject : text.editProject} size="small" onClose={onClose}>
      <form
        className="dialog-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (isim.trim() !== "" && !save.isPending) save.mutate();
        }}
      >
        <div className="dialog-body">
          <div className="field">
            <label htmlFor={`${id}-name`}>{text.projectNameLabel}</label>
            <input id={`${id}-name`} className="input" autoFocus value={isim} onChange={({ target }) => setName(target.value)} />
          </div>
          <div className="field">
            <label htmlFor={`${id}-about`}>{text.projectDefinition}</label>
            <textarea
              id={`${id}-about`}
              className="input"
              rows={3}
              value={tanim}
              onChange={({ target }) => setDefinition(target.value)}
            />
          </div>
          {save.error !== null && (
            <p className="problem" role="alert">
              {errorText(save.error)}
            </p>
          )}
        </div>
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            {text.cancel}
          </button>
          <button className="button primary" disabled={isim.trim() === "" || save.isPending}>
            {projectId === null ? text.createProject : text.save}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
