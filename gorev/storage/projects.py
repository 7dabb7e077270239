"""Projects and which one is active."""

from __future__ import annotations

from typing import Any, Final

from gorev.domain.project import Project, ProjectView
from gorev.domain.text import folded
from gorev.storage.encoding import instant, instant_text
from gorev.storage.sqlite import Cursor

_SELECT: Final = """
    SELECT projects.id, projects.name, projects.definition, projects.created_at, projects.updated_at, projects.rev,
        projects.id IS (SELECT active_project_id FROM workspace),
        coalesce(sum(number), 0), coalesce(sum(number) FILTER (WHERE status = 'completed'), 0),
        coalesce(sum(number) FILTER (WHERE status = 'in_progress'), 0),
        coalesce(sum(number) FILTER (WHERE status = 'pending'), 0),
        coalesce(sum(number) FILTER (WHERE status = 'cancelled'), 0)
    FROM projects LEFT JOIN task_counts ON task_counts.project_id = projects.id
"""
_ONE: Final = _SELECT + " WHERE projects.id = ? GROUP BY projects.id"
_ALL: Final = _SELECT + " GROUP BY projects.id ORDER BY projects.created_at DESC, projects.id"

_INSERT: Final = """
    INSERT INTO projects (id, name, name_folded, definition, created_at, updated_at, rev) VALUES (?, ?, ?, ?, ?, ?, ?)
"""
_UPDATE: Final = """
    UPDATE projects SET name = ?, name_folded = ?, definition = ?, updated_at = ?, rev = ? WHERE id = ?
"""


def one(cursor: Cursor, project_id: str) -> ProjectView | None:
    """A project by its whole id."""
    row = cursor.execute(_ONE, (project_id,)).fetchone()
    return None if row is None else _view(row)


def every(cursor: Cursor) -> list[ProjectView]:
    """All projects, newest first."""
    return [_view(row) for row in cursor.execute(_ALL)]


def count(cursor: Cursor) -> int:
    """How many projects there are."""
    (number,) = cursor.execute("SELECT count(*) FROM projects").fetchone()
    return int(number)


def insert(cursor: Cursor, project: Project) -> None:
    """Store a new project."""
    cursor.execute(
        _INSERT,
        (
            project.id,
            project.name,
            folded(project.name),
            project.definition,
            instant_text(project.created_at),
            instant_text(project.updated_at),
            project.rev,
        ),
    )


def update(cursor: Cursor, project: Project) -> None:
    """Store a changed project."""
    cursor.execute(
        _UPDATE,
        (
            project.name,
            folded(project.name),
            project.definition,
            instant_text(project.updated_at),
            project.rev,
            project.id,
        ),
    )


def delete(cursor: Cursor, project_id: str) -> None:
    """Remove a project that has no tasks; the active setting goes with it."""
    cursor.execute("DELETE FROM projects WHERE id = ?", (project_id,))


def active_id(cursor: Cursor) -> str | None:
    """The id of the active project."""
    (project_id,) = cursor.execute("SELECT active_project_id FROM workspace").fetchone()
    return None if project_id is None else str(project_id)


def name(cursor: Cursor, project_id: str) -> str:
    """The name of a project that is there."""
    (found,) = cursor.execute("SELECT name FROM projects WHERE id = ?", (project_id,)).fetchone()
    return str(found)


def set_active(cursor: Cursor, project_id: str | None) -> None:
    """Make a project the active one, or none."""
    cursor.execute("UPDATE workspace SET active_project_id = ?", (project_id,))


def _view(row: tuple[Any, ...]) -> ProjectView:
    id_, name, definition, created, updated, rev, is_active, total, completed, in_progress, pending, cancelled = row
    return ProjectView(
        project=Project(
            id=id_,
            name=name,
            definition=definition,
            created_at=instant(created),
            updated_at=instant(updated),
            rev=rev,
        ),
        is_active=bool(is_active),
        task_count=total,
        completed_count=completed,
        in_progress_count=in_progress,
        pending_count=pending,
        cancelled_count=cancelled,
    )
