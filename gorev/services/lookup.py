"""Entities by the ids that callers give: whole, or a unique prefix of eight characters or more."""

from __future__ import annotations

from collections.abc import Iterable

from gorev.domain.errors import AmbiguousId, GorevError, ParentNotFound, ProjectNotFound, TaskNotFound
from gorev.domain.project import ProjectView
from gorev.domain.task import TaskView
from gorev.storage import projects, tasks
from gorev.storage.identifiers import sought
from gorev.storage.sqlite import Cursor


def require_task(cursor: Cursor, given: str, field: str = "id") -> TaskView:
    """The task of an id or unique prefix.

    @raise TaskNotFound, AmbiguousId: there is none, or several.
    """
    task_id = sought(cursor, "tasks", given)
    view = None if task_id is None else tasks.one(cursor, task_id)
    if view is None:
        raise TaskNotFound(id=given, field=field)
    return view


def find_tasks(cursor: Cursor, given: Iterable[str]) -> dict[str, TaskView | GorevError]:
    """What `require_task` yields or raises for each of these ids, in their order."""
    ids: dict[str, str | GorevError] = {}
    for each in given:
        try:
            ids[each] = sought(cursor, "tasks", each) or TaskNotFound(id=each, field="id")
        except AmbiguousId as error:
            ids[each] = error
    views = tasks.with_links(cursor, [id_ for id_ in ids.values() if isinstance(id_, str)])
    return {
        each: id_ if isinstance(id_, GorevError) else views.get(id_) or TaskNotFound(id=each, field="id")
        for each, id_ in ids.items()
    }


def require_parent(cursor: Cursor, given: str) -> TaskView:
    """The task of an id or unique prefix under which another one shall be.

    @raise ParentNotFound, AmbiguousId: there is none, or several.
    """
    try:
        return require_task(cursor, given, "parent_id")
    except TaskNotFound:
        raise ParentNotFound(id=given, field="parent_id") from None


def require_project(cursor: Cursor, given: str) -> ProjectView:
    """The project of an id or unique prefix.

    @raise ProjectNotFound, AmbiguousId: there is none, or several.
    """
    project_id = sought(cursor, "projects", given)
    view = None if project_id is None else projects.one(cursor, project_id)
    if view is None:
        raise ProjectNotFound(id=given, field="project_id")
    return view
