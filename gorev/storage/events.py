"""The event log: every change, numbered without gaps (rule R3)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from gorev.domain.event import Event, EventKind
from gorev.domain.project import ProjectView
from gorev.domain.task import TaskView
from gorev.domain.values import Actor, ActorKind
from gorev.storage.database import Transaction
from gorev.storage.encoding import instant, instant_text, packed, unpacked
from gorev.storage.sqlite import Cursor

_INSERT: Final = """
    INSERT INTO events (seq, time, kind, entity_id, client, client_kind, session_id, before, after, changed)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""

_AFTER: Final = """
    SELECT seq, time, kind, entity_id, client, client_kind, session_id, before, after, changed
    FROM events WHERE seq > ? ORDER BY seq LIMIT ?
"""


def append(
    transaction: Transaction,
    *,
    time: datetime,
    actor: Actor,
    kind: EventKind,
    before: TaskView | ProjectView | None = None,
    after: TaskView | ProjectView | None = None,
    changed: tuple[str, ...] = (),
) -> Event:
    """Number and store an event; it goes out to clients when the transaction is committed."""
    cursor = transaction.cursor
    (seq,) = cursor.execute("UPDATE workspace SET last_seq = last_seq + 1 RETURNING last_seq").fetchone()
    event = Event(
        seq=seq,
        time=time,
        actor=actor,
        kind=kind,
        entity_id=_id(after or before),
        before=before,
        after=after,
        changed=changed,
    )
    cursor.execute(
        _INSERT,
        (
            seq,
            instant_text(time),
            kind.value,
            event.entity_id,
            actor.client,
            actor.kind.value,
            actor.session,
            None if before is None else packed(before),
            None if after is None else packed(after),
            packed(changed),
        ),
    )
    transaction.events.append(event)
    return event


def current_seq(cursor: Cursor) -> int:
    """The number of the last change; 0 in a workspace that never saw one."""
    (seq,) = cursor.execute("SELECT last_seq FROM workspace").fetchone()
    return int(seq)


def oldest_seq(cursor: Cursor) -> int:
    """The number of the oldest change still kept; one more than the last when none is."""
    (seq,) = cursor.execute("SELECT coalesce((SELECT min(seq) FROM events), last_seq + 1) FROM workspace").fetchone()
    return int(seq)


def after(cursor: Cursor, since: int, limit: int) -> list[Event]:
    """Up to ``limit`` events that came after ``since``, in order."""
    return [_event(row) for row in cursor.execute(_AFTER, (since, limit))]


def _id(entity: TaskView | ProjectView | None) -> str | None:
    match entity:
        case TaskView(task=task):
            return task.id
        case ProjectView(project=project):
            return project.id
    return None


def _event(row: tuple[Any, ...]) -> Event:
    seq, time, kind, entity_id, client, client_kind, session, before, after_, changed = row
    type_: type[TaskView] | type[ProjectView] = ProjectView if kind.startswith("project_") else TaskView
    return Event(
        seq=seq,
        time=instant(time),
        actor=Actor(client=client, kind=ActorKind(client_kind), session=session),
        kind=EventKind(kind),
        entity_id=entity_id,
        before=None if before is None else unpacked(before, type_),
        after=None if after_ is None else unpacked(after_, type_),
        changed=unpacked(changed, tuple[str, ...]),
    )
