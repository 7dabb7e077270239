"""Counts of tasks, and the first few of those that ask for attention, at a cost that hardly grows with their number.

The counts are kept by the triggers of migration 0002; each list is the beginning of one of its indexes, which the
conditions and orders here must match (``is_open``, not the states it stands for).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from gorev.domain.values import Priority, Status
from gorev.storage.encoding import day_text
from gorev.storage.sqlite import Cursor

_SORTS: Final = "SELECT status, priority, sum(number) FROM task_counts GROUP BY status, priority"
_DUE: Final = """
    SELECT coalesce(sum(number) FILTER (WHERE due_date < ?1), 0), coalesce(sum(number) FILTER (WHERE due_date = ?1), 0),
        coalesce(sum(number) FILTER (WHERE due_date > ?1), 0)
    FROM due_counts WHERE due_date <= ?2
"""

_HIGH: Final = """
    SELECT id FROM tasks INDEXED BY tasks_open_high WHERE is_open AND priority = 'high'
    ORDER BY due_date IS NULL, due_date, created_at, id LIMIT ?
"""
_STARTABLE: Final = """
    SELECT id FROM tasks INDEXED BY tasks_open_high
    WHERE is_open AND priority = 'high' AND status <> 'in_progress' AND NOT blocked
    ORDER BY due_date IS NULL, due_date, created_at, id LIMIT ?
"""
_DUE_BETWEEN: Final = """
    SELECT id FROM tasks INDEXED BY tasks_open_by_due_date WHERE is_open AND due_date >= ? AND due_date <= ?
    ORDER BY due_date, created_at, id LIMIT ?
"""
_BLOCKED: Final = """
    SELECT id FROM tasks INDEXED BY tasks_blocked WHERE blocked AND is_open ORDER BY updated_at DESC, id LIMIT ?
"""
_RECENT: Final = "SELECT id FROM tasks INDEXED BY tasks_by_update ORDER BY updated_at DESC, id LIMIT ?"
_RECENT_TEXTS: Final = """
    SELECT title_folded, substr(description_folded, 1, ?) FROM tasks INDEXED BY tasks_by_update
    ORDER BY updated_at DESC, id LIMIT ?
"""
_LINGERING: Final = """
    SELECT id FROM tasks INDEXED BY tasks_begun_by_update
    WHERE status = 'in_progress' ORDER BY updated_at, id LIMIT ?
"""


def sorts(cursor: Cursor) -> tuple[dict[Status, int], dict[Priority, int]]:
    """How many tasks there are of each status, and of each priority."""
    by_status: dict[Status, int] = dict.fromkeys(Status, 0)
    by_priority: dict[Priority, int] = dict.fromkeys(Priority, 0)
    for status, priority, number in cursor.execute(_SORTS):
        by_status[Status(status)] += number
        by_priority[Priority(priority)] += number
    return by_status, by_priority


def due(cursor: Cursor, today: date, days_ahead: int) -> tuple[int, int, int]:
    """How many open tasks are overdue, due today, and due within the days after it."""
    row = cursor.execute(_DUE, (day_text(today), day_text(today + timedelta(days=days_ahead)))).fetchone()
    return int(row[0]), int(row[1]), int(row[2])


def high_priority_ids(cursor: Cursor, limit: int) -> list[str]:
    """Open tasks of high priority, those due first in front, undated ones last."""
    return _ids(cursor, _HIGH, limit)


def startable_ids(cursor: Cursor, limit: int) -> list[str]:
    """Pending tasks of high priority that wait for nothing, in the same order."""
    return _ids(cursor, _STARTABLE, limit)


def overdue_ids(cursor: Cursor, today: date, limit: int) -> list[str]:
    """Open tasks due before today, the latest ones in front."""
    return due_ids(cursor, date.min, today - timedelta(days=1), limit)


def due_ids(cursor: Cursor, first: date, last: date, limit: int) -> list[str]:
    """Open tasks due on one of these days, those due first in front."""
    return _ids(cursor, _DUE_BETWEEN, day_text(first), day_text(last), limit)


def blocked_ids(cursor: Cursor, limit: int) -> list[str]:
    """Open tasks that wait for an open one, last changed first."""
    return _ids(cursor, _BLOCKED, limit)


def changed_ids(cursor: Cursor, limit: int) -> list[str]:
    """Any tasks, last changed first."""
    return _ids(cursor, _RECENT, limit)


def changed_texts(cursor: Cursor, limit: int, characters: int) -> list[tuple[str, str]]:
    """Folded title and so much of the folded description of the tasks changed last."""
    return cursor.execute(_RECENT_TEXTS, (characters, limit)).fetchall()


def lingering_ids(cursor: Cursor, limit: int) -> list[str]:
    """Tasks in progress, those untouched the longest in front."""
    return _ids(cursor, _LINGERING, limit)


def _ids(cursor: Cursor, statement: str, *values: Any) -> list[str]:
    return [task_id for (task_id,) in cursor.execute(statement, values)]
