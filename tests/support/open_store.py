"""A workspace's operations on a real database file, without a daemon around them."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final, TypeVar

import pytest_twisted
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from gorev.domain.event import Event
from gorev.domain.project import Project
from gorev.domain.task import NewTask, Task, TaskChange
from gorev.domain.values import Actor, ActorKind
from gorev.domain.views import TaskChanged
from gorev.services.links import LinkOperations
from gorev.services.projects import ProjectOperations
from gorev.services.store import Store
from gorev.services.tasks import TaskOperations
from gorev.storage.database import Database
from gorev.storage.opening import prepare
from gorev.storage.transaction import NO_OTHERS, Others
from tests.support.clocked_reactor import ClockedReactor

T = TypeVar("T")

ACTOR: Final = Actor(client="test", kind=ActorKind.REST)
BEGIN: Final = datetime(2025, 10, 6, 10, 30, tzinfo=UTC)  # a Monday


def done(deferred: Deferred[T]) -> T:
    """What ``deferred`` fires with; the reactor runs meanwhile. For what runs outside the reactor: fixtures."""
    result: T = pytest_twisted.blockon(deferred)
    return result


class OpenStore:
    """The operations, the events they announced (a list per operation), and a clock that the test sets."""

    def __init__(self, path: Path, others: Others = NO_OTHERS, clock: Clock | None = None) -> None:
        """With ``clock`` nothing is done a moment later unless the test moves that."""
        from twisted.internet import reactor  # not at the head of the module: pytest-twisted chooses the reactor

        used: Any = reactor if clock is None else ClockedReactor(clock)

        prepare(path, 0o644)
        self.path = path
        self.time = BEGIN
        self.committed: list[list[Event]] = []
        self.database = Database(used, path, self.committed.append, others=others)
        self.store = Store(self.database, now=lambda: self.time, today=self._today)
        self.tasks = TaskOperations(self.store)
        self.projects = ProjectOperations(self.store)
        self.links = LinkOperations(self.store)

    @property
    def events(self) -> list[Event]:
        """Every event announced so far."""
        return [event for operation in self.committed for event in operation]

    def later(self, **duration: float) -> None:
        """Let time pass, a second if nothing else is said."""
        self.time += timedelta(**duration) if duration else timedelta(seconds=1)

    async def task(self, title: str = "Demo", **values: Any) -> Task:
        """Make a task."""
        return (await self.tasks.create(ACTOR, NewTask(title=title, **values))).value.task

    async def project(self, name: str = "Proje") -> Project:
        """Make a project."""
        return (await self.projects.create(ACTOR, name)).value.project

    async def change(self, task_id: str, **values: Any) -> TaskChanged:
        """Change a task."""
        return (await self.tasks.change(ACTOR, task_id, TaskChange(**values))).value

    async def now(self, task_id: str) -> Task:
        """A task as it is."""
        return (await self.tasks.get(task_id)).value.view.task

    def _today(self) -> date:
        return self.time.date()


@asynccontextmanager
async def open_store(folder: Path) -> AsyncIterator[OpenStore]:
    """A store on a new file somewhere below ``folder``, closed in the end."""
    opened = OpenStore(new_path(folder))
    try:
        yield opened
    finally:
        await opened.database.close()


def new_path(folder: Path) -> Path:
    """Where no file is yet, somewhere below ``folder``."""
    return Path(tempfile.mkdtemp(dir=folder)) / "gorev.db"


@contextmanager
def store_of_fixture(folder: Path, clock: Clock | None = None) -> Iterator[OpenStore]:
    """As `open_store`, for fixtures: they run outside the reactor, tests within."""
    opened = OpenStore(new_path(folder), clock=clock)
    try:
        yield opened
    finally:
        done(Deferred.fromCoroutine(opened.database.close()))
