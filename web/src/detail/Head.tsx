import { useGoTo, useOpenTask } from "../address";
import type { Task } from "../api/types";
import { useText } from "../locale";
import { useOpenDialog } from "../shell/dialogs";
import { StatusSelect } from "../tasks/StatusSelect";
import { Icon } from "../ui/Icon";
import { Menu, MenuItem, MenuLine } from "../ui/Menu";
import { useNotify } from "../ui/Notices";
import { useTask } from "../workspace";

interface Props {
  readonly task: Task;
  readonly onClose: () => void;
}

export function Head({ task, onClose }: Props) {
  const text = useText();
  const parent = useTask(task.parent_id ?? undefined);
  const openTask = useOpenTask();
  const openDialog = useOpenDialog();
  const goTo = useGoTo();
  const notify = useNotify();
  const copy = async (what: string, said: string) => {
    try {
      await navigator.clipboard.writeText(what);
      notify("info", said);
    } catch {
      notify("info", what);
    }
  };
  return (
    <header className="panel-head">
      <StatusSelect task={task} look="pill" />
      {parent !== undefined && (
        <button type="button" className="link clipped panel-parent" onClick={() => openTask(parent.id)}>
          <span className="muted">{text.parentTask}: </span>
          <bdi>{parent.baslik}</bdi>
        </button>
      )}
      <span className="panel-tools">
        <Menu
          align="end"
          trigger={
            <button type="button" className="icon-button" aria-label={text.taskActions}>
              <Icon name="more" />
            </button>
          }
        >
          <MenuItem icon="graph" onSelect={() => goTo("graph", {}, task.id)}>
            {text.showInGraph}
          </MenuItem>
          <MenuItem icon="link" onSelect={() => void copy(location.href, text.linkCopied)}>
            {text.copyLink}
          </MenuItem>
          <MenuItem icon="tag" onSelect={() => void copy(task.id, text.idCopied)}>
            {text.copyId}
          </MenuItem>
          <MenuLine />
          <MenuItem icon="trash" danger onSelect={() => openDialog({ name: "deleteTasks", taskIds: [task.id] })}>
            {text.deleteTask}
          </MenuItem>
        </Menu>
        <button type="button" className="icon-button panel-close" aria-label={text.close} onClick={onClose}>
          <Icon name="close" />
        </button>
      </span>
    </header>
  );
}
