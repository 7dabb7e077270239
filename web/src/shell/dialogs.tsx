/** The dialogs any part of the page can open, by name; each is loaded when first opened. */

import { createContext, type ReactNode, Suspense, use, useCallback, useState } from "react";

import { later } from "../ui/later";

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

const Palette = later(() => import("../palette/Palette").then((all) => all.Palette));
const ShortcutSheet = later(() => import("../shortcuts/ShortcutSheet").then((all) => all.ShortcutSheet));
const NewTaskDialog = later(() => import("../create/NewTaskDialog").then((all) => all.NewTaskDialog));
const TemplateWizard = later(() => import("../create/TemplateWizard").then((all) => all.TemplateWizard));
const ProjectDialog = later(() => import("../projects/ProjectDialog").then((all) => all.ProjectDialog));
const DeleteProject = later(() => import("../projects/DeleteProject").then((all) => all.DeleteProject));
const DeleteTasks = later(() => import("../tasks/DeleteTasks").then((all) => all.DeleteTasks));
const WorkspacesDialog = later(() => import("../workspaces/WorkspacesDialog").then((all) => all.WorkspacesDialog));
const ExportDialog = later(() => import("../transfer/ExportDialog").then((all) => all.ExportDialog));
const ImportDialog = later(() => import("../transfer/ImportDialog").then((all) => all.ImportDialog));

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
