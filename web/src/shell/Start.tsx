import { Navigate } from "@tanstack/react-router";

import { DEFAULT_WORKSPACE, useAddress, useWorkspaceId } from "../address";
import { Standalone, Trouble, Waiting } from "../ui/LoadState";
import { storedWorkspace, useWorkspaces } from "../workspaces/list";

/** The address without a workspace: goes to the one shown last, else to the one used last. */
export function Start() {
  const { data, error, refetch } = useWorkspaces();
  if (data === undefined) return <Standalone>{error === null ? <Waiting /> : <Trouble reason={error} onRetry={() => void refetch()} />}</Standalone>;
  const stored = storedWorkspace();
  const chosen = data.find(({ id }) => id === stored) ?? data[0];
  return <Navigate to="/w/$workspaceId/tree" params={{ workspaceId: chosen?.id ?? DEFAULT_WORKSPACE }} replace />;
}

export function ToTree() {
  const workspaceId = useWorkspaceId();
  return <Navigate to="/w/$workspaceId/tree" params={{ workspaceId }} search={useAddress()} replace />;
}
