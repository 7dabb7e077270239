import { useLanguage, useText } from "../locale";
import { showDueDate } from "../tasks/dates";
import { Icon, type IconName } from "../ui/Icon";
import type { Chip, Meaning } from "./line";
import type { Line } from "./useLine";

const ICONS: Readonly<Record<Meaning["kind"], IconName>> = { priority: "flag", tag: "tag", project: "folder", due: "calendar" };

/** What was understood of the line; each goes back to plain text at a press. */
export function Chips({ line, inParent = false }: { readonly line: Line; readonly inParent?: boolean }) {
  const text = useText();
  const { chips } = line.understood;
  const shown = inParent ? chips.filter(({ meaning }) => meaning.kind !== "project") : chips;
  const named = chips.some(({ meaning }) => meaning.kind === "project");
  return (
    <div className="chips" role="group" aria-label={text.understood}>
      {shown.map((chip) => (
        <button
          key={chip.text}
          type="button"
          className="chip"
          data-kind={chip.meaning.kind}
          title={text.takeAsText(chip.text)}
          onClick={() => line.keepAsText(chip.text)}
        >
          <Icon name={ICONS[chip.meaning.kind]} />
          <Name chip={chip} />
          <span className="unseen">{text.takeAsText(chip.text)}</span>
          <Icon name="close" />
        </button>
      ))}
      {!named && !inParent && line.expected !== null && <span className="muted chips-note">{text.goesTo(line.expected.isim)}</span>}
    </div>
  );
}

function Name({ chip: { meaning } }: { readonly chip: Chip }) {
  const text = useText();
  const language = useLanguage();
  switch (meaning.kind) {
    case "priority":
      return text.priority[meaning.priority];
    case "tag":
      return <bdi>{meaning.tag}</bdi>;
    case "project":
      return <bdi>{meaning.name}</bdi>;
    case "due":
      return showDueDate(meaning.date, language);
  }
}
