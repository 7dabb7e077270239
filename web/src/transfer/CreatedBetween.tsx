import { useId } from "react";

import { useText } from "../locale";

interface Props {
  /** Days as `YYYY-MM-DD`, both included; empty: open. */
  readonly first: string;
  readonly last: string;
  readonly bad: boolean;
  readonly onFirst: (day: string) => void;
  readonly onLast: (day: string) => void;
}

/** Narrows an export to tasks by the day of their creation. */
export function CreatedBetween({ first, last, bad, onFirst, onLast }: Props) {
  const text = useText();
  const id = useId();
  const fault = bad ? { "aria-invalid": true, "aria-describedby": id } : {};
  return (
    <details className="transfer-more">
      <summary>{text.createdBetween}</summary>
      <div className="field transfer-dates">
        <span className="transfer-range">
          <input {...fault} type="date" className="input" aria-label={text.createdFrom} value={first} onChange={({ target }) => onFirst(target.value)} />
          <span aria-hidden="true">–</span>
          <input {...fault} type="date" className="input" aria-label={text.createdTo} value={last} onChange={({ target }) => onLast(target.value)} />
        </span>
        {bad && (
          <p id={id} className="fault" role="alert">
            {text.endsBeforeBegin}
          </p>
        )}
      </div>
    </details>
  );
}
