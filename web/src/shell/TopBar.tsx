import { useView } from "../address";
import type { LiveState } from "../api/live";
import { useText } from "../locale";
import { SearchField } from "../search/SearchField";
import { HeldBack } from "../tasks/HeldBack";
import { ConnectionPill } from "../ui/ConnectionPill";
import { Icon } from "../ui/Icon";
import { Tooltip } from "../ui/Tooltip";
import { Keys } from "../shortcuts/Keys";
import { useOpenDialog } from "./dialogs";

interface Props {
  readonly live: LiveState;
  readonly onMenu: () => void;
}

export function TopBar({ live, onMenu }: Props) {
  const text = useText();
  const view = useView();
  const openDialog = useOpenDialog();
  return (
    <header className="topbar">
      <button type="button" className="icon-button topbar-menu" aria-label={text.openMenu} onClick={onMenu}>
        <Icon name="menu" />
      </button>
      <h1 className="topbar-title">{view === null ? text.appName : text.views[view]}</h1>
      <SearchField />
      {/* Before the space: it changes its width, and nothing may move for that. */}
      <ConnectionPill state={live} />
      <span className="topbar-space" />
      <HeldBack />
      <Tooltip
        text={
          <>
            {text.commands} <Keys id="palette" />
          </>
        }
      >
        <button type="button" className="icon-button topbar-palette" aria-label={text.commands} onClick={() => openDialog({ name: "palette" })}>
          <Icon name="keyboard" />
        </button>
      </Tooltip>
      <button type="button" className="button primary topbar-new" onClick={() => openDialog({ name: "newTask" })}>
        <Icon name="plus" />
        <span>{text.newTask}</span>
      </button>
    </header>
  );
}
