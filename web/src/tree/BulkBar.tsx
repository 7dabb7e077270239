import { type ComponentProps, useState } from "react";

import { PRIORITIES, STATUSES } from "../api/types";
import type { BulkOutcome } from "../api/writes";
import { useText } from "../locale";
import { useOpenDialog } from "../shell/dialogs";
import { useWrites } from "../tasks/writes";
import { Dialog } from "../ui/Dialog";
import { Icon } from "../ui/Icon";
import { Menu, MenuItem } from "../ui/Menu";
import { useNotify } from "../ui/Notices";
import { Popover } from "../ui/Popover";
import { tasksById, useSnapshot } from "../workspace";

interface Props {
  readonly ids: readonly string[];
  readonly onClear: () => void;
}

/** What can be done with all selected tasks at once; each is one operation of the daemon. */
export function BulkBar({ ids, onClear }: Props) {
  const text = useText();
  const { projects } = useSnapshot();
  const { bulk } = useWrites();
  const notify = useNotify();
  const openDialog = useOpenDialog();
  const [refused, setRefused] = useState<BulkOutcome["failed"]>([]);
  const run = async (call: Omit<Parameters<typeof bulk>[0], "taskIds">) => {
    const outcome = await bulk({ ...call, taskIds: ids });
    if (outcome === null) return;
    if (outcome.failed.length > 0) setRefused(outcome.failed);
    else notify("info", text.bulkDone(outcome.successful.length));
  };
  return (
    <div className="bulk-bar" role="toolbar" aria-label={text.bulkActions}>
      <span className="figures bulk-count" role="status">
        {text.selectedCount(ids.length)}
      </span>
      <Menu side="top" trigger={<BarButton name={text.setStatus} />}>
        {STATUSES.map((durum) => (
          <MenuItem key={durum} onSelect={() => void run({ operation: "transition", data: { durum }, fields: { durum } })}>
            {text.status[durum]}
          </MenuItem>
        ))}
      </Menu>
      <Menu side="top" trigger={<BarButton name={text.setPriority} />}>
        {PRIORITIES.toReversed().map((oncelik) => (
          <MenuItem key={oncelik} onSelect={() => void run({ operation: "update", data: { oncelik }, fields: { oncelik } })}>
            {text.priority[oncelik]}
          </MenuItem>
        ))}
      </Menu>
      <TagsPopover
        ids={ids}
        onTags={(operation, names) =>
          void run({
            operation: "tag",
            data: { tags: names, operation },
            fields: {},
            tags: { add: operation === "add" ? names : [], remove: operation === "remove" ? names : [] },
          })
        }
      />
      <Menu side="top" trigger={<BarButton name={text.setProject} />}>
        <MenuItem onSelect={() => void run({ operation: "update", data: { proje_id: "" }, fields: { proje_id: "" } })}>{text.noProject}</MenuItem>
        {projects.map(({ id, isim }) => (
          <MenuItem key={id} onSelect={() => void run({ operation: "update", data: { proje_id: id }, fields: { proje_id: id } })}>
            <bdi>{isim}</bdi>
          </MenuItem>
        ))}
      </Menu>
      <DuePopover onDue={(son_tarih) => void run({ operation: "update", data: { son_tarih }, fields: { son_tarih } })} />
      <button type="button" className="button quiet danger-quiet" onClick={() => openDialog({ name: "deleteTasks", taskIds: ids })}>
        <Icon name="trash" />
        <span>{text.deleteSelected}</span>
      </button>
      <button type="button" className="icon-button" aria-label={text.clearSelection} onClick={onClear}>
        <Icon name="close" />
      </button>
      {refused.length > 0 && <Refusals refused={refused} onClose={() => setRefused([])} />}
    </div>
  );
}

function BarButton({ name, ...rest }: { readonly name: string } & ComponentProps<"button">) {
  return (
    <button type="button" className="button quiet" {...rest}>
      {name}
    </button>
  );
}

interface TagsProps {
  readonly ids: readonly string[];
  readonly onTags: (operation: "add" | "remove", names: readonly string[]) => void;
}

function TagsPopover({ ids, onTags }: TagsProps) {
  const text = useText();
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState("");
  const byId = tasksById(useSnapshot().tasks);
  const present = open ? [...new Set(ids.flatMap((id) => byId.get(id)?.etiketler.map(({ isim }) => isim) ?? []))].toSorted() : [];
  const names = typed.split(",").map((name) => name.trim()).filter(Boolean);
  return (
    <Popover label={text.editTags} open={open} onOpenChange={setOpen} trigger={<BarButton name={text.editTags} />}>
      <form
        className="bulk-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (names.length === 0) return;
          onTags("add", names);
          setTyped("");
          setOpen(false);
        }}
      >
        <div className="field">
          <label htmlFor="bulk-tags">{text.addTags}</label>
          <span className="inline-form">
            <input id="bulk-tags" className="input" value={typed} onChange={({ target }) => setTyped(target.value)} />
            <button className="button" disabled={names.length === 0}>
              {text.apply}
            </button>
          </span>
        </div>
        {present.length > 0 && (
          <div className="field">
            <span className="label">{text.removeTags}</span>
            <span className="bulk-tags">
              {present.map((name) => (
                <button
                  key={name}
                  type="button"
                  className="tag tag-button"
                  aria-label={text.removeTag(name)}
                  onClick={() => {
                    onTags("remove", [name]);
                    setOpen(false);
                  }}
                >
                  {name} <Icon name="close" />
                </button>
              ))}
            </span>
          </div>
        )}
      </form>
    </Popover>
  );
}

function DuePopover({ onDue }: { readonly onDue: (date: string) => void }) {
  const text = useText();
  const [open, setOpen] = useState(false);
  const [date, setDate] = useState("");
  const choose = (chosen: string) => {
    onDue(chosen);
    setOpen(false);
  };
  return (
    <Popover label={text.setDue} open={open} onOpenChange={setOpen} trigger={<BarButton name={text.setDue} />}>
      <form
        className="bulk-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (date !== "") choose(date);
        }}
      >
        <input type="date" className="input" aria-label={text.setDue} value={date} onChange={({ target }) => setDate(target.value)} />
        <span className="inline-form">
          <button className="button" disabled={date === ""}>
            {text.apply}
          </button>
          <button type="button" className="button quiet" onClick={() => choose("")}>
            {text.clearDue}
          </button>
        </span>
      </form>
    </Popover>
  );
}

function Refusals({ refused, onClose }: { readonly refused: BulkOutcome["failed"]; readonly onClose: () => void }) {
  const text = useText();
  const byId = tasksById(useSnapshot().tasks);
  return (
    <Dialog title={text.bulkRefused(refused.length)} description={text.bulkRefusedHint} onClose={onClose}>
      <ul className="dialog-body" role="list">
        {refused.map(({ taskId, reason }) => (
          <li key={taskId}>
            <strong dir="auto">{byId.get(taskId)?.baslik ?? taskId}</strong>
            <p className="muted">{reason}</p>
          </li>
        ))}
      </ul>
      <div className="dialog-actions">
        <button type="button" className="button primary" onClick={onClose}>
          {text.close}
        </button>
      </div>
    </Dialog>
  );
}
