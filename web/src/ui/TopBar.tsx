import type { LiveState } from "../api/live";
import type { Workspace } from "../api/types";
import { isLanguage, type Language, LANGUAGES, useLanguage, useText } from "../locale";
import { ConnectionPill } from "./ConnectionPill";
import { Icon } from "./Icon";

interface Props {
  readonly workspace: Workspace | null;
  readonly workspaces: readonly Workspace[];
  readonly live: LiveState;
  readonly projectsOpen: boolean;
  readonly onProjects: () => void;
  readonly onWorkspace: (id: string) => void;
  readonly onLanguage: (language: Language) => void;
}

export function TopBar(props: Props) {
  const text = useText();
  const language = useLanguage();
  return (
    <header className="topbar">
      <button
        type="button"
        className="icon-button topbar-menu"
        aria-label={text.showProjects}
        aria-expanded={props.projectsOpen}
        aria-controls="projects"
        onClick={props.onProjects}
      >
        <Icon name="menu" />
      </button>
      <span className="brand">
        <span className="brand-mark">
          <Icon name="check" />
        </span>
        <h1>{text.appName}</h1>
      </span>
      <WorkspaceChoice workspace={props.workspace} workspaces={props.workspaces} onWorkspace={props.onWorkspace} />
      <span className="topbar-space" />
      <ConnectionPill state={props.live} />
      <select
        className="quiet-select"
        aria-label={text.language}
        value={language}
        onChange={({ target }) => {
          if (isLanguage(target.value)) props.onLanguage(target.value);
        }}
      >
        {Object.entries(LANGUAGES).map(([code, name]) => (
          <option key={code} value={code} lang={code}>
            {name}
          </option>
        ))}
      </select>
    </header>
  );
}

function WorkspaceChoice({ workspace, workspaces, onWorkspace }: Pick<Props, "workspace" | "workspaces" | "onWorkspace">) {
  const text = useText();
  if (workspace === null) return null;
  if (workspaces.length === 1) {
    return (
      <span className="workspace-name" title={workspace.path}>
        {workspace.name}
      </span>
    );
  }
  return (
    <select
      className="quiet-select workspace-name"
      aria-label={text.workspace}
      title={workspace.path}
      value={workspace.id}
      onChange={({ target }) => onWorkspace(target.value)}
    >
      {workspaces.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </select>
  );
}
