"""Bulk changes: what is written together is what would have been written one by one."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gorev.domain.bulk import BulkOutcome
from gorev.domain.errors import GorevError
from gorev.domain.links import Relation
from gorev.domain.task import NewTask, TaskChange
from gorev.domain.values import UNSET, Priority, Status
from gorev.services.bulk import BulkOperations
from gorev.storage import context
from gorev.storage.transaction import Transaction
from tests.services.house import in_reactor
from tests.support.open_store import ACTOR, OpenStore, new_path, open_store

TASKS: Final = 7
picks = st.integers(0, TASKS - 1)
TABLES: Final = ("tasks", "task_tags", "tags", "task_counts", "subtask_counts", "due_counts", "events")


async def prepared(path: Path, parents: list[int], links: list[tuple[int, int]], statuses: list[Status]) -> list[str]:
    """Ids of tasks on a new file: a forest in two projects, with links and tags."""
    store = OpenStore(path)
    projects = [(await store.project(name)).id for name in "PQ"]
    ids: list[str] = []
    for number, parent in enumerate(parents):
        new = NewTask(
            title=f"T{number}",
            status=statuses[number],
            parent_id=ids[parent] if parent < number else None,
            project_id=UNSET if parent < number else projects[number % 2],
            tags=("a", "b")[: number % 3],
        )
        ids.append((await store.tasks.create(ACTOR, new)).value.task.id)
    for source, target in links:
        try:
            await store.links.add(ACTOR, ids[source], Relation.BLOCKS, ids[target])
        except GorevError:
            continue
    await store.database.close()
    return [*ids, *projects]


async def done_to(path: Path, calls: list[list[tuple[str, TaskChange]]]) -> tuple[list[BulkOutcome], Any]:
    """What comes of calls on a file, and everything that is then there and was told."""
    store = OpenStore(path)
    store.later()
    outcomes = [(await BulkOperations(store.store).update(ACTOR, call)).value for call in calls]

    def found(transaction: Transaction) -> Any:
        cursor = transaction.cursor
        cursor.execute("INSERT INTO task_text (task_text, rank) VALUES ('integrity-check', 1)")
        rows = {table: sorted(cursor.execute(f"SELECT * FROM {table}").fetchall(), key=repr) for table in TABLES}
        for counts in ("task_counts", "subtask_counts", "due_counts"):
            rows[counts] = [row for row in rows[counts] if row[-1]]
        return rows, list(context.interactions(cursor))

    content = await store.database.write(found)
    told = store.events
    await store.database.close()
    return outcomes, (content, told)


@settings(max_examples=40, deadline=None)
@given(
    parents=st.lists(st.integers(0, TASKS), min_size=TASKS, max_size=TASKS),
    links=st.lists(st.tuples(picks, picks), max_size=5),
    statuses=st.lists(st.sampled_from(Status), min_size=TASKS, max_size=TASKS),
    wanted=st.lists(
        st.tuples(
            picks,
            st.builds(
                dict,
                title=st.sampled_from([UNSET, UNSET, "New", "Other"]),
                status=st.sampled_from([UNSET, UNSET, *Status]),
                priority=st.sampled_from([UNSET, *Priority]),
                tags=st.sampled_from([UNSET, (), ("a",), ("b", "a")]),
                parent_id=st.sampled_from([UNSET, UNSET, UNSET, None, 0, 3]),
                project_id=st.sampled_from([UNSET, UNSET, UNSET, TASKS, TASKS + 1]),
            ),
        ),
        min_size=2,
        max_size=TASKS,
        unique_by=lambda each: each[0],
    ),
    completes=st.booleans(),
)
@in_reactor
async def test_one_call_comes_to_what_one_call_for_each_task_does(
    tmp_path_factory: pytest.TempPathFactory,
    parents: list[int],
    links: list[tuple[int, int]],
    statuses: list[Status],
    wanted: list[tuple[int, dict[str, Any]]],
    completes: bool,
) -> None:
    """Tasks are changed in all sorts of ways, or trees are completed."""
    if completes:
        statuses = [Status.CANCELLED if each is Status.CANCELLED else Status.IN_PROGRESS for each in statuses]
        still = dict.fromkeys(("parent_id", "project_id"), UNSET)
        wanted = [(number, {**values, **still, "status": Status.COMPLETED}) for number, values in wanted]
    folder = tmp_path_factory.mktemp("bulk")
    together, one_by_one = new_path(folder), new_path(folder)
    ids = await prepared(together, parents, links, statuses)
    shutil.copyfile(together, one_by_one)
    changes = []
    for number, values in wanted:
        for name in ("parent_id", "project_id"):
            if isinstance(values[name], int):
                values = {**values, name: ids[values[name]]}
        changes.append((ids[number], TaskChange(**values)))
    (outcome,), left = await done_to(together, [changes])
    # A call that completes tasks takes subtasks first.
    tried = [*outcome.successful, *(each.task_id for each in outcome.failed), *(each for each, _ in outcome.noted)]
    assert sorted(tried) == sorted(each for each, _ in changes)
    order = [each for each, _ in changes]
    if any(change.status is Status.COMPLETED for _, change in changes):
        level = levels(together, parents, ids)
        order.sort(key=lambda each: -level[each])
    singly, also_left = await done_to(one_by_one, [[(each, dict(changes)[each])] for each in order])
    assert outcome.successful == tuple(each for one in singly for each in one.successful)
    assert outcome.failed == tuple(each for one in singly for each in one.failed)
    assert outcome.noted == tuple(each for one in singly for each in one.noted)
    assert outcome.cancelled == tuple(each for one in singly for each in one.cancelled)
    assert left == also_left


def levels(path: Path, parents: list[int], ids: list[str]) -> dict[str, int]:
    """How deep each task was at first."""
    depth: list[int] = []
    for number, parent in enumerate(parents):
        depth.append(depth[parent] + 1 if parent < number else 0)
    return dict(zip(ids, depth, strict=False))


@in_reactor
async def test_a_refused_task_leaves_no_tag_behind(tmp_path: Path) -> None:
    async with open_store(tmp_path) as store:
        source, target = await store.task(), await store.task()
        await store.links.add(ACTOR, source.id, Relation.BLOCKS, target.id)
        change = TaskChange(status=Status.IN_PROGRESS, tags=("new",))
        outcome = (await BulkOperations(store.store).update(ACTOR, [(target.id, change), (source.id, change)])).value
        assert ([each.task_id for each in outcome.failed], outcome.successful) == ([target.id], (source.id,))
        only = TaskChange(status=Status.IN_PROGRESS, tags=("never",))
        await BulkOperations(store.store).update(ACTOR, [(target.id, only)])
        path = store.path
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT name FROM tags").fetchall() == [("new",)]
