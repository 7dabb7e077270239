"""One database file: a writer that commits waiting operations as a group, and a few readers.

Every write runs on the one writer thread, in the order of its submission, each inside a savepoint of a transaction it
shares with the writes that waited beside it. So one slow sync to disk serves many callers, and full durability costs no
throughput (``numbers.md`` §2). A write that fails is undone alone. Events of committed writes are handed out on the
reactor thread, in commit order, before any caller hears of its own write; a caller that gives up does not stop them.
"""

from __future__ import annotations

import sqlite3
import time
from collections import deque
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

import attrs
from twisted.enterprise import adbapi
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.interfaces import IDelayedCall, IReactorThreads
from twisted.logger import Logger
from twisted.python.failure import Failure

from gorev.domain.errors import Busy, GorevError, ShuttingDown, WorkspaceUnavailable
from gorev.domain.event import Event
from gorev.storage import sqlite
from gorev.storage.brief import READ, BriefReader, TooLong
from gorev.storage.group import Outcome, commit_group, failure_to_tell
from gorev.storage.transaction import NO_OTHERS, Others, Transaction

T = TypeVar("T")

GROUP_LIMIT: Final = 64
# How long the reactor is kept by those who hear of one group.
TURN_SECONDS: Final = 0.005
# How long a note may wait for others.
NOTE_SECONDS: Final = 1.0
# How long whoever reads them waits for them: they are after a write that may be an import.
SETTLE_SECONDS: Final = 2.0
# How long after a write the write-ahead log is folded into the file, by another thread than the one that writes.
FOLD_SECONDS: Final = 1.0


@attrs.frozen(kw_only=True)
class Tuning:
    """What a user may choose: how many connections read, and whether a commit waits for the disk.

    Without ``fully_durable`` a loss of power may take the last commits back; it never breaks the file.
    """

    readers: int = 2
    fully_durable: bool = True


USUAL_TUNING: Final = Tuning()


@attrs.define(eq=False)
class _Pending(Generic[T]):
    work: Callable[[Transaction], T]
    is_large: bool = False
    since: float = attrs.Factory(time.monotonic)
    done: Deferred[T] = attrs.Factory(lambda: Deferred(canceller=_let_it_finish))


def _let_it_finish(done: Deferred[Any]) -> None:
    """Leave a submitted write alone: the caller hears of the cancellation, the write is carried through."""


class Database:
    """An opened database file. Used from the reactor thread; ``work`` functions run on its own threads."""

    _log = Logger()

    def __init__(
        self,
        reactor: IReactorThreads,
        path: Path,
        on_commit: Callable[[list[Event]], None],
        tuning: Tuning = USUAL_TUNING,
        others: Others = NO_OTHERS,
        on_damage: Callable[[str], None] = lambda reason: None,
    ) -> None:
        """``on_damage`` is called when the file turns out to be damaged or another one, with the reason that whoever
        asked for something hears after it.
        """
        self.path = path
        self._on_damage = on_damage
        self._others = others
        self._on_commit = on_commit
        self._waiting: deque[_Pending[Any]] = deque()
        self._writing = False
        self._written: Deferred[None] = succeed(None)
        self._closed = False
        self._brief: BriefReader | None = None
        self._reactor: Any = reactor
        self._notes: list[Callable[[Transaction], None]] = []
        self._note_call: IDelayedCall | None = None
        self._noted: Deferred[None] = succeed(None)
        self._fold_call: IDelayedCall | None = None
        self._folded: Deferred[None] = succeed(None)
        self._reading = 0
        self._read: Deferred[None] = Deferred()  # fires when, once closed, no read is under way
        self._writer = _pool(
            reactor, path, 1, partial(sqlite.configure_writer, full=tuning.fully_durable), sqlite.CONNECT
        )
        self._readers = _pool(reactor, path, tuning.readers, sqlite.configure_reader, READ)

    @property
    def is_busy(self) -> bool:
        """Whether something is being read or written."""
        return self._writing or self._reading > 0

    async def open_for_brief_reads(self) -> None:
        """From now on do those at once. Without it all reads go to threads."""
        self._reading += 1
        try:
            brief = await self._readers.runWithConnection(lambda _: BriefReader(self.path))
            if self._closed:
                brief.close()
            else:
                self._brief = brief
        except sqlite3.Error as error:
            self._log.warn("{path} is read by threads only: {error}", path=str(self.path), error=error)
        finally:
            self._reading -= 1
            self._tell_if_read()

    def note(self, work: Callable[[Transaction], None]) -> None:
        """Do ``work`` soon, together with other such: what is worth keeping, but not worth waiting for, and no change.

        A power cut may take it back. One that fails is logged, and leaves the others alone.
        """
        if self._closed:
            return
        self._notes.append(work)
        if self._note_call is None:
            self._note_call = self._reactor.callLater(NOTE_SECONDS, self._write_notes)

    async def settle(self) -> None:
        """Do what was noted now; waits for that unless the writer is busy for long."""
        if self._note_call is not None:
            self._note_call.cancel()
            self._write_notes()
        settled: Deferred[None] = Deferred()  # this caller's own: one that gives up must not take the notes along
        self._noted.chainDeferred(settled)
        await settled.addTimeout(SETTLE_SECONDS, self._reactor, lambda result, seconds: None)

    def _write_notes(self) -> None:
        self._note_call = None
        notes, self._notes = self._notes, []
        self._noted = self.write(lambda transaction: self._attempt_all(transaction, notes))
        self._noted.addErrback(self._could_not_note)

    def _attempt_all(self, transaction: Transaction, notes: list[Callable[[Transaction], None]]) -> None:
        for note in notes:
            try:
                with transaction.attempt():
                    note(transaction)
            except sqlite3.IntegrityError as error:
                self._log.debug("what a note is about is gone: {error}", error=error)

    def _could_not_note(self, failure: Failure) -> None:
        if isinstance(failure.value, GorevError):
            self._log.warn("nothing could be noted in {path}: {code}", path=str(self.path), code=failure.value.code)
        else:
            self._log.failure("nothing could be noted in {path}", failure, path=str(self.path))

    async def look_for_others(self) -> None:
        """Take in what other processes committed; a write does it as well."""
        if self._closed:
            return
        try:
            if await self._writer.runWithConnection(_are_there, self._others):
                await self.write(lambda transaction: None)
        except (sqlite3.Error, GorevError) as error:
            self._log.debug("could not look for others in {path}: {error}", path=str(self.path), error=error)

    @property
    def waiting(self) -> int:
        """How many writes the writer has not yet begun."""
        return len(self._waiting)

    def write(self, work: Callable[[Transaction], T], *, large: bool = False) -> Deferred[T]:
        """Run ``work`` in a transaction and fire with its result once that is committed.

        A ``large`` one, which may change any part of the file, has a transaction of its own.

        @raise ShuttingDown: the database is being closed.
        @raise Busy: another process held the lock for too long.
        @raise WorkspaceUnavailable: the file cannot be written; nothing was changed.
        """
        pending: _Pending[T] = _Pending(work, large)
        if self._closed:
            pending.done.errback(ShuttingDown())
            return pending.done
        self._waiting.append(pending)
        if not self._writing:
            self._writing = True
            self._written = Deferred.fromCoroutine(self._write_waiting())
        return pending.done

    def read(self, work: Callable[[sqlite.Cursor], T], *, brief: bool = False) -> Deferred[T]:
        """Run ``work`` on one consistent snapshot and fire with its result.

        A ``brief`` one is done at once, on this thread, if it does not turn out to take long.

        @raise Busy, WorkspaceUnavailable: as `write`.
        """
        if brief and self._brief is not None:
            try:
                return succeed(self._brief.read(work))
            except TooLong:
                pass
            except GorevError as refusal:
                return fail(refusal)
        return Deferred.fromCoroutine(self._read_now(work))

    def version(self) -> int | None:
        """A number that is another one as soon as anything was committed to the file; nothing if it can't be told."""
        try:
            return None if self._brief is None else self._brief.version()
        except TooLong:
            return None

    async def _read_now(self, work: Callable[[sqlite.Cursor], T]) -> T:
        if self._closed:
            raise ShuttingDown
        self._reading += 1
        try:
            read: T = await self._readers.runWithConnection(_snapshot, work)
        except (sqlite3.Error, WorkspaceUnavailable):  # the first if the file could not be opened
            failure = failure_to_tell()
            self._heed(failure)
            failure.raiseException()
        finally:
            self._reading -= 1
            self._tell_if_read()
        return read

    def _heed(self, failure: Failure) -> None:
        error = failure.value
        reason = error.details.get("reason") if isinstance(error, WorkspaceUnavailable) else None
        if reason in ("corrupt", "replaced"):
            self._on_damage(str(reason))

    async def _write_waiting(self) -> None:
        try:
            written = self._begin_group()
            while written is not None:
                group, foreign, outcomes = await written
                # One by one: each may be a commit of its own, and a reader may have seen some of them.
                for event in foreign:
                    self._announce([event])
                for outcome in outcomes:
                    self._announce(outcome.events)
                again = [
                    pending
                    for pending, outcome in zip(group, outcomes, strict=True)
                    if _is_busy(outcome) and _patience_ms(pending)
                ]
                self._waiting.extendleft(reversed(again))
                written = self._begin_group()  # while those of this one hear of it
                await self._tell(group, outcomes, again)
                written = written or self._begin_group()
        finally:
            self._writing = False
            if self._fold_call is None and not self._closed:
                self._fold_call = self._reactor.callLater(FOLD_SECONDS, self._fold)

    def _begin_group(self) -> Deferred[tuple[list[_Pending[Any]], list[Event], list[Outcome]]] | None:
        """Have the writer do what waits, if anything does."""
        if not self._waiting:
            return None
        group = [self._waiting.popleft()]
        while self._waiting and len(group) < GROUP_LIMIT and not (group[0].is_large or self._waiting[0].is_large):
            group.append(self._waiting.popleft())
        return Deferred.fromCoroutine(self._write_group(group))

    async def _write_group(self, group: list[_Pending[Any]]) -> tuple[list[_Pending[Any]], list[Event], list[Outcome]]:
        try:
            foreign, outcomes = await self._writer.runWithConnection(
                commit_group,
                [each.work for each in group],
                self._others,
                _patience_ms(group[0]),
                large=group[0].is_large,
            )
        except Exception:  # the file could not be opened, if it is one of SQLite's
            failure = failure_to_tell()
            if not isinstance(failure.value, GorevError):
                self._log.failure("the writer of {path} failed", failure, path=str(self.path))
            return group, [], [Outcome(failure, [])] * len(group)
        return group, foreign, outcomes

    async def _tell(self, group: list[_Pending[Any]], outcomes: list[Outcome], but: list[_Pending[Any]]) -> None:
        """Let those who wait for the writes of a group hear of them; others have their turn in between."""
        begun = time.monotonic()
        for pending, outcome in zip(group, outcomes, strict=True):
            if pending.done.called or pending in but:
                continue
            if isinstance(outcome.result, Failure):
                self._heed(outcome.result)
                pending.done.errback(outcome.result)
            else:
                pending.done.callback(outcome.result)
            if time.monotonic() - begun > TURN_SECONDS:
                await self._next_turn()
                begun = time.monotonic()

    def _next_turn(self) -> Deferred[None]:
        turn: Deferred[None] = Deferred()
        self._reactor.callFromThread(turn.callback, None)
        return turn

    def _fold(self) -> None:
        """Fold what was written into the file. SQLite does so by itself in the middle of a write, which then waits."""
        self._fold_call = None
        self._folded = self._readers.runWithConnection(_fold_log).addErrback(self._could_not_fold)

    def _could_not_fold(self, failure: Failure) -> None:
        failure.trap(sqlite3.Error)
        self._log.debug("could not fold the log of {path}: {error}", path=str(self.path), error=failure.value)

    def _announce(self, events: list[Event]) -> None:
        if not events:
            return
        try:
            self._on_commit(events)
        except Exception:
            self._log.failure("a listener failed on events of {path}", path=str(self.path))

    async def close(self) -> None:
        """Finish what was submitted, fold the write-ahead log into the file, and close. May be called once."""
        if self._note_call is not None:
            self._note_call.cancel()
            self._write_notes()
        self._closed = True
        self._tell_if_read()
        # To close a pool is to wait for its threads, which must have nothing to do by then.
        if self._brief is not None:
            self._brief.close()
            self._brief = None
        await self._read
        await self._written
        if self._fold_call is not None:
            self._fold_call.cancel()
        await self._folded
        try:
            await self._writer.runWithConnection(_checkpoint)
        except sqlite3.Error as error:
            self._log.warn("could not checkpoint {path}: {error}", path=str(self.path), error=error)
        self._readers.close()
        self._writer.close()

    def _tell_if_read(self) -> None:
        if self._closed and not self._reading and not self._read.called:
            self._read.callback(None)


def _pool(
    reactor: IReactorThreads,
    path: Path,
    threads: int,
    configure: Callable[[sqlite.Connection], None],
    options: Mapping[str, Any],
) -> adbapi.ConnectionPool:
    return adbapi.ConnectionPool(
        "sqlite3",
        str(path),
        cp_reactor=reactor,
        cp_min=threads,
        cp_max=threads,
        cp_noisy=False,
        cp_openfun=configure,
        **options,
    )


def _snapshot(connection: Any, work: Callable[[sqlite.Cursor], T]) -> T | Failure:
    # adbapi wraps the connection; a failure is returned, not raised, since adbapi would reconnect or log it. The
    # Deferred makes an exception of it again.
    cursor: sqlite.Cursor = connection.cursor()
    try:
        cursor.execute("BEGIN")
        try:
            cursor.connection.known.catch_up(cursor)  # type: ignore[attr-defined]  # all that read are of READ
            return work(cursor)
        finally:
            cursor.execute("ROLLBACK")
    except Exception:
        return failure_to_tell()
    finally:
        cursor.close()


def _are_there(connection: Any, others: Others) -> bool:
    cursor: sqlite.Cursor = connection.cursor()
    try:
        return others.are_there(cursor)
    finally:
        cursor.close()


def _patience_ms(pending: _Pending[Any]) -> int:
    """How much longer a write may wait for a lock that another process holds, from when it was submitted."""
    return max(0, sqlite.BUSY_TIMEOUT_MS - int((time.monotonic() - pending.since) * 1000))


def _is_busy(outcome: Outcome) -> bool:
    return isinstance(outcome.result, Failure) and outcome.result.check(Busy) is not None


def _fold_log(connection: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
    cursor.close()


def _checkpoint(connection: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    cursor.close()
