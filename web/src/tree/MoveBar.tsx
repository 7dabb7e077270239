import { useText } from "../locale";
import { type Moving, TOP_LEVEL_ZONE } from "./useMoving";

/** While a task is being moved: where it would go, and a place to drop it for the top level. */
export function MoveBar({ moving }: { readonly moving: Moving }) {
  const text = useText();
  const { target, targetTitle, allowed } = moving;
  const place = target === null ? text.moveTop : targetTitle === null ? "" : allowed ? text.moveOver(targetTitle) : text.moveNotHere(targetTitle);
  return (
    <div id={TOP_LEVEL_ZONE} className="move-bar" data-target={target === null} data-testid="move-bar">
      <span className="clipped" dir="auto">
        {moving.title}
      </span>
      <span aria-hidden="true">→</span>
      <strong className="clipped" dir="auto">
        {place || text.toTopLevel}
      </strong>
      {moving.byKeyboard && <span className="muted clipped">{text.moveHelp}</span>}
    </div>
  );
}
