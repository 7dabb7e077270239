/** The last changes of the workspace, read backwards page by page, and kept true by the event stream. */

import { useCallback, useEffect, useRef, useState } from "react";

import { Refused } from "../api/client";
import { useSnapshot, useWorkspace } from "../workspace";
import { type Change, toChange } from "./changes";

const PAGE = 200;
/** Changes closer together than this are read together. */
const GATHER_MS = 120;

export interface Log {
  /** In no order; none twice. */
  readonly changes: readonly Change[];
  readonly loading: boolean;
  readonly error: Error | null;
  /** Nothing older is kept. */
  readonly atEnd: boolean;
  readonly older: () => void;
  readonly retry: () => void;
}

export function useLog(): Log {
  const { client, feed } = useWorkspace();
  const held = useRef(new Map<number, Change>());
  /** What is held covers the log from after `since` to `upTo`. */
  const range = useRef<{ since: number; upTo: number } | null>(null);
  const [busy, setBusy] = useState(0);
  const [error, setError] = useState<Error | null>(null);
  const [atEnd, setAtEnd] = useState(false);
  const [changes, setChanges] = useState<readonly Change[]>([]);

  const read = useCallback(
    async (since: number, upTo: number | null, signal: AbortSignal): Promise<number> => {
      let at = since;
      for (let more = true; more && (upTo === null || at < upTo); ) {
        const page = await client.events(at, upTo === null ? PAGE : Math.min(PAGE, upTo - at), signal);
        for (const wire of page.frames) {
          const change = toChange(wire);
          if (change !== null) held.current.set(change.seq, change);
        }
        more = page.more && page.seq > at;
        at = page.seq;
      }
      return at;
    },
    [client],
  );

  const back = useCallback(
    async (signal: AbortSignal) => {
      setBusy((count) => count + 1);
      try {
        const upTo = range.current?.since ?? null;
        let since = Math.max(0, (upTo ?? feed.snapshot?.seq ?? 0) - PAGE);
        let end: number;
        try {
          end = await read(since, upTo, signal);
        } catch (reason) {
          const oldest = reason instanceof Refused && reason.code === "resync" ? reason.details["oldest"] : undefined;
          if (typeof oldest !== "number") throw reason;
          // Older ones have been trimmed: what is left of the stretch, if anything is.
          setAtEnd(true);
          since = Math.max(since, oldest - 1);
          end = upTo !== null && since >= upTo ? upTo : await read(since, upTo, signal);
        }
        range.current = { since, upTo: range.current?.upTo ?? Math.max(end, since) };
        if (since === 0) setAtEnd(true);
        setChanges([...held.current.values()]);
        setError(null);
      } catch (reason) {
        if (!signal.aborted) setError(reason as Error);
      } finally {
        setBusy((count) => count - 1);
      }
    },
    [feed, read],
  );

  useEffect(() => {
    if (range.current !== null) return;
    const leaving = new AbortController();
    void back(leaving.signal);
    return () => leaving.abort();
  }, [back]);

  // However a change came to be known, by the stream or by a look now and then, the snapshot has its number.
  const { seq } = useSnapshot();
  useEffect(() => {
    if (range.current === null || seq <= range.current.upTo) return;
    const leaving = new AbortController();
    const timer = setTimeout(() => {
      const last = range.current;
      if (last === null) return;
      read(last.upTo, null, leaving.signal)
        .then((upTo) => {
          range.current = { ...(range.current ?? last), upTo: Math.max(last.upTo, upTo) };
          setChanges([...held.current.values()]);
        })
        // The next change tries again, from the same place.
        .catch(() => undefined);
    }, GATHER_MS);
    return () => {
      clearTimeout(timer);
      leaving.abort();
    };
    // `busy`: what came during the first look is read after it.
  }, [seq, read, busy]);

  const again = useCallback(() => void back(new AbortController().signal), [back]);
  return { changes, loading: busy > 0, error, atEnd, older: again, retry: again };
}
