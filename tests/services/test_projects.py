"""Projects, and which one is active."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

import pytest
import pytest_twisted

from gorev.domain.errors import HasTasks, InvalidValue, ProjectNotFound, StaleRevision
from gorev.domain.event import EventKind
from gorev.domain.project import ProjectChange, ProjectView
from gorev.domain.values import Status
from tests.support.open_store import ACTOR, BEGIN, OpenStore

Test = TypeVar("Test", bound=Callable[..., object])
in_reactor: Callable[[Test], Test] = pytest_twisted.ensureDeferred

NOBODY = "00000000-0000-4000-8000-000000000000"


async def active_id(store: OpenStore) -> str | None:
    view = (await store.projects.active()).value.project
    return None if view is None else view.project.id


@in_reactor
async def test_a_project_needs_a_name_only_and_names_may_repeat(store: OpenStore) -> None:
    first = (await store.projects.create(ACTOR, " Proje ")).value
    second = (await store.projects.create(ACTOR, "Proje", " as given ")).value
    assert (first.project.name, first.project.definition, first.project.rev) == ("Proje", "", 1)
    assert (second.project.name, second.project.definition) == ("Proje", " as given ")
    assert first.project.created_at == first.project.updated_at == BEGIN
    assert (first.is_active, first.task_count) == (False, 0)
    assert [(event.kind, event.after) for event in store.events] == [
        (EventKind.PROJECT_CREATED, first),
        (EventKind.PROJECT_CREATED, second),
    ]


@in_reactor
@pytest.mark.parametrize(("name", "definition"), [(" ", ""), ("a\0", ""), ("fine", "\0"), ("fine", "x" * 100_001)])
async def test_texts_that_break_a_limit_are_refused(store: OpenStore, name: str, definition: str) -> None:
    with pytest.raises(InvalidValue):
        await store.projects.create(ACTOR, name, definition)
    assert (await store.projects.every()).value == []
    assert store.events == []


@in_reactor
async def test_projects_are_listed_the_newest_first(store: OpenStore) -> None:
    for name in "cab":
        await store.project(name)
        store.later()
    assert [view.project.name for view in (await store.projects.every()).value] == ["b", "a", "c"]


@in_reactor
async def test_a_project_counts_its_tasks_at_every_level_by_status(store: OpenStore) -> None:
    project = await store.project()
    top = await store.task(project_id=project.id, status=Status.IN_PROGRESS)
    for times, status in enumerate((Status.COMPLETED, Status.PENDING, Status.CANCELLED), 1):
        for _ in range(times):
            await store.task(parent_id=top.id, status=status)
    await store.task("elsewhere")
    view = (await store.projects.get(project.id)).value
    assert (view.task_count, view.in_progress_count) == (7, 1)
    assert (view.completed_count, view.pending_count, view.cancelled_count) == (1, 2, 3)
    assert view.project == project
    assert (await store.projects.every()).value == [view]


@in_reactor
async def test_a_change_is_stored_and_announced(store: OpenStore) -> None:
    project = await store.project()
    before = (await store.projects.get(project.id)).value
    store.later()
    after = (await store.projects.change(ACTOR, project.id, ProjectChange(name=" Anders ", definition="d"))).value
    assert (after.project.name, after.project.definition, after.project.rev) == ("Anders", "d", 2)
    assert after.project.updated_at == BEGIN + timedelta(seconds=1)
    assert (await store.projects.get(project.id)).value == after
    event = store.events[-1]
    assert (event.kind, event.before, event.after) == (EventKind.PROJECT_UPDATED, before, after)
    assert set(event.changed) == {"name", "definition"}


@in_reactor
async def test_a_change_that_alters_nothing_is_a_success_without_an_event(store: OpenStore) -> None:
    project = await store.project("Proje")
    store.later()
    for change in (ProjectChange(), ProjectChange(name=" Proje "), ProjectChange(name="Proje", definition="")):
        assert (await store.projects.change(ACTOR, project.id, change)).value.project == project
    assert len(store.events) == 1


@in_reactor
async def test_an_old_revision_changes_and_deletes_nothing(store: OpenStore) -> None:
    project = await store.project()
    current = (await store.projects.change(ACTOR, project.id, ProjectChange(name="Second"))).value
    for attempt in (
        store.projects.change(ACTOR, project.id, ProjectChange(name="Third"), rev=1),
        store.projects.delete(ACTOR, project.id, rev=1),
    ):
        with pytest.raises(StaleRevision) as refusal:
            await attempt
        assert refusal.value.details["current"] == current
    assert (await store.projects.change(ACTOR, project.id, ProjectChange(name="Third"), rev=2)).value.project.rev == 3
    assert (await store.projects.delete(ACTOR, project.id, rev=3)).value.name == "Third"


@in_reactor
async def test_a_project_with_tasks_is_not_deleted(store: OpenStore) -> None:
    project = await store.project()
    tasks = [await store.task(project_id=project.id, status=Status.COMPLETED) for _ in range(2)]
    with pytest.raises(HasTasks) as refusal:
        await store.projects.delete(ACTOR, project.id)
    assert refusal.value.details["count"] == 2
    for task in tasks:
        await store.tasks.delete(ACTOR, task.id)
    assert (await store.projects.delete(ACTOR, project.id)).value == project
    assert (store.events[-1].kind, store.events[-1].entity_id) == (EventKind.PROJECT_DELETED, project.id)
    with pytest.raises(ProjectNotFound):
        await store.projects.get(project.id)


@in_reactor
async def test_the_active_setting_goes_with_its_project(store: OpenStore) -> None:
    project = await store.project()
    await store.projects.activate(ACTOR, project.id)
    await store.projects.delete(ACTOR, project.id)
    assert await active_id(store) is None
    assert [event.kind for event in store.committed[-1]] == [EventKind.PROJECT_DELETED, EventKind.WORKSPACE_SYNC]
    assert (await store.task()).project_id is None


@in_reactor
async def test_the_first_active_project_is_told_and_then_a_sync(store: OpenStore) -> None:
    project = await store.project()
    answer = await store.projects.activate(ACTOR, project.id)
    assert (answer.value.is_active, answer.value.project.rev, answer.seq) == (True, 2, 3)
    assert await active_id(store) == project.id
    updated, sync = store.committed[-1]
    assert (updated.kind, updated.entity_id, updated.changed) == (
        EventKind.PROJECT_UPDATED,
        project.id,
        ("is_active",),
    )
    assert updated.after == answer.value
    assert (sync.kind, sync.entity_id, sync.before, sync.after, sync.rev) == (
        EventKind.WORKSPACE_SYNC,
        None,
        None,
        None,
        None,
    )
    assert [updated.seq, sync.seq] == [2, 3]


@in_reactor
async def test_a_switch_tells_both_projects_and_then_a_sync(store: OpenStore) -> None:
    """In one commit, each with its own number, the sync last."""
    old, new = await store.project("old"), await store.project("new")
    await store.projects.activate(ACTOR, old.id)
    await store.projects.activate(ACTOR, new.id)
    assert await active_id(store) == new.id
    *updated, sync = store.committed[-1]
    assert [event.seq for event in store.committed[-1]] == [5, 6, 7]
    assert (sync.kind, {event.kind for event in updated}) == (
        EventKind.WORKSPACE_SYNC,
        {EventKind.PROJECT_UPDATED},
    )
    told = {view(event.after).project.id: view(event.after) for event in updated}
    assert [(told[each.id].is_active, told[each.id].project.rev) for each in (old, new)] == [(False, 3), (True, 2)]
    every = (await store.projects.every()).value
    assert [each.project.name for each in every if each.is_active] == ["new"]


def view(entity: object) -> ProjectView:
    assert isinstance(entity, ProjectView)
    return entity


@in_reactor
async def test_activating_the_active_project_changes_nothing(store: OpenStore) -> None:
    project = await store.project()
    first = (await store.projects.activate(ACTOR, project.id)).value
    store.committed.clear()
    assert (await store.projects.activate(ACTOR, project.id)).value == first
    assert store.events == []


@in_reactor
async def test_deactivating_tells_the_project_and_a_sync_once(store: OpenStore) -> None:
    project = await store.project()
    await store.projects.activate(ACTOR, project.id)
    was_active = view((await store.projects.deactivate(ACTOR)).value.project)
    assert (was_active.project.id, await active_id(store)) == (project.id, None)
    assert [event.kind for event in store.committed[-1]] == [EventKind.PROJECT_UPDATED, EventKind.WORKSPACE_SYNC]
    count = len(store.events)
    assert (await store.projects.deactivate(ACTOR)).value.project is None
    assert len(store.events) == count


@in_reactor
async def test_the_active_project_survives_a_restart(store: OpenStore) -> None:
    project = await store.project()
    await store.projects.activate(ACTOR, project.id)
    again = OpenStore(store.path)
    assert await active_id(again) == project.id
    await again.database.close()


@in_reactor
async def test_an_unknown_project_is_not_found(store: OpenStore) -> None:
    project = await store.project()
    await store.projects.activate(ACTOR, project.id)
    for attempt in (
        store.projects.get(NOBODY),
        store.projects.change(ACTOR, NOBODY, ProjectChange(name="x")),
        store.projects.delete(ACTOR, NOBODY),
        store.projects.activate(ACTOR, NOBODY),
    ):
        with pytest.raises(ProjectNotFound):
            await attempt
    assert await active_id(store) == project.id
