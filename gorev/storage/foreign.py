"""Commits that other processes make to a database file of ours (``numbers.md`` §2).

Another Gorev that has the same file adds to the event log: its events are told as our own would be. Any other program
changes rows without a word: then an event is made that has clients read everything anew.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from gorev.domain.event import Event, EventKind
from gorev.domain.values import Actor, ActorKind
from gorev.storage import events
from gorev.storage.sqlite import Cursor
from gorev.storage.transaction import Transaction

SOMEBODY: Final = Actor(client="unknown", kind=ActorKind.SYSTEM)
# Rule E5: more events than these are told as one.
TOLD_ONE_BY_ONE: Final = 500


class ForeignCommits:
    """What is known of a file. Everything is for the writer's thread and its connection.

    SQLite's ``data_version`` changes when any connection but the asking one commits; ours that read never do.
    """

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now
        self._version: int | None = None
        self._seq = 0
        self._found = 0

    def are_there(self, cursor: Cursor) -> bool:
        """Whether others committed since this was last known; what is there at first is taken as known."""
        if self._version is not None:
            return _version(cursor) != self._version
        cursor.execute("BEGIN")
        self._version, self._seq = _version(cursor), events.current_seq(cursor)
        cursor.execute("ROLLBACK")
        return False

    def take_in(self, transaction: Transaction) -> None:
        """Add to a transaction, before anything else is done in it, the events that tell what others committed."""
        cursor = transaction.cursor
        self._found = _version(cursor)
        if self._found == self._version:
            return
        seq = events.current_seq(cursor)
        if self._version is None:
            self._seq = seq
        elif self._seq < seq <= self._seq + TOLD_ONE_BY_ONE:
            transaction.events.extend(events.after(cursor, self._seq, TOLD_ONE_BY_ONE))
        elif seq > self._seq:
            transaction.events.append(
                Event(
                    seq=seq,
                    time=self._now(),
                    actor=SOMEBODY,
                    kind=EventKind.WORKSPACE_SYNC,
                    first_seq=self._seq + 1,
                )
            )
        else:
            events.append(transaction, time=self._now(), actor=SOMEBODY, kind=EventKind.WORKSPACE_SYNC)

    def settle(self, seq: int | None) -> None:
        """The transaction is committed, with ``seq`` as its last number if it has events."""
        self._version = self._found
        if seq is not None:
            self._seq = seq


def _version(cursor: Cursor) -> int:
    (version,) = cursor.execute("PRAGMA data_version").fetchone()
    return int(version)
