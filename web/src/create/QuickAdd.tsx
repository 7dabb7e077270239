import { useId, useState } from "react";

import { useText } from "../locale";
import { useOpenDialog } from "../shell/dialogs";
import { useWrites } from "../tasks/writes";
import { Icon } from "../ui/Icon";
import { useKeptText } from "../ui/kept";
import { Tooltip } from "../ui/Tooltip";
import { Chips } from "./Chips";
import "./create.css";
import { useLine } from "./useLine";

const STORED_LINE = "gorev_new_task";

/** Above the list: type, Enter, go on typing. What it understands lies over the list, so that nothing below moves. */
export function QuickAdd() {
  const text = useText();
  const help = useId();
  const line = useLine(useKeptText(STORED_LINE));
  const { create } = useWrites();
  const openDialog = useOpenDialog();
  const [focused, setFocused] = useState(false);
  const empty = line.understood.title === "";

  const add = async () => {
    if (empty) return;
    const typed = line.text;
    const sent = create(line.fields(null));
    line.clear();
    // Nobody types the same twice because the daemon said no.
    if ((await sent) === null) line.write(typed);
  };

  return (
    <form
      className="quick-add"
      onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
      onFocus={() => setFocused(true)}
      onBlur={({ currentTarget, relatedTarget }) => setFocused(currentTarget.contains(relatedTarget))}
      onKeyDown={(event) => {
        if (event.key === "Escape" && line.text !== "") {
          event.stopPropagation();
          line.clear();
        }
      }}
    >
      <Icon name="plus" />
      <input
        className="input quick-input"
        aria-label={text.quickAddLabel}
        aria-describedby={help}
        placeholder={text.quickAddPlaceholder}
        maxLength={700}
        value={line.text}
        onChange={({ target }) => line.write(target.value)}
      />
      <Tooltip text={text.fromTemplate}>
        <button type="button" className="icon-button quick-template" aria-label={text.fromTemplate} onClick={() => openDialog({ name: "template" })}>
          <Icon name="template" />
        </button>
      </Tooltip>
      <span id={help} className="unseen">
        {text.quickAddHelp}
      </span>
      {focused && (line.text !== "" || line.expected !== null) && (
        <div className="quick-card">
          <Chips line={line} />
          <p className="muted quick-help">{line.understood.chips.length === 0 ? text.quickAddHint : text.quickAddHelp}</p>
        </div>
      )}
    </form>
  );
}
