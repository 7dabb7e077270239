/** A long export or import as its dialog follows it: begun, told of while it goes on, stopped if the user wants that. */

import { useEffect, useEffectEvent, useRef, useState } from "react";

import { Refused } from "../api/client";
import type { Progress } from "../api/progress";
import { useText } from "../locale";
import { useErrorText, useNotify } from "../ui/Notices";
import { useWorkspace } from "../workspace";

export interface Operation<R> {
  readonly running: boolean;
  /** Null: nothing was heard of it yet. */
  readonly progress: Progress | null;
  readonly stopping: boolean;
  readonly error: Error | null;
  readonly result: R | null;
  /** The user stopped it, and nothing of it remains. */
  readonly stopped: boolean;
  readonly start: (work: (operationId: string) => Promise<R>, operationId?: string) => void;
  readonly stop: () => void;
  readonly reset: () => void;
}

type State<R> = Omit<Operation<R>, "start" | "stop" | "reset">;
const IDLE = { running: false, progress: null, stopping: false, error: null, result: null, stopped: false } as const;

/** `told`: the sentence for a result whose dialog was closed meanwhile. The work goes on without its dialog. */
export function useOperation<R>(told: (result: R) => string): Operation<R> {
  const text = useText();
  const notify = useNotify();
  const errorText = useErrorText();
  const { client, progress } = useWorkspace();
  const [state, setState] = useState<State<R>>(IDLE);
  const shown = useRef(true);
  const running = useRef<string | null>(null);

  const stop = async (id: string) => {
    setState((last) => ({ ...last, stopping: true }));
    try {
      await client.cancelOperation(id);
    } catch {
      // As good as done, or out of reach: what comes of it says its own answer.
      setState((last) => ({ ...last, stopping: false }));
    }
  };

  const leave = useEffectEvent(() => {
    const id = running.current;
    if (id !== null) notify("info", text.goesOnUnseen, { name: text.stopOperation, run: () => void stop(id) });
  });
  useEffect(() => {
    shown.current = true;
    return () => {
      shown.current = false;
      leave();
    };
  }, []);

  const carryOut = async (work: (operationId: string) => Promise<R>, id: string) => {
    running.current = id;
    setState({ ...IDLE, running: true });
    const deaf = progress.listen(id, (heard) => setState((last) => ({ ...last, progress: heard })));
    try {
      const result = await work(id);
      setState({ ...IDLE, result });
      if (!shown.current) notify("info", told(result));
    } catch (reason) {
      const stopped = reason instanceof Refused && reason.code === "cancelled";
      const error = stopped ? null : (reason as Error);
      setState({ ...IDLE, stopped, error });
      if (!shown.current) notify(stopped ? "info" : "error", error === null ? text.operationStopped : errorText(error));
    } finally {
      deaf();
      running.current = null;
    }
  };

  return {
    ...state,
    start: (work, operationId = crypto.randomUUID()) => void carryOut(work, operationId),
    stop: () => {
      if (running.current !== null) void stop(running.current);
    },
    reset: () => setState(IDLE),
  };
}
