"""The one watcher of the daemon: which workspaces watch what, and what becomes of an event."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import Any, Final, Protocol

import attrs
from twisted.application.service import Service
from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IDelayedCall
from twisted.internet.threads import deferToThreadPool
from twisted.logger import Logger

from gorev.domain.errors import GorevError, ShuttingDown
from gorev.domain.event import Event, EventKind
from gorev.domain.watches import (
    DEBOUNCE_MS,
    SIZE_LIMIT,
    FileChange,
    FileOperation,
    Watches,
    WatchIndex,
    WatchPlan,
    WatchState,
    WatchStatistics,
    merged,
)
from gorev.services.store import Answer
from gorev.services.watching.inbox import Inbox, Seen
from gorev.services.watching.source import Reports, Source, nearest_folder

# Paths that wait for their half second; a flood of more is counted, not kept.
PENDING_LIMIT: Final = 20_000
# Changes that are recorded in one transaction, which keeps the writer for some milliseconds.
CHUNK: Final = 100


class Watched(Protocol):
    """A workspace as the watcher needs it."""

    @property
    def folder(self) -> str:
        """Its root."""

    def every(self) -> Deferred[Answer[Watches]]:
        """All its watches."""

    def record(self, changes: list[FileChange]) -> Deferred[Answer[None]]:
        """Tell the tasks of changes."""


@attrs.define(eq=False)
class _Workspace:
    watched: Watched
    has_watches: Callable[[bool], None]
    index: WatchIndex = attrs.Factory(lambda: WatchIndex.of(()))
    watches: int = 0
    task_ids: frozenset[str] = frozenset()
    is_read: bool = False
    events: int = 0
    changes: int = 0
    dropped: int = 0


@attrs.define
class _Pending:
    operation: FileOperation
    is_folder: bool
    since: float
    time: datetime
    workspace_ids: tuple[str, ...]


def source_of_this_system(reports: Reports) -> Source:
    """What tells of events here; watchdog is not imported before it is needed.

    @raise OSError: the system has no means left.
    """
    if sys.platform == "linux":
        from gorev.services.watching.inotify import InotifySource

        return InotifySource(reports)
    from gorev.services.watching.observer import ObserverSource

    return ObserverSource(reports)


class FileWatching(Service):
    """Watches the files of every open workspace. Without a watch there is no thread and nothing to do.

    Every method is for the reactor thread but `seen` and `stale`, which sources call on theirs.
    """

    name = "watching"
    _log = Logger()

    def __init__(self, reactor: Any, make_source: Callable[[Reports], Source] = source_of_this_system) -> None:
        self._reactor = reactor
        self._make_source = make_source
        self._source: Source | None = None
        self._failed = False
        self._workspaces: dict[str, _Workspace] = {}
        # What threads look into: replaced, never changed.
        self._indexes: tuple[tuple[str, WatchIndex], ...] = ()
        self._inbox = Inbox(reactor, self._arrived)
        self._pending: dict[str, _Pending] = {}
        self._timer: IDelayedCall | None = None
        self._waiting: list[Deferred[None]] = []
        self._is_refreshing = False
        self._refreshed: Deferred[None] = succeed(None)
        self._is_recording = False
        self._recorded: Deferred[None] = succeed(None)
        self._stopping = False

    def attach(self, id_: str, watched: Watched, has_watches: Callable[[bool], None]) -> Deferred[None]:
        """Begin to watch what a workspace watches; fires when that is so.

        ``has_watches`` is told whether it has any, now and after each change.
        """
        self._workspaces[id_] = _Workspace(watched, has_watches)
        return self._refresh()

    def detach(self, id_: str) -> Deferred[None]:
        """Let go of a workspace that is being closed; fires when its folders are not looked at any more."""
        self._workspaces.pop(id_, None)
        return self._refresh()

    def changed(self, id_: str) -> Deferred[None]:
        """The watches of a workspace have changed; fires when that has taken effect."""
        if id_ in self._workspaces:
            self._workspaces[id_].is_read = False
        return self._refresh()

    def told(self, id_: str, events: list[Event]) -> None:
        """Committed events of a workspace: a task takes its watches along when it is deleted."""
        each = self._workspaces.get(id_)
        if each is not None and any(
            event.kind is EventKind.WORKSPACE_SYNC
            or (event.kind is EventKind.TASK_DELETED and event.entity_id in each.task_ids)
            for event in events
        ):
            self.changed(id_)

    def is_watching(self, id_: str) -> bool:
        """Whether a workspace has watches, or may have some that were not read yet."""
        each = self._workspaces.get(id_)
        return each is not None and (each.watches > 0 or not each.is_read)

    def statistics(self, id_: str) -> WatchStatistics:
        """What is watched in a workspace, and what came of it.

        @raise ShuttingDown: the workspace is being closed.
        """
        each = self._workspaces.get(id_)
        if each is None:
            raise ShuttingDown
        return WatchStatistics(
            watches=each.watches,
            paths=len(each.index.tasks_by_path),
            tasks=len(each.task_ids),
            events=each.events,
            changes=each.changes,
            dropped=each.dropped,
            state=self._state(),
        )

    def _state(self) -> WatchState:
        if self._failed:
            return WatchState.UNAVAILABLE
        if self._source is None:
            return WatchState.IDLE
        return WatchState.WATCHING if self._source.is_complete else WatchState.DEGRADED

    def seen(self, path: str, operation: FileOperation, *, is_folder: bool) -> None:
        """Something happened at ``path``; on any thread."""
        concerned = tuple(id_ for id_, index in self._indexes if index.tasks_of(path, is_folder=is_folder))
        if concerned:
            self._inbox.put(path, Seen(operation, is_folder, concerned))

    def stale(self) -> None:
        """Look at the folders anew; on any thread."""
        self._reactor.callFromThread(self._refresh)

    async def stopService(self) -> None:
        """Look at nothing any more, and record what was seen; while the databases are still open."""
        super().stopService()
        self._stopping = True
        await self._refreshed
        await self._close_source()
        self._inbox.hand_over()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        await self._recorded
        while self._pending:
            await self._record_chunk(list(self._pending)[:CHUNK])

    def _refresh(self) -> Deferred[None]:
        """Fires after a look at all watches that begins from now on; one look may do for many callers."""
        waiting: Deferred[None] = Deferred()
        self._waiting.append(waiting)
        if not self._is_refreshing:
            self._is_refreshing = True
            self._refreshed = Deferred.fromCoroutine(self._refresh_all())
        return waiting

    async def _refresh_all(self) -> None:
        while self._waiting:
            waiting, self._waiting = self._waiting, []
            try:
                if not self._stopping:
                    await self._refresh_once()
            except Exception:
                self._failed = True
                self._log.failure("files cannot be watched")
            for each in waiting:
                if not each.called:
                    each.callback(None)
        self._is_refreshing = False

    async def _refresh_once(self) -> None:
        for each in list(self._workspaces.values()):
            if not each.is_read:
                await self._read(each)
        self._indexes = tuple((id_, each.index) for id_, each in self._workspaces.items() if each.watches)
        watched = [
            (each.watched.folder, each.index.tasks_by_path.keys())
            for each in self._workspaces.values()
            if each.index.tasks_by_path
        ]
        if not watched:
            await self._close_source()
            self._failed = False
            return
        try:
            if self._source is None:
                self._source = await self._in_thread(self._make_source, self)
            await self._in_thread(_follow, self._source, watched)
            self._failed = False
        except OSError as error:
            self._failed = True
            self._log.warn("files cannot be watched: {error}", error=error)

    async def _read(self, each: _Workspace) -> None:
        each.is_read = True
        try:
            watches = (await each.watched.every()).value.watches
        except GorevError as error:
            each.is_read = False
            self._log.warn("cannot read the watches of {path}: {code}", path=each.watched.folder, code=error.code)
            return
        each.index = await self._in_thread(WatchIndex.of, watches)
        each.watches = len(watches)
        each.task_ids = frozenset(watch.task_id for watch in watches)
        each.has_watches(bool(watches))

    async def _close_source(self) -> None:
        source, self._source = self._source, None
        if source is not None:
            await self._in_thread(source.close)

    def _arrived(self, seen: dict[str, Seen], dropped: int) -> None:
        """Let events wait until their path is quiet."""
        now, time = self._reactor.seconds(), datetime.now(UTC)
        for path, each in seen.items():
            for id_ in each.workspace_ids:
                if id_ in self._workspaces:
                    self._workspaces[id_].events += each.events
            known = self._pending.get(path)
            if known is not None:
                known.operation = merged(known.operation, each.operation)
                known.is_folder, known.workspace_ids = each.is_folder, each.workspace_ids
            elif len(self._pending) < PENDING_LIMIT:
                self._pending[path] = _Pending(each.operation, each.is_folder, now, time, each.workspace_ids)
            else:
                dropped += 1
        if dropped:
            self._log.warn("{count} file events were too many and are lost", count=dropped)
            for workspace in self._workspaces.values():
                workspace.dropped += dropped
        self._schedule()

    def _schedule(self) -> None:
        """Wake when the path that has waited longest is due; the first of the dict is the first that was seen."""
        if self._pending and self._timer is None and not self._is_recording and not self._stopping:
            due = next(iter(self._pending.values())).since + DEBOUNCE_MS / 1000
            self._timer = self._reactor.callLater(max(0.0, due - self._reactor.seconds()), self._begin_to_record)

    def _begin_to_record(self) -> None:
        self._timer = None
        self._is_recording = True
        self._recorded = Deferred.fromCoroutine(self._record_due())

    async def _record_due(self) -> None:
        while paths := self._due():
            await self._record_chunk(paths)
        self._is_recording = False
        self._schedule()

    def _due(self) -> list[str]:
        latest = self._reactor.seconds() - DEBOUNCE_MS / 1000
        due: list[str] = []
        for path, each in self._pending.items():
            if len(due) == CHUNK or each.since > latest:
                break
            due.append(path)
        return due

    async def _record_chunk(self, paths: list[str]) -> None:
        """Record what happened at these paths, and forget it; failing is logged, not raised."""
        chunk = {path: self._pending.pop(path) for path in paths}
        try:
            doubtful = [path for path, each in chunk.items() if each.operation.leaves_content]
            usable = await self._in_thread(_usable, doubtful)
            changes: dict[str, list[FileChange]] = {}
            for path, each in chunk.items():
                if each.operation.leaves_content and path not in usable:
                    continue
                is_folder = usable.get(path, each.is_folder)
                for id_ in each.workspace_ids:
                    if id_ in self._workspaces:
                        task_ids = self._workspaces[id_].index.tasks_of(path, is_folder=is_folder)
                        change = FileChange(path=path, operation=each.operation, time=each.time, task_ids=task_ids)
                        changes.setdefault(id_, []).append(change)
            for id_, of_workspace in changes.items():
                workspace = self._workspaces.get(id_)
                if workspace is not None:
                    await workspace.watched.record(of_workspace)
                    workspace.changes += len(of_workspace)
        except GorevError as error:
            self._log.warn("changes of {count} files were not recorded: {code}", count=len(paths), code=error.code)
        except Exception:
            self._log.failure("changes of {count} files were not recorded", count=len(paths))

    def _in_thread(self, work: Callable[..., Any], *arguments: object) -> Deferred[Any]:
        return deferToThreadPool(self._reactor, self._reactor.getThreadPool(), work, *arguments)


def _follow(source: Source, watched: list[tuple[str, Collection[str]]]) -> None:
    """Look at the watched paths of some roots, each path from an anchor that exists; in a thread."""
    anchors = {
        path: nearest_folder(root if _is_within(path, root) else os.path.dirname(path))
        for root, paths in watched
        for path in paths
    }
    source.follow(WatchPlan.of(anchors))


def _usable(paths: list[str]) -> dict[str, bool]:
    """Those that are there and not too large, each with whether it is a folder; in a thread."""
    usable = {}
    for path in paths:
        try:
            status = os.stat(path)
        except OSError:
            continue
        if stat.S_ISDIR(status.st_mode):
            usable[path] = True
        elif stat.S_ISREG(status.st_mode) and status.st_size <= SIZE_LIMIT:
            usable[path] = False
    return usable


def _is_within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(os.path.join(folder, ""))
