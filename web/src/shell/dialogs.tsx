/** The dialogs any part of the page can open, by name; each is loaded when first opened. */

import { createContext, lazy, type ReactNode, Suspense, use, useCallback, useState } from "react";

/** What is to be shown: a name and what it needs to know. */
export type DialogRequest =
  | { readonly name: "palette" }
  | { readonly name: "sheet" }
  | { readonly name: "newTask"; readonly line?: string; readonly parentId?: string }
  | { readonly name: "template"; readonly templateId?: string }
  | { readonly name: "newProject" }
  | { readonly name: "renameProject"; readonly projectId: string }
  | { readonly name: "deleteProject"; readonly projectId: string }
  | { readonly name: "deleteTasks"; readonly taskIds: readonly string[] }
  | { readonly name: "workspaces" }
  | { readonly name: "export" }
  | { readonly name: "import" };

type Open = (request: DialogRequest | null) => void;

const DialogContext = createContext<Open>(() => undefined);

/** Opens a dialog in place of the one that is open; null closes it. */
export function useOpenDialog(): Open {
  return use(DialogContext);
}

const Palette = lazy(() => import("../palette/Palette").then((all) => ({ default: all.Palette })));
const ShortcutSheet = lazy(() => import("../shortcuts/ShortcutSheet").then((all) => ({ default: all.ShortcutSheet })));
const NewTaskDialog = lazy(() => import("../create/NewTaskDialog").then((all) => ({ default: all.NewTaskDialog })));
const TemplateWizard = lazy(() => import("../create/TemplateWizard").then((all) => ({ default: all.TemplateWizard })));
const ProjectDialog = lazy(() => import("../projects/ProjectDialog").then((all) => ({ default: all.ProjectDialog })));
const DeleteProject = lazy(() => import("../projects/DeleteProject").then((all) => ({ default: all.DeleteProject })));
const DeleteTasks = lazy(() => import("../tasks/DeleteTasks").then((all) => ({ default: all.DeleteTasks })));
const WorkspacesDialog = lazy(() => import("../workspaces/WorkspacesDialog").then((all) => ({ default: all.WorkspacesDialog })));
const ExportDialog = lazy(() => import("../transfer/ExportDialog").then((all) => ({ default: all.ExportDialog })));
const ImportDialog = lazy(() => import("../transfer/ImportDialog").then((all) => ({ default: all.ImportDialog })));

export function DialogProvider({ children }: { readonly children: ReactNode }) {
  const [request, setRequest] = useState<DialogRequest | null>(null);
  const close = useCallback(() => setRequest(null), []);
  return (
    <DialogContext value={setRequest}>
      {children}
      <Suspense fallback={null}>{request !== null && shown(request, close)}</Suspense>
    </DialogContext>
  );
}

function shown(request: DialogRequest, onClose: () => void): ReactNode {
  switch (request.name) {
    case "palette":
      return <Palette onClose={onClose} />;
    case "sheet":
      return <ShortcutSheet onClose={onClose} />;
    case "newTask":
      return <NewTaskDialog line={request.line ?? ""} parentId={request.parentId ?? null} onClose={onClose} />;
    case "template":
      return <TemplateWizard templateId={request.templateId ?? null} onClose={onClose} />;
    case "newProject":
      return <ProjectDialog projectId={null} onClose={onClose} />;
    case "renameProject":
      return <ProjectDialog projectId={request.projectId} onClose={onClose} />;
    case "deleteProject":
      return <DeleteProject projectId={request.projectId} onClose={onClose} />;
    case "deleteTasks":
      return <DeleteTasks taskIds={request.taskIds} onClose={onClose} />;
    case "workspaces":
      return <WorkspacesDialog onClose={onClose} />;
    case "export":
      return <ExportDialog onClose={onClose} />;
    case "import":
      return <ImportDialog onClose={onClose} />;
  }
}
