/** Every change the page can make to tasks, for components: sends it, and says what went wrong. */

import { useMemo } from "react";

import { Refused, ToolRefused, Unreachable } from "../api/client";
import { Decision, type Outcome } from "../api/outbox";
import type { Task, TaskFields } from "../api/types";
import { type Bulk, bulk, type BulkOutcome, create, edit, remove, type Write } from "../api/writes";
import { useText } from "../locale";
import { useNotify } from "../ui/Notices";
import { useWorkspace } from "../workspace";

/** The most `gorev_bulk` takes at once. */
const BULK_MOST = 500;

export interface Writes {
  /**
   * Each answers null when the change was refused or awaits the user's decision: then the user has been told. A change
   * that waits for the daemon counts as made; a task created by one has a temporary id.
   */
  create(fields: TaskFields): Promise<Task | null>;
  /** `base`: the values the user saw, where they are not those of `task`. */
  edit(task: Task, fields: TaskFields, base?: TaskFields): Promise<Task | null>;
  remove(taskId: string): Promise<boolean>;
  bulk(call: Omit<Bulk, "kind" | "id" | "at">): Promise<BulkOutcome | null>;
}

export function useWrites(): Writes {
  const { outbox } = useWorkspace();
  const notify = useNotify();
  const refusalText = useRefusalText();
  return useMemo(() => {
    const submit = async (write: Write): Promise<Outcome | null> => {
      try {
        return await outbox.submit(write);
      } catch (reason) {
        // The dialog of decisions tells of these.
        if (!(reason instanceof Decision)) notify("error", refusalText(reason as Error));
        return null;
      }
    };
    return {
      create: async (fields) => (await submit(create(fields)))?.task ?? null,
      edit: async (task, fields, base) => (await submit(edit(task, fields, base)))?.task ?? null,
      remove: async (taskId) => (await submit(remove(taskId))) !== null,
      bulk: async (call) => {
        const outcomes: BulkOutcome[] = [];
        for (let from = 0; from < call.taskIds.length; from += BULK_MOST) {
          const outcome = await submit(bulk({ ...call, taskIds: call.taskIds.slice(from, from + BULK_MOST) }));
          if (outcome?.bulk == null) return null;
          outcomes.push(outcome.bulk);
        }
        return {
          successful: outcomes.flatMap(({ successful }) => successful),
          failed: outcomes.flatMap(({ failed }) => failed),
        };
      },
    };
  }, [outbox, notify, refusalText]);
}

/** A refusal in words a person can act on: the daemon's own, and for rules what to do about it. */
export function useRefusalText(): (reason: Error) => string {
  const text = useText();
  return useMemo(
    () => (reason) => {
      if (reason instanceof Unreachable) return text.unreachable;
      if (reason instanceof Refused && reason.code === "dependency_incomplete") return waiting(reason, text.waitsForTasks);
      if (reason instanceof Refused && reason.code === "subtasks_incomplete") {
        const count = reason.details["count"];
        return typeof count === "number" ? text.subtasksOpen(count) : reason.message;
      }
      if (reason instanceof Refused || reason instanceof ToolRefused) return reason.message;
      return reason.message === "" ? String(reason) : reason.message;
    },
    [text],
  );
}

function waiting(reason: Refused, sentence: (titles: string) => string): string {
  const open = Array.isArray(reason.details["open"]) ? (reason.details["open"] as { baslik?: string }[]) : [];
  const titles = open.map(({ baslik }) => baslik).filter(Boolean);
  return titles.length === 0 ? reason.message : sentence(titles.map((title) => `“${title}”`).join(", "));
}
