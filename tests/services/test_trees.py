"""A part of a tree is the beginning of the whole: the same tasks in the same order, and told how many are missing."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from gorev.domain.query import Part, TaskQuery
from gorev.domain.task import Branch
from gorev.domain.values import Status
from tests.services.house import in_reactor
from tests.support.open_store import OpenStore, open_store

TASKS = 60
MOST = [1, 2, 3, 7, 20, TASKS, 2 * TASKS]


async def grow(store: OpenStore, seed: int) -> list[str]:
    """Ids of tasks at chance places in trees; some are of the same moment, whose ids are no order of creation."""
    chance = random.Random(seed)
    ids: list[str] = []
    for number in range(TASKS):
        parent = chance.choice(ids) if ids and chance.random() < 0.8 else None
        task = await store.task(f"T{number}", parent_id=parent)
        ids.append(task.id)
        if chance.random() < 0.3:
            await store.change(task.id, status=Status.IN_PROGRESS)
        if chance.random() < 0.5:
            store.later()
    return ids


def preorder(branches: Iterable[Branch]) -> list[str]:
    """The ids in trees, each before what is below it."""
    return [id_ for branch in branches for id_ in (branch.view.task.id, *preorder(branch.children))]


def statuses(branches: Iterable[Branch]) -> Counter[Status]:
    """How many tasks in trees have each status."""
    return sum((Counter([each.view.task.status]) + statuses(each.children) for each in branches), Counter())


@pytest.mark.parametrize("seed", range(3))
@in_reactor
async def test_a_page_of_trees_ends_with_the_last_that_is_whole(tmp_path: Path, seed: int) -> None:
    async with open_store(tmp_path) as store:
        await grow(store, seed)
        whole = (await store.tasks.trees(TaskQuery())).value
        assert (len(preorder(whole.rows)), whole.unread) == (TASKS, 0)
        for most in MOST:
            part = (await store.tasks.trees(TaskQuery(), most)).value
            assert part.total == whole.total
            if part.unread:
                (first,) = part.rows
                assert preorder(part.rows) == preorder(whole.rows[:1])[: len(preorder(part.rows))]
                assert part.unread == len(preorder(whole.rows[:1])) - len(preorder([first]))
            else:
                assert part.rows == whole.rows[: len(part.rows)]
                assert part.rows
            left_out = whole.rows[len(part.rows) :]
            assert not left_out or len(preorder([*part.rows, left_out[0]])) + part.unread >= most


@pytest.mark.parametrize("seed", range(3))
@in_reactor
async def test_a_part_of_what_is_below_a_task_is_counted_whole(tmp_path: Path, seed: int) -> None:
    async with open_store(tmp_path) as store:
        ids = await grow(store, seed)
        for id_ in ids[:20]:
            whole = (await store.tasks.get(id_)).value
            assert whole.by_status == statuses(whole.children)
            assert [view.task.id for view in (await store.tasks.children(id_)).value] == [
                branch.view.task.id for branch in whole.children
            ]
            for offset in (0, 1, 3):
                for most in MOST:
                    part = Part(most=most, limit=2, offset=offset)
                    detail = (await store.tasks.get(id_, part)).value
                    hierarchy = (await store.tasks.hierarchy(id_, part)).value
                    wanted = whole.children[offset : offset + 2]
                    assert (detail.children, detail.unread) == (hierarchy.children, hierarchy.unread)
                    assert detail.by_status == hierarchy.by_status == whole.by_status
                    shown = preorder(detail.children)
                    assert shown == preorder(wanted)[: len(shown)]
                    if detail.unread:
                        assert len(shown) + detail.unread == len(preorder(wanted[:1]))
                    else:
                        assert detail.children == wanted[: len(detail.children)]


@in_reactor
async def test_roots_are_paged_as_they_are_listed(tmp_path: Path) -> None:
    async with open_store(tmp_path) as store:
        await grow(store, 5)
        every = preorder((await store.tasks.page(TaskQuery(limit=TASKS))).value.rows)
        roots = [branch.view.task.id for branch in (await store.tasks.trees(TaskQuery(limit=TASKS))).value.rows]
        assert roots == [id_ for id_ in every if (await store.now(id_)).parent_id is None]
        paged = [(await store.tasks.trees(TaskQuery(limit=2, offset=start))).value.rows for start in range(0, 12, 2)]
        assert [branch.view.task.id for rows in paged for branch in rows] == roots[:12]
