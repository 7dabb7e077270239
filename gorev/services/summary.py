"""A workspace at a glance."""

from __future__ import annotations

from twisted.internet.defer import Deferred

from gorev.domain.summary import DAYS_AHEAD, TASKS_SHOWN, Summary
from gorev.services.store import Answer, Store
from gorev.storage import attention, projects, tasks, templates
from gorev.storage.sqlite import Cursor


class SummaryOperations:
    """What can be asked of a whole workspace."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, language: str) -> Deferred[Answer[Summary]]:
        """Numbers and the first few tasks that ask for attention; templates are counted in one language."""

        def work(cursor: Cursor) -> Summary:
            today = self._store.today()
            by_status, by_priority = attention.sorts(cursor)
            overdue, due_today, due_this_week = attention.due(cursor, today, DAYS_AHEAD)
            active = projects.active_id(cursor)
            lists = (
                attention.high_priority_ids(cursor, TASKS_SHOWN),
                attention.overdue_ids(cursor, today, TASKS_SHOWN),
                attention.blocked_ids(cursor, TASKS_SHOWN),
                attention.changed_ids(cursor, TASKS_SHOWN),
            )
            views = {view.task.id: view for view in tasks.by_ids(cursor, list({id_ for ids in lists for id_ in ids}))}
            high, late, blocked, recent = (tuple(views[id_] for id_ in ids) for ids in lists)
            return Summary(
                project_count=projects.count(cursor),
                template_count=templates.count(cursor, language),
                active_project=None if active is None else projects.one(cursor, active),
                by_status=by_status,
                by_priority=by_priority,
                overdue_count=overdue,
                due_today_count=due_today,
                due_this_week_count=due_this_week,
                high_priority=high,
                overdue=late,
                blocked=blocked,
                recent=recent,
            )

        return self._store.read(work)
