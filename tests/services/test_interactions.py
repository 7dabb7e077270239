"""Interactions: those that stand in events of changes and those that do not are told as one list."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gorev.domain.context import Action
from gorev.domain.errors import StaleRevision
from gorev.domain.task import TaskChange
from gorev.domain.values import Status
from gorev.services.context import ContextOperations
from gorev.storage import context, events
from gorev.storage.opening import migrations, prepare
from tests.services.house import in_reactor
from tests.support.open_store import ACTOR, OpenStore, open_store


async def told(store: OpenStore) -> list[tuple[str, str]]:
    """Task and action of each interaction, the oldest first."""
    await store.database.settle()
    return await store.database.read(lambda cursor: [row[:2] for row in context.interactions(cursor)])


@in_reactor
async def test_changes_and_looks_stand_in_the_order_in_which_they_happened(tmp_path: Path) -> None:
    async with open_store(tmp_path) as store:
        of_context = ContextOperations(store.store)
        one = (await store.task()).id
        of_context.note_view(ACTOR, one)
        await store.database.settle()
        other = (await store.task()).id
        await store.change(one, title="Other")
        await of_context.set_active(ACTOR, one)
        await store.change(one, status=Status.COMPLETED)
        assert await told(store) == [
            (one, "created"),
            (one, "viewed"),
            (other, "created"),
            (one, "updated"),
            (one, "updated"),  # set active it was started
            (one, "set_active"),
            (one, "completed"),
        ]


@in_reactor
async def test_the_summary_counts_the_last_fifty_at_once_whichever_they_are(tmp_path: Path) -> None:
    async with open_store(tmp_path) as store:
        of_context = ContextOperations(store.store)
        task_id = (await store.task()).id
        for number in range(20):
            await store.change(task_id, title=f"T{number}")
        for _ in range(30):
            of_context.note_view(ACTOR, task_id)
        first = (await of_context.summary()).value
        await store.change(task_id, status=Status.IN_PROGRESS)
        await store.change(task_id, status=Status.COMPLETED)
        second = (await of_context.summary()).value
    assert (first.created, first.updated, first.completed) == (0, 20, 0)
    assert (second.created, second.updated, second.completed) == (0, 19, 1)


@in_reactor
@pytest.mark.parametrize("kept", [0, 10, 1000])
async def test_many_changes_leave_one_interaction_each_however_few_events_are_kept(tmp_path: Path, kept: int) -> None:
    async with open_store(tmp_path) as store:
        ids = [(await store.task()).id for _ in range(3)]
        expected = [(task_id, "created") for task_id in ids]
        for number in range(170):
            task_id = ids[number % 3]
            await store.change(task_id, title=f"T{number}")
            expected.append((task_id, "updated"))
            if number % 40 == 30:
                await store.database.write(
                    lambda transaction: events.drop_oldest(transaction.cursor, kept=kept, since=store.time, limit=1000)
                )
        assert await told(store) == expected


@in_reactor
async def test_of_a_deleted_task_and_of_a_change_that_was_undone_nothing_is_told(tmp_path: Path) -> None:
    async with open_store(tmp_path) as store:
        kept, deleted = (await store.task()).id, (await store.task()).id
        await store.tasks.delete(ACTOR, deleted)
        with pytest.raises(StaleRevision):
            await store.tasks.change(ACTOR, kept, TaskChange(title="Lost"), rev=7)
        await store.change(kept, title="Demo")
        assert await told(store) == [(kept, "created")]


@in_reactor
async def test_when_a_task_was_last_had_to_do_with_is_kept_with_it(tmp_path: Path) -> None:
    asked = "SELECT last_interaction_at FROM tasks ORDER BY title"
    async with open_store(tmp_path) as store:
        await store.task("A")
        task_id = (await store.task("B")).id
        store.later()
        await store.change(task_id, description="More")
        rows = await store.database.read(lambda cursor: cursor.execute(asked).fetchall())
    assert rows == [("2025-10-06T10:30:00.000000Z",), ("2025-10-06T10:30:01.000000Z",)]


def test_events_of_an_older_file_are_not_taken_for_interactions_again(tmp_path: Path) -> None:
    path = tmp_path / "gorev.db"
    with closing(sqlite3.connect(path)) as connection:
        for name in ("folded", "caseless"):
            connection.create_function(name, 1, str.casefold, deterministic=True)
        for number, script in migrations():
            if number <= 5:
                connection.executescript(script)
        connection.executescript(
            """
            CREATE TABLE schema_version (version INTEGER NOT NULL);
            INSERT INTO schema_version VALUES (5);
            INSERT INTO tasks (id, title, title_folded, description_folded, status, priority, created_at, updated_at,
                rev) VALUES ('t', 't', 't', '', 'pending', 'high', '', '', 1);
            INSERT INTO interactions (task_id, action, created_at) VALUES ('t', 'created', '');
            INSERT INTO events (seq, time, kind, entity_id, client, client_kind) VALUES
                (1, '', 'task_created', 't', 'x', 'rest');
            UPDATE workspace SET last_seq = 1;
            """
        )
    prepare(path, 0o644)
    with closing(sqlite3.connect(path)) as connection:
        assert [row[:2] for row in context.interactions(connection.cursor())] == [("t", Action.CREATED.value)]
        context.take_up(connection.cursor())
        assert [row[:2] for row in context.interactions(connection.cursor())] == [("t", Action.CREATED.value)]
