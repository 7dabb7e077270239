"""Writes that waited together, committed together, on the writer's thread: each inside a savepoint of its own.

A write that waited alone needs none.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import attrs
from twisted.python.failure import Failure

from gorev.domain.event import Event
from gorev.storage import sqlite
from gorev.storage.transaction import Others, Transaction


@attrs.frozen
class Outcome:
    """What became of one write: its result, or the failure that undid it alone."""

    result: object | Failure
    events: list[Event]


def commit_group(
    connection: Any,
    works: list[Callable[[Transaction], object]],
    others: Others,
    patience_ms: int,
    *,
    large: bool = False,
) -> tuple[list[Event], list[Outcome]]:
    """Do all in one transaction; yields the events of other processes, and what became of each work.

    The lock is waited for as long as the first of them still may. With ``large`` they may change more than fits into
    memory.
    """
    cursor: sqlite.Cursor = connection.cursor()
    try:
        if large:
            sqlite.keep_undo(cursor, in_memory=False)
        _begin(cursor, patience_ms)
        foreign = Transaction(cursor)
        others.take_in(foreign)
        if len(works) == 1 and not foreign.events:
            outcomes = [_alone(cursor, works[0])]
        else:
            outcomes = [_in_savepoint(cursor, work) for work in works]
        if not cursor.connection.in_transaction:
            # SQLite rolls the whole transaction back by itself when, for example, the disk is full.
            raise sqlite3.OperationalError("the transaction was rolled back")
        cursor.execute("COMMIT")
    except Exception:
        if cursor.connection.in_transaction:
            cursor.execute("ROLLBACK")
        lost = Outcome(failure_to_tell(), [])
        return [], [lost for _ in works]
    finally:
        if large:
            sqlite.keep_undo(cursor, in_memory=True)
        cursor.close()
    told = [*foreign.events, *(event for outcome in outcomes for event in outcome.events)]
    others.settle(told[-1].seq if told else None)
    return foreign.events, outcomes


def _begin(cursor: sqlite.Cursor, patience_ms: int) -> None:
    if patience_ms > sqlite.BUSY_TIMEOUT_MS * 0.9:  # as good as all of it, which the connection is set to
        cursor.execute("BEGIN IMMEDIATE")
        return
    cursor.execute(f"PRAGMA busy_timeout = {patience_ms}")
    try:
        cursor.execute("BEGIN IMMEDIATE")
    finally:
        cursor.execute(f"PRAGMA busy_timeout = {sqlite.BUSY_TIMEOUT_MS}")


def _alone(cursor: sqlite.Cursor, work: Callable[[Transaction], object]) -> Outcome:
    """Do what the transaction is undone with; a savepoint would keep a copy of every page that is changed."""
    transaction = Transaction(cursor)
    return Outcome(work(transaction), transaction.events)


def _in_savepoint(cursor: sqlite.Cursor, work: Callable[[Transaction], object]) -> Outcome:
    transaction = Transaction(cursor)
    cursor.execute("SAVEPOINT operation")
    try:
        result = work(transaction)
    except Exception as error:
        if not cursor.connection.in_transaction:
            raise
        cursor.execute("ROLLBACK TO operation")
        cursor.execute("RELEASE operation")
        if isinstance(error, sqlite3.Error) and sqlite.meaning(error) is not None:
            raise
        return Outcome(failure_to_tell(), [])
    cursor.execute("RELEASE operation")
    return Outcome(result, transaction.events)


def failure_to_tell() -> Failure:
    """The exception being handled, as the caller should see it: without frames that hold connections."""
    failure = Failure()
    if isinstance(failure.value, sqlite3.Error):
        known = sqlite.meaning(failure.value)
        if known is not None:
            failure = Failure(known)
    failure.cleanFailure()
    return failure
