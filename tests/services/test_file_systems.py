"""Databases that do not lie on a disk of this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import attrs
import pytest
import pytest_twisted
from twisted.logger import ILogObserver, LogEvent, LogLevel, formatEvent, globalLogPublisher
from zope.interface import implementer

from gorev.storage import file_systems
from tests.services.house import House

Test = TypeVar("Test", bound=Callable[..., object])
in_reactor: Callable[[Test], Test] = pytest_twisted.ensureDeferred


@implementer(ILogObserver)
@attrs.define
class Warnings:
    """The warnings that were logged."""

    told: list[str] = attrs.Factory(list)

    def __call__(self, event: LogEvent) -> None:
        if event["log_level"] is LogLevel.warn:
            self.told.append(formatEvent(event))


@pytest.fixture
def warnings() -> Iterator[Warnings]:
    """Of this test."""
    found = Warnings()
    globalLogPublisher.addObserver(found)
    yield found
    globalLogPublisher.removeObserver(found)


@pytest.fixture
def kind(tmp_path: Path) -> str:
    """The kind of file system that tests write to."""
    found = file_systems.file_system_of(tmp_path)
    assert found is not None
    return found


def test_a_folder_that_is_not_there_is_where_it_would_be(tmp_path: Path, kind: str) -> None:
    assert file_systems.file_system_of(tmp_path / "not" / "there") == kind


@in_reactor
async def test_a_database_on_a_network_file_system_is_warned_of_when_it_is_opened(
    house: House, warnings: Warnings, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_systems, "NETWORK", {kind.lower()})
    async with house.open() as workspaces:
        workspace = await workspaces.resolve()
        database = str(workspace.opened.database)
    assert [told for told in warnings.told if database in told and f"network file system ({kind})" in told]


@in_reactor
async def test_a_database_on_a_disk_is_not_warned_of(
    house: House, warnings: Warnings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_systems, "NETWORK", frozenset())
    async with house.open() as workspaces:
        await workspaces.resolve()
    assert warnings.told == []
