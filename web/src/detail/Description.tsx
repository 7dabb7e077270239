import { useEffect, useId, useRef, useState } from "react";

import type { Task } from "../api/types";
import { useText } from "../locale";
import { pressed } from "../shortcuts/registry";
import { useWrites } from "../tasks/writes";
import { directionOf } from "../ui/direction";
import { Icon } from "../ui/Icon";
import { useWorkspace } from "../workspace";
import { useDraft } from "./drafts";
import { Markdown } from "./Markdown";

export function Description({ task }: { readonly task: Task }) {
  const text = useText();
  const id = useId();
  const { edit } = useWrites();
  const { outbox } = useWorkspace();
  const [draft, setDraft] = useDraft(task.id, "aciklama");
  const [began, setBegan] = useState(false);
  const input = useRef<HTMLTextAreaElement>(null);
  const editing = draft !== null;

  useEffect(() => {
    if (began) input.current?.focus();
  }, [began]);

  const begin = () => {
    setDraft({ base: task.aciklama, value: task.aciklama });
    setBegan(true);
  };
  const end = () => {
    setDraft(null);
    setBegan(false);
  };
  const save = () => {
    if (draft === null) return;
    const { base, value } = draft;
    end();
    if (value === task.aciklama) return;
    // The write shows at once; should the daemon refuse it, the text is there to go on with.
    void edit(task, { aciklama: value }, { aciklama: base }).then((saved) => {
      const asked = outbox.decisions().some(({ write }) => write.kind === "edit" && write.taskId === task.id);
      if (saved === null && !asked) setDraft({ base, value });
    });
  };

  if (editing) {
    return (
      <section className="detail-section" aria-labelledby={id}>
        <h3 id={id}>{text.description}</h3>
        <textarea
          ref={input}
          className="input description-input"
          aria-labelledby={id}
          aria-describedby={`${id}-hint`}
          dir={directionOf(draft.value)}
          rows={8}
          maxLength={Math.max(100_000, task.aciklama.length)}
          value={draft.value}
          onChange={({ target }) => setDraft({ base: draft.base, value: target.value })}
          onKeyDown={(event) => {
            if (pressed(event, "save")) {
              event.preventDefault();
              save();
            } else if (event.key === "Escape") {
              event.stopPropagation();
              event.preventDefault();
              if (draft.value === draft.base) end();
            }
          }}
        />
        <div className="form-actions">
          <button type="button" className="button primary" onClick={save}>
            {text.save}
          </button>
          <button type="button" className="button" onClick={end}>
            {draft.value === draft.base ? text.cancel : text.discard}
          </button>
          <span id={`${id}-hint`} className="muted">
            {began ? text.descriptionHint : text.draftKept}
          </span>
        </div>
      </section>
    );
  }
  return (
    <section className="detail-section" aria-labelledby={id}>
      <h3 id={id}>
        {text.description}
        {task.aciklama !== "" && (
          <button type="button" className="icon-button" aria-label={text.editDescription} onClick={begin}>
            <Icon name="edit" />
          </button>
        )}
      </h3>
      {task.aciklama === "" ? (
        <button type="button" className="description-empty" onClick={begin}>
          {text.addDescription}
        </button>
      ) : (
        <Markdown text={task.aciklama} />
      )}
    </section>
  );
}
