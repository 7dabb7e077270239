"""What another process commits to a file of ours is told to those who listen."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import TypeVar

import pytest
import pytest_twisted

from gorev.domain.event import EventKind
from gorev.storage import events, foreign
from gorev.storage.foreign import SOMEBODY, ForeignCommits
from gorev.storage.sqlite import Cursor
from tests.storage.marks import mark, marks
from tests.support.open_store import BEGIN, OpenStore, new_path

Test = TypeVar("Test", bound=Callable[..., object])
in_reactor: Callable[[Test], Test] = pytest_twisted.ensureDeferred

# What a person does with the command line of SQLite, which need not be installed here.
BY_HAND = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit(); c.close()"


@asynccontextmanager
async def opened_at(path: Path) -> AsyncIterator[OpenStore]:
    """A store that looks for others, and has looked once."""
    store = OpenStore(path, ForeignCommits(lambda: BEGIN))
    await store.database.look_for_others()
    try:
        yield store
    finally:
        await store.database.close()


def by_hand(path: Path, statement: str) -> None:
    """Commit from another process."""
    subprocess.run([sys.executable, "-c", BY_HAND, str(path), statement], check=True)


def kept(cursor: Cursor) -> list[tuple[int, EventKind]]:
    """The log."""
    return [(event.seq, event.kind) for event in events.after(cursor, 0, 1000)]


@in_reactor
async def test_a_change_by_hand_makes_clients_reload(tmp_path: Path) -> None:
    async with opened_at(new_path(tmp_path)) as store:
        await store.task("Before")
        by_hand(store.path, "UPDATE tasks SET title = 'By hand'")
        await store.database.look_for_others()
        (told,) = store.committed[1:]
        assert [(event.seq, event.kind, event.actor) for event in told] == [(2, EventKind.WORKSPACE_SYNC, SOMEBODY)]
        assert await store.database.read(kept) == [(1, EventKind.TASK_CREATED), (2, EventKind.WORKSPACE_SYNC)]
        await store.database.look_for_others()
        assert len(store.committed) == 2


@in_reactor
async def test_a_change_by_hand_shows_in_what_was_read_before(tmp_path: Path) -> None:
    async with opened_at(new_path(tmp_path)) as store:
        await store.database.open_for_brief_reads()
        task = await store.task("Before")
        assert (await store.now(task.id)).title == "Before"
        by_hand(store.path, "UPDATE tasks SET title = 'By hand'")
        await store.database.look_for_others()
        assert (await store.now(task.id)).title == "By hand"


@in_reactor
async def test_a_change_by_hand_is_told_before_the_write_that_notices_it(tmp_path: Path) -> None:
    async with opened_at(new_path(tmp_path)) as store:
        by_hand(store.path, "UPDATE workspace SET session_data = '{\"a\": 1}'")
        await store.task("After")
        assert [event.kind for event in store.events] == [EventKind.WORKSPACE_SYNC, EventKind.TASK_CREATED]
        assert [event.seq for event in store.events] == [1, 2]


@in_reactor
async def test_nobody_else_no_event(tmp_path: Path) -> None:
    """Neither what we write ourselves, nor reading by others, nor a look at a file that was changed before us."""
    path = new_path(tmp_path)
    async with opened_at(path) as store:
        await store.task()
    by_hand(path, "UPDATE tasks SET title = 'Before we came'")
    async with opened_at(path) as store:
        await store.task()
        with closing(sqlite3.connect(path)) as connection:
            assert marks(connection.cursor()) == []
            connection.execute("PRAGMA wal_checkpoint")
        await store.database.look_for_others()
        await store.database.write(mark("m"))
        await store.database.read(kept)
        await store.database.look_for_others()
        assert [event.kind for event in store.events] == [EventKind.TASK_CREATED, EventKind.PROJECT_CREATED]


@in_reactor
async def test_two_daemons_with_one_file_tell_each_other_s_events_in_order(tmp_path: Path) -> None:
    async with opened_at(new_path(tmp_path)) as one, opened_at(one.path) as other:
        for number in range(10):
            await (one if number % 3 else other).task(str(number))
        for each in (one, other):
            await each.database.look_for_others()
            assert [event.seq for event in each.events] == list(range(1, 11))
            assert await each.database.read(lambda cursor: events.after(cursor, 0, 100)) == each.events


@in_reactor
@pytest.mark.parametrize("count", [3, 4])
async def test_many_events_of_another_daemon_are_told_as_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    monkeypatch.setattr(foreign, "TOLD_ONE_BY_ONE", 3)
    async with opened_at(new_path(tmp_path)) as one, opened_at(one.path) as other:
        await one.task()
        await other.database.look_for_others()
        await one.database.write(mark("m", times=count))
        await other.database.look_for_others()
        await other.task()
    told = other.events[1:]
    if count == 3:
        assert [event.seq for event in told] == [2, 3, 4, 5]
    else:
        assert [(event.seq, event.first_seq, event.kind) for event in told] == [
            (5, 2, EventKind.WORKSPACE_SYNC),
            (6, None, EventKind.TASK_CREATED),
        ]


@in_reactor
async def test_a_write_that_fails_loses_nothing_of_what_others_did(tmp_path: Path) -> None:
    """The whole transaction is undone, the event that tells of the others included; the next one tells it."""
    async with opened_at(new_path(tmp_path)) as store:
        by_hand(store.path, "UPDATE workspace SET session_data = '{\"a\": 1}'")
        with pytest.raises(sqlite3.OperationalError):
            await store.database.write(lambda transaction: transaction.cursor.execute("ROLLBACK"))
        assert store.events == []
        await store.task()
        assert [(event.seq, event.kind) for event in store.events] == [
            (1, EventKind.WORKSPACE_SYNC),
            (2, EventKind.TASK_CREATED),
        ]


@in_reactor
async def test_a_file_put_back_to_an_earlier_state_makes_clients_reload(tmp_path: Path) -> None:
    async with opened_at(new_path(tmp_path)) as store:
        for number in range(3):
            await store.task(str(number))
        by_hand(store.path, "UPDATE workspace SET last_seq = 1")
        by_hand(store.path, "DELETE FROM events WHERE seq > 1")
        await store.database.look_for_others()
        assert [(event.seq, event.kind) for event in store.events[3:]] == [(2, EventKind.WORKSPACE_SYNC)]


@in_reactor
async def test_looking_is_no_trouble_for_a_database_that_is_closed(tmp_path: Path) -> None:
    async with opened_at(new_path(tmp_path)) as store:
        await store.task()
    await store.database.look_for_others()
    assert len(store.events) == 1
