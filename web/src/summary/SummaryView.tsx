import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo, useState } from "react";

import { type AddressChange, useAddress, useOpenTask } from "../address";
import { PRIORITIES, STATUSES, type Task, type Wire } from "../api/types";
import { useLanguage, useText } from "../locale";
import { shifted } from "../search/days";
import { inProject, useMatch } from "../search/matching";
import { ViewLink } from "../shell/ViewLink";
import { DueDate, PriorityMark, Waits } from "../tasks/badges";
import { isOpen } from "../tasks/counts";
import { localDate } from "../tasks/dates";
import { StatusMark } from "../tasks/StatusSelect";
import { Checkbox } from "../ui/Checkbox";
import { useSnapshot, useWorkspace } from "../workspace";
import { Bars, DayColumns, Figure, type Part, Ring, Table, useFigures } from "./Chart";
import { BUCKETS, type Bucket, bucketOf, count, finishedIn, throughput } from "./figures";
import "./summary.css";

const DAYS = 30;
const LISTED = 6;
/** As many of the last events as are looked through for when tasks were finished. */
const EVENTS = 2_000;

/** How the workspace, or what is narrowed of it, stands. Counted from the tasks in the page, so it is live. */
export function SummaryView() {
  const text = useText();
  const language = useLanguage();
  const figures = useFigures();
  const { project, q } = useAddress();
  const { matches } = useMatch();
  const snapshot = useSnapshot();
  const [showTable, setShowTable] = useState(false);
  const today = localDate();
  const tasks = useMemo(
    () => snapshot.tasks.filter((task) => inProject(task, project) && (matches === null || matches(task))),
    [snapshot.tasks, project, matches],
  );
  const numbers = useMemo(() => count(tasks, today), [tasks, today]);
  const finishedAt = useFinished();
  const days = useMemo(() => throughput(tasks, finishedAt, today, DAYS), [tasks, finishedAt, today]);
  const lists = useMemo(() => listsOf(tasks, today), [tasks, today]);

  const percent = new Intl.NumberFormat(language, { style: "percent" });
  const dayName = new Intl.DateTimeFormat(language, { timeZone: "UTC", dateStyle: "medium" });
  const to = (change: AddressChange) => (children: ReactNode, className: string) => (
    <ViewLink view="tree" change={change} className={className} current={false}>
      {children}
    </ViewLink>
  );
  const also = (query: string) => ({ q: [query, q].filter(Boolean).join(" ") });
  const statuses: readonly Part[] = STATUSES.map((key) => ({ key, name: text.status[key], count: numbers.statuses[key], link: to({ status: key }) }));
  const priorities: readonly Part[] = PRIORITIES.toReversed().map((key) => ({
    key,
    name: text.priority[key],
    count: numbers.priorities[key],
    link: to({ priority: key, status: "beklemede,devam_ediyor" }),
  }));
  const due: readonly Part[] = BUCKETS.map((key) => ({ key, name: text.dueBuckets[key], count: numbers.due[key], link: to(also(dueQuery(key, today))) }));
  const created = days.reduce((sum, day) => sum + day.created, 0);
  const finished = days.reduce((sum, day) => sum + day.finished, 0);
  const table = (caption: string, first: string, parts: readonly Part[]) => (
    <Table caption={caption} head={[first, text.chartCount]} rows={parts.map(({ name, count: value }) => [name, value])} />
  );

  return (
    <div className="summary">
      <div className="summary-top">
        <dl className="summary-figures">
          <Big name={text.summaryOpen} value={figures(numbers.open)} />
          <Big name={text.summaryOverdue} value={figures(numbers.due.overdue)} warn={numbers.due.overdue > 0} />
          <Big name={text.summaryBlocked} value={figures(numbers.waiting)} />
          <Big name={text.summaryDone} value={figures(numbers.statuses.tamamlandi)} under={text.summaryDoneOf(percent.format(numbers.share))} />
        </dl>
        <Checkbox label={text.chartTables} checked={showTable} onChange={setShowTable} />
      </div>
      <div className="charts">
        <Figure title={text.chartThroughput} hint={text.chartFinishedHint} wide showTable={showTable} table={
          <Table caption={text.chartThroughput} head={[text.chartDay, text.chartCreated, text.chartFinished]} rows={days.map(({ day, created: made, finished: done }) => [dayName.format(new Date(day)), made, done])} />
        }>
          <DayColumns days={days} label={text.chartPlot(created, finished)} />
        </Figure>
        <Figure title={text.chartStatus} showTable={showTable} table={table(text.chartStatus, text.statusLabel, statuses)}>
          <Ring parts={statuses} middle={figures(numbers.all)} under={text.summaryTotal} />
        </Figure>
        <Figure title={text.chartPriority} showTable={showTable} table={table(text.chartPriority, text.priorityLabel, priorities)}>
          <Bars parts={priorities} kind="priority" />
        </Figure>
        <Figure title={text.chartDue} showTable={showTable} table={table(text.chartDue, text.dueDate, due)}>
          <Bars parts={due} kind="due" />
        </Figure>
        <TaskList title={text.summaryNext} none={text.summaryNextNone} tasks={lists.next} />
        <TaskList title={text.summaryWaiting} none={text.summaryWaitingNone} tasks={lists.waiting} />
        <TaskList title={text.summaryRecent} none={text.noTasks} tasks={lists.recent} />
      </div>
    </div>
  );
}

const OPEN = "durum:beklemede,devam_ediyor";

function dueQuery(bucket: Bucket, today: string): string {
  switch (bucket) {
    case "overdue":
      return "filtre:overdue";
    case "today":
      return "filtre:today";
    case "week":
      return `son_tarih:${shifted(today, 1)}..${shifted(today, 7)} ${OPEN}`;
    case "later":
      return `son_tarih:>=${shifted(today, 8)} ${OPEN}`;
    case "none":
      return `son_tarih:no_date ${OPEN}`;
  }
}

function Big({ name, value, under, warn = false }: { readonly name: string; readonly value: string; readonly under?: string; readonly warn?: boolean }) {
  return (
    <div className="big" data-warn={warn}>
      <dt>{name}</dt>
      <dd>
        <span className="big-value figures">{value}</span>
        {under !== undefined && <span className="muted"> {under}</span>}
      </dd>
    </div>
  );
}

function TaskList({ title, none, tasks }: { readonly title: string; readonly none: string; readonly tasks: readonly Task[] }) {
  const text = useText();
  const openTask = useOpenTask();
  return (
    <section className="chart">
      <h2>{title}</h2>
      {tasks.length === 0 ? (
        <p className="muted">{none}</p>
      ) : (
        <ul className="summary-tasks" role="list">
          {tasks.map((task) => (
            <li key={task.id}>
              <button type="button" className="summary-task" onClick={() => openTask(task.id)}>
                <StatusMark status={task.durum} />
                <span className="unseen">{text.status[task.durum]}: </span>
                <bdi className="clipped">{task.baslik}</bdi>
                <PriorityMark priority={task.oncelik} />
                <Waits task={task} />
                <DueDate task={task} />
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function listsOf(tasks: readonly Task[], today: string) {
  const open = tasks.filter((task) => isOpen(task.durum));
  const by = (field: "son_tarih" | "guncelleme_tarihi") => (one: Task, other: Task) => ((one[field] ?? "") < (other[field] ?? "") ? -1 : 1);
  return {
    next: open.filter((task) => ["overdue", "today", "week"].includes(bucketOf(task, today))).toSorted(by("son_tarih")).slice(0, LISTED),
    waiting: open
      .filter((task) => task.tamamlanmamis_bagimlilik_sayisi > 0)
      .toSorted((one, other) => other.tamamlanmamis_bagimlilik_sayisi - one.tamamlanmamis_bagimlilik_sayisi)
      .slice(0, LISTED),
    recent: tasks.toSorted(by("guncelleme_tarihi")).slice(-LISTED).toReversed(),
  };
}

const UNKNOWN: ReadonlyMap<string, string> = new Map();

/** When tasks were finished: from the log of changes, read once; afterwards a task's last change is near enough. */
function useFinished(): ReadonlyMap<string, string> {
  const { client, workspace, feed } = useWorkspace();
  const { data } = useQuery({
    queryKey: ["finished", workspace?.id ?? ""],
    queryFn: async ({ signal }) => {
      const since = Math.max(0, (feed.snapshot?.seq ?? 0) - EVENTS);
      const frames: Wire[] = [];
      for (let at = since, more = true; more; ) {
        const page = await client.events(at, 1_000, signal);
        frames.push(...page.frames);
        more = page.more && page.seq > at;
        at = page.seq;
      }
      return finishedIn(frames);
    },
    staleTime: 60_000,
    retry: false,
  });
  return data ?? UNKNOWN;
}
