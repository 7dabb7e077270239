"""What is below tasks, in the order in which it is shown: a task before those below it, its subtasks oldest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from gorev.domain.values import Status
from gorev.storage.encoding import packed
from gorev.storage.sqlite import Cursor
from gorev.storage.tasks import DOWN

_CHILDREN: Final = """
    SELECT id FROM tasks INDEXED BY tasks_by_parent WHERE parent_id = ? ORDER BY created_at, id LIMIT ? OFFSET ?
"""

# Of the rows that wait for their turn the deepest come first. Those are subtasks of one task, so that their age is all
# there is to order them by; the tasks at the top have their places.
_PREORDER: Final = """
    WITH RECURSIVE down (id, parent_id, depth, place) AS (
        SELECT value, NULL, 0, key FROM json_each(?)
        UNION ALL SELECT tasks.id, tasks.parent_id, depth + 1, tasks.created_at
        FROM down CROSS JOIN tasks INDEXED BY tasks_by_parent ON tasks.parent_id = down.id
        ORDER BY 3 DESC, 4, 1 LIMIT ?
    )
    SELECT id, parent_id FROM down
"""

_STATUSES: Final = """
    WITH RECURSIVE down (id, status) AS (
        SELECT id, status FROM tasks WHERE parent_id = ?
        UNION ALL SELECT tasks.id, tasks.status FROM down JOIN tasks ON tasks.parent_id = down.id
    )
    SELECT status, count(*) FROM down GROUP BY status
"""
_NUMBER: Final = DOWN + "SELECT count(*) FROM down"

_NO_LIMIT: Final = -1


def children(cursor: Cursor, task_id: str, limit: int | None = None, offset: int = 0) -> list[str]:
    """Ids of a task's direct subtasks."""
    rows = cursor.execute(_CHILDREN, (task_id, _NO_LIMIT if limit is None else limit, offset))
    return [each for (each,) in rows]


def preorder(cursor: Cursor, task_ids: Sequence[str], most: int | None = None) -> list[tuple[str, str | None]]:
    """The first ``most`` of these tasks and all below them: ids, each with its parent's or, at the top, ``None``."""
    return cursor.execute(_PREORDER, (packed(list(task_ids)), _NO_LIMIT if most is None else most)).fetchall()


def statuses(cursor: Cursor, task_id: str) -> dict[Status, int]:
    """How many tasks below this one, at any depth, have each status."""
    return {Status(status): count for status, count in cursor.execute(_STATUSES, (task_id,))}


def number(cursor: Cursor, task_id: str) -> int:
    """How many tasks are below this one, at any depth."""
    (count,) = cursor.execute(_NUMBER, (packed([task_id]),)).fetchone()
    return int(count)
