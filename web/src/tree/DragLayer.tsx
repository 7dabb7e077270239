import {
  DndContext,
  type DragMoveEvent,
  DragOverlay,
  type Modifier,
  MouseSensor,
  TouchSensor,
  useDraggable,
  useSensor,
  useSensors,
} from "@dnd-kit/core";
import { type DOMAttributes, type RefObject, useEffect } from "react";

/** What the list listens to so that its rows can be dragged. */
export type DragListeners = Pick<DOMAttributes<HTMLElement>, "onMouseDown" | "onTouchStart">;

interface Props {
  readonly grid: RefObject<HTMLElement | null>;
  /** What is carried; null while nothing is. */
  readonly title: string | null;
  /** The list stays where it is: the pointer is on something at its edge. */
  readonly still: boolean;
  readonly onListeners: (listeners: DragListeners) => void;
  readonly onBegin: (taskId: string) => void;
  readonly onMove: (event: DragMoveEvent) => void;
  readonly onDrop: () => void;
  readonly onCancel: () => void;
}

/** A click that trembles is no drag; a finger that rests is one, a finger that moves scrolls. */
const MOUSE = { activationConstraint: { distance: 6 } };
const TOUCH = { activationConstraint: { delay: 280, tolerance: 8 } };
const AUTO_SCROLL = { threshold: { x: 0, y: 0.15 } };

/**
 * Dragging with mouse and finger, loaded after the list stands. The whole list is the one thing dragged, and the row under the
 * pointer tells which task it is: a draggable in each row would be paid for with every row that scrolls into view.
 */
export function DragLayer({ grid, title, still, onListeners, onBegin, onMove, onDrop, onCancel }: Props) {
  const sensors = useSensors(useSensor(MouseSensor, MOUSE), useSensor(TouchSensor, TOUCH));
  return (
    <DndContext
      sensors={sensors}
      autoScroll={still ? false : AUTO_SCROLL}
      accessibility={{ screenReaderInstructions: { draggable: "" }, restoreFocus: false, announcements: SILENT }}
      onDragStart={({ activatorEvent }) => {
        const row = (activatorEvent.target as Element | null)?.closest<HTMLElement>("[data-task-id]");
        const id = row?.dataset["taskId"];
        if (id !== undefined) onBegin(id);
      }}
      onDragMove={onMove}
      onDragEnd={onDrop}
      onDragCancel={onCancel}
    >
      <WholeList grid={grid} onListeners={onListeners} />
      <DragOverlay dropAnimation={null} modifiers={AT_POINTER} style={ANY_SIZE}>
        {title !== null && (
          <div className="tree-carried" dir="auto">
            {title}
          </div>
        )}
      </DragOverlay>
    </DndContext>
  );
}

function WholeList({ grid, onListeners }: Pick<Props, "grid" | "onListeners">) {
  const { setNodeRef, listeners } = useDraggable({ id: "rows" });
  useEffect(() => setNodeRef(grid.current), [setNodeRef, grid]);
  useEffect(() => onListeners((listeners ?? {}) as DragListeners), [listeners, onListeners]);
  return null;
}

const ANY_SIZE = { width: "auto", height: "auto" };

/** What is carried hangs at the pointer, however large the list is. */
const AT_POINTER: Modifier[] = [
  ({ activatorEvent, activeNodeRect, transform }) => {
    const point = activatorEvent instanceof MouseEvent ? activatorEvent : (activatorEvent as TouchEvent | null)?.touches?.[0];
    if (point == null || activeNodeRect === null) return transform;
    return { ...transform, x: transform.x + point.clientX - activeNodeRect.left + 12, y: transform.y + point.clientY - activeNodeRect.top + 8 };
  },
];

/** What happens is told by useMoving, for pointer and keyboard alike. */
const SILENT = {
  onDragStart: () => undefined,
  onDragOver: () => undefined,
  onDragEnd: () => undefined,
  onDragCancel: () => undefined,
};
