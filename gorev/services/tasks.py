"""What can be done with tasks."""

from __future__ import annotations

from datetime import datetime

import attrs
from twisted.internet.defer import Deferred

from gorev.domain import task as rules
from gorev.domain.errors import HasSubtasks
from gorev.domain.project import ProjectView
from gorev.domain.query import Part, TaskQuery
from gorev.domain.task import Branch, NewTask, Task, TaskChange, TaskView
from gorev.domain.values import Actor
from gorev.domain.views import Hierarchy, TaskChanged, TaskDetail, TaskPage
from gorev.services.change import change_task, create_task, delete_task
from gorev.services.lookup import require_project, require_task
from gorev.services.store import Answer, Once, Store
from gorev.services.trees import below, grown
from gorev.storage import projects, task_pages, task_trees, tasks, watches
from gorev.storage.sqlite import Cursor
from gorev.storage.transaction import Transaction


class TaskOperations:
    """The operations on the tasks of one workspace. Ids may be unique prefixes of eight characters or more."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, task_id: str, part: Part | None = None) -> Deferred[Answer[TaskDetail]]:
        """One task in full, or with a ``part`` of its subtree.

        @raise TaskNotFound, AmbiguousId: see `require_task`.
        """

        def work(cursor: Cursor) -> TaskDetail:
            view = require_task(cursor, task_id)
            subtree = below(cursor, view, part)
            return TaskDetail(
                view=view,
                children=subtree.children,
                by_status=subtree.by_status,
                unread=subtree.unread,
                watches=watches.of_task(cursor, view.task.id),
            )

        return self._store.read(work, brief=True)

    def page(self, query: TaskQuery, *, with_subtrees: bool = False) -> Deferred[Answer[TaskPage]]:
        """Matching tasks, each a row; ``with_subtrees`` gives the rows that are roots what is below them.

        @raise ProjectNotFound, TaskNotFound: the project or parent asked for does not exist.
        """

        def work(cursor: Cursor) -> TaskPage:
            scoped, project = _scoped(cursor, query)
            views, total = task_pages.select(cursor, scoped, self._store.today())
            roots = [view for view in views if view.task.parent_id is None] if with_subtrees else []
            trees = {branch.view.task.id: branch for branch in grown(cursor, roots)[0]}
            rows = tuple(trees.get(view.task.id) or Branch(view=view) for view in views)
            return TaskPage(rows=rows, total=total, project=project)

        return self._store.read(work, brief=_is_brief(query))

    def trees(self, query: TaskQuery, most: int | None = None) -> Deferred[Answer[TaskPage]]:
        """Matching tasks as trees: topmost matches are counted and paged, each brings its whole subtree.

        A page ends early once it has about ``most`` tasks, those of the trees included.

        @raise ProjectNotFound, TaskNotFound: as `page`.
        """

        def work(cursor: Cursor) -> TaskPage:
            scoped, project = _scoped(cursor, query)
            views, total = task_pages.select_roots(cursor, scoped, self._store.today())
            rows, unread = grown(cursor, views, most)
            return TaskPage(rows=rows, total=total, project=project, unread=unread)

        return self._store.read(work, brief=_is_brief(query))

    def of_project(self, query: TaskQuery) -> Deferred[Answer[TaskPage]]:
        """A project's tasks, those in progress first, then pending, completed and cancelled ones.

        @raise ProjectNotFound: the project does not exist.
        """

        def work(cursor: Cursor) -> TaskPage:
            scoped, project = _scoped(cursor, query)
            views, total = task_pages.select(cursor, scoped, self._store.today(), grouped_by_status=True)
            return TaskPage(rows=tuple(Branch(view=view) for view in views), total=total, project=project)

        return self._store.read(work, brief=_is_brief(query))

    def children(self, task_id: str) -> Deferred[Answer[tuple[TaskView, ...]]]:
        """A task's direct subtasks, oldest first.

        @raise TaskNotFound, AmbiguousId: see `require_task`.
        """

        def work(cursor: Cursor) -> tuple[TaskView, ...]:
            view = require_task(cursor, task_id)
            return tuple(tasks.by_ids(cursor, task_trees.children(cursor, view.task.id)))

        return self._store.read(work)

    def hierarchy(self, task_id: str, part: Part | None = None) -> Deferred[Answer[Hierarchy]]:
        """A task between its ancestors and its subtree, or a ``part`` of that.

        @raise TaskNotFound, AmbiguousId: see `require_task`.
        """

        def work(cursor: Cursor) -> Hierarchy:
            view = require_task(cursor, task_id)
            above = tasks.by_ids(cursor, tasks.ancestors(cursor, view.task.id))
            subtree = below(cursor, view, part)
            return Hierarchy(
                view=view,
                ancestors=tuple(above),
                children=subtree.children,
                by_status=subtree.by_status,
                unread=subtree.unread,
            )

        return self._store.read(work)

    def create(self, actor: Actor, new: NewTask, once: Once | None = None) -> Deferred[Answer[TaskView]]:
        """Make a task. A subtask takes its parent's project; a root without one the active project, if any.

        @raise InvalidValue: a text breaks a limit.
        @raise ProjectNotFound, ParentNotFound, AmbiguousId: what it shall belong to does not exist.
        @raise ProjectMismatch: a project other than the parent's was named.
        """
        new = new.checked()

        def work(transaction: Transaction, now: datetime) -> TaskView:
            return create_task(transaction, now, actor, new)

        return self._store.write(work, TaskView, once)

    def change(
        self, actor: Actor, task_id: str, change: TaskChange, rev: int | None = None, once: Once | None = None
    ) -> Deferred[Answer[TaskChanged]]:
        """Change a task, all of it or nothing. A change that alters nothing is a success without an event (rule S4).

        A change of project takes the whole subtree along, and out from under a parent that stays.

        @raise InvalidValue: a text breaks a limit.
        @raise TaskNotFound, ProjectNotFound, ParentNotFound, AmbiguousId: something named does not exist.
        @raise StaleRevision: ``rev`` is out of date.
        @raise DependencyIncomplete, SubtasksIncomplete: rules S2 and S3.
        @raise CycleDetected, ProjectMismatch: the new parent will not do.
        """
        change = change.checked()

        def work(transaction: Transaction, now: datetime) -> TaskChanged:
            view = require_task(transaction.cursor, task_id)
            rules.check_revision(rev, view.task.rev, view)
            return change_task(transaction, now, actor, view, change)

        return self._store.write(work, TaskChanged, once)

    def delete(
        self, actor: Actor, task_id: str, rev: int | None = None, once: Once | None = None
    ) -> Deferred[Answer[Task]]:
        """Delete a task that has no subtasks, and yield what it was.

        @raise TaskNotFound, AmbiguousId: see `require_task`.
        @raise StaleRevision: ``rev`` is out of date.
        @raise HasSubtasks: it has some.
        """

        def work(transaction: Transaction, now: datetime) -> Task:
            cursor = transaction.cursor
            view = require_task(cursor, task_id)
            rules.check_revision(rev, view.task.rev, view)
            if view.subtask_count:
                raise HasSubtasks(count=view.subtask_count)
            delete_task(transaction, now, actor, view)
            return view.task

        return self._store.write(work, Task, once)


def _is_brief(query: TaskQuery) -> bool:
    """Whether the reactor may read it: going through texts takes as long as these are, however few steps it is."""
    return not query.search


def _scoped(cursor: Cursor, query: TaskQuery) -> tuple[TaskQuery, ProjectView | None]:
    """The query with whole ids and its scope settled: a project named, else all if asked, else the active one."""
    if query.parent_id is not None:
        query = attrs.evolve(query, parent_id=require_task(cursor, query.parent_id, "parent_id").task.id)
    if query.project_id is not None:
        project: ProjectView | None = require_project(cursor, query.project_id)
    else:
        active = None if query.all_projects else projects.active_id(cursor)
        project = None if active is None else projects.one(cursor, active)
    return attrs.evolve(query, project_id=None if project is None else project.project.id), project
