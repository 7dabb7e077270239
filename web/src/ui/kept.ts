import { useCallback, useState } from "react";

import { recallHere, rememberHere } from "./stored";

/** A text being typed that outlives what shows it, and a reload of the page; `key` is of the one field. */
export function useKeptText(key: string): [string, (text: string) => void] {
  const [text, setText] = useState(() => recallHere(key) ?? "");
  const write = useCallback(
    (typed: string) => {
      setText(typed);
      rememberHere(key, typed === "" ? null : typed);
    },
    [key],
  );
  return [text, write];
}
