"""The event log: every change, numbered without gaps (rule R3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

import attrs

from gorev.domain.context import Action
from gorev.domain.event import Entity, Event, EventKind, TemplatesAdded
from gorev.domain.project import ProjectView
from gorev.domain.task import TaskView
from gorev.domain.values import Actor, ActorKind
from gorev.storage import context
from gorev.storage.encoding import instant, instant_text, packed, unpacked
from gorev.storage.sqlite import Cursor
from gorev.storage.transaction import Transaction

_INSERT: Final = """
    INSERT INTO events (seq, time, kind, entity_id, client, client_kind, session_id, before, after, changed, action)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""

_TYPE_OF: Final[dict[str, type[Entity]]] = {
    "task": TaskView,
    "project": ProjectView,
    "template": TemplatesAdded,
}

_AFTER: Final = """
    SELECT seq, time, kind, entity_id, client, client_kind, session_id, before, after, changed
    FROM events WHERE seq > ? ORDER BY seq LIMIT ?
"""

_NEXT: Final = "UPDATE workspace SET last_seq = last_seq + ? RETURNING last_seq, last_seq - interactions_seq"
# Events since interactions were last taken up; few enough to be looked through by whoever asks for interactions.
_NOT_TAKEN_UP: Final = 100

_OLDEST: Final = "SELECT seq, time FROM events ORDER BY seq LIMIT ?"
_DROP: Final = "DELETE FROM events WHERE seq <= ?"


@attrs.frozen(kw_only=True)
class Entry:
    """An event that is not numbered yet. With an ``action`` it is an interaction with the task as well."""

    kind: EventKind
    before: Entity | None = None
    after: Entity | None = None
    changed: tuple[str, ...] = ()
    action: Action | None = None


def append(
    transaction: Transaction,
    *,
    time: datetime,
    actor: Actor,
    kind: EventKind,
    before: Entity | None = None,
    after: Entity | None = None,
    changed: tuple[str, ...] = (),
) -> Event:
    """Number and store an event; it goes out to clients when the transaction is committed."""
    (event,) = append_many(transaction, time, actor, [Entry(kind=kind, before=before, after=after, changed=changed)])
    return event


def append_many(transaction: Transaction, time: datetime, actor: Actor, entries: Sequence[Entry]) -> list[Event]:
    """Number and store events, each of which goes out to clients when the transaction is committed."""
    cursor = transaction.cursor
    last, behind = cursor.execute(_NEXT, (len(entries),)).fetchone()
    numbered = list(enumerate(entries, last - len(entries) + 1))
    when = instant_text(time)
    cursor.executemany(_INSERT, [_row(seq, when, actor, entry) for seq, entry in numbered])
    appended = [
        Event(
            seq=seq,
            time=time,
            actor=actor,
            kind=entry.kind,
            entity_id=_id(entry.after or entry.before),
            before=entry.before,
            after=entry.after,
            changed=entry.changed,
        )
        for seq, entry in numbered
    ]
    transaction.events.extend(appended)
    if behind >= _NOT_TAKEN_UP:
        context.take_up(cursor)
    return appended


def append_folded(transaction: Transaction, time: datetime, actor: Actor, batches: Iterable[Sequence[Entry]]) -> None:
    """Number and store many events of one operation; clients are told of all in one (rule E5)."""
    cursor = transaction.cursor
    context.take_up(cursor)
    before = last = current_seq(cursor)
    when = instant_text(time)
    for batch in batches:
        cursor.executemany(_INSERT, [_row(seq, when, actor, entry) for seq, entry in enumerate(batch, last + 1)])
        last += len(batch)
    if last > before:
        cursor.execute("UPDATE workspace SET last_seq = ?1, interactions_seq = ?1", (last,))
        sync = Event(seq=last, time=time, actor=actor, kind=EventKind.WORKSPACE_SYNC, first_seq=before + 1)
        transaction.events.append(sync)


def _row(seq: int, time: str, actor: Actor, entry: Entry) -> tuple[Any, ...]:
    return (
        seq,
        time,
        entry.kind.value,
        _id(entry.after or entry.before),
        actor.client,
        actor.kind.value,
        actor.session,
        None if entry.before is None else packed(entry.before),
        None if entry.after is None else packed(entry.after),
        packed(entry.changed) if entry.changed else "[]",
        None if entry.action is None else entry.action.value,
    )


def current_seq(cursor: Cursor) -> int:
    """The number of the last change; 0 in a workspace that never saw one."""
    (seq,) = cursor.execute("SELECT last_seq FROM workspace").fetchone()
    return int(seq)


def oldest_seq(cursor: Cursor) -> int:
    """The number of the oldest change still kept; one more than the last when none is."""
    (seq,) = cursor.execute("SELECT coalesce((SELECT min(seq) FROM events), last_seq + 1) FROM workspace").fetchone()
    return int(seq)


def drop_oldest(cursor: Cursor, *, kept: int, since: datetime, limit: int) -> int:
    """Forget up to ``limit`` of the oldest events: beyond the ``kept`` newest, or made before ``since``.

    Yields how many those were. Never one from the middle: what is kept has no gaps.
    """
    beyond, earliest = current_seq(cursor) - kept, instant_text(since)
    last, count = 0, 0
    for seq, time in cursor.execute(_OLDEST, (limit,)):
        if seq > beyond and time >= earliest:
            break
        last, count = seq, count + 1
    if count:
        context.take_up(cursor)
        cursor.execute(_DROP, (last,))
    return count


def after(cursor: Cursor, since: int, limit: int) -> list[Event]:
    """Up to ``limit`` events that came after ``since``, in order."""
    return [_event(row) for row in cursor.execute(_AFTER, (since, limit))]


def _id(entity: Entity | None) -> str | None:
    match entity:
        case TaskView(task=task):
            return task.id
        case ProjectView(project=project):
            return project.id
    return None


def _event(row: tuple[Any, ...]) -> Event:
    seq, time, kind, entity_id, client, client_kind, session, before, after_, changed = row
    return Event(
        seq=seq,
        time=instant(time),
        actor=Actor(client=client, kind=ActorKind(client_kind), session=session),
        kind=EventKind(kind),
        entity_id=entity_id,
        before=_entity(kind, before),
        after=_entity(kind, after_),
        changed=unpacked(changed, tuple[str, ...]),
    )


def _entity(kind: str, written: str | None) -> Entity | None:
    return None if written is None else unpacked(written, _TYPE_OF[kind.partition("_")[0]])
