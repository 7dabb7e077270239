"""A workspace that nobody uses for a while is closed, and opened again when somebody does (``architecture.md`` §4)."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater

from gorev.services.folder import identifier
from gorev.services.workspace import Workspace
from gorev.services.workspaces import Workspaces
from tests.services.house import House, create, in_reactor, titles

MINUTES = 15


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A home whose workspaces are closed after a quarter of an hour by its clock."""
    house = House(tmp_path)
    house.idle_minutes = MINUTES
    return house


async def wait(house: House, workspaces: Workspaces, minutes: float) -> list[str]:
    """The ids of those that are open after so many minutes."""
    from twisted.internet import reactor

    for _ in range(int(minutes * 6)):
        await deferLater(reactor, 0)
        while any(each.database.is_busy for each in workspaces.open_workspaces()):
            await deferLater(reactor, 0.001)
        house.clock.advance(10)
    for id_ in [each.id for each in workspaces.every()]:
        if id_ not in {each.id for each in workspaces.open_workspaces()}:
            await workspaces.close(id_)  # waits for one that is being closed
    return sorted(each.id for each in workspaces.open_workspaces())


async def two(house: House, workspaces: Workspaces) -> tuple[Workspace, Workspace]:
    """The default workspace and another one."""
    return await workspaces.resolve(), await workspaces.resolve(path=str(house.folder("other")))


@in_reactor
async def test_an_unused_workspace_is_closed_and_opened_again_by_its_next_use(house: House) -> None:
    async with house.open() as workspaces:
        default, other = await two(house, workspaces)
        await create(other, "kept")
        assert await wait(house, workspaces, MINUTES - 1) == sorted([default.id, other.id])
        assert await workspaces.resolve(other.id) is other
        assert await wait(house, workspaces, 2) == [other.id]
        assert await wait(house, workspaces, MINUTES) == []
        assert workspaces.default_state is None
        assert len(workspaces.every()) == 2
        again = await workspaces.resolve(other.id)
        assert again is not other
        assert await titles(again) == ["kept"]
        await create(again, "new")
        assert [(id_, event.seq) for id_, event in house.published] == [(other.id, 1), (other.id, 2)]


@in_reactor
async def test_a_closed_workspace_leaves_its_file_alone(house: House) -> None:
    async with house.open() as workspaces:
        _, other = await two(house, workspaces)
        await create(other)
        await wait(house, workspaces, MINUTES + 1)
        file = other.opened.database
        assert [each.name for each in file.parent.iterdir()] == [file.name]
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("BEGIN EXCLUSIVE")


@in_reactor
async def test_a_workspace_stays_open_while_somebody_says_so_and_as_long_after_that(house: House) -> None:
    async with house.open() as workspaces:
        _, other = await two(house, workspaces)
        needed = {other.id}
        workspaces.keep_open_while(needed.__contains__)
        assert await wait(house, workspaces, 5 * MINUTES) == [other.id]
        needed.clear()
        assert await wait(house, workspaces, MINUTES - 1) == [other.id]
        assert await wait(house, workspaces, 2) == []


@in_reactor
async def test_a_workspace_with_file_watches_stays_open(house: House) -> None:
    async with house.open() as workspaces:
        _, other = await two(house, workspaces)
        task_id = await create(other)
        await other.watches.add(task_id, "notes.txt")
        assert await wait(house, workspaces, 5 * MINUTES) == [other.id]
        await other.watches.remove(path="notes.txt")
        assert await wait(house, workspaces, MINUTES + 1) == []


@in_reactor
async def test_a_workspace_with_work_in_flight_stays_open(house: House) -> None:
    async with house.open() as workspaces:
        _, other = await two(house, workspaces)
        goes_on: Deferred[str] = Deferred()
        work = workspaces.undertakings.run(other.id, "import", None, lambda undertaking: goes_on)
        assert await wait(house, workspaces, 5 * MINUTES) == [other.id]
        goes_on.callback("done")
        assert await work == "done"
        assert await wait(house, workspaces, MINUTES + 1) == []


@in_reactor
async def test_who_comes_while_a_workspace_is_being_closed_gets_it_anew(house: House) -> None:
    async with house.open() as workspaces:
        _, other = await two(house, workspaces)
        await create(other, "kept")
        closing_ = Deferred.fromCoroutine(workspaces.close(other.id))
        assert other not in workspaces.open_workspaces()
        again = await workspaces.resolve(other.id)
        await closing_
        assert await titles(again) == ["kept"]


@in_reactor
async def test_who_gives_up_waiting_for_a_close_takes_nothing_from_the_others(house: House) -> None:
    async with house.open() as workspaces:
        _, other = await two(house, workspaces)
        impatient = Deferred.fromCoroutine(workspaces.close(other.id))
        impatient.addErrback(lambda failure: None)
        patient = Deferred.fromCoroutine(workspaces.resolve(other.id))
        impatient.cancel()
        assert await titles(await patient) == []


@in_reactor
async def test_a_second_path_of_a_closed_file_is_still_the_same_workspace(house: House) -> None:
    """Rule W3: which of the paths is used first after the pause makes no difference."""
    real = house.folder("real")
    link = house.home / "link"
    link.symlink_to(real)
    async with house.open() as workspaces:
        workspace = await workspaces.resolve(path=str(real))
        assert await workspaces.resolve(path=str(link)) is workspace
        await wait(house, workspaces, MINUTES + 1)
        again = await workspaces.resolve(path=str(link))
        assert (again.id, again.path) == (identifier(real), real)
        assert await workspaces.resolve(path=str(real)) is again
        await wait(house, workspaces, MINUTES + 1)
        link.unlink()
        link.mkdir()
        assert (await workspaces.resolve(path=str(link))).id == identifier(link)


@in_reactor
async def test_no_workspace_is_closed_where_the_time_is_zero(house: House) -> None:
    house.idle_minutes = 0
    async with house.open() as workspaces:
        await two(house, workspaces)
        house.clock.advance(100 * 3600)
        assert len(workspaces.open_workspaces()) == 2
