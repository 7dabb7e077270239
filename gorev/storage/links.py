"""Links between tasks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from gorev.domain.links import NewLink
from gorev.domain.task import Link, Prerequisite
from gorev.domain.values import LinkKind, Status
from gorev.storage.encoding import instant_text, packed
from gorev.storage.sqlite import Cursor

_SELECT: Final = """
    SELECT links.id, links.source_id, links.target_id, links.kind,
        source.title, source.status, target.title, target.status
    FROM links JOIN tasks AS source ON source.id = links.source_id JOIN tasks AS target ON target.id = links.target_id
"""
_OF_TASK: Final = _SELECT + "WHERE links.source_id = ?1 OR links.target_id = ?1 ORDER BY links.created_at, links.id"
_OF_TASKS: Final = (
    _SELECT
    + """WHERE links.source_id IN (SELECT value FROM json_each(?1))
        OR links.target_id IN (SELECT value FROM json_each(?1))
    ORDER BY links.created_at, links.id"""
)
_ONE: Final = _SELECT + "WHERE links.id = ?"
_BETWEEN: Final = (
    _SELECT
    + """WHERE (links.source_id = ?1 AND links.target_id = ?2) OR (links.source_id = ?2 AND links.target_id = ?1)
    ORDER BY links.created_at, links.id"""
)

_PREREQUISITES: Final = """
    SELECT tasks.id, tasks.title, tasks.status FROM links JOIN tasks ON tasks.id = links.source_id
    WHERE links.target_id = ? AND links.kind = 'blocks' ORDER BY tasks.created_at, tasks.id
"""

_REACHABLE: Final = """
    WITH RECURSIVE reached (id) AS (
        SELECT ? UNION SELECT links.target_id FROM links JOIN reached ON links.source_id = reached.id
        WHERE links.kind = 'blocks'
    )
    SELECT links.source_id, links.target_id FROM links JOIN reached ON links.source_id = reached.id
    WHERE links.kind = 'blocks'
"""

_INTO_LINEAGE: Final = """
    WITH RECURSIVE
    below (id) AS (SELECT ?1 UNION SELECT tasks.id FROM tasks JOIN below ON tasks.parent_id = below.id),
    above (id, parent_id) AS (
        SELECT id, parent_id FROM tasks WHERE id = ?2
        UNION SELECT tasks.id, tasks.parent_id FROM tasks JOIN above ON tasks.id = above.parent_id
    )
    SELECT source_id, target_id FROM links
    WHERE (source_id IN (SELECT id FROM below) AND target_id IN (SELECT id FROM above))
        OR (target_id IN (SELECT id FROM below) AND source_id IN (SELECT id FROM above))
    LIMIT 1
"""


def of_task(cursor: Cursor, task_id: str) -> tuple[Link, ...]:
    """Every link that touches the task, oldest first."""
    return tuple(_link(row) for row in cursor.execute(_OF_TASK, (task_id,)))


def of_tasks(cursor: Cursor, task_ids: Sequence[str]) -> dict[str, tuple[Link, ...]]:
    """For each of these tasks what `of_task` yields, by one statement."""
    found: dict[str, list[Link]] = {id_: [] for id_ in task_ids}
    for row in cursor.execute(_OF_TASKS, (packed(list(task_ids)),)):
        link = _link(row)
        for end in (link.source_id, link.target_id):
            if end in found:
                found[end].append(link)
    return {id_: tuple(links) for id_, links in found.items()}


def one(cursor: Cursor, link_id: str) -> Link | None:
    """A link by its id."""
    row = cursor.execute(_ONE, (link_id,)).fetchone()
    return None if row is None else _link(row)


def between(cursor: Cursor, task_id: str, other_id: str) -> list[Link]:
    """The links that join two tasks, whichever way."""
    return [_link(row) for row in cursor.execute(_BETWEEN, (task_id, other_id))]


def prerequisites(cursor: Cursor, task_id: str) -> list[Prerequisite]:
    """The tasks that must finish before this one."""
    return [
        Prerequisite(id=id_, title=title, status=Status(status))
        for id_, title, status in cursor.execute(_PREREQUISITES, (task_id,))
    ]


def blocked_from(cursor: Cursor, task_id: str) -> dict[str, list[str]]:
    """Who waits directly for whom, as far as can be reached from a task."""
    edges: dict[str, list[str]] = {}
    for source, target in cursor.execute(_REACHABLE, (task_id,)):
        edges.setdefault(source, []).append(target)
    return edges


def into_lineage(cursor: Cursor, task_id: str, parent_id: str) -> tuple[str, str] | None:
    """The ends of a link that would join ancestor and descendant if the task came under this parent."""
    row = cursor.execute(_INTO_LINEAGE, (task_id, parent_id)).fetchone()
    return None if row is None else (str(row[0]), str(row[1]))


def insert(cursor: Cursor, link_id: str, link: NewLink, now: datetime) -> None:
    """Store a new link."""
    cursor.execute(
        "INSERT INTO links (id, source_id, target_id, kind, created_at) VALUES (?, ?, ?, ?, ?)",
        (link_id, link.source_id, link.target_id, link.kind.value, instant_text(now)),
    )


def delete(cursor: Cursor, link_id: str) -> None:
    """Remove a link."""
    cursor.execute("DELETE FROM links WHERE id = ?", (link_id,))


def _link(row: tuple[Any, ...]) -> Link:
    id_, source, target, kind, source_title, source_status, target_title, target_status = row
    return Link(
        id=id_,
        source_id=source,
        target_id=target,
        kind=LinkKind(kind),
        source_title=source_title,
        source_status=Status(source_status),
        target_title=target_title,
        target_status=Status(target_status),
    )
