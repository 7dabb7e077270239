"""Moving tasks: under another parent, and into another project with everything below."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import TypeVar

import attrs
import pytest
import pytest_twisted

from gorev.domain.errors import CycleDetected, GorevError, ParentNotFound, ProjectMismatch
from gorev.domain.event import EventKind
from gorev.domain.identifiers import new_id
from gorev.domain.task import Branch, Task, TaskView
from gorev.domain.values import Status
from gorev.storage import tasks
from gorev.storage.transaction import Transaction
from tests.support.open_store import OpenStore

Test = TypeVar("Test", bound=Callable[..., object])
in_reactor: Callable[[Test], Test] = pytest_twisted.ensureDeferred

DEEP = 3_000


async def family(store: OpenStore, project_id: str | None = None) -> list[Task]:
    """A task, its child, and its grandchild."""
    line = [await store.task("top", project_id=project_id)]
    for title in ("child", "grandchild"):
        store.later()
        line.append(await store.task(title, parent_id=line[-1].id))
    store.committed.clear()
    return line


@in_reactor
async def test_a_task_moves_under_another_parent_with_its_subtree(store: OpenStore) -> None:
    top, child, grandchild = await family(store)
    other = await store.task("other")
    outcome = await store.change(child.id, parent_id=other.id)
    assert (outcome.changed, outcome.view.task.parent_id, outcome.view.level) == (("parent_id",), other.id, 1)
    assert await store.now(grandchild.id) == grandchild
    assert (await store.tasks.get(top.id)).value.children == ()
    await store.change(other.id, parent_id=top.id)
    assert (await store.tasks.get(grandchild.id)).value.view.level == 3


@in_reactor
async def test_a_task_becomes_a_root(store: OpenStore) -> None:
    _, child, grandchild = await family(store)
    outcome = await store.change(child.id, parent_id=None)
    assert (outcome.view.task.parent_id, outcome.view.level, outcome.view.task.rev) == (None, 0, 2)
    assert (await store.tasks.get(grandchild.id)).value.view.level == 1


@in_reactor
@pytest.mark.parametrize("onto", [0, 1, 2])
async def test_no_task_comes_under_itself(store: OpenStore, onto: int) -> None:
    line = await family(store)
    with pytest.raises(CycleDetected) as refusal:
        await store.change(line[0].id, parent_id=line[onto].id)
    assert refusal.value.details["path"] == [each.id for each in (line[0], *line[1 : onto + 1], line[0])]
    assert [await store.now(each.id) for each in line] == line
    assert store.events == []


@in_reactor
async def test_a_parent_must_exist_and_be_of_the_same_project(store: OpenStore) -> None:
    project = await store.project()
    task = await store.task()
    other = await store.task(project_id=project.id)
    refused: list[tuple[str, type[GorevError]]] = [
        ("00000000-0000-4000-8000-000000000000", ParentNotFound),
        (other.id, ProjectMismatch),
    ]
    for parent_id, refusal in refused:
        with pytest.raises(refusal):
            await store.change(task.id, parent_id=parent_id)
    assert await store.now(task.id) == task


@in_reactor
async def test_a_change_of_project_takes_the_subtree_along(store: OpenStore) -> None:
    """One commit, an event for each task, the moved one first; what is beside stays."""
    old, new = await store.project("old"), await store.project("new")
    line = await family(store, old.id)
    beside = await store.task("beside", project_id=old.id)
    store.committed.clear()
    store.later()
    outcome = await store.change(line[0].id, project_id=new.id)
    moved = [await store.now(each.id) for each in line]
    assert outcome.view.task == moved[0]
    assert [(each.project_id, each.rev) for each in moved] == [(new.id, 2)] * 3
    assert [each.parent_id for each in moved] == [each.parent_id for each in line]
    assert await store.now(beside.id) == beside
    (events,) = store.committed
    assert [(each.kind, each.entity_id, each.changed) for each in events] == [
        (EventKind.TASK_UPDATED, each.id, ("project_id",)) for each in line
    ]
    assert [each.seq for each in events] == list(range(events[0].seq, events[0].seq + 3))
    for event, before, after in zip(events, line, moved, strict=True):
        assert isinstance(event.before, TaskView)
        assert isinstance(event.after, TaskView)
        assert (event.before.task, event.after.task) == (before, after)
        assert (event.before.project_name, event.after.project_name) == ("old", "new")


@in_reactor
async def test_a_subtask_that_changes_its_project_becomes_a_root(store: OpenStore) -> None:
    old, new = await store.project(), await store.project()
    top, child, grandchild = await family(store, old.id)
    outcome = await store.change(child.id, project_id=new.id)
    assert set(outcome.changed) == {"project_id", "parent_id"}
    assert (outcome.view.task.parent_id, outcome.view.level) == (None, 0)
    now = await store.now(grandchild.id)
    assert (now.project_id, now.parent_id) == (new.id, child.id)
    assert await store.now(top.id) == top


@in_reactor
async def test_a_task_can_leave_every_project(store: OpenStore) -> None:
    project = await store.project()
    line = await family(store, project.id)
    await store.change(line[0].id, project_id=None)
    assert [(await store.now(each.id)).project_id for each in line] == [None] * 3


@in_reactor
async def test_project_and_parent_change_together(store: OpenStore) -> None:
    old, new = await store.project(), await store.project()
    _, child, grandchild = await family(store, old.id)
    parent = await store.task("parent", project_id=new.id)
    outcome = await store.change(child.id, project_id=new.id, parent_id=parent.id)
    assert (outcome.view.task.parent_id, outcome.view.task.project_id) == (parent.id, new.id)
    assert (await store.now(grandchild.id)).project_id == new.id
    with pytest.raises(ProjectMismatch):
        await store.change(child.id, project_id=old.id, parent_id=parent.id)


@in_reactor
async def test_the_project_it_has_already_changes_nothing(store: OpenStore) -> None:
    project = await store.project()
    line = await family(store, project.id)
    assert (await store.change(line[1].id, project_id=project.id)).changed == ()
    assert await store.now(line[1].id) == line[1]
    assert store.events == []


@in_reactor
async def test_a_hierarchy_shows_ancestors_the_nearest_first_and_how_far_it_is(store: OpenStore) -> None:
    top, child, grandchild = await family(store)
    below = []
    for status in (Status.COMPLETED, Status.PENDING, Status.CANCELLED, Status.IN_PROGRESS):
        store.later()
        below.append(await store.task(status.value, parent_id=grandchild.id, status=status))
    deepest = await store.task("deepest", parent_id=below[1].id, status=Status.COMPLETED)
    hierarchy = (await store.tasks.hierarchy(grandchild.id)).value
    assert hierarchy.view.task == grandchild
    assert [view.task for view in hierarchy.ancestors] == [child, top]
    assert [branch.view.task for branch in hierarchy.children] == below
    assert [branch.view.task for branch in hierarchy.children[1].children] == [deepest]
    assert (hierarchy.total, hierarchy.progress) == (5, 40.0)
    assert hierarchy.by_status == {
        Status.COMPLETED: 2,
        Status.PENDING: 1,
        Status.CANCELLED: 1,
        Status.IN_PROGRESS: 1,
    }


@in_reactor
@pytest.mark.parametrize("status", Status)
async def test_without_subtasks_a_task_is_done_or_not(store: OpenStore, status: Status) -> None:
    task = await store.task(status=status)
    hierarchy = (await store.tasks.hierarchy(task.id)).value
    assert (hierarchy.total, hierarchy.ancestors, hierarchy.children) == (0, (), ())
    assert hierarchy.progress == (100.0 if status is Status.COMPLETED else 0.0)


@in_reactor
async def test_children_come_by_creation_time(store: OpenStore) -> None:
    top = await store.task()
    children = []
    for title in "cabd":
        store.later()
        children.append(await store.task(title, parent_id=top.id))
    assert [view.task for view in (await store.tasks.children(top.id)).value] == children
    assert [branch.view.task for branch in (await store.tasks.get(top.id)).value.children] == children


@in_reactor
async def test_a_tree_may_be_deeper_than_a_stack(store: OpenStore) -> None:
    """Depth is unlimited."""
    top = await store.task()
    line = [top, *(attrs.evolve(top, id=new_id()) for _ in range(DEEP))]

    def insert(transaction: Transaction) -> None:
        for above, each in pairwise(line):
            tasks.insert(transaction.cursor, attrs.evolve(each, parent_id=above.id))

    await store.database.write(insert)
    detail = (await store.tasks.get(top.id)).value
    assert depth(detail.children) == DEEP
    hierarchy = (await store.tasks.hierarchy(line[-1].id)).value
    assert (len(hierarchy.ancestors), hierarchy.view.level) == (DEEP, DEEP)
    assert hierarchy.ancestors[-1].task == top
    with pytest.raises(CycleDetected):
        await store.change(top.id, parent_id=line[-1].id)


def depth(branches: tuple[Branch, ...]) -> int:
    levels = 0
    while branches:
        branches, levels = branches[0].children, levels + 1
    return levels
