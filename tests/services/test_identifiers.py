"""Ids as callers give them: whole, or the begin of one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import attrs
import pytest
import pytest_twisted

from gorev.domain.errors import AmbiguousId, ProjectNotFound, TaskNotFound
from gorev.domain.query import TaskQuery
from gorev.storage import tasks
from gorev.storage.transaction import Transaction
from tests.support.open_store import ACTOR, OpenStore

Test = TypeVar("Test", bound=Callable[..., object])
in_reactor: Callable[[Test], Test] = pytest_twisted.ensureDeferred

ONE = "aaaaaaaa-1111-4000-8000-000000000000"
OTHER = "aaaaaaaa-2222-4000-8000-000000000000"
APART = "bbbbbbbb-1111-4000-8000-000000000000"


async def insert(store: OpenStore, *ids: str) -> None:
    """Tasks with ids of our choice."""
    pattern = await store.task("pattern")

    def work(transaction: Transaction) -> None:
        tasks.delete(transaction.cursor, pattern.id)
        for id_ in ids:
            tasks.insert(transaction.cursor, attrs.evolve(pattern, id=id_, title=id_))

    await store.database.write(work)


@in_reactor
@pytest.mark.parametrize("given", [APART, APART[:8], APART[:9], APART[:20], APART[:8].upper(), f" {APART} "])
async def test_a_task_is_found_by_its_id_or_a_begin_of_it(store: OpenStore, given: str) -> None:
    await insert(store, ONE, OTHER, APART)
    assert (await store.tasks.get(given)).value.view.task.id == APART


@in_reactor
async def test_what_begins_several_ids_is_ambiguous_and_says_which(store: OpenStore) -> None:
    await insert(store, ONE, OTHER, APART)
    for attempt in (
        store.tasks.get(ONE[:8]),
        store.tasks.delete(ACTOR, ONE[:9]),
        store.tasks.page(TaskQuery(parent_id=ONE[:8])),
    ):
        with pytest.raises(AmbiguousId) as refusal:
            await attempt
        assert refusal.value.details["matches"] == [ONE, OTHER]
    assert (await store.tasks.get(ONE[:10])).value.view.task.id == ONE


@in_reactor
@pytest.mark.parametrize(
    "given",
    [
        "",
        "bbbbbbb",  # seven characters
        "bbbbbbbb-1111-4000-8000-0000000000001",
        "cccccccc",
        "________",
        "%%%%%%%%",
        "bbbbbbbb%",
        "bbbbbbb*",
        "bbbbbbbb\0",
        "bbbbbbbb\ud800",
        "ｂｂｂｂｂｂｂｂ",
        "' OR 1=1 --",
        "x" * 100_000,
    ],
    ids=lambda given: ascii(given)[:20],
)
async def test_what_begins_no_id_is_not_found(store: OpenStore, given: str) -> None:
    await insert(store, APART)
    with pytest.raises(TaskNotFound):
        await store.tasks.get(given)
    with pytest.raises(ProjectNotFound):
        await store.projects.get(given)


@in_reactor
async def test_a_project_and_a_parent_are_found_by_a_begin_too(store: OpenStore) -> None:
    project = await store.project()
    parent = await store.task(project_id=project.id[:8])
    child = await store.task(parent_id=parent.id[:8].upper())
    assert (parent.project_id, child.parent_id, child.project_id) == (project.id, parent.id, project.id)
    assert (await store.projects.activate(ACTOR, project.id[:12])).value.project.id == project.id
    assert (await store.change(child.id[:8], parent_id=None)).view.task.id == child.id
    rows = (await store.tasks.page(TaskQuery(project_id=project.id[:8]))).value.rows
    assert len(rows) == 2
