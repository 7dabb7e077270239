"""What to do today, and what has been done lately: tasks by what makes them worth telling."""

from __future__ import annotations

from datetime import datetime, timedelta

import attrs
from twisted.internet.defer import Deferred

from gorev.domain.project import ProjectView
from gorev.domain.summary import DAYS_AHEAD
from gorev.domain.task import TaskView
from gorev.domain.values import Status
from gorev.services.lookup import require_project
from gorev.services.store import Answer, Store
from gorev.storage import tasks
from gorev.storage.briefing import Found, Telling
from gorev.storage.sqlite import Cursor


@attrs.frozen(kw_only=True)
class Part:
    """The first tasks of some kind, and how many there are."""

    views: tuple[TaskView, ...]
    total: int


@attrs.frozen
class Day:
    """What a day's work is chosen from: open tasks, of a project if one was named."""

    project: ProjectView | None
    in_progress: Part
    overdue: Part
    due_today: Part
    due_soon: Part
    important: Part


@attrs.frozen
class Report:
    """What happened since an instant, and what is open. ``finished`` are completed tasks last changed since then."""

    project: ProjectView | None
    finished: Part
    in_progress: Part
    overdue: Part
    due_soon: Part
    since: datetime = attrs.field(kw_only=True)
    total: int = attrs.field(kw_only=True)
    completed: int = attrs.field(kw_only=True)
    created: int = attrs.field(kw_only=True)


class BriefingOperations:
    """The briefings of one workspace."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def day(self, project_id: str | None, limit: int) -> Deferred[Answer[Day]]:
        """Where a day may begin: up to ``limit`` tasks of each kind.

        @raise ProjectNotFound, AmbiguousId: see `require_project`.
        """

        def work(cursor: Cursor) -> Day:
            project = None if project_id is None else require_project(cursor, project_id)
            today = self._store.today()
            tell = Telling(cursor, _id(project), limit)
            parts = _read(
                cursor,
                tell.in_progress(),
                tell.overdue(today),
                tell.due(today, today),
                tell.due(today + timedelta(days=1), today + timedelta(days=DAYS_AHEAD)),
                tell.important(),
            )
            return Day(project, *parts)

        return self._store.read(work)

    def report(self, project_id: str | None, days: int, limit: int) -> Deferred[Answer[Report]]:
        """The last ``days`` days: up to ``limit`` tasks of each kind.

        @raise ProjectNotFound, AmbiguousId: see `require_project`.
        """

        def work(cursor: Cursor) -> Report:
            project = None if project_id is None else require_project(cursor, project_id)
            today, since = self._store.today(), self._store.now() - timedelta(days=days)
            tell = Telling(cursor, _id(project), limit)
            parts = _read(
                cursor,
                tell.finished(since),
                tell.in_progress(),
                tell.overdue(today),
                tell.due(today, today + timedelta(days=DAYS_AHEAD)),
            )
            return Report(
                project,
                *parts,
                since=since,
                total=tell.count(lambda status, priority: True),
                completed=tell.count(lambda status, priority: status is Status.COMPLETED),
                created=tell.created(since),
            )

        return self._store.read(work)


def _id(project: ProjectView | None) -> str | None:
    return None if project is None else project.project.id


def _read(cursor: Cursor, *found: Found) -> list[Part]:
    """The tasks of several parts, read at once."""
    views = {view.task.id: view for view in tasks.by_ids(cursor, list({id_ for ids, _ in found for id_ in ids}))}
    return [Part(views=tuple(views[id_] for id_ in ids), total=total) for ids, total in found]
