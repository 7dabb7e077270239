import { useParams } from "@tanstack/react-router";

import { useAddress, useChangeAddress, useGoTo, useOpenTask } from "../address";
import { useText } from "../locale";
import { Icon } from "../ui/Icon";
import { Trouble, Waiting } from "../ui/LoadState";
import { Select } from "../ui/Select";
import { useTask } from "../workspace";
import "./graph.css";
import { Drawing } from "./Drawing";
import { MOST_NODES, useNeighbourhood } from "./neighbourhood";
import { Picker } from "./Picker";

const DEPTHS = ["1", "2", "3", "4"] as const;
const USUAL_DEPTH = "2";

/** What one task waits for and what waits for it, some steps around. */
export function GraphView() {
  const { taskId } = useParams({ strict: false }) as { taskId?: string };
  return taskId === undefined ? <Picker /> : <Graph key={taskId} taskId={taskId} />;
}

function Graph({ taskId }: { readonly taskId: string }) {
  const text = useText();
  const goTo = useGoTo();
  const openTask = useOpenTask();
  const change = useChangeAddress();
  const address = useAddress();
  const centre = useTask(taskId);
  const depth = DEPTHS.find((each) => each === address.depth) ?? USUAL_DEPTH;
  const { data, error, refetch } = useNeighbourhood(taskId, Number(depth));
  if (centre === undefined) {
    return (
      <div className="state">
        <p>{text.graphGone}</p>
        <button type="button" className="button" onClick={() => goTo("graph")}>
          {text.graphOther}
        </button>
      </div>
    );
  }
  return (
    <div className="graph-view">
      <div className="graph-bar">
        <button type="button" className="button quiet" onClick={() => goTo("graph")}>
          <Icon name="search" />
          <span>{text.graphOther}</span>
        </button>
        <h2 className="graph-title clipped">
          <bdi>{centre.baslik}</bdi>
        </h2>
        <label className="graph-depth">
          <span className="muted">{text.graphDepth}</span>
          <Select
            className="quiet-select"
            value={depth}
            options={DEPTHS.map((value) => ({ value, name: text.graphDepthOf(Number(value)) }))}
            onChoose={(value) => change({ depth: value === USUAL_DEPTH ? null : value }, { replace: true })}
          />
        </label>
      </div>
      {data === undefined ? (
        error === null ? <Waiting /> : <Trouble reason={error} onRetry={() => void refetch()} />
      ) : (
        <>
          {data.cut && <p className="graph-note muted">{text.graphCut(MOST_NODES)}</p>}
          <Drawing
            centre={centre}
            neighbourhood={data}
            onOpen={openTask}
            onCentre={(id) => goTo("graph", {}, id)}
          />
        </>
      )}
    </div>
  );
}
