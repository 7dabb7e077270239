"""What an export reads: a selection's outline, and its rows in batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from gorev.domain.context import Action, ContextRecord, Interaction
from gorev.domain.exporting import ExportedLink, Outline, Selection, outline, placed
from gorev.domain.project import ProjectView
from gorev.domain.task import TaskView
from gorev.domain.text import caseless
from gorev.domain.values import LinkKind, Status, Tag
from gorev.storage import context, projects, tasks
from gorev.storage.encoding import instant, instant_text, packed, unpacked
from gorev.storage.sqlite import Cursor

BATCH: Final = 500

_TAGS: Final = """
    SELECT DISTINCT tags.id, tags.name FROM task_tags JOIN tags ON tags.id = task_tags.tag_id
    WHERE task_tags.task_id IN (SELECT value FROM json_each(?))
"""
_TASK_TAGS: Final = """
    SELECT task_id, tag_id FROM task_tags WHERE task_id IN (SELECT value FROM json_each(?)) ORDER BY task_id, position
"""
_LINKS: Final = "SELECT id, source_id, target_id, kind FROM links ORDER BY created_at, id"


def chosen_projects(cursor: Cursor, selection: Selection) -> list[ProjectView]:
    """The selection's projects, oldest first."""
    return [
        view
        for view in reversed(projects.every(cursor))
        if not selection.projects or view.project.id in selection.projects
    ]


def chosen_tasks(cursor: Cursor, selection: Selection, order: Sequence[str]) -> Outline:
    """The selection's tasks, in the order of their projects."""
    where, values = _conditions(selection, *selection.span())
    rows = cursor.execute(f"SELECT id, parent_id, project_id FROM tasks WHERE {where} ORDER BY created_at, id", values)
    return outline(rows, order)


def _conditions(selection: Selection, begin: datetime | None, end: datetime | None) -> tuple[str, list[Any]]:
    conditions = {
        "project_id IN (SELECT value FROM json_each(?))": packed(selection.projects) if selection.projects else None,
        "status = ?": None if selection.status is None else selection.status.value,
        "status <> ?": None if selection.completed else Status.COMPLETED.value,
        "created_at >= ?": None if begin is None else instant_text(begin),
        "created_at < ?": None if end is None else instant_text(end),
        "id IN (SELECT task_id FROM task_tags JOIN tags ON tags.id = task_tags.tag_id"
        " WHERE name_caseless IN (SELECT value FROM json_each(?)))": packed([caseless(tag) for tag in selection.tags])
        if selection.tags
        else None,
    }
    chosen = {condition: value for condition, value in conditions.items() if value is not None}
    roots = [] if selection.subtasks else ["parent_id IS NULL"]
    return " AND ".join(["1", *chosen, *roots]), list(chosen.values())


def batches(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """The ids, `BATCH` at a time."""
    for begin in range(0, len(ids), BATCH):
        yield ids[begin : begin + BATCH]


def task_batches(cursor: Cursor, chosen: Outline) -> Iterator[list[TaskView]]:
    """The tasks of an outline, in its order and at its levels."""
    for begin in range(0, len(chosen.ids), BATCH):
        batch = chosen.ids[begin : begin + BATCH]
        levels = dict(zip(batch, chosen.depths[begin : begin + BATCH], strict=True))
        yield [placed(view) for view in tasks.by_ids(cursor, batch, levels)]


def tags_of(cursor: Cursor, ids: Sequence[str]) -> list[Tag]:
    """The tags that these tasks have, by name."""
    found: dict[str, str] = {}
    for batch in batches(ids):
        found.update(cursor.execute(_TAGS, (packed(batch),)).fetchall())
    return [Tag(id=id_, name=name) for id_, name in sorted(found.items(), key=lambda each: caseless(each[1]))]


def task_tag_batches(cursor: Cursor, ids: Sequence[str]) -> Iterator[list[tuple[str, str]]]:
    """Which of these tasks has which tag, by task and the tag's place there."""
    for batch in batches(ids):
        yield cursor.execute(_TASK_TAGS, (packed(batch),)).fetchall()


def link_batches(cursor: Cursor, ids: frozenset[str]) -> Iterator[list[ExportedLink]]:
    """The links both of whose ends are among these tasks, oldest first."""
    rows = cursor.connection.cursor().execute(_LINKS)
    while batch := rows.fetchmany(BATCH):
        yield [
            ExportedLink(id=id_, source_id=source, target_id=target, kind=LinkKind(kind))
            for id_, source, target, kind in batch
            if source in ids and target in ids
        ]


def context_of(cursor: Cursor, ids: frozenset[str]) -> ContextRecord:
    """The context, as far as it is about these tasks."""
    active = context.active_task_id(cursor)
    session_data, updated_at = cursor.execute("SELECT session_data, context_updated_at FROM workspace").fetchone()
    return ContextRecord(
        active_task_id=active if active in ids else None,
        recent_tasks=tuple(each for each in context.recent_ids(cursor, len(ids)) if each in ids),
        session_data=unpacked(session_data, dict[str, Any]),
        updated_at=None if updated_at is None else instant(updated_at),
        interactions=tuple(
            Interaction(
                task_id=task_id,
                action=Action(action),
                context=unpacked(details, dict[str, Any]),
                session_id=session_id,
                time=instant(time),
            )
            for task_id, action, details, session_id, time in context.interactions(cursor)
            if task_id in ids
        ),
    )
