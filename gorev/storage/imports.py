"""What an import reads of the workspace and writes to it; the number of statements grows with batches, not rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

from gorev.domain.context import RECENT_LIMIT, ContextRecord, Interaction
from gorev.domain.exporting import Outline, Selection
from gorev.domain.importing.plan import Existing, Present
from gorev.domain.links import NewLink
from gorev.domain.project import Project
from gorev.domain.template import Template
from gorev.domain.values import LinkKind
from gorev.storage import context, exports, projects, tags, templates
from gorev.storage.encoding import instant, instant_text, packed
from gorev.storage.sqlite import Cursor

ROOM_KIB: Final = 64 * 1024

_TASKS: Final = "SELECT id, title, project_id, parent_id FROM tasks ORDER BY created_at, id"
_REVS: Final = "SELECT id, rev FROM tasks UNION ALL SELECT id, rev FROM projects"
_LINKS: Final = "SELECT id, source_id, target_id, kind FROM links"
_LINK: Final = "INSERT INTO links (id, source_id, target_id, kind, created_at) VALUES (?, ?, ?, ?, ?)"

_UPDATE_TEMPLATE: Final = """
    UPDATE templates SET name = ?, definition = ?, alias = ?, default_title = ?, description_template = ?, fields = ?,
        sample_values = ?, category = ?, active = ?, base_template_id = ?, updated_at = ?
    WHERE id = ?
"""

_INTERACTIONS: Final = "SELECT task_id, action, created_at FROM interactions"
_INTERACTION: Final = (
    "INSERT INTO interactions (task_id, action, context, session_id, created_at) VALUES (?, ?, ?, ?, ?)"
)
_LAST_INTERACTION: Final = (
    "UPDATE tasks SET last_interaction_at = max(coalesce(last_interaction_at, ''), ?) WHERE id = ?"
)
_FORGET: Final = "DELETE FROM interactions WHERE id <= (SELECT max(id) FROM interactions) - ?"
_OLDEST_USE: Final = "SELECT min(used_at) FROM recent_tasks"


def existing(cursor: Cursor, *, replace: bool, spared: Iterable[str], with_templates: bool) -> Existing:
    """What an import meets. With ``replace`` that is what will be left: the ``spared`` projects, and the templates
    unless the document brings some (``with_templates``).
    """
    found = [view.project for view in reversed(projects.every(cursor))]
    kept_templates = [
        (each.id, each.alias, each.name, each.language)
        for each in templates.every(cursor)
        if not (replace and with_templates)
    ]
    if replace:
        return Existing(
            projects=[project for project in found if project.id in spared],
            templates=kept_templates,
            former_revs=dict(cursor.execute(_REVS)),
        )
    return Existing(
        projects=found,
        tasks={id_: Present(title, project, parent) for id_, title, project, parent in cursor.execute(_TASKS)},
        tags=tags.every(cursor),
        links=[(id_, source, target, LinkKind(kind)) for id_, source, target, kind in cursor.execute(_LINKS)],
        templates=kept_templates,
    )


@contextmanager
def room(cursor: Cursor) -> Iterator[None]:
    """Have enough pages in memory for the indexes that many new rows are scattered over; a quarter less work."""
    (usual,) = cursor.execute("PRAGMA cache_size").fetchone()
    cursor.execute(f"PRAGMA cache_size = -{ROOM_KIB}")
    try:
        yield
    finally:
        cursor.execute(f"PRAGMA cache_size = {usual}")


def leave_room(cursor: Cursor) -> None:
    """Give back the pages that `room` was for. They are kept until the transaction is over, and then for good."""
    cursor.execute("PRAGMA shrink_memory")


def every_task(cursor: Cursor) -> Outline:
    """All tasks, children before their parents, as they must be taken away."""
    order = [view.project.id for view in projects.every(cursor)]
    every = exports.chosen_tasks(cursor, Selection(), order)
    return Outline(every.ids[::-1], every.depths[::-1])


def clear(cursor: Cursor, *, spared: Sequence[str], with_templates: bool) -> None:
    """Delete all tasks with what belongs to them, all tags and projects but the ``spared``, perhaps the templates."""
    for statement in ("DELETE FROM links", "DELETE FROM task_tags", "DELETE FROM tasks", "DELETE FROM tags"):
        cursor.execute(statement)
    cursor.execute("DELETE FROM projects WHERE id NOT IN (SELECT value FROM json_each(?))", (packed(spared),))
    if with_templates:
        cursor.execute("DELETE FROM templates")


def insert_projects(cursor: Cursor, new: Iterable[Project]) -> None:
    """Store new projects."""
    for project in new:
        projects.insert(cursor, project)


def insert_links(cursor: Cursor, new: Sequence[tuple[str, NewLink]], now: datetime) -> None:
    """Store new links."""
    time = instant_text(now)
    cursor.executemany(_LINK, [(id_, link.source_id, link.target_id, link.kind.value, time) for id_, link in new])


def update_template(cursor: Cursor, template: Template, now: datetime) -> None:
    """Store a changed template; its language stays."""
    cursor.execute(
        _UPDATE_TEMPLATE,
        (
            template.name,
            template.definition,
            template.alias,
            template.default_title,
            template.description_template,
            packed(template.fields),
            None if template.sample_values is None else packed(template.sample_values),
            template.category,
            template.active,
            template.base_id,
            instant_text(now),
            template.id,
        ),
    )


def add_context(cursor: Cursor, record: ContextRecord, now: datetime) -> None:
    """Add a context to the one there is: what that says already stays, and its recent tasks come first."""
    if record.active_task_id is not None and context.active_task_id(cursor) is None:
        context.set_active_task(cursor, record.active_task_id, record.updated_at or now)
    if record.session_data:
        cursor.execute(
            "UPDATE workspace SET session_data = ? WHERE session_data = '{}'", (packed(dict(record.session_data)),)
        )
    _add_recent(cursor, record.recent_tasks, record.updated_at or now)
    _add_interactions(cursor, record.interactions)


def _add_recent(cursor: Cursor, newest_first: Sequence[str], last_used: datetime) -> None:
    kept = context.recent_ids(cursor, RECENT_LIMIT)
    (oldest,) = cursor.execute(_OLDEST_USE).fetchone()
    time = last_used if oldest is None else instant(oldest)
    for task_id in [each for each in newest_first if each not in kept][: RECENT_LIMIT - len(kept)]:
        time -= timedelta(microseconds=1)
        context.use(cursor, task_id, time)


def _add_interactions(cursor: Cursor, interactions: Sequence[Interaction]) -> None:
    context.take_up(cursor)
    known = set(cursor.execute(_INTERACTIONS))
    rows = []
    for each in interactions:
        time = instant_text(each.time)
        if (each.task_id, each.action.value, time) not in known:
            rows.append((each.task_id, each.action.value, packed(dict(each.context)), each.session_id, time))
    cursor.executemany(_INTERACTION, rows)
    cursor.executemany(_LAST_INTERACTION, [(time, task_id) for task_id, *_, time in rows])
    cursor.execute(_FORGET, (context.INTERACTIONS_KEPT,))
