/** Every change the page can make to tasks: send it, take the answer into the cache, say what went wrong. */

import { useMutation } from "@tanstack/react-query";

import { Refused } from "../api/client";
import type { Feed } from "../api/feed";
import { type Task, type TaskFields, toTask } from "../api/types";
import { useText } from "../locale";
import { useErrorText, useNotify } from "../ui/Notices";
import { useWorkspace } from "../workspace";

/** `parentId` makes a subtask. */
export interface NewTaskFields extends TaskFields {
  readonly parentId?: string;
}

export function useCreateTask() {
  const { client, feed } = useWorkspace();
  const report = useReport();
  return useMutation({
    mutationFn: ({ parentId, ...fields }: NewTaskFields) =>
      parentId === undefined ? client.createTask(fields) : client.createSubtask(parentId, fields),
    onSuccess: ({ entity, seq }) => feed.tookTask(entity, seq),
    onError: report,
  });
}

/** Edits of one task go out one after another, each against the revision the page holds when its turn comes. */
export function useEditTask(task: Task, staleText: string) {
  const { client, feed } = useWorkspace();
  const notify = useNotify();
  const report = useReport();
  return useMutation({
    scope: { id: `task ${task.id}` },
    mutationFn: (fields: TaskFields) => client.editTask(task.id, fields, feed.task(task.id)?.rev ?? task.rev),
    onSuccess: ({ entity, seq }) => feed.tookTask(entity, seq),
    onError: (reason) => {
      if (takeCurrent(feed, reason)) notify("error", staleText);
      else report(reason);
    },
  });
}

export function useSetStatus(task: Task) {
  return useEditTask(task, useText().statusChangedElsewhere(task.baslik));
}

/** The refusal, as of a task that has subtasks, is for the dialog that asked to show. */
export function useDeleteTask(task: Task) {
  const { client, feed } = useWorkspace();
  return useMutation({
    mutationFn: () => client.deleteTask(task.id),
    onSuccess: () => feed.tookDeletion(task.id),
    onError: (reason) => {
      if (reason instanceof Refused && reason.status === 404) feed.reload();
    },
  });
}

function useReport(): (reason: Error) => void {
  const { feed } = useWorkspace();
  const notify = useNotify();
  const errorText = useErrorText();
  return (reason) => {
    notify("error", errorText(reason));
    if (reason instanceof Refused && reason.status === 404) feed.reload();
  };
}

function takeCurrent(feed: Feed, reason: Error): boolean {
  const current = reason instanceof Refused ? reason.current : null;
  if (current !== null) feed.tookCurrent(toTask(current));
  return current !== null;
}
