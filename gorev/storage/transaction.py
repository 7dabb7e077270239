"""What a write works with, and what other processes do to the same file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Protocol

import attrs

from gorev.domain.event import Event
from gorev.storage import sqlite


@attrs.define
class Transaction:
    """What a write works with: a cursor, and the events it has appended so far."""

    cursor: sqlite.Cursor
    events: list[Event] = attrs.Factory(list)

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Undo what is done inside, events included, if it raises; the exception goes on."""
        told = len(self.events)
        self.cursor.execute("SAVEPOINT attempt")
        try:
            yield
        except BaseException:
            if self.cursor.connection.in_transaction:
                self.cursor.execute("ROLLBACK TO attempt")
                self.cursor.execute("RELEASE attempt")
            del self.events[told:]
            raise
        self.cursor.execute("RELEASE attempt")

    @contextmanager
    def rehearsal(self) -> Iterator[None]:
        """Undo what is done inside in any case."""
        told = len(self.events)
        self.cursor.execute("SAVEPOINT rehearsal")
        try:
            yield
        finally:
            if self.cursor.connection.in_transaction:
                self.cursor.execute("ROLLBACK TO rehearsal")
                self.cursor.execute("RELEASE rehearsal")
            del self.events[told:]


class Others(Protocol):
    """What other processes commit to the file; asked on the writer's thread (see `ForeignCommits`)."""

    def are_there(self, cursor: sqlite.Cursor) -> bool:
        """Whether they committed something that is not taken in yet."""

    def take_in(self, transaction: Transaction) -> None:
        """Add the events that tell of it."""

    def settle(self, seq: int | None) -> None:
        """The transaction is committed, with ``seq`` as its last number if it has events."""


class NoOthers:
    """For a file that no other process knows of."""

    def are_there(self, cursor: sqlite.Cursor) -> bool:
        """Never."""
        return False

    def take_in(self, transaction: Transaction) -> None:
        """There is nothing to take in."""

    def settle(self, seq: int | None) -> None:
        """There is nothing to remember."""


NO_OTHERS: Final = NoOthers()
