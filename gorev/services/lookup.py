"""Entities by the ids that callers give: whole, or a unique prefix of eight characters or more."""

from __future__ import annotations

from gorev.domain.errors import ParentNotFound, ProjectNotFound, TaskNotFound
from gorev.domain.project import ProjectView
from gorev.domain.task import Task, TaskView
from gorev.storage import projects, tasks
from gorev.storage.identifiers import resolve
from gorev.storage.sqlite import Cursor


def require_task(cursor: Cursor, given: str, field: str = "id") -> TaskView:
    """The task of an id or unique prefix.

    @raise TaskNotFound, AmbiguousId: there is none, or several.
    """
    task_id = resolve(cursor, "tasks", given)
    view = None if task_id is None else tasks.one(cursor, task_id)
    if view is None:
        raise TaskNotFound(id=given, field=field)
    return view


def require_parent(cursor: Cursor, given: str) -> Task:
    try:
        return require_task(cursor, given, "parent_id").task
    except TaskNotFound:
        raise ParentNotFound(id=given, field="parent_id") from None


def require_project(cursor: Cursor, given: str) -> ProjectView:
    """The project of an id or unique prefix.

    @raise ProjectNotFound, AmbiguousId: there is none, or several.
    """
    project_id = resolve(cursor, "projects", given)
    view = None if project_id is None else projects.one(cursor, project_id)
    if view is None:
        raise ProjectNotFound(id=given, field="project_id")
    return view
