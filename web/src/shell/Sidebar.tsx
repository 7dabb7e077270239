import { useQuery } from "@tanstack/react-query";

import { VIEWS } from "../address";
import type { LiveState } from "../api/live";
import { switchNotices, useNoticesOn } from "../live/preference";
import { LANGUAGES, type Language, useLanguage, useText } from "../locale";
import { useSwitchLanguage } from "../locale/switch";
import { ProjectList } from "../projects/ProjectList";
import { Dialog } from "../ui/Dialog";
import { Icon } from "../ui/Icon";
import { Menu, MenuChoice, MenuItem, MenuLabel, MenuLine, MenuToggle } from "../ui/Menu";
import { useWorkspace } from "../workspace";
import { WorkspaceSwitcher } from "../workspaces/WorkspaceSwitcher";
import { chooseAppearance, DENSITIES, THEMES, useAppearance } from "./appearance";
import { useOpenDialog } from "./dialogs";
import { ViewLink } from "./ViewLink";

interface Props {
  readonly live: LiveState;
  /** Called when something that leads elsewhere was chosen. */
  readonly onLeave?: () => void;
}

export function Sidebar({ live }: Props) {
  return (
    <aside className="sidebar">
      <SidebarContent live={live} />
    </aside>
  );
}

/** The sidebar of a phone. */
export function Drawer({ live, onClose }: { readonly live: LiveState; readonly onClose: () => void }) {
  const text = useText();
  return (
    <Dialog title={text.menu} showTitle={false} drawer onClose={onClose}>
      <div className="sidebar-drawer">
        <SidebarContent live={live} onLeave={onClose} />
      </div>
    </Dialog>
  );
}

function SidebarContent({ onLeave = () => undefined }: Props) {
  const text = useText();
  return (
    <>
      <div className="sidebar-head">
        <WorkspaceSwitcher onLeave={onLeave} />
      </div>
      <nav className="sidebar-views" aria-label={text.viewsLabel}>
        <ul role="list">
          {VIEWS.map((view) => (
            <li key={view}>
              <ViewLink view={view} className="side-link" onClick={onLeave}>
                <Icon name={view} />
                <span className="clipped">{text.views[view]}</span>
              </ViewLink>
            </li>
          ))}
        </ul>
      </nav>
      <ProjectList onLeave={onLeave} />
      <div className="sidebar-foot">
        <Settings onLeave={onLeave} />
        <Version />
      </div>
    </>
  );
}

function Settings({ onLeave }: { readonly onLeave: () => void }) {
  const text = useText();
  const language = useLanguage();
  const switchLanguage = useSwitchLanguage();
  const { theme, density } = useAppearance();
  const noticesOn = useNoticesOn();
  const openDialog = useOpenDialog();
  const open = (name: "export" | "import" | "sheet") => {
    onLeave();
    openDialog({ name });
  };
  return (
    <Menu
      side="top"
      trigger={
        <button type="button" className="side-link">
          <Icon name="sun" />
          <span>{text.settings}</span>
        </button>
      }
    >
      <MenuLabel>{text.language}</MenuLabel>
      <MenuChoice
        label={text.language}
        value={language}
        options={(Object.keys(LANGUAGES) as Language[]).map((value) => ({ value, name: <span lang={value}>{LANGUAGES[value]}</span> }))}
        onChoose={switchLanguage}
      />
      <MenuLine />
      <MenuLabel>{text.theme}</MenuLabel>
      <MenuChoice
        label={text.theme}
        value={theme}
        options={THEMES.map((value) => ({ value, name: text.themes[value] }))}
        onChoose={(chosen) => chooseAppearance({ theme: chosen })}
      />
      <MenuLine />
      <MenuLabel>{text.density}</MenuLabel>
      <MenuChoice
        label={text.density}
        value={density}
        options={DENSITIES.map((value) => ({ value, name: text.densities[value] }))}
        onChoose={(chosen) => chooseAppearance({ density: chosen })}
      />
      <MenuLine />
      <MenuToggle on={noticesOn} onSwitch={switchNotices}>
        {text.newsTurnOn}
      </MenuToggle>
      <MenuLine />
      <MenuItem icon="download" onSelect={() => open("export")}>
        {text.exportTasks}
      </MenuItem>
      <MenuItem icon="upload" onSelect={() => open("import")}>
        {text.importTasks}
      </MenuItem>
      <MenuItem icon="keyboard" onSelect={() => open("sheet")}>
        {text.shortcuts}
      </MenuItem>
    </Menu>
  );
}

function Version() {
  const { client } = useWorkspace();
  const version = useQuery({ queryKey: ["version"], queryFn: ({ signal }) => client.version(signal) });
  return <p className="version">Gorev {version.data}</p>;
}
