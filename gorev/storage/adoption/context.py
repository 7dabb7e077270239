"""What was worked on: the active task, the recent ones, and the interactions."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from gorev.domain.context import RECENT_LIMIT, Action
from gorev.storage.adoption.ledger import Note
from gorev.storage.adoption.rows import Ids, Row, Source
from gorev.storage.context import INTERACTIONS_KEPT
from gorev.storage.encoding import instant_text, packed
from gorev.storage.sqlite import Cursor

_CONTEXT: Final = "UPDATE workspace SET active_task_id = ?, session_data = ?, context_updated_at = ?"
_RECENT: Final = "INSERT INTO recent_tasks (task_id, used_at) VALUES (?, ?)"
_INTERACTION: Final = "INSERT INTO interactions (id, task_id, action, context, created_at) VALUES (?, ?, ?, ?, ?)"

_ACTIONS: Final = {action.value: action for action in Action}


def take(cursor: Cursor, source: Source, tasks: Ids, now: datetime) -> None:
    """Take over the context, of which there is one."""
    for place, row in enumerate(source.rows("ai_context")):
        if place:
            row.note(Note.ONLY_ONE, "active_task_id", "recent_tasks", "session_data")
            continue
        updated = row.instant("last_updated")
        session_data = row.json("session_data", dict[str, Any], {})
        active = tasks.meant_or_noted(row, "active_task_id")
        cursor.execute(_CONTEXT, (active, packed(session_data), None if updated is None else instant_text(updated)))
        _take_recent(cursor, row, tasks, updated or now)
        row.taken()


def _take_recent(cursor: Cursor, row: Row, tasks: Ids, last_used: datetime) -> None:
    """Ours are in order of use; the instants there are none of keep that of the list, newest first."""
    given = [str(each) for each in row.json("recent_tasks", list[Any], [])]
    recent = list(dict.fromkeys(tasks.of[each] for each in given if each in tasks.of))[:RECENT_LIMIT]
    if len(recent) < len(given):
        row.note(Note.REFERENCE_CLEARED, "recent_tasks")
    uses = [(task_id, instant_text(last_used - timedelta(microseconds=place))) for place, task_id in enumerate(recent)]
    cursor.executemany(_RECENT, uses)


def take_interactions(cursor: Cursor, source: Source, tasks: Ids, now: datetime) -> None:
    """Take over the interactions, as many of the newest as are ever kept."""
    too_many = source.count("ai_interactions") - INTERACTIONS_KEPT
    for place, row in enumerate(source.rows("ai_interactions")):
        task_id = tasks.meant(row, "task_id")
        if place < too_many:
            row.note(Note.TOO_OLD, "task_id", "action_type")
        elif task_id is None:
            row.note(Note.NOWHERE, "task_id", "action_type")
        else:
            action = row.word("action_type", _ACTIONS, Action.VIEWED)
            context = packed(row.json("context", dict[str, Any], {}))
            time = instant_text(row.instant_or("timestamp", now))
            cursor.execute(_INTERACTION, (row.own_number(), task_id, action.value, context, time))
            row.taken()
