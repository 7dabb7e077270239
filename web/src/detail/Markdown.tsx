import { useMemo, useState } from "react";

import { useText } from "../locale";
import { directionOf } from "../ui/direction";
import "./markdown.css";
import { toHtml } from "./markdown";

/** Beyond this many characters a text is long enough to make the page stutter. */
const SHOWN_AT_FIRST = 30_000;

export function Markdown({ text: source }: { readonly text: string }) {
  const text = useText();
  const [all, setAll] = useState(false);
  const cut = source.length > SHOWN_AT_FIRST;
  const html = useMemo(() => (cut ? toHtml(source.slice(0, SHOWN_AT_FIRST)) : toHtml(source)), [source, cut]);
  return (
    <>
      {/* Sieved in markdown.ts. */}
      {cut && all ? <pre className="md-plain" dir={directionOf(source)} tabIndex={0}>{source}</pre> : <div className="md" dir="auto" dangerouslySetInnerHTML={{ __html: html }} />}
      {cut && !all && (
        <p className="muted md-cut">
          {text.longText}{" "}
          <button type="button" className="link" onClick={() => setAll(true)}>
            {text.showAll}
          </button>
        </p>
      )}
    </>
  );
}
