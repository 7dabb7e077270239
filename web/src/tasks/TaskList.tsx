import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useMemo, useRef, useState } from "react";

import type { Project } from "../api/types";
import { useText } from "../locale";
import type { Selection } from "./selection";
import { TaskRow } from "./TaskRow";
import type { Row } from "./tree";

interface Props {
  readonly rows: readonly Row[];
  readonly projects: readonly Project[];
  readonly showProject: boolean;
  readonly changed: ReadonlySet<string>;
  readonly selectedId: string | null;
  /** Null while nothing can be folded. */
  readonly onToggle: ((id: string) => void) | null;
  readonly onSelect: (selection: Selection) => void;
}

const ROW_PX = 37;
const ROWS_BEYOND_VIEW = 15;

/** Only the rows in view are in the document, and the one that has the focus wherever it is. */
export function TaskList({ rows, projects, showProject, changed, selectedId, onToggle, onSelect }: Props) {
  const text = useText();
  const scroller = useRef<HTMLDivElement>(null);
  const [focused, setFocused] = useState<string | null>(null);
  const names = useMemo(() => new Map(projects.map(({ id, isim }) => [id, isim])), [projects]);
  const kept = useMemo(() => rows.findIndex((row) => row.task.id === focused), [rows, focused]);
  // Its identity tells the virtualizer whether its measures of all rows still hold.
  const keyOf = useCallback((index: number) => rows[index]?.task.id ?? index, [rows]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: ROWS_BEYOND_VIEW,
    getItemKey: keyOf,
    rangeExtractor: (range) => {
      const indexes = defaultRangeExtractor(range);
      return kept < 0 || indexes.includes(kept) ? indexes : [...indexes, kept].toSorted((a, b) => a - b);
    },
  });

  return (
    <div ref={scroller} className="task-scroller">
      <ul
        role="list"
        aria-label={text.tasks}
        className="task-list"
        style={{ height: virtual.getTotalSize() }}
        onFocus={({ target }) => setFocused(target.closest<HTMLElement>("[data-task-id]")?.dataset["taskId"] ?? null)}
        onBlur={() => setFocused(null)}
      >
        {virtual.getVirtualItems().map(({ index, start, key }) => {
          const row = rows[index];
          return (
            row && (
              <TaskRow
                key={key}
                row={row}
                index={index}
                total={rows.length}
                top={start}
                measure={virtual.measureElement}
                project={showProject && row.depth === 0 ? names.get(row.task.proje_id ?? "") : undefined}
                changed={changed.has(row.task.id)}
                selected={row.task.id === selectedId}
                onToggle={onToggle}
                onSelect={onSelect}
              />
            )
          );
        })}
      </ul>
    </div>
  );
}
