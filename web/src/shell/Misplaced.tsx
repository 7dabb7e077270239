import { type ErrorComponentProps, Link } from "@tanstack/react-router";

import { useText } from "../locale";
import { Standalone, Trouble } from "../ui/LoadState";
import { placeOf, useWorkspaces } from "../workspaces/list";

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
  const { data = [] } = useWorkspaces();
  return (
    <div className="state" role="alert">
      <h1>{text.noSuchWorkspace}</h1>
      <p className="muted">{text.noSuchWorkspaceHint}</p>
      {data.length > 0 && (
        <ul className="state-list" role="list">
          {data.map((workspace) => (
            <li key={workspace.id}>
              <Link className="button" to="/w/$workspaceId/tree" params={{ workspaceId: workspace.id }} title={workspace.path}>
                {workspace.name}
                <span className="muted">{placeOf(workspace, data)}</span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** A view that failed, or whose file could not be had: the daemon may be another version by now. */
export function BrokenView({ error }: ErrorComponentProps) {
  const reason = error instanceof Error ? error : new Error(String(error));
  return <Trouble reason={reason} onRetry={() => location.reload()} />;
}
