"""File watches."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from gorev.domain.watches import Watch
from gorev.storage.encoding import instant, instant_text, packed
from gorev.storage.sqlite import Cursor

_SELECT: Final = "SELECT id, task_id, file_path, active, created_at, updated_at FROM file_watches "

_PUT: Final = """
    INSERT INTO file_watches (task_id, file_path, active, created_at, updated_at) VALUES (?1, ?2, 1, ?3, ?3)
    ON CONFLICT (task_id, file_path) DO UPDATE SET
        updated_at = CASE WHEN active THEN updated_at ELSE excluded.updated_at END, active = 1
    RETURNING id, task_id, file_path, active, created_at, updated_at
"""


def put(cursor: Cursor, task_id: str, path: str, now: datetime) -> Watch:
    """The watch of a path for a task, made if there is none."""
    return _watch(cursor.execute(_PUT, (task_id, path, instant_text(now))).fetchone())


def every(cursor: Cursor) -> tuple[Watch, ...]:
    """All watches, oldest first."""
    return tuple(_watch(row) for row in cursor.execute(_SELECT + "ORDER BY id"))


def of_task(cursor: Cursor, task_id: str) -> tuple[Watch, ...]:
    """A task's watches, oldest first."""
    return tuple(_watch(row) for row in cursor.execute(_SELECT + "WHERE task_id = ? ORDER BY id", (task_id,)))


def of_path(cursor: Cursor, path: str) -> tuple[Watch, ...]:
    """The watches of a path, oldest first."""
    return tuple(_watch(row) for row in cursor.execute(_SELECT + "WHERE file_path = ? ORDER BY id", (path,)))


def one(cursor: Cursor, watch_id: int) -> Watch | None:
    """A watch by its id."""
    row = cursor.execute(_SELECT + "WHERE id = ?", (watch_id,)).fetchone()
    return None if row is None else _watch(row)


def delete(cursor: Cursor, watch_ids: Sequence[int]) -> None:
    """Remove watches."""
    cursor.execute("DELETE FROM file_watches WHERE id IN (SELECT value FROM json_each(?))", (packed(list(watch_ids)),))


def _watch(row: tuple[Any, ...]) -> Watch:
    id_, task_id, path, active, created, updated = row
    return Watch(
        id=id_,
        task_id=task_id,
        path=path,
        active=bool(active),
        created_at=instant(created),
        updated_at=instant(updated),
    )
