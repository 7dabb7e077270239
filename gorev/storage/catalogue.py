"""Projects and open tasks one after the other, and tasks by the words of their titles."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Final

from gorev.domain.values import Priority, Status
from gorev.storage.sqlite import Cursor

# Greater than any instant.
_ABOVE: Final = "~"

_PROJECTS: Final = """
    SELECT created_at, id FROM projects WHERE (created_at, id) < (?, ?) ORDER BY created_at DESC, id DESC LIMIT ?
"""
_OF_SORT: Final = """
    SELECT created_at, id FROM tasks WHERE status = ? AND priority = ? AND (created_at, id) < (?, ?)
    ORDER BY created_at DESC, id DESC LIMIT ?
"""
_BY_TITLE: Final = """
    SELECT tasks.id, is_open FROM task_text JOIN tasks ON tasks.number = task_text.rowid
    WHERE task_text MATCH ? ORDER BY task_text.rowid DESC LIMIT ?
"""
_COUNT_BY_TITLE: Final = "SELECT count(*) FROM task_text WHERE task_text MATCH ?"
_BY_PREFIX: Final = "SELECT id FROM tasks WHERE id >= ? AND id < ? ORDER BY id LIMIT ?"
_COUNT_BY_PREFIX: Final = "SELECT count(*) FROM tasks WHERE id >= ? AND id < ?"
_AFTER_PREFIX: Final = "\x7f"


def projects_before(cursor: Cursor, place: tuple[str, str] | None, limit: int) -> list[tuple[str, str]]:
    """Creation and id of projects, newest first, from after a place on."""
    return cursor.execute(_PROJECTS, (*(place or (_ABOVE, "")), limit)).fetchall()


def open_tasks_before(cursor: Cursor, place: tuple[str, str] | None, limit: int) -> list[tuple[str, str]]:
    """As `projects_before`, of the tasks that are open."""
    found: list[tuple[str, str]] = []
    # A sort of task at a time, in the order of their index.
    for status, priority in product((Status.PENDING, Status.IN_PROGRESS), Priority):
        found += cursor.execute(_OF_SORT, (status.value, priority.value, *(place or (_ABOVE, "")), limit))
    return sorted(found, reverse=True)[:limit]


def by_title(cursor: Cursor, words: Sequence[str], limit: int) -> tuple[list[str], int]:
    """Ids of the newest tasks in whose title some word begins with each of these, open ones in front; how many fit."""
    asked = "title_folded : (" + " AND ".join(f'"{word}" *' for word in words) + ")"
    found = cursor.execute(_BY_TITLE, (asked, limit)).fetchall()
    (total,) = cursor.execute(_COUNT_BY_TITLE, (asked,)).fetchone()
    return [id_ for id_, _ in sorted(found, key=lambda row: not row[1])], int(total)


def by_prefix(cursor: Cursor, prefix: str, limit: int) -> tuple[list[str], int]:
    """Ids of tasks that begin like this, and how many there are."""
    bounds = (prefix, prefix + _AFTER_PREFIX)
    found = [id_ for (id_,) in cursor.execute(_BY_PREFIX, (*bounds, limit))]
    (total,) = cursor.execute(_COUNT_BY_PREFIX, bounds).fetchone()
    return found, int(total)
