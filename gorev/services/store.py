"""What every operation stands on: the workspace's database, the clock, fresh ids, and outcomes kept for repeats."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Generic, TypeVar

import attrs
from twisted.internet.defer import Deferred

from gorev.domain.errors import GorevError, IdempotencyMismatch
from gorev.storage import events, outcomes
from gorev.storage.database import Database
from gorev.storage.encoding import packed, unpacked
from gorev.storage.sqlite import Cursor
from gorev.storage.transaction import Transaction

T = TypeVar("T")


@attrs.frozen
class Answer(Generic[T]):
    """What an operation yields, and the ``seq`` it is true of (rule R3)."""

    value: T
    seq: int


@attrs.frozen
class Once:
    """A caller's wish that a write be done once however often it is sent: its key, and what was asked (rule R4)."""

    key: str
    request: str


def _now() -> datetime:
    return datetime.now(UTC)


def _today() -> date:
    return datetime.now().astimezone().date()


@attrs.frozen
class Store:
    """One workspace's storage as operations use it. ``today`` is the day in the daemon's own time zone."""

    database: Database
    now: Callable[[], datetime] = _now
    today: Callable[[], date] = _today

    def read(self, work: Callable[[Cursor], T], *, brief: bool = False) -> Deferred[Answer[T]]:
        """Run ``work`` on a snapshot; a ``brief`` one at once, if it does not turn out to take long."""

        def within(cursor: Cursor) -> Answer[T]:
            seq = events.current_seq(cursor)
            try:
                return Answer(work(cursor), seq)
            except GorevError as error:
                error.seq = seq
                raise

        return self.database.read(within, brief=brief)

    def write(
        self,
        work: Callable[[Transaction, datetime], T],
        result: type[T],
        once: Once | None = None,
        *,
        large: bool = False,
    ) -> Deferred[Answer[T]]:
        """Run ``work`` in a transaction, or yield what it yielded when ``once`` was first used.

        ``large`` is said of one that may change any part of the file.

        @raise IdempotencyMismatch: the key was used with another request.
        """

        def within(transaction: Transaction) -> Answer[T]:
            cursor = transaction.cursor
            now = self.now()
            seq = events.current_seq(cursor)
            try:
                known = _recalled(cursor, now, result, once) if once else None
                if known is not None:
                    return known
                value = work(transaction, now)
            except GorevError as error:
                error.seq = seq
                raise
            if once:
                outcomes.store(cursor, once.key, once.request, packed(value), now)
            return Answer(value, events.current_seq(cursor))

        return self.database.write(within, large=large)

    def note(self, work: Callable[[Transaction, datetime], None]) -> None:
        """Do ``work`` soon, as of now: see `Database.note`."""
        now = self.now()
        self.database.note(lambda transaction: work(transaction, now))

    def recall(self, result: type[T], once: Once) -> Deferred[Answer[T] | None]:
        """What ``once`` yielded when it was first used; nothing if it is new.

        @raise IdempotencyMismatch: the key was used with another request.
        """
        return self.database.read(lambda cursor: _recalled(cursor, self.now(), result, once))


def _recalled(cursor: Cursor, now: datetime, result: type[T], once: Once) -> Answer[T] | None:
    known = outcomes.find(cursor, once.key, now)
    if known is None:
        return None
    request, outcome = known
    if request != once.request:
        raise IdempotencyMismatch(key=once.key)
    return Answer(unpacked(outcome, result), events.current_seq(cursor))
