/** How far exports and imports are, as the stream tells it (websocket.md §3): at most four times a second for each. */

import type { Frame } from "./events";

export interface Progress {
  readonly done: number;
  readonly total: number;
}

type Listener = (progress: Progress) => void;

export class ProgressBoard {
  private readonly listeners = new Map<string, Listener>();

  readonly receive = ({ data }: Pick<Frame, "data">): void => {
    const { operation_id: id, done, total } = data;
    if (typeof id !== "string" || typeof done !== "number" || typeof total !== "number") return;
    this.listeners.get(id)?.({ done, total });
  };

  /** Tells `listener` of one operation, until the function returned is called. */
  listen(operationId: string, listener: Listener): () => void {
    this.listeners.set(operationId, listener);
    return () => this.listeners.delete(operationId);
  }
}
