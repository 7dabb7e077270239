"""A workspace at a glance (``data-model.md`` §11)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs

from gorev.domain.project import ProjectView
from gorev.domain.task import TaskView
from gorev.domain.values import Priority, Status

TASKS_SHOWN: Final = 5
DAYS_AHEAD: Final = 7


@attrs.frozen(kw_only=True)
class Summary:
    """Numbers over all tasks, subtasks included, and the first few of those that ask for attention.

    The due counts are of open tasks, each in one of them: before today, today, and the `DAYS_AHEAD` days after.
    ``high_priority`` and ``overdue`` are open tasks, those due first in front; ``blocked`` are open ones that wait for
    an open one, ``recent`` any, both last changed first.
    """

    project_count: int
    template_count: int
    active_project: ProjectView | None
    by_status: Mapping[Status, int]
    by_priority: Mapping[Priority, int]
    overdue_count: int
    due_today_count: int
    due_this_week_count: int
    high_priority: tuple[TaskView, ...]
    overdue: tuple[TaskView, ...]
    blocked: tuple[TaskView, ...]
    recent: tuple[TaskView, ...]

    @property
    def task_count(self) -> int:
        """All tasks."""
        return sum(self.by_status.values())

    @property
    def completion_rate(self) -> float:
        """Percentage of all tasks that are completed; 0 where there are none."""
        return 100.0 * self.by_status.get(Status.COMPLETED, 0) / self.task_count if self.task_count else 0.0
