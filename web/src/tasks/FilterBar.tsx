import { useId, useMemo } from "react";

import { STATUSES, type Task } from "../api/types";
import { useText } from "../locale";
import { countByStatus } from "./counts";
import type { Filter } from "./tree";

interface Props {
  readonly filter: Filter;
  /** The tasks of the project shown, whatever their status. */
  readonly tasks: readonly Task[];
  readonly onFilter: (filter: Filter) => void;
}

export function FilterBar({ filter, tasks, onFilter }: Props) {
  const text = useText();
  const group = useId();
  const counts = useMemo(() => countByStatus(tasks), [tasks]);
  return (
    <div className="filters" role="search">
      <fieldset className="segments">
        <legend className="unseen">{text.filterStatus}</legend>
        {[null, ...STATUSES].map((status) => (
          <label key={status ?? ""} className="segment">
            <input
              type="radio"
              className="unseen"
              name={group}
              checked={filter.status === status}
              onChange={() => onFilter({ ...filter, status })}
            />
            <span>{status === null ? text.anyStatus : text.status[status]}</span>
            {status !== null && <span className="segment-count">{counts[status]}</span>}
          </label>
        ))}
      </fieldset>
      <input
        type="search"
        className="input filter-text"
        aria-label={text.filterText}
        placeholder={text.filterText}
        value={filter.text}
        onChange={({ target }) => onFilter({ ...filter, text: target.value })}
      />
    </div>
  );
}
