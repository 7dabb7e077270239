/** What the palette can do beside finding things. */

import { useChangeAddress, useGoTo, useAddress, useView, VIEWS } from "../address";
import { switchNotices, useNoticesOn } from "../live/preference";
import { LANGUAGES, type Language, useLanguage, useText } from "../locale";
import { useSwitchLanguage } from "../locale/switch";
import { chooseAppearance, THEMES, useAppearance } from "../shell/appearance";
import { useOpenDialog } from "../shell/dialogs";
import type { ShortcutId } from "../shortcuts/registry";
import type { IconName } from "../ui/Icon";
import { useNotify } from "../ui/Notices";
import { useProject } from "../workspace";

export interface Deed {
  readonly id: string;
  readonly name: string;
  readonly icon: IconName;
  readonly shortcut?: ShortcutId;
  /** Leads to another view. */
  readonly goes?: boolean;
  /** Takes the palette's place. */
  readonly opensDialog?: boolean;
  readonly run: () => void;
}

const GOING: Readonly<Record<(typeof VIEWS)[number], ShortcutId>> = {
  tree: "goTree",
  board: "goBoard",
  graph: "goGraph",
  summary: "goSummary",
  activity: "goActivity",
};

export function useDeeds(): readonly Deed[] {
  const text = useText();
  const goTo = useGoTo();
  const openDialog = useOpenDialog();
  const notify = useNotify();
  const language = useLanguage();
  const switchLanguage = useSwitchLanguage();
  const { theme } = useAppearance();
  const change = useChangeAddress();
  const view = useView();
  const { task, q, project: projectId } = useAddress();
  const project = useProject(projectId);
  const noticesOn = useNoticesOn();
  const opened = task === undefined ? [] : [
    { id: "graph-of", name: text.showInGraph, icon: "graph" as const, run: () => goTo("graph", { task: null }, task) },
    { id: "close-detail", name: text.shortcut.closeDetail, icon: "close" as const, shortcut: "closeDetail" as const, run: () => change({ task: null }) },
  ];
  const ofProject = project === undefined ? [] : [
    { id: "rename-project", name: text.paletteEditProject(project.isim), icon: "edit" as const, opensDialog: true, run: () => openDialog({ name: "renameProject", projectId: project.id }) },
    { id: "delete-project", name: text.paletteDeleteProject(project.isim), icon: "trash" as const, opensDialog: true, run: () => openDialog({ name: "deleteProject", projectId: project.id }) },
  ];
  return [
    ...VIEWS.filter((each) => each !== view).map((each) => ({ id: each, name: text.views[each], icon: each, shortcut: GOING[each], goes: true, run: () => goTo(each) })),
    { id: "new", name: text.newTask, icon: "plus", shortcut: "newTask", opensDialog: true, run: () => openDialog({ name: "newTask" }) },
    { id: "template", name: text.shortcut.newFromTemplate, icon: "template", shortcut: "newFromTemplate", opensDialog: true, run: () => openDialog({ name: "template" }) },
    { id: "project", name: text.newProject, icon: "folder", shortcut: "newProject", opensDialog: true, run: () => openDialog({ name: "newProject" }) },
    ...ofProject,
    ...opened,
    ...(q === undefined ? [] : [{ id: "clear", name: text.clearSearch, icon: "close" as const, run: () => change({ q: null, profile: null }) }]),
    { id: "workspaces", name: text.manageWorkspaces, icon: "swap", opensDialog: true, run: () => openDialog({ name: "workspaces" }) },
    { id: "export", name: text.exportTasks, icon: "download", shortcut: "exportTasks", opensDialog: true, run: () => openDialog({ name: "export" }) },
    { id: "import", name: text.importTasks, icon: "upload", shortcut: "importTasks", opensDialog: true, run: () => openDialog({ name: "import" }) },
    { id: "sheet", name: text.shortcuts, icon: "keyboard", shortcut: "sheet", opensDialog: true, run: () => openDialog({ name: "sheet" }) },
    { id: "notices", name: noticesOn ? text.newsTurnOff : text.newsTurnOn, icon: "activity", run: () => switchNotices(!noticesOn) },
    {
      id: "copy",
      name: text.paletteCopyAddress,
      icon: "link",
      run: () => void navigator.clipboard.writeText(location.href).then(() => notify("info", text.addressCopied)),
    },
    ...THEMES.filter((each) => each !== theme).map((each) => ({
      id: `theme-${each}`,
      name: text.paletteTheme(text.themes[each]),
      icon: "sun" as const,
      run: () => chooseAppearance({ theme: each }),
    })),
    ...(Object.keys(LANGUAGES) as Language[])
      .filter((each) => each !== language)
      .map((each) => ({ id: `language-${each}`, name: text.paletteLanguage(LANGUAGES[each]), icon: "flag" as const, run: () => switchLanguage(each) })),
  ];
}
