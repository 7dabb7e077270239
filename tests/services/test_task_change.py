"""Changing and deleting tasks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, TypeVar

import pytest
import pytest_twisted

from gorev.domain.errors import (
    DependencyIncomplete,
    GorevError,
    HasSubtasks,
    InvalidValue,
    ParentNotFound,
    ProjectNotFound,
    StaleRevision,
    SubtasksIncomplete,
    TaskNotFound,
)
from gorev.domain.event import EventKind
from gorev.domain.links import Relation
from gorev.domain.query import TaskQuery
from gorev.domain.task import Prerequisite, TaskChange, TaskView
from gorev.domain.values import Priority, Status
from tests.support.open_store import ACTOR, BEGIN, OpenStore

Test = TypeVar("Test", bound=Callable[..., object])
in_reactor: Callable[[Test], Test] = pytest_twisted.ensureDeferred

NOBODY = "00000000-0000-4000-8000-000000000000"


@in_reactor
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "Anders"),
        ("description", "new"),
        ("description", ""),
        ("status", Status.IN_PROGRESS),
        ("status", Status.COMPLETED),
        ("priority", Priority.LOW),
        ("due_date", date(2026, 1, 1)),
        ("due_date", None),
    ],
)
async def test_one_field_is_changed_and_the_rest_stays(store: OpenStore, field: str, value: object) -> None:
    before = await store.task(description="old", due_date=date(2025, 12, 31), tags=("api",))
    store.later()
    outcome = await store.change(before.id, **{field: value})
    after = outcome.view.task
    assert (outcome.before, outcome.changed) == (before, (field,))
    assert getattr(after, field) == value
    assert (after.rev, after.updated_at) == (2, BEGIN + timedelta(seconds=1))
    unchanged = {"title", "description", "status", "priority", "due_date", "tags", "project_id", "parent_id"} - {field}
    assert {each: getattr(after, each) for each in unchanged} == {each: getattr(before, each) for each in unchanged}
    assert after.created_at == before.created_at
    assert await store.now(before.id) == after


@in_reactor
async def test_a_change_is_announced_once_with_before_and_after(store: OpenStore) -> None:
    task = await store.task()
    before = (await store.tasks.get(task.id)).value.view
    answer = await store.tasks.change(ACTOR, task.id, TaskChange(title="Anders", priority=Priority.HIGH))
    _, event = store.events
    assert (event.kind, event.entity_id, event.seq) == (EventKind.TASK_UPDATED, task.id, answer.seq)
    assert (event.before, event.after) == (before, answer.value.view)
    assert set(event.changed) == set(answer.value.changed) == {"title", "priority"}


@in_reactor
@pytest.mark.parametrize(
    "values",
    [
        {},
        {"title": " Demo "},
        {"description": "old"},
        {"status": Status.PENDING},
        {"priority": Priority.MEDIUM},
        {"due_date": date(2025, 12, 31)},
        {"tags": ("WEB", "api", "web")},
        {"project_id": None, "parent_id": None},
        {"title": "Demo", "status": Status.PENDING, "tags": ("api", "web")},
    ],
)
async def test_a_change_that_alters_nothing_is_a_success_without_an_event(
    store: OpenStore, values: dict[str, Any]
) -> None:
    """Rule S4."""
    before = await store.task(description="old", due_date=date(2025, 12, 31), tags=("api", "web"))
    store.later()
    outcome = await store.change(before.id, **values)
    assert (outcome.view.task, outcome.changed) == (before, ())
    assert await store.now(before.id) == before
    assert len(store.events) == 1


@in_reactor
async def test_tags_are_replaced_as_a_set(store: OpenStore) -> None:
    task = await store.task(tags=("api", "web"))
    outcome = await store.change(task.id, tags=("web", "new"))
    assert ([tag.name for tag in outcome.view.task.tags], outcome.changed) == (["web", "new"], ("tags",))
    outcome = await store.change(task.id, tags=())
    assert (outcome.view.task.tags, outcome.view.task.rev) == ((), 3)


@in_reactor
async def test_time_moves_forward_where_the_clock_does_not(store: OpenStore) -> None:
    """Rule S5: clients keep the newest of what they have seen."""
    task = await store.task()
    times = [task.updated_at]
    for title in "abc":
        store.time -= timedelta(hours=1)
        times.append((await store.change(task.id, title=title)).view.task.updated_at)
    assert times == sorted(set(times))


@in_reactor
@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"title": ""}, InvalidValue),
        ({"description": "x" * 100_001}, InvalidValue),
        ({"tags": ("",)}, InvalidValue),
        ({"project_id": NOBODY}, ProjectNotFound),
        ({"parent_id": NOBODY}, ParentNotFound),
        ({"status": Status.COMPLETED}, SubtasksIncomplete),
    ],
)
async def test_a_change_is_made_as_a_whole_or_not_at_all(
    store: OpenStore, values: dict[str, Any], refusal: type[GorevError]
) -> None:
    task = await store.task(tags=("api",))
    await store.task(parent_id=task.id)
    with pytest.raises(refusal):
        await store.change(task.id, **{"title": "Anders", "tags": ("new",), "priority": Priority.HIGH} | values)
    assert await store.now(task.id) == task
    assert len(store.events) == 2
    (tags,) = await store.database.read(lambda cursor: cursor.execute("SELECT group_concat(name) FROM tags").fetchone())
    assert tags == "api"


@in_reactor
async def test_a_task_does_not_start_or_finish_before_its_prerequisites(store: OpenStore) -> None:
    """Rule S2, and a cancelled prerequisite blocks no longer."""
    task, first, second = await store.task("Waits"), await store.task("First"), await store.task("Second")
    for each in (first, second):
        await store.links.add(ACTOR, each.id, Relation.BLOCKS, task.id)
    await store.change(first.id, status=Status.COMPLETED)
    before = await store.now(task.id)
    for status in (Status.IN_PROGRESS, Status.COMPLETED):
        with pytest.raises(DependencyIncomplete) as refusal:
            await store.change(task.id, status=status)
        assert refusal.value.details["open"] == [Prerequisite(id=second.id, title="Second", status=Status.PENDING)]
    assert await store.now(task.id) == before
    await store.change(second.id, status=Status.CANCELLED)
    assert (await store.change(task.id, status=Status.IN_PROGRESS)).changed == ("status",)


@in_reactor
async def test_a_task_is_not_completed_before_everything_below_it(store: OpenStore) -> None:
    """Rule S3 looks at every level; cancelled descendants do not count."""
    task = await store.task()
    child = await store.task(parent_id=task.id, status=Status.COMPLETED)
    grandchildren = [await store.task(parent_id=child.id) for _ in range(2)]
    await store.task(parent_id=child.id, status=Status.CANCELLED)
    with pytest.raises(SubtasksIncomplete) as refusal:
        await store.change(task.id, status=Status.COMPLETED)
    assert refusal.value.details["count"] == 2
    for each in grandchildren:
        await store.change(each.id, status=Status.COMPLETED)
    assert (await store.change(task.id, status=Status.COMPLETED)).view.task.status is Status.COMPLETED


@in_reactor
async def test_a_change_that_names_an_old_revision_is_shown_the_current_task(store: OpenStore) -> None:
    task = await store.task()
    await store.change(task.id, title="Second")
    for rev in (1, 3):
        with pytest.raises(StaleRevision) as refusal:
            await store.tasks.change(ACTOR, task.id, TaskChange(title="Third"), rev=rev)
        current = refusal.value.details["current"]
        assert isinstance(current, TaskView)
        assert (current.task.title, current.task.rev) == ("Second", 2)
    changed = await store.tasks.change(ACTOR, task.id, TaskChange(title="Third"), rev=2)
    assert (changed.value.view.task.title, changed.value.view.task.rev) == ("Third", 3)


@in_reactor
async def test_reading_changes_nothing(store: OpenStore) -> None:
    task = await store.task()
    await store.task(parent_id=task.id)
    for read in (
        store.tasks.get(task.id),
        store.tasks.children(task.id),
        store.tasks.hierarchy(task.id),
        store.tasks.page(TaskQuery()),
        store.tasks.trees(TaskQuery()),
        store.projects.every(),
        store.projects.active(),
    ):
        assert (await read).seq == 2
    assert await store.now(task.id) == task


@in_reactor
async def test_a_deleted_task_is_gone_and_told_as_it_was(store: OpenStore) -> None:
    task = await store.task(tags=("api",))
    view = (await store.tasks.get(task.id)).value.view
    answer = await store.tasks.delete(ACTOR, task.id)
    assert answer.value == task
    event = store.events[-1]
    assert (event.kind, event.entity_id, event.seq) == (EventKind.TASK_DELETED, task.id, answer.seq)
    assert (event.before, event.after) == (view, None)
    for attempt in (store.tasks.get(task.id), store.tasks.delete(ACTOR, task.id), store.tasks.children(task.id)):
        with pytest.raises(TaskNotFound):
            await attempt


@in_reactor
async def test_a_task_with_subtasks_is_not_deleted(store: OpenStore) -> None:
    task = await store.task()
    children = [await store.task(parent_id=task.id) for _ in range(3)]
    with pytest.raises(HasSubtasks) as refusal:
        await store.tasks.delete(ACTOR, task.id)
    assert refusal.value.details["count"] == 3
    for child in children:
        await store.tasks.delete(ACTOR, child.id)
    assert (await store.tasks.delete(ACTOR, task.id)).value.id == task.id


@in_reactor
async def test_a_deletion_that_names_an_old_revision_deletes_nothing(store: OpenStore) -> None:
    task = await store.task()
    await store.change(task.id, title="Second")
    with pytest.raises(StaleRevision):
        await store.tasks.delete(ACTOR, task.id, rev=1)
    assert (await store.now(task.id)).rev == 2
    assert (await store.tasks.delete(ACTOR, task.id, rev=2)).value.rev == 2


@in_reactor
async def test_what_belongs_to_a_deleted_task_goes_with_it(store: OpenStore) -> None:
    task, waiting = await store.task(tags=("api",)), await store.task()
    await store.links.add(ACTOR, task.id, Relation.BLOCKS, waiting.id)
    await store.tasks.delete(ACTOR, task.id)
    left = (await store.tasks.get(waiting.id)).value.view
    assert (left.dependency_count, left.uncompleted_dependency_count, left.links or ()) == (0, 0, ())
    for table in ("task_tags", "links"):
        (count,) = await store.database.read(
            lambda cursor, table=table: cursor.execute(f"SELECT count(*) FROM {table}").fetchone()  # type: ignore[misc]
        )
        assert count == 0


@in_reactor
async def test_an_unknown_task_is_not_changed(store: OpenStore) -> None:
    with pytest.raises(TaskNotFound) as refusal:
        await store.change(NOBODY, title="Anders")
    assert refusal.value.details["id"] == NOBODY
