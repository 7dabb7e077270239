"""What can be done with projects."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import attrs
from twisted.internet.defer import Deferred

from gorev.domain import project as rules
from gorev.domain.errors import HasTasks
from gorev.domain.event import EventKind
from gorev.domain.identifiers import new_id
from gorev.domain.project import Project, ProjectChange, ProjectView
from gorev.domain.task import check_revision
from gorev.domain.values import Actor, Unset
from gorev.domain.views import ActiveProject
from gorev.services.lookup import require_project
from gorev.services.store import Answer, Once, Store
from gorev.storage import events, projects
from gorev.storage.sqlite import Cursor
from gorev.storage.transaction import Transaction


class ProjectOperations:
    """The operations on the projects of one workspace. Ids may be unique prefixes of eight characters or more."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, project_id: str) -> Deferred[Answer[ProjectView]]:
        """One project.

        @raise ProjectNotFound, AmbiguousId: there is none, or several.
        """
        return self._store.read(lambda cursor: require_project(cursor, project_id))

    def every(self) -> Deferred[Answer[list[ProjectView]]]:
        """All projects, newest first."""
        return self._store.read(projects.every)

    def active(self) -> Deferred[Answer[ActiveProject]]:
        """The active project."""

        def work(cursor: Cursor) -> ActiveProject:
            project_id = projects.active_id(cursor)
            return ActiveProject(None if project_id is None else projects.one(cursor, project_id))

        return self._store.read(work)

    def create(
        self, actor: Actor, name: str, definition: str = "", once: Once | None = None
    ) -> Deferred[Answer[ProjectView]]:
        """Make a project. Names need not be unique.

        @raise InvalidValue: a text breaks a limit.
        """
        name, definition = rules.name(name), rules.definition(definition)

        def work(transaction: Transaction, now: datetime) -> ProjectView:
            project = Project(id=new_id(), name=name, definition=definition, created_at=now, updated_at=now, rev=1)
            projects.insert(transaction.cursor, project)
            view = require_project(transaction.cursor, project.id)
            events.append(transaction, time=now, actor=actor, kind=EventKind.PROJECT_CREATED, after=view)
            return view

        return self._store.write(work, ProjectView, once)

    def change(
        self, actor: Actor, project_id: str, change: ProjectChange, rev: int | None = None, once: Once | None = None
    ) -> Deferred[Answer[ProjectView]]:
        """Change name or definition; a change that alters nothing is a success without an event.

        @raise InvalidValue: a text breaks a limit.
        @raise ProjectNotFound, AmbiguousId: there is none, or several.
        @raise StaleRevision: ``rev`` is out of date.
        """
        values: dict[str, Any] = {}
        if not isinstance(change.name, Unset):
            values["name"] = rules.name(change.name)
        if not isinstance(change.definition, Unset):
            values["definition"] = rules.definition(change.definition)

        def work(transaction: Transaction, now: datetime) -> ProjectView:
            before = require_project(transaction.cursor, project_id)
            check_revision(rev, before.project.rev, before)
            after = attrs.evolve(before.project, **values)
            changed = tuple(name for name in values if getattr(before.project, name) != getattr(after, name))
            if not changed:
                return before
            return _store_revised(transaction, now, actor, before, after, changed)

        return self._store.write(work, ProjectView, once)

    def delete(self, actor: Actor, project_id: str, rev: int | None = None) -> Deferred[Answer[Project]]:
        """Delete a project that has no tasks, and yield what it was.

        @raise ProjectNotFound, AmbiguousId: there is none, or several.
        @raise StaleRevision: ``rev`` is out of date.
        @raise HasTasks: it has some.
        """

        def work(transaction: Transaction, now: datetime) -> Project:
            view = require_project(transaction.cursor, project_id)
            check_revision(rev, view.project.rev, view)
            if view.task_count:
                raise HasTasks(count=view.task_count)
            projects.delete(transaction.cursor, view.project.id)
            events.append(transaction, time=now, actor=actor, kind=EventKind.PROJECT_DELETED, before=view)
            if view.is_active:
                events.append(transaction, time=now, actor=actor, kind=EventKind.WORKSPACE_SYNC)
            return view.project

        return self._store.write(work, Project)

    def activate(
        self, actor: Actor, project_id: str, rev: int | None = None, once: Once | None = None
    ) -> Deferred[Answer[ProjectView]]:
        """Make a project the active one; the one it replaces and itself change, and all clients reload.

        @raise ProjectNotFound, AmbiguousId: there is none, or several.
        @raise StaleRevision: ``rev`` is out of date.
        """

        def work(transaction: Transaction, now: datetime) -> ProjectView:
            view = require_project(transaction.cursor, project_id)
            check_revision(rev, view.project.rev, view)
            if view.is_active:
                return view
            _switch(transaction, now, actor, view)
            return require_project(transaction.cursor, view.project.id)

        return self._store.write(work, ProjectView, once)

    def deactivate(self, actor: Actor, once: Once | None = None) -> Deferred[Answer[ActiveProject]]:
        """Leave no project active; yields the one that was."""

        def work(transaction: Transaction, now: datetime) -> ActiveProject:
            active = projects.active_id(transaction.cursor)
            if active is None:
                return ActiveProject(None)
            before = require_project(transaction.cursor, active)
            _switch(transaction, now, actor, None)
            return ActiveProject(before)

        return self._store.write(work, ActiveProject, once)


def _switch(transaction: Transaction, now: datetime, actor: Actor, to: ProjectView | None) -> None:
    cursor = transaction.cursor
    active = projects.active_id(cursor)
    concerned = [] if active is None else [require_project(cursor, active)]
    if to is not None:
        concerned.append(to)
    projects.set_active(cursor, None if to is None else to.project.id)
    for before in concerned:
        _store_revised(transaction, now, actor, before, before.project, ("is_active",))
    events.append(transaction, time=now, actor=actor, kind=EventKind.WORKSPACE_SYNC)


def _store_revised(
    transaction: Transaction,
    now: datetime,
    actor: Actor,
    before: ProjectView,
    after: Project,
    changed: tuple[str, ...],
) -> ProjectView:
    projects.update(transaction.cursor, rules.revised(after, now))
    view = require_project(transaction.cursor, after.id)
    events.append(
        transaction,
        time=now,
        actor=actor,
        kind=EventKind.PROJECT_UPDATED,
        before=before,
        after=view,
        changed=changed,
    )
    return view
