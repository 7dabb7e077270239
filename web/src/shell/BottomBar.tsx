import type { View } from "../address";
import { useText } from "../locale";
import { Icon } from "../ui/Icon";
import { ViewLink } from "./ViewLink";

const SHOWN: readonly View[] = ["tree", "board", "summary", "activity"];

/** The views within reach of a thumb. */
export function BottomBar({ onMenu }: { readonly onMenu: () => void }) {
  const text = useText();
  return (
    <nav className="bottom-bar" aria-label={text.viewsLabel}>
      {SHOWN.map((view) => (
        <ViewLink key={view} view={view} change={{ task: null }} className="bottom-link">
          <Icon name={view} />
          <span>{text.views[view]}</span>
        </ViewLink>
      ))}
      <button type="button" className="bottom-link" onClick={onMenu}>
        <Icon name="menu" />
        <span>{text.more}</span>
      </button>
    </nav>
  );
}
