"""A task, and the rules by which it is made and changed (``data-model.md`` §4, §8, §9).

Whatever a rule must know beyond the task itself (prerequisites, descendants, the parent) is passed in by the operation,
which has read it in the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import attrs

from gorev.domain import text
from gorev.domain.errors import CycleDetected, DependencyIncomplete, ProjectMismatch, StaleRevision, SubtasksIncomplete
from gorev.domain.values import UNSET, LinkKind, Priority, Status, Tag, Unset


@attrs.frozen(kw_only=True)
class Task:
    """One task as it is stored. Instants are aware and UTC; ``due_date`` is a date, never shifted by a zone."""

    id: str
    title: str
    description: str
    status: Status
    priority: Priority
    project_id: str | None
    parent_id: str | None
    due_date: date | None
    tags: tuple[Tag, ...]
    created_at: datetime
    updated_at: datetime
    rev: int


@attrs.frozen(kw_only=True)
class Link:
    """A link between two tasks; ``source_id`` must finish first if it blocks. Titles and states are as of the read."""

    id: str
    source_id: str
    target_id: str
    kind: LinkKind
    source_title: str
    source_status: Status
    target_title: str
    target_status: Status


@attrs.frozen(kw_only=True)
class TaskView:
    """A task with what is derived from its surroundings: shown with it, never a reason for its ``rev`` to grow.

    ``level`` is its depth (a root has 0). ``dependency_count`` counts its blocking prerequisites,
    ``uncompleted_dependency_count`` those of them that are not completed, ``dependent_count`` the tasks it blocks.
    ``links`` are all that touch it, where they were read: of a single task they are, of a row in a list not.
    """

    task: Task
    project_name: str | None
    level: int
    dependency_count: int
    uncompleted_dependency_count: int
    dependent_count: int
    subtask_count: int
    links: tuple[Link, ...] | None = None


@attrs.frozen(kw_only=True)
class Branch:
    """A task with its whole subtree, children by creation time."""

    view: TaskView
    children: tuple[Branch, ...] = ()


@attrs.frozen(kw_only=True)
class Prerequisite:
    """A task that another one waits for."""

    id: str
    title: str
    status: Status


@attrs.frozen(kw_only=True)
class NewTask:
    """What a caller says of a task to be made. ``project_id`` unset means: the active project, if there is one."""

    title: str
    description: str = ""
    status: Status = Status.PENDING
    priority: Priority = Priority.MEDIUM
    project_id: str | Unset | None = UNSET
    parent_id: str | None = None
    due_date: date | None = None
    tags: tuple[str, ...] = ()

    def checked(self) -> NewTask:
        """The same with trimmed texts.

        @raise InvalidValue: if title, description or tags break a limit.
        """
        return attrs.evolve(
            self,
            title=text.title(self.title),
            description=text.description(self.description),
            tags=text.tag_names(self.tags),
        )


@attrs.frozen(kw_only=True)
class TaskChange:
    """What a caller wants changed; what is unset stays. ``None`` clears project, parent and due date."""

    title: str | Unset = UNSET
    description: str | Unset = UNSET
    status: Status | Unset = UNSET
    priority: Priority | Unset = UNSET
    project_id: str | Unset | None = UNSET
    parent_id: str | Unset | None = UNSET
    due_date: date | Unset | None = UNSET
    tags: tuple[str, ...] | Unset = UNSET

    def checked(self) -> TaskChange:
        """The same with trimmed texts.

        @raise InvalidValue: if title, description or tags break a limit.
        """
        return attrs.evolve(
            self,
            title=self.title if isinstance(self.title, Unset) else text.title(self.title),
            description=self.description if isinstance(self.description, Unset) else text.description(self.description),
            tags=self.tags if isinstance(self.tags, Unset) else text.tag_names(self.tags),
        )


def needs_prerequisites(current: Status, target: Status) -> bool:
    """Whether rule S2 applies to this transition."""
    if target is Status.IN_PROGRESS:
        return current is not Status.IN_PROGRESS
    return target is Status.COMPLETED and current in (Status.PENDING, Status.CANCELLED)


def check_status(current: Status, target: Status, prerequisites: Sequence[Prerequisite], open_descendants: int) -> None:
    """Rules S2 and S3: may a task go from ``current`` to ``target``?

    @raise DependencyIncomplete: if it would start or finish before an open blocking prerequisite (S2).
    @raise SubtasksIncomplete: if it would be completed while ``open_descendants`` are open (S3).
    """
    if needs_prerequisites(current, target):
        waiting_for = [each for each in prerequisites if each.status.is_open]
        if waiting_for:
            raise DependencyIncomplete(open=waiting_for)
    if target is Status.COMPLETED and current is not Status.COMPLETED and open_descendants:
        raise SubtasksIncomplete(count=open_descendants)


def check_parent(task_id: str, project_id: str | None, parent: Task, ancestors: Sequence[str]) -> None:
    """May ``parent``, whose own ancestors' ids are ``ancestors`` (nearest first), take the task as a child?

    @raise CycleDetected: if the task is the parent itself or one of its ancestors.
    @raise ProjectMismatch: if they are not of one project.
    """
    line = [parent.id, *ancestors]
    if task_id in line:
        raise CycleDetected(path=[task_id, *reversed(line[: line.index(task_id)]), task_id])
    if parent.project_id != project_id:
        raise ProjectMismatch(project=project_id, parent_project=parent.project_id)


def check_revision(expected: int | None, actual: int, current: object) -> None:
    """Rule R2: a write that names a ``rev`` must name the newest.

    @raise StaleRevision: if it does not; it carries ``current``, the entity as it is.
    """
    if expected is not None and expected != actual:
        raise StaleRevision(current=current)


def changed(before: Task, **values: Any) -> tuple[Task, tuple[str, ...]]:
    """The task with ``values``, and the names of those that differ; time and ``rev`` are for `revised` to advance."""
    after = attrs.evolve(before, **values)
    return after, tuple(name for name in values if getattr(before, name) != getattr(after, name))


def revised(task: Task, now: datetime) -> Task:
    """The task one revision later. Its time moves forward even where the clock does not (rule S5)."""
    return attrs.evolve(task, updated_at=max(now, task.updated_at + timedelta(microseconds=1)), rev=task.rev + 1)


def shown(view: TaskView, task: Task) -> TaskView:
    """The view once its task has become ``task`` by a change that left project and parent alone.

    Such a change shows nowhere else in it but in its links, which bear title and status of both their ends.
    """
    return attrs.evolve(view, task=task, links=None if view.links is None else tuple(_linked(view.links, task)))


def _linked(links: Sequence[Link], task: Task) -> Iterator[Link]:
    for link in links:
        if link.source_id == task.id:
            yield attrs.evolve(link, source_title=task.title, source_status=task.status)
        else:
            yield attrs.evolve(link, target_title=task.title, target_status=task.status)
