/** Small charts of our own. Each is a picture with a name; its numbers are a table, shown or only read out. */

import { type ReactNode, type RefObject, useId, useLayoutEffect, useRef, useState } from "react";

import { useLanguage, useText } from "../locale";
import { type Day, marks } from "./figures";

interface FigureProps {
  readonly title: string;
  readonly hint?: string;
  readonly wide?: boolean;
  readonly showTable: boolean;
  readonly table: ReactNode;
  readonly children: ReactNode;
}

export function Figure({ title, hint, wide = false, showTable, table, children }: FigureProps) {
  const id = useId();
  return (
    <section className="chart" aria-labelledby={id} data-wide={wide}>
      <h2 id={id}>{title}</h2>
      {!showTable && children}
      {showTable ? (
        <div className="chart-table" role="group" aria-label={title} tabIndex={0}>
          {table}
        </div>
      ) : (
        <div className="unseen">{table}</div>
      )}
      {hint !== undefined && <p className="chart-hint muted">{hint}</p>}
    </section>
  );
}

export interface Part {
  readonly key: string;
  readonly name: string;
  readonly count: number;
  /** Wraps the row's name: a link to the tasks that are counted. */
  readonly link: (children: ReactNode, className: string) => ReactNode;
}

interface BarsProps {
  readonly parts: readonly Part[];
  readonly kind: string;
}

/** A bar for each part, longest is full; the row leads to its tasks. */
export function Bars({ parts, kind }: BarsProps) {
  const highest = Math.max(1, ...parts.map(({ count }) => count));
  const figures = useFigures();
  return (
    <ul className="bars" role="list" data-kind={kind}>
      {parts.map(({ key, name, count, link }) => (
        <li key={key}>
          {link(
            <>
              <span className="bar-name">{name}</span>
              <span className="bar" aria-hidden="true">
                <svg width="100%" height="10" aria-hidden="true">
                  <rect className="bar-fill" data-part={key} width={count === 0 ? "0" : `${Math.max(1.5, (100 * count) / highest)}%`} height="10" rx="3" />
                </svg>
              </span>
              <span className="bar-count figures">{figures(count)}</span>
            </>,
            "bar-row",
          )}
        </li>
      ))}
    </ul>
  );
}

const RING = 62;
const RING_WIDTH = 18;

/** Shares of a whole as a ring, with a legend that leads to the tasks. */
export function Ring({ parts, middle, under }: { readonly parts: readonly Part[]; readonly middle: string; readonly under: string }) {
  const figures = useFigures();
  const whole = parts.reduce((sum, { count }) => sum + count, 0);
  const around = 2 * Math.PI * RING;
  let from = 0;
  return (
    <div className="ring-chart">
      <svg className="ring" viewBox="-80 -80 160 160" aria-hidden="true">
        <circle className="ring-base" r={RING} strokeWidth={RING_WIDTH} />
        {parts.map(({ key, count }) => {
          const length = whole === 0 ? 0 : (around * count) / whole;
          const start = from;
          from += length;
          if (length === 0) return null;
          const gap = length === around ? 0 : Math.min(2, length / 2);
          return (
            <circle
              key={key}
              className="ring-part"
              data-part={key}
              r={RING}
              strokeWidth={RING_WIDTH}
              strokeDasharray={`${length - gap} ${around - length + gap}`}
              strokeDashoffset={-start}
              transform="rotate(-90)"
            />
          );
        })}
        <text className="ring-middle" y="2" textAnchor="middle">
          {middle}
        </text>
        <text className="ring-under" y="20" textAnchor="middle">
          {under}
        </text>
      </svg>
      <ul className="ring-legend" role="list">
        {parts.map(({ key, name, count, link }) => (
          <li key={key}>
            {link(
              <>
                <span className="dot" data-part={key} aria-hidden="true" />
                <span className="bar-name">{name}</span>
                <span className="bar-count figures">{figures(count)}</span>
              </>,
              "bar-row",
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

const PLOT = { height: 210, left: 34, right: 6, top: 8, bottom: 22 } as const;

/** Two columns for each day. */
export function DayColumns({ days, label }: { readonly days: readonly Day[]; readonly label: string }) {
  const text = useText();
  const language = useLanguage();
  const axis = marks(Math.max(...days.map(({ created, finished }) => Math.max(created, finished))));
  const top = axis.at(-1) ?? 1;
  const frame = useRef<HTMLDivElement>(null);
  const all = useWidth(frame);
  const room = PLOT.height - PLOT.top - PLOT.bottom;
  const y = (value: number) => PLOT.top + room * (1 - value / top);
  const step = (all - PLOT.left - PLOT.right) / days.length;
  const width = Math.min(9, step * 0.38);
  const short = new Intl.DateTimeFormat(language, { timeZone: "UTC", day: "numeric", month: "short" });
  return (
    <>
      <div ref={frame} className="plot-frame">
      <svg className="plot" width={all} height={PLOT.height} viewBox={`0 0 ${all} ${PLOT.height}`} role="img" aria-label={label}>
        {axis.map((mark) => (
          <g key={mark}>
            <line className="plot-line" x1={PLOT.left} x2={all - PLOT.right} y1={y(mark)} y2={y(mark)} />
            <text className="plot-mark" x={PLOT.left - 6} y={y(mark) + 4} textAnchor="end">
              {mark}
            </text>
          </g>
        ))}
        {days.map(({ day, created, finished }, at) => {
          const middle = PLOT.left + step * (at + 0.5);
          return (
            <g key={day}>
              <title>{`${short.format(new Date(day))}: ${text.chartCreated} ${created}, ${text.chartFinished} ${finished}`}</title>
              <rect className="plot-hit" x={middle - step / 2} y={PLOT.top} width={step} height={room} />
              <rect className="plot-column" data-part="created" x={middle - width - 0.5} y={y(created)} width={width} height={PLOT.top + room - y(created)} rx="1.5" />
              <rect className="plot-column" data-part="finished" x={middle + 0.5} y={y(finished)} width={width} height={PLOT.top + room - y(finished)} rx="1.5" />
              {(days.length - 1 - at) % 7 === 0 && (
                <text className="plot-mark" x={at === days.length - 1 ? all - PLOT.right : middle} y={PLOT.height - 6} textAnchor={at === days.length - 1 ? "end" : "middle"}>
                  {short.format(new Date(day))}
                </text>
              )}
            </g>
          );
        })}
      </svg>
      </div>
      <p className="plot-legend" aria-hidden="true">
        <span className="dot" data-part="created" /> {text.chartCreated}
        <span className="dot" data-part="finished" /> {text.chartFinished}
      </p>
    </>
  );
}

const LEAST_WIDTH = 250;

/** Drawn as wide as there is room for, so that the writing in it keeps its size. */
function useWidth(frame: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(LEAST_WIDTH);
  useLayoutEffect(() => {
    const view = frame.current;
    if (view === null) return;
    const measure = () => setWidth(Math.max(LEAST_WIDTH, view.clientWidth));
    const observer = new ResizeObserver(measure);
    observer.observe(view);
    measure();
    return () => observer.disconnect();
  }, [frame]);
  return width;
}

interface TableProps {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

export function Table({ caption, head, rows }: TableProps) {
  const figures = useFigures();
  return (
    <table>
      <caption className="unseen">{caption}</caption>
      <thead>
        <tr>
          {head.map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, ...cells]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            {cells.map((cell, at) => (
              <td key={at} className="figures">
                {typeof cell === "number" ? figures(cell) : cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function useFigures(): (value: number) => string {
  const language = useLanguage();
  return (value) => value.toLocaleString(language);
}
