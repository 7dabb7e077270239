import { type KeyboardEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";

import { useAddress } from "../address";
import type { Task } from "../api/types";
import { useText } from "../locale";
import { pressed } from "../shortcuts/registry";
import { isOpen } from "../tasks/counts";
import { StatusMark } from "../tasks/StatusSelect";
import { Icon } from "../ui/Icon";
import { tasksById, useSnapshot } from "../workspace";
import { layOut, NODE_HEIGHT, NODE_WIDTH, pathOf, type Step, stepFrom } from "./layout";
import type { Neighbourhood, Told } from "./neighbourhood";

interface Props {
  readonly centre: Task;
  readonly neighbourhood: Neighbourhood;
  readonly onOpen: (taskId: string) => void;
  readonly onCentre: (taskId: string) => void;
}

const STEPS: Readonly<Record<string, Step>> = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down" };
const SCALES = [0.4, 0.55, 0.7, 0.85, 1, 1.25, 1.5] as const;

export function Drawing({ centre, neighbourhood, onOpen, onCentre }: Props) {
  const text = useText();
  const { tasks } = useSnapshot();
  const { task: opened } = useAddress();
  const { nodes: found, edges, beyond } = neighbourhood;
  const picture = useMemo(() => layOut(found.map(({ id }) => id), edges), [found, edges]);
  const known = tasksById(tasks);
  const told = useMemo(() => new Map(found.map((node) => [node.id, node])), [found]);
  const [chosen, setChosen] = useState(centre.id);
  const current = told.has(chosen) ? chosen : centre.id;
  const [scale, setScale] = useState<number | null>(null);
  const frame = useRef<HTMLDivElement>(null);
  const fitting = useFit(frame, picture.width, picture.height);
  const zoom = scale ?? fitting;

  // The middle of attention is the middle of the view.
  const at = picture.nodes.find(({ id }) => id === centre.id);
  useEffect(() => {
    const view = frame.current;
    if (view === null || at === undefined) return;
    view.scrollTo((at.x + NODE_WIDTH / 2) * zoom - view.clientWidth / 2, (at.y + NODE_HEIGHT / 2) * zoom - view.clientHeight / 2);
    // Only when another picture or size is shown, not when one walks about in it.
  }, [at?.x, at?.y, zoom]);

  const statusOf = (node: Told) => known.get(node.id)?.durum ?? node.status;
  const titleOf = (node: Told) => known.get(node.id)?.baslik ?? node.title;
  const onKeyDown = (event: KeyboardEvent, id: string) => {
    const step = STEPS[event.key];
    if (pressed(event, "graphWalk") && step !== undefined) {
      const next = stepFrom(picture, edges, id, step);
      if (next !== null) focusNode(frame.current, next);
    } else if (pressed(event, "graphCentre")) onCentre(id);
    else return;
    event.preventDefault();
  };
  const zoomBy = (by: 1 | -1) => {
    const next = by > 0 ? SCALES.find((each) => each > zoom + 0.01) : SCALES.findLast((each) => each < zoom - 0.01);
    if (next !== undefined) setScale(next);
  };
  const places = new Map(picture.nodes.map((node) => [node.id, node]));

  return (
    <>
      <div ref={frame} className="graph-frame" role="group" aria-label={text.graphLabel(centre.baslik)} aria-describedby="graph-help">
        <svg className="graph" viewBox={`0 0 ${picture.width} ${picture.height}`} width={picture.width * zoom} height={picture.height * zoom}>
          <defs>
            <marker id="graph-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="10" markerHeight="10" markerUnits="userSpaceOnUse" orient="auto-start-reverse">
              <path className="graph-tip" d="M0 0.8L7.2 4L0 7.2z" />
            </marker>
          </defs>
          <g aria-hidden="true">
            {edges.map(({ from, to, related }) => {
              const [start, end] = [places.get(from), places.get(to)];
              const before = told.get(from);
              if (start === undefined || end === undefined || before === undefined) return null;
              const blocks = !related && isOpen(statusOf(before));
              return (
                <path
                  key={`${from} ${to}`}
                  className="graph-edge"
                  data-kind={related ? "related" : blocks ? "blocks" : "before"}
                  data-lit={from === current || to === current}
                  d={pathOf(start, end)}
                  {...(!related && { markerEnd: "url(#graph-tip)" })}
                />
              );
            })}
          </g>
          {picture.nodes.map(({ id, x, y }) => {
            const node = told.get(id);
            if (node === undefined) return null;
            const before = edges.filter(({ from, to, related }) => {
              const first = told.get(from);
              return !related && to === id && first !== undefined && isOpen(statusOf(first));
            }).length;
            const after = edges.filter(({ from, related }) => !related && from === id).length;
            const more = beyond.get(id) ?? 0;
            const label = [text.graphNode(titleOf(node), text.status[statusOf(node)], before, after), more > 0 ? text.graphMore(more) : null];
            return (
              <foreignObject key={id} x={x - 4} y={y - 4} width={NODE_WIDTH + 8} height={NODE_HEIGHT + 8}>
                <button
                  type="button"
                  className="graph-node"
                  data-node={id}
                  data-centre={id === centre.id}
                  data-open={id === opened}
                  data-status={statusOf(node)}
                  tabIndex={id === current ? 0 : -1}
                  aria-label={label.filter(Boolean).join(" ")}
                  aria-current={id === centre.id ? "true" : undefined}
                  onFocus={() => setChosen(id)}
                  onClick={() => onOpen(id)}
                  onDoubleClick={() => onCentre(id)}
                  onKeyDown={(event) => onKeyDown(event, id)}
                >
                  <StatusMark status={statusOf(node)} />
                  <bdi className="graph-name">{titleOf(node)}</bdi>
                  {more > 0 && (
                    <span className="graph-more figures" aria-hidden="true" title={text.graphMore(more)}>
                      +{more}
                    </span>
                  )}
                </button>
              </foreignObject>
            );
          })}
        </svg>
        {edges.length === 0 && (
          <div className="graph-alone">
            <p>{text.graphAlone}</p>
            <p className="muted">{text.graphAloneHint}</p>
          </div>
        )}
      </div>
      <div className="graph-foot">
        <Legend />
        <p id="graph-help" className="graph-help muted">
          {text.graphHelp}
        </p>
        <div className="graph-tools">
          {current !== centre.id && (
            <button type="button" className="button" onClick={() => onCentre(current)}>
              {text.graphCentre}
            </button>
          )}
          <button type="button" className="icon-button" aria-label={text.graphZoomOut} title={text.graphZoomOut} disabled={zoom <= SCALES[0]} onClick={() => zoomBy(-1)}>
            <Icon name="minus" />
          </button>
          <button type="button" className="button quiet figures" title={text.graphFit} onClick={() => setScale(null)}>
            {Math.round(zoom * 100)} %<span className="unseen">, {text.graphFit}</span>
          </button>
          <button type="button" className="icon-button" aria-label={text.graphZoomIn} title={text.graphZoomIn} disabled={zoom >= SCALES[SCALES.length - 1]!} onClick={() => zoomBy(1)}>
            <Icon name="plus" />
          </button>
        </div>
      </div>
    </>
  );
}

function Legend() {
  const text = useText();
  const line = (kind: string, name: string) => (
    <li>
      <svg width="30" height="8" viewBox="0 0 30 8" aria-hidden="true">
        <path className="graph-edge" data-kind={kind} d="M1 4H27" {...(kind !== "related" && { markerEnd: "url(#graph-tip)" })} />
      </svg>
      <span>{name}</span>
    </li>
  );
  return (
    <ul className="graph-legend muted" role="list">
      {line("blocks", text.graphLegendOpen)}
      {line("before", text.graphLegendBefore)}
      {line("related", text.graphLegendRelated)}
    </ul>
  );
}

function focusNode(within: HTMLElement | null, id: string): void {
  const node = within?.querySelector<HTMLElement>(`[data-node="${CSS.escape(id)}"]`);
  node?.focus({ preventScroll: true });
  node?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

/** As large as it can be without scrolling, never larger than life, never too small to be read. */
function useFit(frame: React.RefObject<HTMLDivElement | null>, width: number, height: number): number {
  const [fit, setFit] = useState(1);
  useLayoutEffect(() => {
    const view = frame.current;
    if (view === null) return;
    const measure = () => setFit(Math.min(1, Math.max(0.7, Math.min(view.clientWidth / width, view.clientHeight / height))));
    const observer = new ResizeObserver(measure);
    observer.observe(view);
    measure();
    return () => observer.disconnect();
  }, [frame, width, height]);
  return fit;
}
