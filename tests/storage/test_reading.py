"""Reads: one consistent snapshot each, and nothing but reading."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

import pytest
import pytest_twisted
from twisted.internet.defer import gatherResults

from gorev.domain.errors import InvalidValue, WorkspaceUnavailable
from gorev.storage import projects, sqlite
from gorev.storage.transaction import Transaction
from tests.storage.marks import mark, marks
from tests.support.open_store import OpenStore

PATIENCE_SECONDS = 60

Test = TypeVar("Test", bound=Callable[..., object])
in_reactor: Callable[[Test], Test] = pytest_twisted.ensureDeferred


@in_reactor
async def test_a_read_sees_one_snapshot_however_long_it_takes(opened: OpenStore) -> None:
    """A write that is committed between two statements of a read is not seen by the second one."""
    await opened.database.write(mark("before"))
    begun, go_on = threading.Event(), threading.Event()

    def twice(cursor: sqlite.Cursor) -> tuple[list[str], list[str]]:
        first = marks(cursor)
        begun.set()
        go_on.wait(PATIENCE_SECONDS)
        return first, marks(cursor)

    reading = opened.database.read(twice)

    def while_reading(_: object) -> None:
        begun.wait(PATIENCE_SECONDS)

    await opened.database.write(while_reading)
    await opened.database.write(mark("meanwhile"))
    go_on.set()
    assert await reading == (["before-0"], ["before-0"])
    assert await opened.database.read(marks) == ["before-0", "meanwhile-0"]


@in_reactor
async def test_a_read_does_not_wait_for_a_write(opened: OpenStore) -> None:
    go_on = threading.Event()
    writing = opened.database.write(lambda transaction: (mark("a")(transaction), go_on.wait(PATIENCE_SECONDS)))
    assert await opened.database.read(marks) == []
    go_on.set()
    await writing
    assert await opened.database.read(marks) == ["a-0"]


@in_reactor
async def test_a_read_after_a_write_sees_it(opened: OpenStore) -> None:
    for number in range(20):
        await opened.database.write(mark(f"n{number}"))
        assert len(await opened.database.read(marks)) == number + 1


@in_reactor
@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO schema_version VALUES (99)",
        "UPDATE workspace SET last_seq = 99",
        "DELETE FROM workspace",
        "DROP TABLE tasks",
        "CREATE TABLE more (x)",
    ],
)
async def test_a_reader_cannot_write(opened: OpenStore, statement: str) -> None:
    with pytest.raises(WorkspaceUnavailable):
        await opened.database.read(lambda cursor: cursor.execute(statement))
    await opened.database.write(mark("a"))
    assert [event.seq for event in opened.events] == [1]


@in_reactor
@pytest.mark.parametrize("failure", [InvalidValue(field="x", value="y", allowed="z"), ValueError("bug")])
async def test_a_failing_read_fails_alone(opened: OpenStore, failure: Exception) -> None:
    def fail(cursor: sqlite.Cursor) -> None:
        marks(cursor)
        raise failure

    reads = [opened.database.read(each) for each in (fail, marks, fail, marks)]
    for failing in (reads[0], reads[2]):
        with pytest.raises(type(failure)) as told:
            await failing
        assert told.value is failure
    assert await gatherResults([reads[1], reads[3]]) == [[], []]


@in_reactor
async def test_a_row_that_does_not_fit_fails_loudly(opened: OpenStore) -> None:
    def broken(transaction: Transaction) -> None:
        mark("a")(transaction)
        transaction.cursor.execute("UPDATE projects SET created_at = 'no instant'")

    await opened.database.write(broken)
    with pytest.raises(ValueError, match="no instant"):
        await opened.database.read(projects.every)
