import { useNavigate } from "@tanstack/react-router";
import { Command } from "cmdk";
import { useDeferredValue, useEffect, useState } from "react";

import { useAddress, useGoTo, useOpenTask, useView } from "../address";
import { useText } from "../locale";
import { useProfiles } from "../search/profiles";
import { withProfile } from "../search/ProfileMenu";
import { useOpenDialog } from "../shell/dialogs";
import { Keys } from "../shortcuts/Keys";
import { StatusMark } from "../tasks/StatusSelect";
import { Dialog } from "../ui/Dialog";
import { Icon } from "../ui/Icon";
import { useSnapshot } from "../workspace";
import { placeOf, useWorkspaces } from "../workspaces/list";
import { type Deed, useDeeds } from "./deeds";
import { useFoundTasks } from "./found";
import "./palette.css";
import { BEGINNING, ranked } from "./ranking";

/** Of the commands that begin with what is typed. */
const MOST_COMMANDS = 4;
const MOST_PROJECTS = 6;
const MOST_WORKSPACES = 5;

/** Goes anywhere, does anything, finds any task. */
export function Palette({ onClose }: { readonly onClose: () => void }) {
  const text = useText();
  const [typed, setTyped] = useState("");
  const asked = useDeferredValue(typed.trim());
  const [chosen, setChosen] = useState("");
  const [moved, setMoved] = useState(false);
  const goTo = useGoTo();
  const navigate = useNavigate();
  const openTask = useOpenTask();
  const openDialog = useOpenDialog();
  const view = useView();
  const { project } = useAddress();
  const { projects } = useSnapshot();
  const { data: workspaces = [] } = useWorkspaces();
  const { data: profiles = [] } = useProfiles(true);
  const deeds = useDeeds();
  const found = useFoundTasks(asked);

  const close = (then: () => void) => () => {
    onClose();
    then();
  };
  const deedItem = (deed: Deed) => (
    <Item key={deed.id} value={`deed ${deed.id}`} icon={deed.icon} onSelect={deed.opensDialog ? deed.run : close(deed.run)} name={deed.name} aside={deed.shortcut === undefined ? null : <Keys id={deed.shortcut} />} />
  );
  const going = begunBy(deeds.filter(({ goes }) => goes), asked);
  const doing = begunBy(deeds.filter(({ goes }) => !goes), asked);
  // What can be done and begins with what is typed comes before the tasks: it is known at once, and does not move.
  const commands = asked === "" ? [] : [...going, ...doing].slice(0, MOST_COMMANDS);
  const first = commands.length > 0 ? `deed ${commands[0]?.id}` : found.tasks.length > 0 ? `task ${found.tasks[0]?.task.id}` : null;
  // The best one is chosen until the user chooses another.
  useEffect(() => {
    if (!moved && first !== null) setChosen(first);
  }, [first, moved, asked]);
  return (
    <Dialog title={text.commands} showTitle={false} className="palette" onClose={onClose}>
      <Command
        shouldFilter={false}
        loop
        label={text.commands}
        value={chosen}
        onValueChange={setChosen}
        onKeyDown={({ key }) => {
          if (["ArrowDown", "ArrowUp", "Home", "End"].includes(key)) setMoved(true);
        }}
      >
        <div className="palette-head">
          <Icon name="search" />
          <Command.Input autoFocus className="palette-input" placeholder={text.paletteHint} value={typed} onValueChange={(value) => { setTyped(value); setMoved(false); }} maxLength={400} />
          {found.pending && <span className="muted palette-wait">{text.paletteSearching}</span>}
          <button type="button" className="icon-button palette-close" aria-label={text.close} onClick={onClose}>
            <Icon name="close" />
          </button>
        </div>
        <Command.List className="palette-list" label={text.commands}>
          {asked !== "" && !found.pending && <Command.Empty className="palette-empty muted">{text.paletteEmpty}</Command.Empty>}
          {commands.length > 0 && <Command.Group heading={text.commands}>{commands.map(deedItem)}</Command.Group>}
          {found.tasks.length > 0 && (
            <Command.Group heading={text.paletteTasks}>
              {found.tasks.map(({ task, fuzzy }) => (
                <Command.Item key={task.id} className="palette-item" value={`task ${task.id}`} onSelect={close(() => (view === null ? goTo("tree", { task: task.id }) : openTask(task.id)))}>
                  <StatusMark status={task.durum} />
                  <bdi className="palette-name">{task.baslik}</bdi>
                  <span className="palette-aside clipped">
                    {[fuzzy ? text.paletteSimilar : null, projects.find(({ id }) => id === task.proje_id)?.isim, text.status[task.durum]].filter(Boolean).join(" · ")}
                  </span>
                </Command.Item>
              ))}
            </Command.Group>
          )}
          {found.suggestions.length > 0 && (
            <Command.Group heading={text.paletteDidYouMean}>
              {found.suggestions.map((word) => (
                <Item key={word} value={`word ${word}`} icon="search" name={word} onSelect={() => setTyped(word)} />
              ))}
            </Command.Group>
          )}
          {asked !== "" && (
            <Command.Group heading={text.paletteActions}>
              <Item
                value="filter"
                icon="search"
                name={text.paletteFilter(asked)}
                onSelect={close(() => (view === "tree" || view === "board" ? goTo(view, { q: asked }) : goTo("tree", { q: asked })))}
              />
              <Item value="new" icon="plus" name={text.paletteNewTask(asked)} onSelect={() => openDialog({ name: "newTask", line: asked })} />
            </Command.Group>
          )}
          {asked === "" && <Command.Group heading={text.paletteGo}>{going.map(deedItem)}</Command.Group>}
          {asked === "" && <Command.Group heading={text.paletteActions}>{doing.map(deedItem)}</Command.Group>}
          <Some heading={text.paletteProjects}>
            {ranked([{ id: null, isim: text.allTasks }, ...projects], asked, ({ isim }) => isim)
              .slice(0, asked === "" ? MOST_PROJECTS : 20)
              .map(({ id, isim }) => (
                <Item
                  key={id ?? "all"}
                  value={`project ${id ?? "all"}`}
                  icon="folder"
                  name={isim}
                  aside={id === (project ?? null) ? <Icon name="check" /> : null}
                  onSelect={close(() => goTo(view === "board" || view === "summary" || view === "activity" ? view : "tree", { project: id }))}
                />
              ))}
          </Some>
          <Some heading={text.paletteProfiles}>
            {ranked(profiles, asked, ({ name }) => name).map((profile) => (
              <Item
                key={profile.id}
                value={`profile ${profile.id}`}
                icon="bookmark"
                name={profile.name}
                aside={<code className="clipped">{profile.query}</code>}
                onSelect={close(() => goTo(view === "board" ? "board" : "tree", withProfile(profile)))}
              />
            ))}
          </Some>
          {workspaces.length > 1 && (
            <Some heading={text.paletteWorkspaces}>
              {ranked(workspaces, asked, ({ name }) => name)
                .slice(0, asked === "" ? MOST_WORKSPACES : 20)
                .map((workspace) => (
                  <Item
                    key={workspace.id}
                    value={`workspace ${workspace.id}`}
                    icon="swap"
                    name={workspace.name}
                    aside={<span className="clipped">{placeOf(workspace, workspaces)}</span>}
                    onSelect={close(() => void navigate({ to: `/w/${encodeURIComponent(workspace.id)}/${view ?? "tree"}`, search: {} } as never))}
                  />
                ))}
            </Some>
          )}
        </Command.List>
      </Command>
    </Dialog>
  );
}

const begunBy = (deeds: readonly Deed[], asked: string) => ranked(deeds, asked, ({ name }) => name, BEGINNING);

interface ItemProps {
  readonly value: string;
  readonly icon: React.ComponentProps<typeof Icon>["name"];
  readonly name: string;
  readonly aside?: React.ReactNode;
  readonly onSelect: () => void;
}

function Item({ value, icon, name, aside, onSelect }: ItemProps) {
  return (
    <Command.Item className="palette-item" value={value} onSelect={onSelect}>
      <Icon name={icon} />
      <bdi className="palette-name">{name}</bdi>
      {aside != null && <span className="palette-aside">{aside}</span>}
    </Command.Item>
  );
}

function Some({ heading, children }: { readonly heading: string; readonly children: readonly React.ReactNode[] }) {
  return children.length === 0 ? null : <Command.Group heading={heading}>{children}</Command.Group>;
}
