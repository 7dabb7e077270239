import { Outlet } from "@tanstack/react-router";
import { Suspense, useEffect, useState } from "react";

import { DEFAULT_WORKSPACE, useAddress, useGoTo, useView, useWorkspaceId } from "../address";
import type { Workspace } from "../api/types";
import { DraftProvider } from "../detail/drafts";
import { LiveNotices } from "../live/LiveNotices";
import { useText } from "../locale";
import { useShortcut } from "../shortcuts/useShortcut";
import { ConflictQueue } from "../tasks/ConflictQueue";
import { type Remote, RemoteContext, useRemoteChanges } from "../tasks/remote";
import { later, loadRest } from "../ui/later";
import { Standalone, Trouble, Waiting } from "../ui/LoadState";
import { storeWorkspace, useWorkspaces } from "../workspaces/list";
import { SnapshotContext, useLive, useLoadedSnapshot, useOpenWorkspace, useOutbox, useProject, WorkspaceContext } from "../workspace";
import { BottomBar } from "./BottomBar";
import { DialogProvider, useOpenDialog } from "./dialogs";
import { NoSuchProject, NoSuchWorkspace, UnreadableWorkspace } from "./Misplaced";
import "./shell.css";
import { Drawer, Sidebar } from "./Sidebar";
import { TopBar } from "./TopBar";

const DetailPane = later(() => import("../detail/DetailPane").then((all) => all.DetailPane));

export function WorkspaceShell() {
  const id = useWorkspaceId();
  const { data, error, refetch } = useWorkspaces();
  const workspace = data?.find((each) => each.id === id) ?? null;
  if (data === undefined) return <Standalone>{error === null ? <Waiting /> : <Trouble reason={error} onRetry={() => void refetch()} />}</Standalone>;
  if (workspace === null && id !== DEFAULT_WORKSPACE) {
    return (
      <Standalone>
        <NoSuchWorkspace />
      </Standalone>
    );
  }
  return <Opened key={id} workspace={workspace} />;
}

function Opened({ workspace }: { readonly workspace: Workspace | null }) {
  const text = useText();
  const open = useOpenWorkspace(workspace);
  const { snapshot, error, refetch } = useLoadedSnapshot(open);
  const loaded = snapshot !== undefined;
  const live = useLive(open, loaded);
  useOutbox(open, loaded, live);
  const remote = useRemoteChanges(open.feed);
  const view = useView();

  useEffect(() => {
    if (loaded) loadRest();
  }, [loaded]);
  // What is shown stays what is shown, though another workspace may be used last by the next visit.
  useEffect(() => {
    if (workspace !== null) storeWorkspace(workspace.id);
  }, [workspace]);
  useEffect(() => {
    const place = [view === null ? null : text.views[view], workspace?.name, text.appName];
    document.title = place.filter(Boolean).join(" · ");
  }, [workspace, view, text]);

  return (
    <WorkspaceContext value={open}>
      <DraftProvider>
        {snapshot === undefined ? (
          <Standalone>
            {error === null ? <Waiting /> : <UnreadableWorkspace workspace={workspace} reason={error} onRetry={() => void refetch()} />}
          </Standalone>
        ) : (
          <SnapshotContext value={snapshot}>
            <RemoteContext value={remote}>
              <DialogProvider>
                <Frame live={live} remote={remote} />
                <ConflictQueue />
                <LiveNotices live={live} />
              </DialogProvider>
            </RemoteContext>
          </SnapshotContext>
        )}
      </DraftProvider>
    </WorkspaceContext>
  );
}

function Frame({ live, remote }: { readonly live: ReturnType<typeof useLive>; readonly remote: Remote }) {
  const text = useText();
  const [drawer, setDrawer] = useState(false);
  const { task } = useAddress();
  const misplaced = useMissingProject();
  useGlobalKeys();
  return (
    <div className="shell" data-detail={task !== undefined}>
      <a className="skip" href="#view" onClick={(event) => skipTo(event.nativeEvent)}>
        {text.skipToView}
      </a>
      <Sidebar live={live} />
      <div className="shell-main">
        <TopBar live={live} onMenu={() => setDrawer(true)} />
        <p className="unseen" role="status" data-testid="remote-changes">
          {remote.announcement}
        </p>
        <div className="shell-columns">
          <main id="view" className="view" tabIndex={-1}>
            {misplaced ? <NoSuchProject /> : <Outlet />}
          </main>
          {task !== undefined && (
            <Suspense fallback={<aside className="panel" aria-busy="true" />}>
              <DetailPane key={task} taskId={task} />
            </Suspense>
          )}
        </div>
        <BottomBar onMenu={() => setDrawer(true)} />
      </div>
      {drawer && <Drawer live={live} onClose={() => setDrawer(false)} />}
    </div>
  );
}

/** Whether the address names a project that is not there; the log of changes remembers those too. */
function useMissingProject(): boolean {
  const view = useView();
  const { project } = useAddress();
  const known = useProject(project) !== undefined || project === undefined || project === "none";
  return !known && view !== "activity";
}

/** The router would take the fragment for a place. */
function skipTo(event: MouseEvent): void {
  event.preventDefault();
  document.getElementById("view")?.focus();
}

function useGlobalKeys(): void {
  const openDialog = useOpenDialog();
  const goTo = useGoTo();
  useShortcut("palette", () => openDialog({ name: "palette" }));
  useShortcut("sheet", () => openDialog({ name: "sheet" }));
  useShortcut("newTask", () => openDialog({ name: "newTask" }));
  useShortcut("newFromTemplate", () => openDialog({ name: "template" }));
  useShortcut("newProject", () => openDialog({ name: "newProject" }));
  useShortcut("exportTasks", () => openDialog({ name: "export" }));
  useShortcut("importTasks", () => openDialog({ name: "import" }));
  useShortcut("goTree", () => goTo("tree"));
  useShortcut("goBoard", () => goTo("board"));
  useShortcut("goGraph", () => goTo("graph"));
  useShortcut("goSummary", () => goTo("summary"));
  useShortcut("goActivity", () => goTo("activity"));
}
