"""What can be done with the file watches of tasks (``behaviours.md`` §7)."""

from __future__ import annotations

import os.path
from datetime import datetime
from typing import Any, Final, Protocol

from twisted.internet.defer import Deferred
from twisted.internet.threads import deferToThreadPool

from gorev.domain.context import Action
from gorev.domain.errors import DependencyIncomplete, InvalidValue, WatchNotFound
from gorev.domain.task import TaskChange
from gorev.domain.values import Actor, ActorKind, Status
from gorev.domain.watches import FileChange, Watch, Watches, WatchStatistics
from gorev.services.change import change_task
from gorev.services.lookup import require_task
from gorev.services.reach import Reach
from gorev.services.store import Answer, Once, Store
from gorev.storage import context, tasks, watches
from gorev.storage.encoding import instant_text
from gorev.storage.sqlite import Cursor
from gorev.storage.transaction import Transaction

# More than any system opens (Linux: 4 096 bytes).
PATH_LIMIT: Final = 4_096

WATCHER: Final = Actor(client="gorev", kind=ActorKind.WATCHER)


class Watching(Protocol):
    """What looks at the files."""

    def changed(self, id_: str) -> Deferred[None]:
        """The watches of a workspace have changed; fires when that has taken effect."""

    def statistics(self, id_: str) -> WatchStatistics:
        """What came of them."""


class WatchOperations:
    """The operations on the file watches of one workspace. Ids of tasks may be unique prefixes."""

    def __init__(
        self, reactor: Any, store: Store, id_: str, reach: Reach, watching: Watching, *, allows_outside: bool
    ) -> None:
        self._reactor = reactor
        self._store = store
        self._id = id_
        self._reach = reach
        self._watching = watching
        self.allows_outside = allows_outside

    @property
    def folder(self) -> str:
        """The workspace's root."""
        return str(self._reach.root)

    async def add(self, task_id: str, path: str, once: Once | None = None) -> Answer[Watch]:
        """Watch a path for a task, from the moment that this is done; a second time it is the same watch.

        The path is relative to the workspace, absolute, or begins with ``~/``. It need not exist.

        @raise TaskNotFound, AmbiguousId: see `require_task`.
        @raise InvalidValue: the path is blank or longer than any can be.
        @raise PathNotAllowed: it lies outside the workspace and that is not configured, or it is Gorev's own.
        """
        path = self._absolute(path)
        await deferToThreadPool(self._reactor, self._reactor.getThreadPool(), self._check, path)

        def work(transaction: Transaction, now: datetime) -> Watch:
            cursor = transaction.cursor
            return watches.put(cursor, require_task(cursor, task_id, "task_id").task.id, path, now)

        answer = await self._store.write(work, Watch, once)
        await self._watching.changed(self._id)
        return answer

    async def remove(
        self,
        *,
        path: str | None = None,
        task_id: str | None = None,
        watch_id: int | None = None,
        once: Once | None = None,
    ) -> Answer[Watches]:
        """Watch no more: the watch of an id, or of a path for one task or all; yields what there was.

        @raise TaskNotFound, AmbiguousId: see `require_task`.
        @raise WatchNotFound: there is no such watch.
        """
        absolute = None if path is None else self._absolute(path)

        def work(transaction: Transaction, now: datetime) -> Watches:
            cursor = transaction.cursor
            found = _found(cursor, absolute, watch_id)
            if task_id is not None:
                task = require_task(cursor, task_id, "task_id").task
                found = tuple(watch for watch in found if watch.task_id == task.id)
            if not found:
                raise WatchNotFound(id=watch_id, path=absolute)
            watches.delete(cursor, [watch.id for watch in found])
            return Watches(found)

        answer = await self._store.write(work, Watches, once)
        await self._watching.changed(self._id)
        return answer

    def every(self) -> Deferred[Answer[Watches]]:
        """All watches, oldest first."""
        return self._store.read(lambda cursor: Watches(watches.every(cursor)))

    def of_task(self, task_id: str) -> Deferred[Answer[Watches]]:
        """A task's watches, oldest first.

        @raise TaskNotFound, AmbiguousId: see `require_task`.
        """

        def work(cursor: Cursor) -> Watches:
            return Watches(watches.of_task(cursor, require_task(cursor, task_id, "task_id").task.id))

        return self._store.read(work)

    def statistics(self) -> WatchStatistics:
        """What is watched, and what came of it.

        @raise ShuttingDown: the workspace is being closed.
        """
        return self._watching.statistics(self._id)

    def record(self, changes: list[FileChange]) -> Deferred[Answer[None]]:
        """Tell tasks that files have changed; a pending one is started if something was written and rule S2 allows."""

        def work(transaction: Transaction, now: datetime) -> None:
            cursor = transaction.cursor
            started = {task_id for change in changes if change.operation.leaves_content for task_id in change.task_ids}
            views = tasks.by_ids(cursor, sorted({task_id for change in changes for task_id in change.task_ids}))
            known = {view.task.id for view in views}
            for change in changes:
                details = {
                    "path": os.fsencode(change.path).decode("utf-8", "replace"),
                    "operation": change.operation.value,
                    "timestamp": instant_text(change.time),
                }
                for task_id in sorted(change.task_ids & known):
                    context.record(cursor, task_id, Action.FILE_CHANGE, WATCHER, now, details)
            for view in views:
                if view.task.status is Status.PENDING and view.task.id in started:
                    try:
                        change_task(transaction, now, WATCHER, view, TaskChange(status=Status.IN_PROGRESS))
                    except DependencyIncomplete:
                        continue

        return self._store.write(work, type(None))

    def _absolute(self, given: str) -> str:
        """The path that is meant, as it was named: symlinks are not followed."""
        if not given.strip():
            raise InvalidValue(field="file_path", value=given, allowed="text that is not blank")
        if len(given) > PATH_LIMIT:
            raise InvalidValue(
                field="file_path", value=f"{given[:20]}…", allowed="at most {limit} characters", limit=PATH_LIMIT
            )
        expanded = self._reach.home / given[2:] if given == "~" or given.startswith("~/") else given
        clean = os.path.normpath(self._reach.root / expanded)
        return clean[1:] if clean.startswith("//") else clean  # POSIX lets two slashes mean something else

    def _check(self, path: str) -> None:
        """May the path be watched? In a thread."""
        real = self._reach.resolved(path)
        if not self.allows_outside:
            self._reach.check_inside(path, real)
        self._reach.check_readable(path, real)


def _found(cursor: Cursor, path: str | None, watch_id: int | None) -> tuple[Watch, ...]:
    """The watches that an id means, those of a path, or those that both mean."""
    if watch_id is None:
        return () if path is None else watches.of_path(cursor, path)
    watch = watches.one(cursor, watch_id)
    return () if watch is None or (path is not None and watch.path != path) else (watch,)
