import { useMemo } from "react";

import { useAddress, useGoTo } from "../address";
import type { Task } from "../api/types";
import { isTemporary } from "../api/writes";
import { useText } from "../locale";
import { inProject, useMatch } from "../search/matching";
import { DueDate, Waits } from "../tasks/badges";
import { StatusMark } from "../tasks/StatusSelect";
import { useSnapshot } from "../workspace";

const MOST = 100;

/** Which task is to be in the middle. */
export function Picker() {
  const text = useText();
  const goTo = useGoTo();
  const { tasks } = useSnapshot();
  const { project } = useAddress();
  const { matches } = useMatch();
  const shown = useMemo(
    () =>
      tasks
        .filter((task) => !isTemporary(task.id) && inProject(task, project) && (matches === null || matches(task)))
        .toSorted((one, other) => ties(other) - ties(one))
        .slice(0, MOST),
    [tasks, project, matches],
  );
  return (
    <div className="graph-pick">
      <h2>{text.graphPick}</h2>
      <p className="muted">{text.graphPickHint}</p>
      {shown.length === 0 ? (
        <p className="state">{text.graphPickNone}</p>
      ) : (
        <ul role="list">
          {shown.map((task) => (
            <li key={task.id}>
              <button type="button" className="graph-choice" onClick={() => goTo("graph", {}, task.id)}>
                <StatusMark status={task.durum} />
                <span className="unseen">{text.status[task.durum]}: </span>
                <bdi className="clipped">{task.baslik}</bdi>
                <Waits task={task} />
                <DueDate task={task} />
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function ties(task: Task): number {
  return task.tamamlanmamis_bagimlilik_sayisi + task.bu_goreve_bagimli_sayisi;
}
