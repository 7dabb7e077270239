"""Tasks that are worth telling, of all projects or of one: counts, and the first few of each kind.

Each list is the beginning of an index of migration 0002, which SQLite is told to go through: it does not know how few
rows are wanted. Of one project, those of others are passed by.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, Final, TypeAlias

from gorev.domain.values import Priority, Status
from gorev.storage.encoding import day_text, instant_text
from gorev.storage.sqlite import Cursor

Found: TypeAlias = tuple[list[str], int]

_SORTS: Final = """
    SELECT status, priority, sum(number) FROM task_counts WHERE :project IS NULL OR project_id = :project
    GROUP BY status, priority
"""
_IN_PROJECT: Final = "(:project IS NULL OR project_id = :project)"
_DUE: Final = f"""
    FROM tasks INDEXED BY tasks_open_by_due_date
    WHERE is_open AND due_date IS NOT NULL AND due_date >= :first AND due_date <= :last AND {_IN_PROJECT}
"""
_COUNTED: Final = "SELECT coalesce(sum(number), 0) FROM due_counts WHERE due_date >= :first AND due_date <= :last"
_IN_PROGRESS: Final = f"""
    SELECT id FROM tasks INDEXED BY tasks_begun_by_update WHERE status = 'in_progress' AND {_IN_PROJECT}
    ORDER BY updated_at DESC, id LIMIT :limit
"""
_FINISHED: Final = f"""
    FROM tasks INDEXED BY tasks_begun_by_update
    WHERE status = 'completed' AND updated_at >= :since AND {_IN_PROJECT}
"""
_HIGH: Final = f"""
    SELECT id FROM tasks INDEXED BY tasks_open_high WHERE is_open AND priority = 'high' AND {_IN_PROJECT}
    ORDER BY due_date IS NULL, due_date, created_at, id LIMIT :limit
"""
_DUE_ORDER: Final = "ORDER BY due_date, created_at, id"
_CREATED: Final = f"""
    SELECT count(*) FROM tasks INDEXED BY tasks_by_creation WHERE created_at >= :since AND {_IN_PROJECT}
"""


class Telling:
    """Reads of one project's tasks, or of all: up to ``limit`` ids of each kind, and how many there are."""

    def __init__(self, cursor: Cursor, project_id: str | None, limit: int) -> None:
        self._cursor = cursor
        self._common = {"project": project_id, "limit": limit}
        self._sorts = {
            (Status(status), Priority(priority)): int(number)
            for status, priority, number in cursor.execute(_SORTS, self._common)
        }

    def count(self, fits: Callable[[Status, Priority], bool]) -> int:
        """How many tasks are of the sorts that fit."""
        return sum(number for sort, number in self._sorts.items() if fits(*sort))

    def in_progress(self) -> Found:
        """Those in progress, last changed first."""
        return self._ids(_IN_PROGRESS), self.count(lambda status, _: status is Status.IN_PROGRESS)

    def important(self) -> Found:
        """Open ones of high priority, those due first in front."""
        return self._ids(_HIGH), self.count(lambda status, priority: status.is_open and priority is Priority.HIGH)

    def overdue(self, today: date) -> Found:
        """Open ones due before today, the latest in front."""
        return self.due(date.min, today - timedelta(days=1))

    def due(self, first: date, last: date) -> Found:
        """Open ones due on one of these days, those due first in front."""
        days = {"first": day_text(first), "last": day_text(last)}
        counted = _COUNTED if self._common["project"] is None else f"SELECT count(*) {_DUE}"
        return self._ids(f"SELECT id {_DUE} {_DUE_ORDER} LIMIT :limit", **days), self._number(counted, **days)

    def finished(self, since: datetime) -> Found:
        """Completed ones that were last changed since then, the last first."""
        time = instant_text(since)
        newest = self._ids(f"SELECT id {_FINISHED} ORDER BY updated_at DESC, id LIMIT :limit", since=time)
        return newest, self._number(f"SELECT count(*) {_FINISHED}", since=time)

    def created(self, since: datetime) -> int:
        """How many were made since then."""
        return self._number(_CREATED, since=instant_text(since))

    def _ids(self, statement: str, **values: Any) -> list[str]:
        return [id_ for (id_,) in self._cursor.execute(statement, self._common | values)]

    def _number(self, statement: str, **values: Any) -> int:
        (count,) = self._cursor.execute(statement, self._common | values).fetchone()
        return int(count)
