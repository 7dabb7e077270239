import { useMemo } from "react";

import { useAddress, useChangeAddress, useOpenTask } from "../address";
import { useLanguage, useText } from "../locale";
import { localDate } from "../tasks/dates";
import { fold } from "../tasks/fold";
import { Icon, type IconName } from "../ui/Icon";
import { Trouble, Waiting } from "../ui/LoadState";
import { Select } from "../ui/Select";
import { tasksById, useSnapshot } from "../workspace";
import "./activity.css";
import { type Actor, type ActorKind, nameOf } from "./actor";
import { actorsIn, byDay, type Change, type Told } from "./changes";
import { useLog } from "./log";

const ICONS: Readonly<Record<ActorKind, IconName>> = {
  assistant: "spark",
  editor: "code",
  person: "person",
  terminal: "terminal",
  program: "swap",
  watcher: "file",
  system: "clock",
};
const EVERYONE = "*";

/** Who changed what, live: assistants, editors, people. */
export function ActivityView() {
  const text = useText();
  const { actor, project, q = "" } = useAddress();
  const change = useChangeAddress();
  const { changes, loading, error, atEnd, older, retry } = useLog();
  const actors = useMemo(() => actorsIn(changes), [changes]);
  const days = useMemo(() => {
    const words = fold(q).split(/\s+/).filter((word) => word !== "" && !word.includes(":"));
    return byDay(changes, (each) => (actor === undefined || each.actor.client === actor) && ofProject(each, project) && words.every((word) => fold(each.title).includes(word)));
  }, [changes, actor, project, q]);
  if (changes.length === 0 && error !== null) return <Trouble reason={error} onRetry={retry} />;
  if (changes.length === 0 && loading) return <Waiting />;
  return (
    <div className="activity">
      <div className="activity-bar">
        <label className="activity-who">
          <span className="muted">{text.activityActor}</span>
          <Select
            className="quiet-select"
            value={actor ?? EVERYONE}
            options={[
              { value: EVERYONE, name: text.activityEveryone },
              ...withChosen(actors, actor).map((each) => ({ value: each.client, name: `${nameOf(each, text)} · ${text.activityKinds[each.kind]}` })),
            ]}
            onChoose={(value) => change({ actor: value === EVERYONE ? null : value }, { replace: true })}
          />
        </label>
        <span className="activity-live muted">{text.activityLive}</span>
      </div>
      <div className="activity-log" role="region" aria-label={text.activityLabel} tabIndex={0}>
        {days.map(({ day, changes: told }) => (
          <section key={day} aria-labelledby={`day-${day}`}>
            <Day day={day} />
            <ol className="activity-list" role="list">
              {told.map((each) => (
                <Line key={each.seq} change={each} />
              ))}
            </ol>
          </section>
        ))}
        {days.length === 0 && <p className="state">{changes.length === 0 ? text.activityEmpty : text.activityNoMatches}</p>}
        <div className="activity-more">
          {atEnd ? (
            changes.length > 0 && <p className="muted">{text.activityEnd}</p>
          ) : (
            <button type="button" className="button" disabled={loading} onClick={older}>
              {loading ? text.activityLoading : text.activityOlder}
            </button>
          )}
        </div>
      </div>
    </div>
  );
}

function Day({ day }: { readonly day: string }) {
  const text = useText();
  const language = useLanguage();
  const named = day === localDate() ? text.today : day === localDate(new Date(Date.now() - 86_400_000)) ? text.yesterday : null;
  const written = new Intl.DateTimeFormat(language, { timeZone: "UTC", weekday: "long", day: "numeric", month: "long" }).format(new Date(`${day || localDate()}T00:00:00Z`));
  return (
    <h2 id={`day-${day}`} className="activity-day">
      {named ?? written}
      {named !== null && <span className="muted"> {written}</span>}
    </h2>
  );
}

function Line({ change }: { readonly change: Told }) {
  const text = useText();
  const language = useLanguage();
  const openTask = useOpenTask();
  const task = tasksById(useSnapshot().tasks).get(change.taskId);
  const { actor, deed, title, fields, times, at } = change;
  const moment = new Date(at);
  const named = (text.fieldNames as Readonly<Record<string, string>>);
  const about = deed === "updated" ? fields.flatMap((field) => named[field] ?? []) : [];
  return (
    <li className="activity-line" data-deed={deed}>
      <time className="figures muted" dateTime={at} title={Number.isNaN(moment.getTime()) ? at : moment.toLocaleString(language)}>
        {Number.isNaN(moment.getTime()) ? "" : moment.toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit" })}
      </time>
      <span className="activity-actor" data-kind={actor.kind} title={text.activityKinds[actor.kind]}>
        <Icon name={ICONS[actor.kind]} />
      </span>
      <p className="activity-text">
        <bdi className="activity-name">{nameOf(actor, text)}</bdi> <span className="activity-deed">{text.activityDid[deed]}</span>{" "}
        {task === undefined ? (
          <bdi className={deed === "deleted" ? "activity-gone" : undefined}>{title}</bdi>
        ) : (
          <button type="button" className="activity-task" onClick={() => openTask(task.id)}>
            <bdi>{title || task.baslik}</bdi>
          </button>
        )}
        {about.length > 0 && <span className="muted"> {text.activityFields(about.join(", "))}</span>}
        {times > 1 && <span className="muted"> · {text.activityTimes(times)}</span>}
      </p>
    </li>
  );
}

/** What the address filters by stays choosable, though nothing of it is in what was read. */
function withChosen(actors: readonly Actor[], chosen: string | undefined): readonly Actor[] {
  if (chosen === undefined || actors.some(({ client }) => client === chosen)) return actors;
  return [...actors, { client: chosen, kind: "program" }];
}

function ofProject(change: Change, project: string | undefined): boolean {
  if (project === undefined) return true;
  return project === "none" ? change.projectId === "" : change.projectId === project;
}
