"""The active task, the recent ones, and the interactions of a workspace.

An interaction that comes with a change stands in the event of that, which is written anyway. It costs a write nothing,
and many of them little when they are moved together.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from gorev.domain.context import RECENT_LIMIT, Action
from gorev.domain.values import Actor
from gorev.storage.encoding import instant_text, packed
from gorev.storage.sqlite import Cursor

INTERACTIONS_KEPT: Final = 20_000
_INTERACTIONS_COUNTED: Final = 50

_FORGET: Final = """
    DELETE FROM recent_tasks WHERE task_id NOT IN
        (SELECT task_id FROM recent_tasks ORDER BY used_at DESC, task_id LIMIT ?)
"""

_COUNTS: Final = """
    SELECT action, count(*) FROM (
        SELECT action FROM (
            SELECT * FROM (SELECT 1 AS is_new, seq AS place, action FROM new_interactions ORDER BY seq DESC LIMIT ?1)
            UNION ALL SELECT * FROM (SELECT 0, id, action FROM interactions ORDER BY id DESC LIMIT ?1)
        ) ORDER BY is_new DESC, place DESC LIMIT ?1
    ) GROUP BY action
"""

_BEHIND: Final = "SELECT last_seq > interactions_seq FROM workspace"
_COLUMNS: Final = "task_id, action, context, session_id, created_at"
_KEPT: Final = f"SELECT {_COLUMNS} FROM interactions ORDER BY id"
_NEW: Final = f"SELECT {_COLUMNS} FROM new_interactions ORDER BY seq"
_TAKE_UP: Final = f"INSERT INTO interactions ({_COLUMNS}) {_NEW}"
_FORGET_INTERACTIONS: Final = "DELETE FROM interactions WHERE id <= (SELECT max(id) FROM interactions) - ?"


def active_task_id(cursor: Cursor) -> str | None:
    """The id of the active task."""
    (task_id,) = cursor.execute("SELECT active_task_id FROM workspace").fetchone()
    return None if task_id is None else str(task_id)


def set_active_task(cursor: Cursor, task_id: str, now: datetime) -> None:
    """Make a task the active one."""
    cursor.execute("UPDATE workspace SET active_task_id = ?, context_updated_at = ?", (task_id, instant_text(now)))


def recent_ids(cursor: Cursor, limit: int) -> list[str]:
    """The tasks used last, newest first."""
    rows = cursor.execute("SELECT task_id FROM recent_tasks ORDER BY used_at DESC, task_id LIMIT ?", (limit,))
    return [task_id for (task_id,) in rows]


def use(cursor: Cursor, task_id: str, now: datetime) -> None:
    """Put a task among the recent ones as of ``now``, which may be a moment ago."""
    cursor.execute(
        "INSERT INTO recent_tasks (task_id, used_at) VALUES (?, ?)"
        " ON CONFLICT (task_id) DO UPDATE SET used_at = max(used_at, excluded.used_at)",
        (task_id, instant_text(now)),
    )
    cursor.execute(_FORGET, (RECENT_LIMIT,))


def record(
    cursor: Cursor, task_id: str, action: Action, actor: Actor, now: datetime, context: dict[str, str] | None = None
) -> None:
    """Keep that something was done with a task, other than a change; very old interactions are forgotten."""
    take_up(cursor)
    cursor.execute(
        "INSERT INTO interactions (task_id, action, context, session_id, created_at) VALUES (?, ?, ?, ?, ?)",
        (task_id, action.value, packed(context or {}), actor.session, instant_text(now)),
    )
    cursor.execute(_FORGET_INTERACTIONS, (INTERACTIONS_KEPT,))
    cursor.execute(
        "UPDATE tasks SET last_interaction_at = max(coalesce(last_interaction_at, ''), ?) WHERE id = ?",
        (instant_text(now), task_id),
    )


def take_up(cursor: Cursor) -> None:
    """Move what came with changes to the other interactions, behind those that there are."""
    (is_behind,) = cursor.execute(_BEHIND).fetchone()
    if is_behind:
        cursor.execute(_TAKE_UP)
        cursor.execute(_FORGET_INTERACTIONS, (INTERACTIONS_KEPT,))
        cursor.execute("UPDATE workspace SET interactions_seq = last_seq")


def interactions(cursor: Cursor) -> Iterator[tuple[str, str, str, str | None, str]]:
    """All there are, the oldest first: task, action, context, session and time, as they are stored."""
    yield from cursor.execute(_KEPT)
    yield from cursor.execute(_NEW)


def counts(cursor: Cursor) -> dict[Action, int]:
    """How often each kind occurs among the last interactions."""
    return {Action(action): count for action, count in cursor.execute(_COUNTS, (_INTERACTIONS_COUNTED,))}
