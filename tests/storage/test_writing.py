"""Writes: in groups, in order, each alone in success and failure, announced once they are committed."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest
import pytest_twisted
from twisted.internet.defer import CancelledError, Deferred, gatherResults
from twisted.internet.task import Clock

from gorev.domain.errors import Busy, InvalidValue, ShuttingDown, WorkspaceUnavailable
from gorev.domain.event import Event
from gorev.storage import context, sqlite
from gorev.storage.database import SETTLE_SECONDS, Database
from gorev.storage.transaction import Transaction
from tests.conftest import LoggedFailures
from tests.storage.marks import mark, marks, marks_in
from tests.support.open_store import BEGIN, OpenStore, new_path, open_store

PATIENCE_SECONDS = 60

Test = TypeVar("Test", bound=Callable[..., object])
in_reactor: Callable[[Test], Test] = pytest_twisted.ensureDeferred


def increment(transaction: Transaction) -> None:
    (value,) = transaction.cursor.execute("SELECT last_seq FROM workspace").fetchone()
    transaction.cursor.execute("UPDATE workspace SET last_seq = ?", (value + 1,))


async def made(folder: Path) -> Path:
    """The path of a database that nobody has open."""
    async with open_store(folder) as opened:
        return opened.path


def value(cursor: sqlite.Cursor) -> int:
    (found,) = cursor.execute("SELECT last_seq FROM workspace").fetchone()
    return int(found)


@in_reactor
async def test_a_hundred_increments_at_once_lose_nothing(opened: OpenStore) -> None:
    await gatherResults([opened.database.write(increment) for _ in range(100)])
    assert await opened.database.read(value) == 100


@in_reactor
async def test_two_databases_on_one_file_lose_nothing_either(tmp_path: Path) -> None:
    async with open_store(tmp_path) as one:
        other = OpenStore(one.path)
        await gatherResults([each.database.write(increment) for _ in range(50) for each in (one, other)])
        await other.database.close()
        assert await one.database.read(value) == 100


@in_reactor
async def test_writes_that_wait_together_are_committed_together(tmp_path: Path, written_statements: list[str]) -> None:
    async with open_store(tmp_path) as opened:
        await opened.database.write(increment)
        written_statements.clear()
        await gatherResults([opened.database.write(increment) for _ in range(50)])
        assert written_statements.count("COMMIT") in (1, 2)  # a first one that finds nothing to wait for goes alone


@in_reactor
async def test_a_write_that_waits_alone_is_undone_whole_when_it_fails(opened: OpenStore) -> None:
    def fail(transaction: Transaction) -> None:
        mark("lost", times=3)(transaction)
        raise InvalidValue(field="x", value="y", allowed="z")

    await opened.database.write(mark("before"))
    with pytest.raises(InvalidValue):
        await opened.database.write(fail)
    await opened.database.write(mark("after"))
    assert await opened.database.read(marks) == ["before-0", "after-0"]
    assert [event.seq for event in opened.events] == [1, 2]


@in_reactor
async def test_what_a_write_would_undo_is_kept_in_memory_but_of_a_large_one_which_goes_alone(
    tmp_path: Path, written_statements: list[str]
) -> None:
    def place(transaction: Transaction) -> int:
        return int(transaction.cursor.execute("PRAGMA temp_store").fetchone()[0])

    async with open_store(tmp_path) as opened:
        await opened.database.write(place)
        written_statements.clear()
        places = await gatherResults([opened.database.write(place, large=each == 2) for each in range(5)])
        in_file, in_memory = 1, 2
        assert places == [in_memory, in_memory, in_file, in_memory, in_memory]
        assert written_statements.count("COMMIT") in (3, 4)  # the first may go alone


@in_reactor
async def test_writes_are_carried_out_in_the_order_of_their_submission(opened: OpenStore) -> None:
    names = [f"n{number}" for number in range(80)]
    assert await gatherResults([opened.database.write(mark(name)) for name in names]) == names
    assert await opened.database.read(marks) == [f"{name}-0" for name in names]
    assert [event.entity_id for event in opened.events] == [f"{name}-0" for name in names]


@in_reactor
@pytest.mark.parametrize("failure", [InvalidValue(field="x", value="y", allowed="z"), ValueError("bug")])
async def test_a_failing_write_leaves_no_trace_and_the_others_alone(opened: OpenStore, failure: Exception) -> None:
    before, failing, after = (
        opened.database.write(mark("before")),
        opened.database.write(mark("failing", failure, times=3)),
        opened.database.write(mark("after")),
    )
    with pytest.raises(type(failure)) as told:
        await failing
    assert told.value is failure
    assert (await before, await after) == ("before", "after")
    assert await opened.database.read(marks) == ["before-0", "after-0"]
    assert [(event.seq, event.entity_id) for event in opened.events] == [(1, "before-0"), (2, "after-0")]


@in_reactor
async def test_a_write_that_breaks_a_constraint_fails_alone(opened: OpenStore) -> None:
    writes = [opened.database.write(mark(name)) for name in ("first", "twice", "twice", "last")]
    with pytest.raises(sqlite3.IntegrityError):
        await writes[2]
    await gatherResults([writes[0], writes[1], writes[3]])
    assert await opened.database.read(marks) == ["first-0", "twice-0", "last-0"]


@in_reactor
async def test_links_to_what_does_not_exist_are_refused(opened: OpenStore) -> None:
    def work(transaction: Transaction) -> None:
        transaction.cursor.execute("INSERT INTO task_tags VALUES ('no task', 'no tag', 0)")

    with pytest.raises(sqlite3.IntegrityError):
        await opened.database.write(work)


@in_reactor
async def test_events_are_announced_after_commit_and_before_the_caller_hears(tmp_path: Path) -> None:
    path = await made(tmp_path)
    story: list[object] = []

    def announced(events: list[Event]) -> None:
        story.append(([event.entity_id for event in events], marks_in(path)))

    from twisted.internet import reactor

    database = Database(reactor, path, announced)  # type: ignore[arg-type]  # mypy sees the module
    story.append(await database.write(mark("a", times=2)))
    await database.close()
    assert story == [(["a-0", "a-1"], ["a-0", "a-1"]), "a"]


@in_reactor
async def test_the_events_of_each_write_are_announced_once_and_together(opened: OpenStore) -> None:
    await gatherResults([opened.database.write(mark(f"n{times}", times=times)) for times in (2, 0, 1, 3)])
    assert [[event.seq for event in operation] for operation in opened.committed] == [[1, 2], [3], [4, 5, 6]]


@in_reactor
async def test_a_write_whose_caller_gave_up_is_committed_and_announced(opened: OpenStore) -> None:
    """Whether it is being carried out already or still waits."""
    running, waiting = opened.database.write(mark("running")), opened.database.write(mark("waiting"))
    for each in (running, waiting):
        each.cancel()
        with pytest.raises(CancelledError):
            await each
    await opened.database.write(mark("last"))
    assert await opened.database.read(marks) == ["running-0", "waiting-0", "last-0"]
    assert [event.entity_id for event in opened.events] == ["running-0", "waiting-0", "last-0"]


@in_reactor
async def test_a_failing_write_whose_caller_gave_up_is_not_reported(opened: OpenStore) -> None:
    failing = opened.database.write(mark("failing", ValueError("bug")))
    failing.cancel()
    with pytest.raises(CancelledError):
        await failing
    await opened.database.write(mark("last"))
    assert await opened.database.read(marks) == ["last-0"]


@in_reactor
async def test_a_listener_that_fails_is_logged_and_harms_nobody(
    tmp_path: Path, logged_failures: LoggedFailures
) -> None:
    path = await made(tmp_path)

    def broken(events: list[Event]) -> None:
        raise ZeroDivisionError

    from twisted.internet import reactor

    database = Database(reactor, path, broken)  # type: ignore[arg-type]  # mypy sees the module
    assert await gatherResults([database.write(mark("a")), database.write(mark("b"))]) == ["a", "b"]
    await database.close()
    assert len(logged_failures.flush(ZeroDivisionError)) == 2


@in_reactor
async def test_a_lock_that_another_process_holds_for_too_long_makes_the_database_busy(
    tmp_path: Path, impatient: None
) -> None:
    async with open_store(tmp_path) as opened:
        with closing(sqlite3.connect(opened.path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            for failing in [opened.database.write(mark(name)) for name in "abc"]:
                with pytest.raises(Busy):
                    await failing
            assert await opened.database.read(marks) == []
            other.execute("ROLLBACK")
        assert await opened.database.write(mark("later")) == "later"
        assert await opened.database.read(marks) == ["later-0"]
        assert [event.seq for event in opened.events] == [1]


@in_reactor
async def test_a_full_disk_is_told_and_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configure = sqlite.configure_writer

    def small(connection: sqlite3.Connection, *, full: bool) -> None:
        configure(connection, full=full)
        connection.execute("PRAGMA max_page_count = 60")

    monkeypatch.setattr(sqlite, "configure_writer", small)
    async with open_store(tmp_path) as opened:
        await opened.database.write(mark("first"))
        with pytest.raises(WorkspaceUnavailable) as refusal:
            await opened.database.write(mark("large", times=5_000))
        assert refusal.value.details["reason"] == "disk_full"
        assert await opened.database.write(mark("small")) == "small"
        assert await opened.database.read(marks) == ["first-0", "small-0"]
        assert [event.seq for event in opened.events] == [1, 2]


@in_reactor
async def test_a_file_that_cannot_be_opened_is_told_to_writers_and_readers(
    tmp_path: Path,
) -> None:
    from twisted.internet import reactor

    missing = tmp_path / "no folder" / "gorev.db"
    database = Database(reactor, missing, lambda events: None)  # type: ignore[arg-type]  # mypy sees the module
    for attempt in (database.write(mark("a")), database.read(marks)):
        with pytest.raises(WorkspaceUnavailable) as refusal:
            await attempt
        assert refusal.value.details["reason"] == "io"


@in_reactor
async def test_closing_finishes_what_was_submitted_and_takes_nothing_more(tmp_path: Path) -> None:
    opened = OpenStore(tmp_path / "gorev.db")
    gate = threading.Event()
    opened.database.write(lambda transaction: gate.wait(PATIENCE_SECONDS))
    submitted = [opened.database.write(mark(f"n{number}")) for number in range(100)]
    closed = Deferred.fromCoroutine(opened.database.close())
    late = (opened.database.write(mark("late")), opened.database.read(marks))
    gate.set()
    await gatherResults(submitted)
    for each in late:
        with pytest.raises(ShuttingDown):
            await each
    await closed
    assert marks_in(opened.path) == [f"n{number}-0" for number in range(100)]
    assert len(opened.events) == 100


@in_reactor
async def test_closing_folds_everything_into_the_one_file(tmp_path: Path) -> None:
    async with open_store(tmp_path) as opened:
        await opened.database.write(mark("a"))
    assert [each.name for each in opened.path.parent.iterdir()] == ["gorev.db"]


@in_reactor
async def test_notes_are_written_together_and_one_that_fails_leaves_the_others(opened: OpenStore) -> None:
    task = await opened.task("Looked at")
    for id_ in ("no such task", task.id):
        opened.database.note(partial(look, id_))
    assert await opened.database.read(recent) == []
    await opened.database.settle()
    assert await opened.database.read(recent) == [task.id]


@in_reactor
async def test_what_was_noted_is_written_before_the_file_is_closed(tmp_path: Path) -> None:
    async with open_store(tmp_path) as store:
        task = await store.task()
        store.database.note(partial(look, task.id))
    with closing(sqlite3.connect(store.path)) as file:
        assert file.execute("SELECT task_id FROM recent_tasks").fetchall() == [(task.id,)]


def look(task_id: str, transaction: Transaction, time: datetime = BEGIN) -> None:
    """Put a task among the recent ones."""
    context.use(transaction.cursor, task_id, time)


def recent(cursor: sqlite3.Cursor) -> list[str]:
    """The recent tasks."""
    return context.recent_ids(cursor, 10)


@in_reactor
async def test_who_gives_up_waiting_for_notes_leaves_them_and_others_who_wait_alone(opened: OpenStore) -> None:
    task = await opened.task()
    opened.database.note(partial(look, task.id))
    impatient, patient = [Deferred.fromCoroutine(opened.database.settle()) for _ in range(2)]
    impatient.cancel()
    with pytest.raises(CancelledError):
        await impatient
    await patient
    assert await opened.database.read(recent) == [task.id]


@in_reactor
async def test_a_note_that_comes_late_does_not_set_back_what_was_done_since(opened: OpenStore) -> None:
    first, second = [await opened.task() for _ in range(2)]
    opened.database.note(partial(look, first.id))
    for minutes, task in ((1, second), (2, first)):
        await opened.database.write(partial(look, task.id, time=BEGIN + timedelta(minutes=minutes)))
    await opened.database.settle()
    assert await opened.database.read(recent) == [first.id, second.id]


@in_reactor
async def test_whoever_reads_does_not_wait_for_notes_as_long_as_a_write_takes(tmp_path: Path) -> None:
    """An import is a write of many seconds."""
    clock, gate = Clock(), threading.Event()
    store = OpenStore(new_path(tmp_path), clock=clock)
    try:
        store.database.write(lambda transaction: gate.wait(PATIENCE_SECONDS))
        store.database.note(partial(look, "no such task"))
        settled = Deferred.fromCoroutine(store.database.settle())
        assert not settled.called
        clock.advance(SETTLE_SECONDS)
        assert settled.called
    finally:
        gate.set()
        await store.database.close()
