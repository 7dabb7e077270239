import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useId, useState } from "react";

import { useOpenTask } from "../address";
import type { Link, Status, Task } from "../api/types";
import { useText } from "../locale";
import { StatusMark } from "../tasks/StatusSelect";
import { useRefusalText } from "../tasks/writes";
import { Icon } from "../ui/Icon";
import { useNotify } from "../ui/Notices";
import { Popover } from "../ui/Popover";
import { Select } from "../ui/Select";
import { tasksById, useSnapshot, useWorkspace } from "../workspace";
import { TaskFinder } from "./TaskFinder";

const KINDS = ["waitsFor", "blocks", "related"] as const;
type Kind = (typeof KINDS)[number];

/** The task's links in both directions; read anew whenever an event touches the task. */
export function useLinks(taskId: string) {
  const { client, feed } = useWorkspace();
  const cache = useQueryClient();
  const key = [...feed.key, "links", taskId];
  useEffect(
    () =>
      feed.listen((frame) => {
        if (frame.taskId === taskId) void cache.invalidateQueries({ queryKey: [...feed.key, "links", taskId] });
      }),
    [cache, feed, taskId],
  );
  return { key, ...useQuery({ queryKey: key, queryFn: ({ signal }) => client.links(taskId, signal) }) };
}

export function Dependencies({ task }: { readonly task: Task }) {
  const text = useText();
  const id = useId();
  const { client } = useWorkspace();
  const cache = useQueryClient();
  const notify = useNotify();
  const refusalText = useRefusalText();
  const { key, data: links = [], isPending } = useLinks(task.id);
  // The tasks at both ends have events of their own, with their counters.
  const settle = () => cache.invalidateQueries({ queryKey: key });
  const add = useMutation({
    mutationFn: ({ kind, otherId }: { kind: Kind; otherId: string }) =>
      kind === "waitsFor"
        ? client.addLink(otherId, task.id, "onceki")
        : client.addLink(task.id, otherId, kind === "blocks" ? "onceki" : "iliskili"),
    onSuccess: settle,
    onError: (reason) => notify("error", refusalText(reason)),
  });
  const remove = useMutation({
    mutationFn: (link: Link) => client.removeLink(link.id),
    onMutate: (link) => {
      cache.setQueryData<readonly Link[]>(key, (all = []) => all.filter((other) => other.id !== link.id));
    },
    onSettled: settle,
    onError: (reason) => notify("error", refusalText(reason)),
  });
  const groups: readonly { name: string; links: readonly Link[] }[] = [
    { name: text.waitsForList, links: links.filter((link) => link.baglanti_tip === "onceki" && link.hedef_id === task.id) },
    { name: text.waitedByList, links: links.filter((link) => link.baglanti_tip === "onceki" && link.kaynak_id === task.id) },
    { name: text.relatedList, links: links.filter((link) => link.baglanti_tip === "iliskili") },
  ];
  return (
    <section className="detail-section" aria-labelledby={id}>
      <h3 id={id}>
        {text.dependencies}
        <AddLink task={task} links={links} onAdd={(kind, otherId) => add.mutate({ kind, otherId })} />
      </h3>
      {groups.map(
        (group) =>
          group.links.length > 0 && (
            <div key={group.name}>
              <h4 className="detail-group">{group.name}</h4>
              <ul role="list" className="detail-list">
                {group.links.map((link) => (
                  <LinkLine key={link.id} link={link} taskId={task.id} onRemove={() => remove.mutate(link)} />
                ))}
              </ul>
            </div>
          ),
      )}
      {links.length === 0 && !isPending && <p className="muted detail-none">{text.none}</p>}
    </section>
  );
}

interface LineProps {
  readonly link: Link;
  readonly taskId: string;
  readonly onRemove: () => void;
}

function LinkLine({ link, taskId, onRemove }: LineProps) {
  const text = useText();
  const openTask = useOpenTask();
  const { tasks } = useSnapshot();
  const outward = link.kaynak_id === taskId;
  const otherId = outward ? link.hedef_id : link.kaynak_id;
  // The snapshot is live; the link's own copy of title and status is as of its reading.
  const other = tasksById(tasks).get(otherId);
  const title = other?.baslik ?? (outward ? link.hedef_baslik : link.kaynak_baslik);
  const status: Status = other?.durum ?? (outward ? link.hedef_durum : link.kaynak_durum);
  return (
    <li className="detail-line" data-status={status}>
      <span className="detail-mark" title={text.status[status]}>
        <StatusMark status={status} />
        <span className="unseen">{text.status[status]}</span>
      </span>
      <button type="button" className="link detail-name" dir="auto" onClick={() => openTask(otherId)}>
        {title}
      </button>
      <button type="button" className="icon-button" aria-label={text.removeLink(title)} onClick={onRemove}>
        <Icon name="close" />
      </button>
    </li>
  );
}

interface AddProps {
  readonly task: Task;
  readonly links: readonly Link[];
  readonly onAdd: (kind: Kind, otherId: string) => void;
}

function AddLink({ task, links, onAdd }: AddProps) {
  const text = useText();
  const [open, setOpen] = useState(false);
  const [kind, setKind] = useState<Kind>("waitsFor");
  const linked = new Set(links.flatMap((link) => [link.kaynak_id, link.hedef_id]));
  return (
    <Popover
      label={text.addDependency}
      align="end"
      open={open}
      onOpenChange={setOpen}
      trigger={
        <button type="button" className="icon-button" aria-label={text.addDependency}>
          <Icon name="plus" />
        </button>
      }
    >
      <div className="link-form">
        <Select
          aria-label={text.linkKind}
          value={kind}
          options={KINDS.map((value) => ({ value, name: text.linkKinds[value] }))}
          onChoose={setKind}
        />
        <TaskFinder
          except={(other) => other.id === task.id || linked.has(other.id)}
          onChoose={(otherId) => {
            setOpen(false);
            onAdd(kind, otherId);
          }}
        />
      </div>
    </Popover>
  );
}
