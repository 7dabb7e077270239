/** Which tasks may go under which. The daemon has the last word; this is so that nobody is led to try in vain. */

import type { Task } from "../api/types";
import { isTemporary } from "../api/writes";
import { isWithin } from "../tasks/tree";

/** Under a task, or at the top level with null. */
export type Target = string | null;

export function canMove(byId: ReadonlyMap<string, Task>, taskId: string, target: Target): boolean {
  const task = byId.get(taskId);
  if (task === undefined || isTemporary(taskId)) return false;
  if (target === null) return true;
  const parent = byId.get(target);
  if (parent === undefined || isTemporary(target) || isWithin(byId, target, taskId)) return false;
  // A parent and its children share a project.
  return parent.proje_id === task.proje_id;
}
