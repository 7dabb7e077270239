import { expect, it } from "vitest";

import { parseFrame } from "./events";
import { type Progress, ProgressBoard } from "./progress";

function told(board: ProgressBoard, data: object): void {
  const frame = parseFrame(JSON.stringify({ type: "progress", workspace_id: "w", data }));
  if (frame !== null) board.receive(frame);
}

it("tells of the operation that is listened to, and of no other", () => {
  const board = new ProgressBoard();
  const heard: Progress[] = [];
  const stop = board.listen("a", (progress) => heard.push(progress));
  told(board, { operation: "export", operation_id: "a", done: 500, total: 2000 });
  told(board, { operation: "import", operation_id: "b", done: 1, total: 2 });
  told(board, { operation_id: "a", done: "many" });
  stop();
  told(board, { operation: "export", operation_id: "a", done: 1000, total: 2000 });
  expect(heard).toEqual([{ done: 500, total: 2000 }]);
});
