import { type ErrorComponentProps, Link } from "@tanstack/react-router";

import { useView } from "../address";
import { Refused } from "../api/client";
import type { Workspace } from "../api/types";
import { useText } from "../locale";
import { Standalone, Trouble } from "../ui/LoadState";
import { placeOf, useWorkspaces } from "../workspaces/list";
import { ViewLink } from "./ViewLink";

/** An address that leads nowhere, in place of a view. */
export function NoSuchPlace() {
  const text = useText();
  return (
    <div className="state" role="alert">
      <h1>{text.noSuchPlace}</h1>
      <p className="muted">{text.noSuchPlaceHint}</p>
      <Link className="button" to="/">
        {text.toTasks}
      </Link>
    </div>
  );
}

/** An address that is no workspace's. */
export function NoSuchAddress() {
  return (
    <Standalone>
      <NoSuchPlace />
    </Standalone>
  );
}

/** A workspace that is not, or no longer, known to the daemon; the others are offered. */
export function NoSuchWorkspace() {
  const text = useText();
  return (
    <div className="state" role="alert">
      <h1>{text.noSuchWorkspace}</h1>
      <p className="muted">{text.noSuchWorkspaceHint}</p>
      <OtherWorkspaces />
    </div>
  );
}

interface UnreadableProps {
  readonly workspace: Workspace | null;
  readonly reason: Error;
  readonly onRetry: () => void;
}

/** A workspace on the list that cannot be had: its folder is gone, or its database will not do. */
export function UnreadableWorkspace({ workspace, reason, onRetry }: UnreadableProps) {
  const text = useText();
  if (workspace === null || !(reason instanceof Refused)) return <Trouble reason={reason} onRetry={onRetry} />;
  const gone = reason.code === "workspace_not_found";
  return (
    <div className="state" role="alert">
      <h1>{gone ? text.workspaceGone(workspace.name) : text.workspaceUnreadable(workspace.name)}</h1>
      <p className="muted">{gone ? text.workspaceGoneHint : reason.message}</p>
      <p>
        <code>{workspace.path}</code>
      </p>
      <button type="button" className="button" onClick={onRetry}>
        {text.retry}
      </button>
      <OtherWorkspaces except={workspace.id} />
    </div>
  );
}

function OtherWorkspaces({ except }: { readonly except?: string }) {
  const text = useText();
  const { data = [] } = useWorkspaces();
  const others = data.filter(({ id }) => id !== except);
  if (others.length === 0) return null;
  return (
    <nav aria-label={text.otherWorkspaces}>
      <p className="muted">{text.otherWorkspaces}</p>
      <ul className="state-list" role="list">
        {others.map((workspace) => (
          <li key={workspace.id}>
            <Link className="button" to="/w/$workspaceId/tree" params={{ workspaceId: workspace.id }} title={workspace.path}>
              <bdi>{workspace.name}</bdi>
              <bdi className="muted state-place">{placeOf(workspace, data)}</bdi>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** A project of the address that is not, or no longer, in the workspace. */
export function NoSuchProject() {
  const text = useText();
  const view = useView();
  return (
    <div className="state" role="alert">
      <h2>{text.noSuchProject}</h2>
      <p className="muted">{text.noSuchProjectHint}</p>
      <ViewLink view={view ?? "tree"} change={{ project: null }} className="button" current={false}>
        {text.allTasks}
      </ViewLink>
    </div>
  );
}

/** A view that failed, or whose file could not be had: the daemon may be another version by now. */
export function BrokenView({ error }: ErrorComponentProps) {
  const reason = error instanceof Error ? error : new Error(String(error));
  return <Trouble reason={reason} onRetry={() => location.reload()} />;
}
