"""The context of a workspace: the active task, the recent ones, a summary (``behaviours.md`` §6)."""

from __future__ import annotations

from datetime import datetime

import attrs
from twisted.internet.defer import Deferred

from gorev.domain.context import Action, Activated, ContextSummary
from gorev.domain.errors import DependencyIncomplete
from gorev.domain.task import Prerequisite, TaskChange, TaskView
from gorev.domain.values import Actor, Status
from gorev.services.change import change_task
from gorev.services.lookup import require_task
from gorev.services.store import Answer, Once, Store
from gorev.storage import attention, context, projects, tasks
from gorev.storage.sqlite import Cursor
from gorev.storage.transaction import Transaction

_SUMMARY_TASKS = 5


@attrs.frozen
class ActiveTask:
    """The active task, if there is one."""

    view: TaskView | None


class ContextOperations:
    """The operations on the context of one workspace. It belongs to the workspace and outlives connections."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def set_active(self, actor: Actor, task_id: str, once: Once | None = None) -> Deferred[Answer[Activated]]:
        """Make a task the active one; a pending one is started if its prerequisites allow.

        @raise TaskNotFound, AmbiguousId: see `require_task`.
        """

        def work(transaction: Transaction, now: datetime) -> Activated:
            cursor = transaction.cursor
            view = require_task(cursor, task_id)
            waiting_for: object = ()
            cancelled: tuple[Prerequisite, ...] = ()
            if view.task.status is Status.PENDING:
                try:
                    started = change_task(transaction, now, actor, view, TaskChange(status=Status.IN_PROGRESS))
                    view, cancelled = started.view, started.cancelled
                except DependencyIncomplete as refused:
                    waiting_for = refused.details["open"]
            context.set_active_task(cursor, view.task.id, now)
            context.use(cursor, view.task.id, now)
            context.record(cursor, view.task.id, Action.SET_ACTIVE, actor, now)
            return Activated(
                view=view,
                waiting_for=tuple(waiting_for) if isinstance(waiting_for, list) else (),
                cancelled=cancelled,
            )

        return self._store.write(work, Activated, once)

    def note_view(self, actor: Actor, task_id: str) -> None:
        """Note that somebody looked at a task, which is among the recent ones now. Nobody waits for that."""

        def work(transaction: Transaction, now: datetime) -> None:
            context.use(transaction.cursor, task_id, now)
            context.record(transaction.cursor, task_id, Action.VIEWED, actor, now)

        self._store.note(work)

    def active(self) -> Deferred[Answer[ActiveTask]]:
        """The active task."""

        def work(cursor: Cursor) -> ActiveTask:
            task_id = context.active_task_id(cursor)
            return ActiveTask(None if task_id is None else tasks.one(cursor, task_id))

        return self._store.read(work)

    async def recent(self, limit: int) -> Answer[list[TaskView]]:
        """Up to ``limit`` tasks used last, newest first."""
        await self._store.database.settle()
        return await self._store.read(lambda cursor: tasks.by_ids(cursor, context.recent_ids(cursor, limit)))

    async def summary(self) -> Answer[ContextSummary]:
        """Where the work stands."""

        def work(cursor: Cursor) -> ContextSummary:
            active_id = context.active_task_id(cursor)
            active = None if active_id is None else tasks.one(cursor, active_id)
            project_id = projects.active_id(cursor)
            if active is not None and active.task.project_id is not None:
                project_id = active.task.project_id
            done = context.counts(cursor)
            return ContextSummary(
                active_task=active,
                recent_tasks=tuple(tasks.by_ids(cursor, context.recent_ids(cursor, _SUMMARY_TASKS))),
                working_project=None if project_id is None else projects.one(cursor, project_id),
                created=done.get(Action.CREATED, 0),
                updated=done.get(Action.UPDATED, 0),
                completed=done.get(Action.COMPLETED, 0),
                next_priorities=tuple(tasks.by_ids(cursor, attention.high_priority_ids(cursor, _SUMMARY_TASKS))),
                blockers=tuple(tasks.by_ids(cursor, attention.blocked_ids(cursor, _SUMMARY_TASKS))),
            )

        await self._store.database.settle()
        return await self._store.read(work)
