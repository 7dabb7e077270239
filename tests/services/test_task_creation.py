"""Making tasks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

import pytest
import pytest_twisted

from gorev.domain.errors import GorevError, InvalidValue, ParentNotFound, ProjectMismatch, ProjectNotFound
from gorev.domain.event import EventKind
from gorev.domain.task import NewTask
from gorev.domain.values import Priority, Status
from tests.support.open_store import ACTOR, BEGIN, OpenStore

Test = TypeVar("Test", bound=Callable[..., object])
in_reactor: Callable[[Test], Test] = pytest_twisted.ensureDeferred

NOBODY = "00000000-0000-4000-8000-000000000000"


@in_reactor
async def test_a_task_needs_a_title_only(store: OpenStore) -> None:
    view = (await store.tasks.create(ACTOR, NewTask(title="  Demo ", description=" as given "))).value
    task = view.task
    assert UUID(task.id).version == 4
    assert task.id == task.id.lower()
    assert (task.title, task.description) == ("Demo", " as given ")
    assert (task.status, task.priority, task.rev) == (Status.PENDING, Priority.MEDIUM, 1)
    assert (task.project_id, task.parent_id, task.due_date, task.tags) == (None, None, None, ())
    assert task.created_at == task.updated_at == BEGIN
    assert (view.level, view.subtask_count, view.project_name) == (0, 0, None)
    assert (view.dependency_count, view.uncompleted_dependency_count, view.dependent_count) == (0, 0, 0)


@in_reactor
async def test_everything_given_is_kept(store: OpenStore) -> None:
    project = await store.project("Proje")
    made = (
        await store.tasks.create(
            ACTOR,
            NewTask(
                title="Demo",
                description="# Başlık",
                status=Status.CANCELLED,
                priority=Priority.HIGH,
                project_id=project.id,
                due_date=date(2024, 2, 29),
                tags=("api", "İş"),
            ),
        )
    ).value
    task = made.task
    assert (task.description, task.status, task.priority) == ("# Başlık", Status.CANCELLED, Priority.HIGH)
    assert (task.project_id, made.project_name) == (project.id, "Proje")
    assert (task.due_date, [tag.name for tag in task.tags]) == (date(2024, 2, 29), ["api", "İş"])
    assert (await store.tasks.get(task.id)).value.view == made


@in_reactor
async def test_a_new_task_is_announced_once_as_it_is(store: OpenStore) -> None:
    answer = await store.tasks.create(ACTOR, NewTask(title="Demo", tags=("api",)))
    (event,) = store.events
    assert (event.kind, event.entity_id, event.actor) == (EventKind.TASK_CREATED, answer.value.task.id, ACTOR)
    assert (event.before, event.after, event.time) == (None, answer.value, BEGIN)
    assert event.seq == answer.seq == 1


@in_reactor
async def test_a_subtask_takes_the_project_of_its_parent(store: OpenStore) -> None:
    """Also against the active project."""
    theirs, active = await store.project(), await store.project()
    await store.projects.activate(ACTOR, active.id)
    parents = [await store.task(project_id=theirs.id), await store.task(project_id=None)]
    children = [await store.task(parent_id=parent.id) for parent in parents]
    assert [child.project_id for child in children] == [theirs.id, None]
    assert [child.parent_id for child in children] == [parent.id for parent in parents]


@in_reactor
async def test_a_root_goes_into_the_active_project_unless_told_otherwise(store: OpenStore) -> None:
    assert (await store.task()).project_id is None
    active, other = await store.project(), await store.project()
    await store.projects.activate(ACTOR, active.id)
    assert (await store.task()).project_id == active.id
    assert (await store.task(project_id=other.id)).project_id == other.id
    assert (await store.task(project_id=None)).project_id is None
    await store.projects.deactivate(ACTOR)
    assert (await store.task()).project_id is None


@in_reactor
async def test_levels_count_from_the_root(store: OpenStore) -> None:
    parent: str | None = None
    for level in range(5):
        view = (await store.tasks.create(ACTOR, NewTask(title="Demo", parent_id=parent))).value
        assert view.level == level
        parent = view.task.id


@in_reactor
async def test_a_tag_keeps_its_first_spelling_in_the_workspace(store: OpenStore) -> None:
    first = await store.task(tags=("Acil İş", "api"))
    second = await store.task(tags=("API", "ACİL İŞ", "acil is"))
    assert [tag.name for tag in second.tags] == ["api", "Acil İş", "acil is"]
    assert {tag.id for tag in first.tags} < {tag.id for tag in second.tags}


@in_reactor
@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"title": " "}, InvalidValue),
        ({"title": "x" * 501}, InvalidValue),
        ({"description": "x" * 100_001}, InvalidValue),
        ({"tags": ("fine", "a,b")}, InvalidValue),
        ({"project_id": NOBODY}, ProjectNotFound),
        ({"parent_id": NOBODY}, ParentNotFound),
        ({"parent_id": ""}, ParentNotFound),
    ],
)
async def test_a_task_that_is_refused_leaves_no_trace(
    store: OpenStore, values: dict[str, Any], refusal: type[GorevError]
) -> None:
    with pytest.raises(refusal):
        await store.task(**{"title": "Demo", "tags": ("new",)} | values)
    assert await count(store, "tasks") == await count(store, "tags") == await count(store, "events") == 0
    assert store.events == []


@in_reactor
async def test_a_subtask_of_another_project_is_refused(store: OpenStore) -> None:
    one, other = await store.project(), await store.project()
    parent = await store.task(project_id=one.id)
    with pytest.raises(ProjectMismatch):
        await store.task(parent_id=parent.id, project_id=other.id, tags=("new",))
    assert await count(store, "tags") == 0
    assert (await store.task(parent_id=parent.id, project_id=one.id)).project_id == one.id


async def count(store: OpenStore, table: str) -> int:
    def work(cursor: Any) -> int:
        (number,) = cursor.execute(f"SELECT count(*) FROM {table}").fetchone()
        return int(number)

    return await store.database.read(work)
