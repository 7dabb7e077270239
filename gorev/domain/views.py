"""What operations yield: entities with their surroundings, and the outcomes of changes."""

from __future__ import annotations

import attrs

from gorev.domain.project import ProjectView
from gorev.domain.task import Branch, Prerequisite, Task, TaskView
from gorev.domain.values import Status
from gorev.domain.watches import Watch


@attrs.frozen(kw_only=True)
class TaskDetail:
    """A task, its links read, with its subtree and the files that are watched for it.

    ``children`` are those that were asked for. If ``unread`` tasks are missing below the first of them, it is the only
    one. ``by_status`` counts all descendants.
    """

    view: TaskView
    children: tuple[Branch, ...]
    by_status: dict[Status, int]
    unread: int = 0
    watches: tuple[Watch, ...] = ()


@attrs.frozen(kw_only=True)
class TaskPage:
    """One page of a list: rows with their subtrees (empty unless asked for), the number of matches, the scope.

    ``unread`` tasks below the first row are missing there; if there are any, it is the only one.
    """

    rows: tuple[Branch, ...]
    total: int
    project: ProjectView | None
    unread: int = 0


@attrs.frozen(kw_only=True)
class Hierarchy:
    """A task, its ancestors (nearest first), its subtree as in `TaskDetail`, and how far the subtree is done."""

    view: TaskView
    ancestors: tuple[TaskView, ...]
    children: tuple[Branch, ...]
    by_status: dict[Status, int]
    unread: int = 0

    @property
    def total(self) -> int:
        """How many descendants there are."""
        return sum(self.by_status.values())

    @property
    def progress(self) -> float:
        """Percentage of descendants completed; of a task without any, 100 or 0 (``data-model.md`` §9)."""
        if self.total == 0:
            return 100.0 if self.view.task.status is Status.COMPLETED else 0.0
        return 100.0 * self.by_status.get(Status.COMPLETED, 0) / self.total


@attrs.frozen(kw_only=True)
class TaskChanged:
    """The outcome of a change: the task as it is, as it was, and the names of the fields that differ.

    ``cancelled`` are prerequisites that did not hold it back only because they are cancelled (rule S2).
    """

    view: TaskView
    before: Task
    changed: tuple[str, ...]
    cancelled: tuple[Prerequisite, ...] = ()


@attrs.frozen
class ActiveProject:
    """The active project, if there is one."""

    project: ProjectView | None
