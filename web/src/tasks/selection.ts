/** The task whose details are open, and why. */
export interface Selection {
  readonly taskId: string;
  /** What to do first with the task: read it, or give it a subtask. */
  readonly intent: "read" | "add-subtask";
}
