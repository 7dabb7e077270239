import { Navigate } from "@tanstack/react-router";

import { DEFAULT_WORKSPACE, useAddress, useWorkspaceId } from "../address";
import { Standalone, Trouble, Waiting } from "../ui/LoadState";
import { useStartingWorkspace, useWorkspaces } from "../workspaces/list";

/** The address without a workspace: goes to the one shown last, else to the one used last that has tasks. */
export function Start() {
  const { data, error, refetch } = useWorkspaces();
  const chosen = useStartingWorkspace(data);
  if (chosen === undefined) return <Standalone>{error === null ? <Waiting /> : <Trouble reason={error} onRetry={() => void refetch()} />}</Standalone>;
  return <Navigate to="/w/$workspaceId/tree" params={{ workspaceId: chosen ?? DEFAULT_WORKSPACE }} replace />;
}

export function ToTree() {
  const workspaceId = useWorkspaceId();
  return <Navigate to="/w/$workspaceId/tree" params={{ workspaceId }} search={useAddress()} replace />;
}
