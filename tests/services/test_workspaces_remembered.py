"""Workspaces from one run of the daemon to the next: remembered under all their ids, closed in order."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
import pytest_twisted
from twisted.internet.defer import Deferred, gatherResults
from twisted.logger import capturedLogs, formatEvent

from gorev.domain.errors import (
    ShuttingDown,
    WorkspaceNotFound,
)
from gorev.domain.task import NewTask
from gorev.services.folder import identifier
from gorev.services.registry import WorkspaceFile
from tests.services.house import House, create, titles
from tests.support.open_store import ACTOR

Test = TypeVar("Test", bound=Callable[..., object])
in_reactor: Callable[[Test], Test] = pytest_twisted.ensureDeferred


@in_reactor
async def test_an_id_that_a_client_saved_is_kept_as_another_one(house: House) -> None:
    async with house.open() as workspaces:
        workspace = await workspaces.register(str(house.folder("other")), alias="saved")
        assert await workspaces.resolve("saved") is workspace
        assert workspaces.canonical("saved") == workspace.id
    async with house.open() as workspaces:
        assert (await workspaces.resolve("saved")).id == workspace.id


@in_reactor
async def test_a_saved_id_means_who_registered_it_last_also_after_a_restart(house: House) -> None:
    one, other = str(house.folder("one")), str(house.folder("other"))
    async with house.open() as workspaces:
        for path in (one, other, one):
            workspace = await workspaces.register(path, alias="saved")
            assert await workspaces.resolve("saved") is workspace
    async with house.open() as workspaces:
        assert (await workspaces.resolve("saved")).path == Path(one)


@in_reactor
async def test_the_id_of_a_workspace_is_never_that_of_another(house: House) -> None:
    """A client may have saved an id with a folder that was then copied."""
    original, copy = house.folder("original"), house.folder("copy")
    async with house.open() as workspaces:
        copied = await workspaces.register(str(copy), alias=identifier(original))
        await workspaces.register(str(copy), alias=workspaces.default_id)
        await create(copied, "copied")
        found = await workspaces.resolve(path=str(original))
        assert (found.path, await titles(found)) == (original, [])
        assert await workspaces.resolve(identifier(original)) is found
        assert await workspaces.resolve(path=str(copy)) is copied
        assert (await workspaces.resolve()).path == house.default
    async with house.open() as workspaces:
        assert (await workspaces.resolve(identifier(original))).path == original


@in_reactor
async def test_workspaces_are_remembered_over_a_restart(house: House) -> None:
    path = house.folder("other")
    async with house.open() as workspaces:
        await workspaces.resolve()
        workspace = await workspaces.register(str(path), name="Adı")
        await create(workspace)
        before = {each.id: each for each in workspaces.every()}
    async with house.open() as workspaces:
        assert {each.id for each in workspaces.every()} == set(before)
        again = await workspaces.resolve(workspace.id)
        assert (again.name, again.path, again.created_at) == ("Adı", path, workspace.created_at)
        assert await titles(again) == ["Demo"]


@in_reactor
async def test_an_id_whose_folder_is_gone_is_not_found_unless_a_path_is_given(house: House) -> None:
    path = house.folder("before")
    async with house.open() as workspaces:
        id_ = (await workspaces.resolve(path=str(path))).id
        await create(await workspaces.resolve(id_))
    moved = path.rename(house.home / "after")
    async with house.open() as workspaces:
        with pytest.raises(WorkspaceNotFound):
            await workspaces.resolve(id_)
        assert await titles(await workspaces.resolve(id_, str(moved))) == ["Demo"]


@in_reactor
@pytest.mark.parametrize("content", ["", "{", "[1]", '[{"id": "x"}]', "[" * 100_000])
async def test_a_broken_list_of_workspaces_is_replaced(house: House, content: str) -> None:
    (house.home / "workspaces.json").write_text(content)
    async with house.open() as workspaces:
        workspace = await workspaces.resolve(path=str(house.folder("other")))
    async with house.open() as workspaces:
        assert await workspaces.resolve(workspace.id)


@in_reactor
async def test_a_list_that_cannot_be_written_is_logged_and_harms_nobody(house: House) -> None:
    (house.home / "workspaces.json.new").mkdir()
    with capturedLogs() as logged:
        async with house.open() as workspaces:
            await create(await workspaces.resolve())
    assert any("cannot write the list of workspaces" in formatEvent(event) for event in logged)


@in_reactor
async def test_the_workspace_used_last_comes_first(house: House) -> None:
    async with house.open() as workspaces:
        one, two = [await workspaces.resolve(path=str(house.folder(name))) for name in ("one", "two")]
        for used, unused in ((one, two), (two, one), (one, two)):
            await workspaces.resolve(used.id)
            order = [each.id for each in workspaces.every()]
            assert order.index(used.id) < order.index(unused.id)
    async with house.open() as workspaces:
        order = [each.id for each in workspaces.every()]
        assert order.index(one.id) < order.index(two.id)


@in_reactor
async def test_a_stop_finishes_what_was_submitted(house: House) -> None:
    workspaces = house.workspaces()
    workspaces.startService()
    workspace = await workspaces.resolve()
    submitted = [workspace.tasks.create(ACTOR, NewTask(title=f"{number}")) for number in range(50)]
    await workspaces.stopService()
    await gatherResults(submitted)
    assert len(house.published) == 50
    async with house.open() as workspaces:
        assert len(await titles(await workspaces.resolve())) == 50


@in_reactor
async def test_a_stop_while_workspaces_are_being_opened_closes_and_remembers_them(house: House) -> None:
    workspaces = house.workspaces()
    workspaces.startService()
    path = house.folder("other")
    opening = Deferred.fromCoroutine(workspaces.resolve(path=str(path)))
    await workspaces.stopService()
    workspace = await opening
    with pytest.raises(ShuttingDown):
        await create(workspace)
    assert {each.id for each in WorkspaceFile(house.home / "workspaces.json").read()} == {
        identifier(path),
        identifier(house.default),
    }
    assert not list(house.home.rglob("*-wal"))


@in_reactor
async def test_nothing_is_opened_after_a_stop(house: House) -> None:
    async with house.open() as workspaces:
        workspace = await workspaces.resolve()
    for attempt in (workspaces.resolve(), workspaces.resolve(workspace.id), workspaces.resolve(path=str(house.home))):
        with pytest.raises(ShuttingDown):
            await attempt
