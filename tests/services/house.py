"""A home with workspaces in it, for tests that open several."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest_twisted
from twisted.internet.task import Clock

from gorev.domain.event import Event
from gorev.domain.query import TaskQuery
from gorev.domain.task import NewTask
from gorev.services.folder import Location
from gorev.services.registry import WorkspaceFile
from gorev.services.undertakings import Undertakings
from gorev.services.watching.service import FileWatching
from gorev.services.workspace import Places, Workspace
from gorev.services.workspaces import Workspaces
from tests.support.clocked_reactor import ClockedReactor
from tests.support.open_store import ACTOR

Test = TypeVar("Test", bound=Callable[..., object])
in_reactor: Callable[[Test], Test] = pytest_twisted.ensureDeferred


class House:
    """A home with a default workspace, further folders, and the events that were published.

    With ``idle_minutes`` the time is that of ``clock``.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self.default = self.folder("default")
        self.published: list[tuple[str, Event]] = []
        self.clock = Clock()
        self.idle_minutes = 0
        self.publish: Callable[[str, list[Event]], None] = lambda id_, events: None

    def _published(self, id_: str, events: list[Event]) -> None:
        self.published.extend((id_, event) for event in events)
        self.publish(id_, events)

    def folder(self, name: str) -> Path:
        path = self.home / name
        path.mkdir(exist_ok=True)
        return path

    def workspaces(self, default: Path | None = None) -> Workspaces:
        from twisted.internet import reactor as real

        reactor: Any = real if not self.idle_minutes else ClockedReactor(self.clock)
        file = WorkspaceFile(self.home / "workspaces.json")
        return Workspaces(
            reactor,
            Location(path=default or self.default),
            file,
            self._published,
            Places(home=self.home, own_folder=self.home / ".gorev-daemon"),
            FileWatching(reactor),
            Undertakings(reactor, lambda id_, progress: None),
            idle_minutes=self.idle_minutes,
        )

    @asynccontextmanager
    async def open(self, default: Path | None = None) -> AsyncIterator[Workspaces]:
        """Workspaces from start to stop, as in one run of the daemon."""
        running = self.workspaces(default)
        running.startService()
        try:
            yield running
        finally:
            await running.stopService()


async def create(workspace: Workspace, title: str = "Demo") -> str:
    return (await workspace.tasks.create(ACTOR, NewTask(title=title))).value.task.id


async def titles(workspace: Workspace) -> list[str]:
    rows = (await workspace.tasks.page(TaskQuery())).value.rows
    return sorted(row.view.task.title for row in rows)
