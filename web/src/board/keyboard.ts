/** Where a card that is carried by the keyboard goes next: into the middle of the column to its left or right. */

import { KeyboardCode, type KeyboardCoordinateGetter } from "@dnd-kit/core";

export const toNextColumn: KeyboardCoordinateGetter = (event, { currentCoordinates, context }) => {
  const by = event.code === KeyboardCode.Right ? 1 : event.code === KeyboardCode.Left ? -1 : 0;
  if (by === 0) {
    // The page must not scroll away under a card that is carried.
    if (event.code === KeyboardCode.Up || event.code === KeyboardCode.Down) event.preventDefault();
    return undefined;
  }
  event.preventDefault();
  const { collisionRect, droppableRects, droppableContainers } = context;
  if (collisionRect === null) return undefined;
  const columns = droppableContainers
    .getEnabled()
    // A quick hand presses an arrow before the columns have been measured.
    .flatMap(({ id, node }) => droppableRects.get(id) ?? node.current?.getBoundingClientRect() ?? [])
    .toSorted((one, other) => one.left - other.left);
  const middle = collisionRect.left + collisionRect.width / 2;
  const here = columns.findIndex(({ left, right }) => middle >= left && middle <= right);
  const next = columns[(here < 0 ? 0 : here) + by];
  if (next === undefined) return undefined;
  return { x: next.left + (next.width - collisionRect.width) / 2, y: Math.max(next.top + 48, Math.min(currentCoordinates.y, next.bottom - collisionRect.height)) };
};
