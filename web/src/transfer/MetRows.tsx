import { useState } from "react";

import { useText } from "../locale";
import { CONFLICT_TYPES, type Met, type Resolution } from "./answers";

const SHOWN_AT_FIRST = 50;
const MORE = 500;

/** The rows that the workspace has already, and what becomes of each. */
export function MetRows({ met, resolution }: { readonly met: readonly Met[]; readonly resolution: Resolution }) {
  const text = useText();
  const [most, setMost] = useState(SHOWN_AT_FIRST);
  if (met.length === 0) return null;
  // Tasks first: of them there is most to say.
  const ordered = CONFLICT_TYPES.flatMap((type) => met.filter((each) => each.type === type));
  return (
    <details className="transfer-more" open={met.length <= 8}>
      <summary>{text.thereAlready(met.length)}</summary>
      <ul className="met-rows" role="list" tabIndex={0} aria-label={text.thereAlready(met.length)}>
        {ordered.slice(0, most).map(({ type, id, existing, incoming }, index) => (
          <li key={`${type} ${id} ${index}`}>
            <span className="tag">{text.conflictTypes[type]}</span>
            <span className="met-name">
              <bdi>{existing}</bdi>
              {incoming !== existing && (
                <>
                  {" "}
                  <span className="muted">{text.inTheFile}</span> <bdi>{incoming}</bdi>
                </>
              )}
            </span>
            <span className="met-fate" data-fate={resolution}>
              {text.fates[resolution]}
            </span>
          </li>
        ))}
      </ul>
      {ordered.length > most && (
        <button type="button" className="button" onClick={() => setMost((last) => last + MORE)}>
          {text.showMore(ordered.length - most)}
        </button>
      )}
    </details>
  );
}
