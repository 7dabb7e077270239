import { type ReactNode, useEffect, useId, useRef } from "react";

import "./choices.css";

interface Props<V extends string> {
  readonly label: string;
  readonly value: V;
  readonly options: readonly {
    readonly value: V;
    readonly name: string;
    readonly hint?: string;
    readonly disabled?: boolean;
    /** Belongs to this choice; shown while it is made. */
    readonly more?: ReactNode;
  }[];
  readonly onChoose: (value: V) => void;
  /** Side by side where there is room. */
  readonly inRow?: boolean;
  /** Where a dialog begins. */
  readonly autoFocus?: boolean;
}

/** One of a few, all of them in sight with what they mean. */
export function Choices<V extends string>({ label, value, options, onChoose, inRow = false, autoFocus = false }: Props<V>) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const begun = useRef(value);
  // What a choice brings with it may lie below the edge.
  useEffect(() => {
    if (begun.current === value) return;
    begun.current = value;
    list.current?.querySelector(".choice-more")?.scrollIntoView({ block: "nearest" });
  }, [value]);
  return (
    <fieldset className="choices" data-row={inRow}>
      <legend className="label">{label}</legend>
      <div ref={list} className="choices-list">
        {options.map((option) => {
          const chosen = option.value === value;
          return (
            <div key={option.value} className="choice" data-chosen={chosen} data-disabled={option.disabled === true}>
              <label className="choice-line">
                <input
                  type="radio"
                  name={id}
                  checked={chosen}
                  disabled={option.disabled}
                  autoFocus={autoFocus && chosen}
                  aria-describedby={option.hint === undefined ? undefined : `${id}-${option.value}`}
                  onChange={() => onChoose(option.value)}
                />
                <span className="choice-name">{option.name}</span>
              </label>
              {option.hint !== undefined && (
                <p id={`${id}-${option.value}`} className="choice-hint muted">
                  {option.hint}
                </p>
              )}
              {chosen && option.more !== undefined && <div className="choice-more">{option.more}</div>}
            </div>
          );
        })}
      </div>
    </fieldset>
  );
}
