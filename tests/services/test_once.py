"""Writes that are sent again under the same key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import pytest
import pytest_twisted
from twisted.internet.defer import Deferred, gatherResults

from gorev.domain.errors import IdempotencyMismatch, InvalidValue, ParentNotFound, TaskNotFound
from gorev.domain.query import TaskQuery
from gorev.domain.task import NewTask, TaskChange
from gorev.services.store import Answer, Once
from tests.support.open_store import ACTOR, OpenStore

Test = TypeVar("Test", bound=Callable[..., object])
in_reactor: Callable[[Test], Test] = pytest_twisted.ensureDeferred

NOBODY = "00000000-0000-4000-8000-000000000000"
ONCE = Once("key", "request")


async def create(store: OpenStore, title: str = "Demo", once: Once = ONCE) -> Any:
    return (await store.tasks.create(ACTOR, NewTask(title=title), once=once)).value


async def titles(store: OpenStore) -> list[str]:
    rows = (await store.tasks.page(TaskQuery())).value.rows
    return sorted(row.view.task.title for row in rows)


@in_reactor
async def test_a_repeated_write_yields_the_first_outcome_and_changes_nothing(store: OpenStore) -> None:
    first = await create(store)
    await store.change(first.task.id, title="Changed meanwhile")
    assert await create(store) == first
    assert await titles(store) == ["Changed meanwhile"]
    assert len(store.events) == 2


@in_reactor
async def test_writes_sent_at_once_under_one_key_are_done_once(store: OpenStore) -> None:
    answers = await gatherResults([store.tasks.create(ACTOR, NewTask(title="Demo"), once=ONCE) for _ in range(10)])
    assert len({answer.value.task.id for answer in answers}) == len(store.events) == 1


@in_reactor
async def test_the_key_of_another_request_is_refused(store: OpenStore) -> None:
    await create(store)
    with pytest.raises(IdempotencyMismatch) as refusal:
        await create(store, "Other", Once("key", "other request"))
    assert refusal.value.details["key"] == "key"
    assert await titles(store) == ["Demo"]


@in_reactor
async def test_another_key_is_another_write(store: OpenStore) -> None:
    await create(store)
    await create(store, once=Once("other key", "request"))
    await store.task()
    assert await titles(store) == ["Demo"] * 3


@in_reactor
async def test_a_key_is_forgotten_after_24_hours(store: OpenStore) -> None:
    await create(store)
    store.later(hours=24, seconds=-1)
    await create(store)
    assert await titles(store) == ["Demo"]
    store.later(seconds=2)
    await create(store, "Later", Once("key", "other request"))
    assert await titles(store) == ["Demo", "Later"]
    await create(store, "Later", Once("key", "other request"))
    assert await titles(store) == ["Demo", "Later"]


@in_reactor
async def test_a_key_is_remembered_over_a_restart(store: OpenStore) -> None:
    first = await create(store)
    again = OpenStore(store.path)
    assert await create(again) == first
    await again.database.close()
    assert again.events == []


@in_reactor
async def test_a_write_that_failed_may_be_sent_again(store: OpenStore) -> None:
    for refusal, new in (
        (ParentNotFound, NewTask(title="Demo", parent_id=NOBODY)),
        (InvalidValue, NewTask(title=" ")),
    ):
        with pytest.raises(refusal):
            await store.tasks.create(ACTOR, new, once=ONCE)
    await create(store)
    assert await titles(store) == ["Demo"]


@in_reactor
async def test_every_kind_of_write_keeps_its_outcome(store: OpenStore) -> None:
    task, gone, project = await store.task(), await store.task(tags=("api",)), await store.project()
    child = await store.task(parent_id=task.id, tags=("web",))
    writes: dict[str, Callable[[Once], Deferred[Answer[Any]]]] = {
        "create": lambda once: store.tasks.create(ACTOR, NewTask(title="Demo", tags=("İş",)), once=once),
        "change": lambda once: store.tasks.change(ACTOR, child.id, TaskChange(title="x", tags=()), once=once),
        "delete": lambda once: store.tasks.delete(ACTOR, gone.id, once=once),
        "create project": lambda once: store.projects.create(ACTOR, "Proje", once=once),
        "activate": lambda once: store.projects.activate(ACTOR, project.id, once=once),
        "deactivate": lambda once: store.projects.deactivate(ACTOR, once=once),
    }
    for key, write in writes.items():
        first = await write(Once(key, key))
        count = len(store.events)
        assert (await write(Once(key, key))).value == first.value, key
        assert len(store.events) == count
    with pytest.raises(TaskNotFound):
        await store.tasks.delete(ACTOR, gone.id)
