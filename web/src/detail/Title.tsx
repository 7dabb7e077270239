import type { Task } from "../api/types";
import { useText } from "../locale";
import { useWrites } from "../tasks/writes";
import { useDraft } from "./drafts";

/** The title, edited where it stands: Enter or leaving it saves, Escape takes it back. */
export function Title({ task }: { readonly task: Task }) {
  const text = useText();
  const { edit } = useWrites();
  const [draft, setDraft] = useDraft(task.id, "baslik");
  const shown = draft?.value ?? task.baslik;
  const save = async () => {
    if (draft === null) return;
    const baslik = draft.value.trim();
    if (baslik === "" || baslik === task.baslik) {
      setDraft(null);
      return;
    }
    setDraft(null);
    await edit(task, { baslik }, { baslik: draft.base });
  };
  return (
    <h2 className="detail-title">
      <textarea
        className="detail-title-input"
        aria-label={text.title}
        dir="auto"
        rows={1}
        maxLength={500}
        spellCheck={draft !== null}
        value={shown}
        onChange={({ target }) => setDraft({ base: draft?.base ?? task.baslik, value: target.value.replace(/\n/g, " ") })}
        onBlur={() => void save()}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return;
          if (event.key === "Enter") {
            event.preventDefault();
            event.currentTarget.blur();
          } else if (event.key === "Escape") {
            event.stopPropagation();
            event.preventDefault();
            setDraft(null);
          }
        }}
      />
    </h2>
  );
}
