"""Workspaces: found, opened once, kept apart."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
import pytest_twisted
from twisted.internet.defer import CancelledError, Deferred, gatherResults

from gorev.domain.errors import (
    GorevError,
    InvalidValue,
    TaskNotFound,
    WorkspaceNotFound,
    WorkspaceUnavailable,
)
from gorev.services.folder import identifier
from gorev.services.workspace import Workspace
from tests.services.house import House, create, titles

Test = TypeVar("Test", bound=Callable[..., object])
in_reactor: Callable[[Test], Test] = pytest_twisted.ensureDeferred


def together(*attempts: object) -> Deferred[list[Workspace]]:
    return gatherResults([Deferred.fromCoroutine(each) for each in attempts], consumeErrors=True)  # type: ignore[arg-type]


@in_reactor
async def test_who_names_nothing_gets_the_default_workspace(house: House) -> None:
    async with house.open() as workspaces:
        assert workspaces.default_state == "opening"
        workspace = await workspaces.resolve()
        assert workspaces.default_state is None
        assert workspace.id == workspaces.default_id == identifier(house.default)
        assert (workspace.name, workspace.path) == ("default", house.default)
        assert workspace.opened.database == house.default / ".gorev" / f"gorev-{workspace.id}.db"
        assert await workspaces.resolve(path=f"{house.default}/") is workspace
        assert await workspaces.resolve(workspace.id) is workspace


@in_reactor
async def test_the_default_workspace_is_opened_without_being_asked_for(house: House) -> None:
    async with house.open():
        pass
    assert len(list((house.default / ".gorev").iterdir())) == 1


@in_reactor
async def test_a_default_workspace_that_cannot_be_used_says_why_and_leaves_the_others_alone(house: House) -> None:
    (house.default / ".gorev").mkdir()
    (house.default / ".gorev" / "gorev.db").write_text("not a database")
    async with house.open() as workspaces:
        with pytest.raises(WorkspaceUnavailable) as refusal:
            await workspaces.resolve()
        assert refusal.value.details["reason"] == workspaces.default_state == "corrupt"
        other = await workspaces.resolve(path=str(house.folder("other")))
        await create(other)
        (house.default / ".gorev" / "gorev.db").unlink()
        assert await titles(await workspaces.resolve()) == []
        assert workspaces.default_state is None


@in_reactor
async def test_a_folder_is_opened_by_its_path_and_found_by_its_id_from_then_on(house: House) -> None:
    path = house.folder("İş 🐛")
    async with house.open() as workspaces:
        with pytest.raises(WorkspaceNotFound):
            await workspaces.resolve(identifier(path))
        workspace = await workspaces.resolve(path=str(path))
        assert (workspace.id, workspace.name) == (identifier(path), "İş 🐛")
        assert await workspaces.resolve(workspace.id) is workspace
        assert await workspaces.resolve(workspace.id, str(house.folder("other"))) is workspace
        await workspaces.resolve()
        assert {each.id for each in workspaces.every()} == {workspace.id, workspaces.default_id}


@in_reactor
async def test_an_unknown_id_gives_way_to_a_path_that_can_be_used(house: House) -> None:
    path = house.folder("other")
    async with house.open() as workspaces:
        assert (await workspaces.resolve("unknown", str(path))).path == path
        for unusable in (None, "relative", str(house.home / "missing")):
            with pytest.raises(WorkspaceNotFound) as refusal:
                await workspaces.resolve("unknown", unusable)
            assert refusal.value.details["id"] == "unknown"


@in_reactor
@pytest.mark.parametrize("path", ["relative/path", "", "~", "missing", "file"])
async def test_a_path_that_is_no_folder_is_refused(house: House, path: str) -> None:
    (house.home / "file").write_text("a file")
    given = str(house.home / path) if path in ("missing", "file") else path
    async with house.open() as workspaces:
        with pytest.raises(InvalidValue) as refusal:
            await workspaces.resolve(path=given)
        assert refusal.value.details["field"] == "path"
        assert not (house.home / "missing").exists()


@in_reactor
async def test_a_workspace_keeps_the_name_it_was_given_first(house: House) -> None:
    path = str(house.folder("other"))
    async with house.open() as workspaces:
        assert (await workspaces.register(path, name="Adı")).name == "Adı"
        assert (await workspaces.register(path)).name == "Adı"


@in_reactor
async def test_callers_that_open_a_workspace_at_once_share_one(house: House) -> None:
    path = str(house.folder("other"))
    async with house.open() as workspaces:
        found = await together(*(workspaces.resolve(path=path) for _ in range(20)))
        assert all(each is found[0] for each in found)
        await workspaces.resolve()
        assert len(workspaces.open_workspaces()) == 2


@in_reactor
async def test_who_gives_up_opening_takes_nothing_from_the_others(house: House) -> None:
    path = str(house.folder("other"))
    async with house.open() as workspaces:
        first, second = (Deferred.fromCoroutine(workspaces.resolve(path=path)) for _ in range(2))
        first.cancel()
        with pytest.raises(CancelledError):
            await first
        assert (await second).path == Path(path)


@in_reactor
async def test_a_failed_opening_is_told_to_all_and_can_be_tried_again(house: House) -> None:
    path = house.folder("other")
    (path / ".gorev").write_text("in the way")
    async with house.open() as workspaces:
        attempts = [Deferred.fromCoroutine(workspaces.resolve(path=str(path))) for _ in range(3)]
        for attempt in attempts:
            with pytest.raises(WorkspaceUnavailable):
                await attempt
        (path / ".gorev").unlink()
        assert (await workspaces.resolve(path=str(path))).path == path


@in_reactor
async def test_workspaces_know_nothing_of_each_other(house: House) -> None:
    async with house.open() as workspaces:
        one = await workspaces.resolve(path=str(house.folder("one")))
        other = await workspaces.resolve(path=str(house.folder("other")))
        id_ = await create(one, "secret")
        await create(one)
        await create(other, "own")
        with pytest.raises(TaskNotFound):
            await other.tasks.get(id_)
        assert (await titles(one), await titles(other)) == (["Demo", "secret"], ["own"])
        assert [(id_, event.seq) for id_, event in house.published] == [(one.id, 1), (one.id, 2), (other.id, 1)]


@in_reactor
@pytest.mark.parametrize("at_once", [True, False])
async def test_two_paths_of_one_file_are_one_workspace(house: House, at_once: bool) -> None:
    """Rule W3; the second path's id becomes an alias."""
    path = house.folder("real")
    link = house.home / "link"
    link.symlink_to(path)
    async with house.open() as workspaces:
        await workspaces.resolve(path=str(path))
    async with house.open() as workspaces:
        wanted = [workspaces.resolve(path=str(each)) for each in (path, link)]
        both = await together(*wanted) if at_once else [await each for each in wanted]
        assert both[0] is both[1]
        await workspaces.resolve()
        assert len(workspaces.open_workspaces()) == 2
        for id_ in (identifier(path), identifier(link)):
            assert await workspaces.resolve(id_) is both[0]
            assert workspaces.canonical(id_) == both[0].id
        assert len(workspaces.every()) == 2
    assert len([each for each in (path / ".gorev").iterdir() if each.suffix == ".db"]) == 1


@in_reactor
async def test_one_folder_of_ours_linked_into_another_is_one_workspace_too(house: House) -> None:
    one, other = house.folder("one"), house.folder("other")
    async with house.open() as workspaces:
        workspace = await workspaces.resolve(path=str(one))
        (other / ".gorev").symlink_to(one / ".gorev")
        assert await workspaces.resolve(path=str(other)) is workspace


@in_reactor
async def test_events_can_be_read_again_from_any_number(house: House) -> None:
    async with house.open() as workspaces:
        workspace = await workspaces.resolve()
        for number in range(5):
            await create(workspace, str(number))
        answer = await workspace.replay(2, 2)
        assert [event.seq for event in answer.value.events] == [3, 4]
        assert (answer.value.oldest, answer.value.current, answer.seq) == (1, 5, 5)
        everything = (await workspace.replay(0, 100)).value.events
        assert everything == [event for _, event in house.published]


@in_reactor
async def test_a_healthy_workspace_counts_its_tasks(house: House) -> None:
    async with house.open() as workspaces:
        workspace = await workspaces.resolve()
        await create(workspace)
        health = await workspace.health()
        assert (health.workspace, health.task_count, health.error) == (workspace, 1, None)
        assert health.latency_ms >= 0
    health = await workspace.health()
    assert health.error == "shutting_down"


@in_reactor
async def test_no_path_of_a_caller_is_followed_by_the_process(house: House) -> None:
    """A relative path is refused also where it would exist for the daemon."""
    before = Path.cwd()
    os.chdir(house.home)
    try:
        async with house.open() as workspaces:
            with pytest.raises(GorevError):
                await workspaces.resolve(path="default")
    finally:
        os.chdir(before)
