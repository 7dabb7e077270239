"""What an operation costs, in counts that no machine changes: statements, trips to threads, rows read and encoded."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pytest
import pytest_twisted
from twisted.enterprise.adbapi import ConnectionPool
from twisted.internet.defer import gatherResults

from gorev.domain.query import Part, TaskQuery
from gorev.domain.search.request import SearchRequest
from gorev.domain.search.words import Atom, TextQuery
from gorev.domain.task import NewTask, TaskChange, TaskView
from gorev.domain.values import Priority, Status
from gorev.services.bulk import BulkOperations
from gorev.services.kept import Kept
from gorev.services.search import SearchOperations
from gorev.storage import sqlite, tasks
from gorev.storage.sqlite import Cursor
from gorev.wire.encode import Encoder
from gorev.wire.rows import EncodedTasks, Rows
from gorev.wire.vocabulary import Vocabulary
from tests.support.open_store import ACTOR, OpenStore, open_store

Test = TypeVar("Test", bound=Callable[..., object])
in_reactor: Callable[[Test], Test] = pytest_twisted.ensureDeferred

PAGE = TaskQuery(limit=50)


@pytest.fixture
def trips(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every trip to a thread of a database."""
    made: list[str] = []
    run = ConnectionPool.runWithConnection

    def counted(pool: ConnectionPool, work: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        made.append(getattr(work, "__name__", "work"))
        return run(pool, work, *arguments, **named)

    monkeypatch.setattr(ConnectionPool, "runWithConnection", counted)
    return made


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement of the writers of databases opened from now on."""
    statements: list[str] = []
    configure = sqlite.configure_writer

    def heard(statement: str) -> None:
        # SQLite tells those of triggers as comments, and then again the one that set them off.
        if not statement.startswith("--") and statements[-1:] != [statement]:
            statements.append(statement)

    def traced(connection: sqlite3.Connection, *, full: bool) -> None:
        configure(connection, full=full)
        connection.set_trace_callback(heard)

    monkeypatch.setattr(sqlite, "configure_writer", traced)
    return statements


@pytest.fixture
def rows_read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of all tasks whose rows are read."""
    ids: list[str] = []
    read = tasks._read

    def counted(cursor: Cursor, wanted: Sequence[str], levels: Any) -> list[TaskView]:
        ids.extend(wanted)
        return read(cursor, wanted, levels)

    monkeypatch.setattr(tasks, "_read", counted)
    return ids


async def filled(store: OpenStore, number: int = 60) -> list[str]:
    """Ids of new tasks, and reads of this store are brief from now on."""
    await store.database.open_for_brief_reads()
    made = await gatherResults([store.tasks.create(ACTOR, NewTask(title=f"T{each}")) for each in range(number)])
    return [each.value.task.id for each in made]


@in_reactor
async def test_reads_of_a_page_and_of_a_task_go_to_no_thread(tmp_path: Path, trips: list[str]) -> None:
    async with open_store(tmp_path) as store:
        ids = await filled(store)
        trips.clear()
        await store.tasks.page(PAGE)
        await store.tasks.get(ids[0])
        assert trips == []


@in_reactor
async def test_of_a_large_tree_no_more_is_read_than_is_asked_for(tmp_path: Path, rows_read: list[str]) -> None:
    async with open_store(tmp_path) as store:
        (root,) = await filled(store, 1)
        for _ in range(60):
            await store.task(parent_id=root)
        rows_read.clear()
        await store.tasks.trees(TaskQuery(), most=10)
        await store.tasks.get(root, Part(most=10, limit=50))
        assert len(rows_read) == 11  # its first ten subtasks, and itself


@in_reactor
async def test_a_write_goes_to_a_thread_once_and_writes_that_wait_go_together(tmp_path: Path, trips: list[str]) -> None:
    async with open_store(tmp_path) as store:
        ids = await filled(store)
        trips.clear()
        await store.change(ids[0], title="Once")
        assert trips == ["commit_group"]
        trips.clear()
        await BulkOperations(store.store).transition(ACTOR, ids[:10], Status.IN_PROGRESS)
        assert trips == ["commit_group"]
        trips.clear()
        await gatherResults([store.tasks.change(ACTOR, each, TaskChange(title="All")) for each in ids[:17]])
        assert len(trips) <= 2  # the first alone at most, all others while that is under way


@in_reactor
async def test_writes_take_few_statements(tmp_path: Path, written: list[str]) -> None:
    async with open_store(tmp_path) as store:
        ids = await filled(store, 20)
        counts = {}
        for name, operation in (
            ("create", lambda: store.tasks.create(ACTOR, NewTask(title="New"))),
            ("change", lambda: store.tasks.change(ACTOR, ids[0], TaskChange(title="Other"))),
            (
                "bulk",
                lambda: BulkOperations(store.store).update(ACTOR, [(id_, TaskChange(title="B")) for id_ in ids[:10]]),
            ),
        ):
            written.clear()
            await operation()
            counts[name] = len(written)
        assert counts["create"] <= 8
        assert counts["change"] <= 10
        assert counts["bulk"] <= 19


@in_reactor
async def test_after_a_change_only_what_it_shows_in_is_read_and_encoded_again(
    tmp_path: Path, rows_read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    encoded: list[str] = []
    encode = Encoder.task

    def counted(encoder: Encoder, view: TaskView) -> Any:
        encoded.append(view.task.id)
        return encode(encoder, view)

    monkeypatch.setattr(Encoder, "task", counted)
    rows = Rows(Encoder(Vocabulary.TURKISH, "workspace"), EncodedTasks())

    async with open_store(tmp_path) as store:
        await filled(store)

        async def page() -> list[bytes]:
            return [bytes(rows.task(row.view)) for row in (await store.tasks.page(PAGE)).value.rows]

        first = await page()
        assert len(set(encoded)) == 50
        rows_read.clear()
        encoded.clear()
        assert await page() == first
        assert (rows_read, encoded) == ([], [])
        shown = (await store.tasks.page(PAGE)).value.rows[0].view.task.id
        await store.change(shown, title="Other")
        rows_read.clear()
        encoded.clear()
        assert await page() != first
        assert rows_read == encoded == [shown]


@in_reactor
async def test_of_a_search_only_the_rows_that_can_be_among_the_best_are_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[str] = []
    configure = sqlite.configure_reader

    def contains(title: str, query: str) -> int:
        looked_at.append(title)
        return title.find(query) + 1

    def watched(connection: sqlite3.Connection) -> None:
        configure(connection)
        connection.create_function("instr", 2, contains, deterministic=True)

    monkeypatch.setattr(sqlite, "configure_reader", watched)
    async with open_store(tmp_path) as store:
        for number in range(200):
            await store.task(f"report {number}", priority=Priority.HIGH if number % 10 == 0 else Priority.MEDIUM)
        text = TextQuery(words=(Atom("report"),), whole="report")
        asked = SearchRequest(query="report", text=text, limit=10)
        outcome = (await SearchOperations(store.store).search(asked)).value
        assert (outcome.total, len(outcome.hits)) == (200, 10)
        assert len(set(looked_at)) == 20  # those of high priority


@in_reactor
async def test_what_is_kept_is_dropped_with_the_next_commit(tmp_path: Path) -> None:
    async with open_store(tmp_path) as store:
        ids = await filled(store, 2)
        kept: Kept[str] = Kept(store.database.version)
        _, version = kept.find(b"asked")
        kept.keep(b"asked", "answer", 6, version)
        assert kept.find(b"asked") == ("answer", version)
        await store.change(ids[0], title="Other")
        kept.keep(b"asked", "of before", 9, version)
        assert kept.find(b"asked")[0] is None
        kept.keep(b"asked", "of before", 9, version)
        assert kept.find(b"asked")[0] is None


@in_reactor
async def test_what_is_kept_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gorev.services.kept.LIMIT_BYTES", 10)
    monkeypatch.setattr("gorev.services.kept.LARGEST_BYTES", 6)
    kept: Kept[str] = Kept(lambda: 1)
    _, version = kept.find(b"a")
    kept.keep(b"large", "x", 7, version)
    assert kept.find(b"large")[0] is None
    kept.keep(b"a", "x", 6, version)
    kept.keep(b"b", "y", 6, version)
    assert (kept.find(b"a")[0], kept.find(b"b")[0]) == (None, "y")
