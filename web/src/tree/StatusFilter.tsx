import { useId, useMemo } from "react";

import { useAddress, useChangeAddress } from "../address";
import { STATUSES, type Task } from "../api/types";
import { useText } from "../locale";
import { countByStatus } from "../tasks/counts";

/** One status, or all; `tasks` are those of the project shown, whatever their status. */
export function StatusFilter({ tasks }: { readonly tasks: readonly Task[] }) {
  const text = useText();
  const group = useId();
  const { status = "" } = useAddress();
  const change = useChangeAddress();
  const counts = useMemo(() => countByStatus(tasks), [tasks]);
  return (
    <fieldset className="segments">
      <legend className="unseen">{text.setStatus}</legend>
      {(["", ...STATUSES] as const).map((value) => (
        <label key={value} className="segment">
          <input
            type="radio"
            className="unseen"
            name={group}
            checked={status === value}
            onChange={() => change({ status: value === "" ? null : value })}
          />
          <span>{value === "" ? text.anyStatus : text.status[value]}</span>
          {value !== "" && <span className="segment-count">{counts[value]}</span>}
        </label>
      ))}
    </fieldset>
  );
}
