import { useOpenTask } from "../address";
import type { Task } from "../api/types";
import { fieldsOf, isTemporary } from "../api/writes";
import { useText } from "../locale";
import { useWrites } from "../tasks/writes";
import { useKeptText } from "../ui/kept";
import { directionOf } from "../ui/direction";
import { useSnapshot } from "../workspace";
import { subtaskLineOf, useDraft } from "./drafts";

/** A task that is not there (any longer). What was typed into it is kept, and can become a new task. */
export function DeletedTask({ task, taskId }: { readonly task: Task | undefined; readonly taskId: string }) {
  const text = useText();
  const openTask = useOpenTask();
  const { tasks, projects } = useSnapshot();
  const { create } = useWrites();
  const [titleDraft, setTitleDraft] = useDraft(taskId, "baslik");
  const [descriptionDraft, setDescriptionDraft] = useDraft(taskId, "aciklama");
  const [subtask, setSubtask] = useKeptText(subtaskLineOf(taskId));
  const typed = titleDraft !== null || descriptionDraft !== null || subtask !== "";
  const baslik = titleDraft?.value ?? task?.baslik ?? "";

  const drop = () => {
    setTitleDraft(null);
    setDescriptionDraft(null);
    setSubtask("");
  };
  const saveAsNew = async () => {
    const { parent_id = "", proje_id = "", ...fields } = task === undefined ? {} : fieldsOf(task);
    const created = await create({
      ...fields,
      baslik,
      ...(descriptionDraft !== null && { aciklama: descriptionDraft.value }),
      ...(tasks.some(({ id }) => id === parent_id) && { parent_id }),
      ...(projects.some(({ id }) => id === proje_id) && { proje_id }),
    });
    if (created === null) return;
    drop();
    openTask(isTemporary(created.id) ? null : created.id);
  };

  if (!typed) {
    return (
      <div className="state" role="status">
        <p>{task === undefined ? text.taskGone : text.goneTitle(task.baslik)}</p>
        <p className="muted">{text.taskGoneHint}</p>
      </div>
    );
  }
  return (
    <div className="panel-body">
      <div className="gone" role="alert">
        <strong dir="auto">{text.goneTitle(task?.baslik ?? baslik)}</strong>
        <p>{text.goneHint}</p>
      </div>
      <div className="field">
        <span className="label">{text.title}</span>
        <p className="gone-text" dir="auto">
          {baslik || text.empty}
        </p>
      </div>
      {descriptionDraft !== null && (
        <div className="field">
          <span className="label">{text.description}</span>
          <p className="gone-text" dir={directionOf(descriptionDraft.value)}>
            {descriptionDraft.value}
          </p>
        </div>
      )}
      {subtask !== "" && (
        <div className="field">
          <span className="label">{text.newSubtask}</span>
          <p className="gone-text" dir="auto">
            {subtask}
          </p>
        </div>
      )}
      <div className="form-actions">
        <button type="button" className="button primary" disabled={baslik.trim() === ""} onClick={() => void saveAsNew()}>
          {text.saveAsNew}
        </button>
        <button type="button" className="button" onClick={drop}>
          {text.letGo}
        </button>
      </div>
    </div>
  );
}
