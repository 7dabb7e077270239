"""Reads on the reactor's own connection: what they see, and when they are left to threads; rows that are known."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Final, TypeVar

import pytest
import pytest_twisted
from twisted.internet.defer import Deferred

from gorev.domain.errors import GorevError, TaskNotFound
from gorev.domain.links import Relation
from gorev.domain.project import ProjectChange
from gorev.domain.query import Sort, TaskQuery
from gorev.domain.task import TaskChange, TaskView
from gorev.domain.values import Priority, Status
from gorev.services.bulk import BulkOperations
from gorev.storage import known_rows, tasks
from gorev.storage.brief import BriefReader, TooLong
from gorev.storage.events import current_seq
from gorev.storage.sqlite import Cursor
from tests.support.open_store import ACTOR, OpenStore, new_path

Test = TypeVar("Test", bound=Callable[..., object])
in_reactor: Callable[[Test], Test] = pytest_twisted.ensureDeferred

EVERYTHING: Final = "SELECT id FROM tasks ORDER BY id"


def all_views(cursor: Cursor) -> list[TaskView]:
    """Every task, as a list shows it."""
    return tasks.by_ids(cursor, [id_ for (id_,) in cursor.execute(EVERYTHING).fetchall()])


def runaway(cursor: Cursor) -> int:
    """A statement that takes long, however little it reads."""
    (number,) = cursor.execute(
        "WITH RECURSIVE up (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM up WHERE n < 100000) SELECT count(*) FROM up"
    ).fetchone()
    return int(number)


@in_reactor
async def test_a_brief_read_is_done_at_once_and_sees_what_was_committed(opened: OpenStore) -> None:
    await opened.database.open_for_brief_reads()
    task = await opened.task("Seen")
    done = opened.tasks.get(task.id)
    assert done.called
    assert (await done).value.view.task == task


@in_reactor
async def test_what_takes_long_is_read_by_a_thread(opened: OpenStore) -> None:
    await opened.database.open_for_brief_reads()
    done = opened.database.read(runaway, brief=True)
    assert not done.called
    assert await done == 100_000


@in_reactor
async def test_a_refusal_is_the_same_at_once(opened: OpenStore) -> None:
    await opened.database.open_for_brief_reads()
    with pytest.raises(TaskNotFound) as refused:
        await opened.tasks.get("0123abcd")
    assert refused.value.seq == 0


def test_a_reader_goes_on_after_what_took_too_long(opened: OpenStore) -> None:
    reader = BriefReader(opened.path)
    try:
        with pytest.raises(TooLong):
            reader.read(runaway)
        assert reader.read(current_seq) == 0
    finally:
        reader.close()


def test_a_reader_that_broke_off_many_reads_still_sees_what_is_committed(opened: OpenStore) -> None:
    """SQLite counts the steps of a statement over all its runs: those that end a read are among them."""
    reader = BriefReader(opened.path)
    try:
        for _ in range(1_000):
            with pytest.raises(TooLong):
                reader.read(runaway)
        version = reader.version()
        with closing(sqlite3.connect(opened.path)) as other:
            other.execute("UPDATE workspace SET last_seq = 7")
            other.commit()
        assert reader.version() != version
        assert reader.read(current_seq) == 7
    finally:
        reader.close()


@in_reactor
async def test_the_version_changes_with_each_commit_and_with_nothing_else(opened: OpenStore) -> None:
    await opened.database.open_for_brief_reads()
    first = opened.database.version()
    await opened.tasks.page(TaskQuery())
    assert opened.database.version() == first
    await opened.task()
    second = opened.database.version()
    assert second != first
    with closing(sqlite3.connect(opened.path)) as other:
        other.execute("UPDATE tasks SET title = 'By hand'")
        other.commit()
    assert opened.database.version() != second


@in_reactor
async def test_a_closed_database_has_no_version(opened: OpenStore) -> None:
    assert opened.database.version() is None
    await opened.database.open_for_brief_reads()
    assert opened.database.version() is not None


async def change_something(store: OpenStore, dice: random.Random) -> None:
    """Whatever can show in a task: its own fields, its place, its links, tags, its project, what is below it."""
    ids = [view.task.id for view in await store.database.read(all_views)]
    projects = [each.project.id for each in (await store.projects.every()).value]
    if not ids:
        await store.task("First")
        return
    one, other = dice.choice(ids), dice.choice(ids)
    project = dice.choice([*projects, None])
    bulk = BulkOperations(store.store)
    deeds: list[Callable[[], Awaitable[Any]]] = [
        lambda: bulk.update(ACTOR, [(each, TaskChange(title=f"B{dice.random()}")) for each in ids[:4]]),
        lambda: bulk.transition(ACTOR, ids[:4], dice.choice(list(Status)), force=True),
        lambda: store.task(f"T{dice.random()}", tags=("a", "b"), project_id=project),
        lambda: store.task("Below", parent_id=one),
        lambda: store.change(one, title=f"T{dice.random()}"),
        lambda: store.change(one, status=dice.choice(list(Status))),
        lambda: store.change(one, priority=dice.choice(list(Priority)), tags=(f"t{dice.randrange(3)}",)),
        lambda: store.change(one, parent_id=dice.choice([other, None])),
        lambda: store.change(one, project_id=project),
        lambda: store.links.add(ACTOR, one, dice.choice(list(Relation)), other),
        lambda: store.tasks.delete(ACTOR, one),
        lambda: store.project(f"P{dice.random()}"),
        lambda: store.links.remove_between(ACTOR, one, other),
    ]
    if project is not None:
        deeds += [
            lambda: store.projects.change(ACTOR, project, ProjectChange(name=f"P{dice.random()}")),
            lambda: store.projects.delete(ACTOR, project),
            lambda: store.projects.activate(ACTOR, project),
        ]
    with suppress(GorevError):
        await dice.choice(deeds)()


@pytest.mark.parametrize("seed", range(4))
@in_reactor
async def test_rows_that_are_known_are_what_reading_them_gives(opened: OpenStore, seed: int) -> None:
    dice = random.Random(seed)
    await opened.database.open_for_brief_reads()
    for _ in range(20):
        await opened.task(f"T{dice.random()}")
    for _ in range(150):
        for _ in range(dice.choice((1, 1, 1, 3))):
            await change_something(opened, dice)
        truth = await opened.database.write(lambda transaction: all_views(transaction.cursor))
        at_once = opened.database.read(all_views, brief=True)
        assert at_once.called
        assert await at_once == truth
        assert await opened.database.read(all_views) == truth


@pytest.mark.parametrize("seed", range(4))
@in_reactor
async def test_an_event_tells_the_task_as_it_is_then_read(opened: OpenStore, seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(12):
        await opened.task(f"T{dice.random()}")
    for _ in range(120):
        await change_something(opened, dice)
        last = {event.entity_id: event.after for event in opened.committed[-1]}
        for task_id, after in last.items():
            if task_id is not None and isinstance(after, TaskView):
                assert (await opened.tasks.get(task_id)).value.view.task == after.task
        told = opened.committed[-1][-1].after
        if isinstance(told, TaskView):
            assert (await opened.tasks.get(told.task.id)).value.view == told


@pytest.mark.parametrize("told", [0, 2_000, 250_000])
@in_reactor
async def test_many_changes_at_once_and_long_texts_are_read_anew(
    opened: OpenStore, monkeypatch: pytest.MonkeyPatch, told: int
) -> None:
    monkeypatch.setattr(known_rows, "TOLD_LETTERS", told)
    monkeypatch.setattr(known_rows, "CHANGES", 5 if told == 250_000 else 200)
    monkeypatch.setattr(known_rows, "LIMIT", 10)
    monkeypatch.setattr(known_rows, "LETTERS", 100)
    await opened.database.open_for_brief_reads()
    made = [await opened.task(f"T{number}", description="x" * (number * 20)) for number in range(12)]
    for rounds in range(4):
        truth = await opened.database.write(lambda transaction: all_views(transaction.cursor))
        assert await opened.database.read(all_views, brief=True) == truth
        assert await opened.database.read(all_views) == truth
        for task in made:
            await opened.change(task.id, description=f"{rounds}")


@in_reactor
async def test_a_page_of_trees_is_brief(opened: OpenStore) -> None:
    await opened.database.open_for_brief_reads()
    for number in range(60):
        root = await opened.task(f"T{number}", tags=("a", "b"))
        await opened.task("Below", parent_id=root.id)
    done = opened.tasks.page(TaskQuery(limit=100, sort=Sort.PRIORITY_DESC), with_subtrees=True)
    assert done.called
    assert (await done).value.total == 120


@pytest.mark.parametrize("more", [0, 1, 3])
@in_reactor
async def test_a_file_put_back_to_an_earlier_state_is_read_anew(opened: OpenStore, more: int) -> None:
    """Even if its log has grown to the same number again, or beyond it, before anybody reads."""
    await opened.database.open_for_brief_reads()
    task = await opened.task("Then")
    backup = opened.path.with_name("backup.db")
    with closing(sqlite3.connect(opened.path)) as file, closing(sqlite3.connect(backup)) as copy:
        file.backup(copy)
    opened.later()
    await opened.change(task.id, title="Since")
    await opened.database.read(all_views, brief=True)
    with closing(sqlite3.connect(opened.path)) as file, closing(sqlite3.connect(backup)) as copy:
        copy.backup(file)
    opened.later()
    for number in range(more):
        await opened.task(f"Other {number}")
    truth = await opened.database.write(lambda transaction: all_views(transaction.cursor))
    assert await opened.database.read(all_views, brief=True) == truth


@in_reactor
async def test_a_database_that_is_closed_while_it_is_opened_lets_go_of_its_file(tmp_path: Path) -> None:
    opened = OpenStore(new_path(tmp_path))
    await opened.task()
    opening = Deferred.fromCoroutine(opened.database.open_for_brief_reads())
    await opened.database.close()
    await opening
    assert opened.database.version() is None
    assert [each.name for each in opened.path.parent.iterdir()] == [opened.path.name]


@pytest.mark.parametrize("search", [None, "a text"])
@in_reactor
async def test_texts_are_gone_through_by_a_thread(opened: OpenStore, search: str | None) -> None:
    """A few thousand long ones are few steps to SQLite, and take 40 ms."""
    await opened.database.open_for_brief_reads()
    project = await opened.project()
    query = TaskQuery(search=search)
    pages = [
        opened.tasks.page(query),
        opened.tasks.trees(query),
        opened.tasks.of_project(TaskQuery(search=search, project_id=project.id)),
    ]
    assert {page.called for page in pages} == {search is None}
    for page in pages:
        await page
