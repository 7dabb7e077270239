import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useId, useState } from "react";

import type { Workspace } from "../api/types";
import { useText } from "../locale";
import { ConfirmDialog } from "../ui/ConfirmDialog";
import { Dialog } from "../ui/Dialog";
import { Icon } from "../ui/Icon";
import { useErrorText } from "../ui/Notices";
import { useWorkspace } from "../workspace";
import { anyWorkspace, useReloadWorkspaces, useWorkspaces } from "./list";
import "./workspaces.css";

/** Every workspace with its path; adds a folder, takes one off the list. */
export function WorkspacesDialog({ onClose }: { readonly onClose: () => void }) {
  const text = useText();
  const navigate = useNavigate();
  const { workspace: shown } = useWorkspace();
  const { data: workspaces = [] } = useWorkspaces();
  const [leaving, setLeaving] = useState<Workspace | null>(null);
  const goTo = (id: string) => {
    onClose();
    void navigate({ to: "/w/$workspaceId/tree", params: { workspaceId: id } });
  };
  if (leaving !== null) return <Removal workspace={leaving} onClose={() => setLeaving(null)} />;
  return (
    <Dialog title={text.workspaces} onClose={onClose}>
      <div className="dialog-body">
        <ul className="workspace-list" role="list">
          {workspaces.map((workspace) => (
            <li key={workspace.id} className="workspace-line">
              <button type="button" className="workspace-choice" onClick={() => goTo(workspace.id)}>
                <bdi>{workspace.name}</bdi>
                {workspace.id === shown?.id && <span className="tag">{text.currentWorkspace}</span>}
                <bdi className="muted">{workspace.path}</bdi>
              </button>
              {workspace.id !== shown?.id && (
                <button
                  type="button"
                  className="icon-button"
                  aria-label={text.removeWorkspace(workspace.name)}
                  onClick={() => setLeaving(workspace)}
                >
                  <Icon name="close" />
                </button>
              )}
            </li>
          ))}
        </ul>
        <Addition onAdded={goTo} />
      </div>
    </Dialog>
  );
}

function Addition({ onAdded }: { readonly onAdded: (id: string) => void }) {
  const text = useText();
  const id = useId();
  const errorText = useErrorText();
  const reload = useReloadWorkspaces();
  const [path, setPath] = useState("");
  const add = useMutation({
    mutationFn: async () => {
      const workspace = await anyWorkspace.registerWorkspace(path.trim());
      await reload();
      return workspace;
    },
    onSuccess: (workspace) => onAdded(workspace.id),
  });
  return (
    <form
      className="field"
      onSubmit={(event) => {
        event.preventDefault();
        if (path.trim() !== "" && !add.isPending) add.mutate();
      }}
    >
      <label htmlFor={id}>{text.workspacePath}</label>
      <span className="inline-form">
        <input
          id={id}
          className="input"
          aria-describedby={`${id}-hint`}
          spellCheck={false}
          autoComplete="off"
          value={path}
          onChange={({ target }) => setPath(target.value)}
        />
        <button className="button" disabled={path.trim() === "" || add.isPending}>
          {text.addWorkspace}
        </button>
      </span>
      <p id={`${id}-hint`} className="muted">
        {text.workspacePathHint}
      </p>
      {add.error !== null && (
        <p className="problem" role="alert">
          {errorText(add.error)}
        </p>
      )}
    </form>
  );
}

function Removal({ workspace, onClose }: { readonly workspace: Workspace; readonly onClose: () => void }) {
  const text = useText();
  const errorText = useErrorText();
  const reload = useReloadWorkspaces();
  const remove = useMutation({
    mutationFn: async () => {
      await anyWorkspace.removeWorkspace(workspace.id);
      await reload();
    },
    onSuccess: onClose,
  });
  return (
    <ConfirmDialog
      question={text.removeWorkspaceQuestion(workspace.name)}
      confirm={text.remove}
      busy={remove.isPending}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      <p className="muted">{text.removeWorkspaceHint}</p>
      <p className="muted clipped" dir="ltr" title={workspace.path}>
        {workspace.path}
      </p>
      {remove.error !== null && (
        <p className="problem" role="alert">
          {errorText(remove.error)}
        </p>
      )}
    </ConfirmDialog>
  );
}
