"""Events on Linux: one inotify instance, one thread, one inotify watch per folder that matters.

watchdog's own observer watches whole trees, so every folder of a ``node_modules`` would cost an inotify watch and a
Python call per event (https://github.com/gorakhargosh/watchdog/issues/212), it does not tell when the system's limit
leaves folders out, and it keeps a thread per watched path. Therefore only its reader of events is used here.
"""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable
from typing import Final

from twisted.logger import Logger
from watchdog.observers.inotify_c import (
    CallbackId,
    InotifyConstants,
    InotifyEvent,
    InotifyFD,
    Mask,
    WatchCallback,
    WatchDescriptor,
)

from gorev.domain.watches import FileOperation, WatchPlan
from gorev.services.watching.source import Reports

# A file that is kept open is written without being closed, so IN_MODIFY and not IN_CLOSE_WRITE; the kernel merges
# equal events that follow one another.
_MASK: Final = Mask(
    InotifyConstants.IN_CREATE
    | InotifyConstants.IN_MODIFY
    | InotifyConstants.IN_MOVED_FROM
    | InotifyConstants.IN_MOVED_TO
    | InotifyConstants.IN_DELETE
    | InotifyConstants.IN_DELETE_SELF
    | InotifyConstants.IN_MOVE_SELF
    | InotifyConstants.IN_ONLYDIR
)


class InotifySource:
    """The `Source` of Linux.

    @raise OSError: there are too many inotify instances already.
    """

    _log = Logger()

    def __init__(self, reports: Reports, descriptor: Callable[[], InotifyFD] = InotifyFD) -> None:
        self._reports = reports
        self._plan = WatchPlan.of({})
        self._lock = threading.Lock()
        self._folders: dict[str, _Folder] = {}
        self._is_complete = True
        self._overflowed = False
        self._inotify = descriptor()
        self._inotify.start()

    @property
    def is_complete(self) -> bool:
        """Whether the limit of inotify watches was not reached."""
        return self._is_complete

    @property
    def folders(self) -> list[str]:
        """What is looked at."""
        with self._lock:
            return list(self._folders)

    def follow(self, plan: WatchPlan) -> None:
        """Look at the folders of ``plan``."""
        with self._lock:
            self._plan = plan
            self._is_complete = True
            self._overflowed = False
            self._forget([path for path in self._folders if not plan.wants(path)])
            for anchor in plan.anchors:
                self._add_below(anchor)

    def close(self) -> None:
        """End the thread."""
        self._inotify.stop()
        self._inotify.join()

    def happened(self, folder: _Folder, event: InotifyEvent) -> None:
        """Take an event of a folder; on the reading thread, which an exception would end."""
        try:
            self._happened(folder, event)
        except Exception:
            self._log.failure("an event in {path} was lost", path=folder.path)

    def ended(self, folder: _Folder) -> None:
        """The kernel has stopped watching a folder, because it is gone."""
        with self._lock:
            if self._folders.get(folder.path) is folder:
                del self._folders[folder.path]

    def overflowed(self) -> None:
        """The kernel dropped events: what appeared meanwhile must be found by looking."""
        if not self._overflowed:
            self._overflowed = True
            self._log.warn("too many file events at once: some were lost")
            self._reports.stale()

    def _happened(self, folder: _Folder, event: InotifyEvent) -> None:
        if event.is_delete_self or event.is_move_self:
            # Of any other folder the one above it tells.
            if folder.path in self._plan.anchors:
                with self._lock:
                    self._forget_below(folder.path)
                self._reports.stale()
            return
        path = os.path.join(folder.path, os.fsdecode(event.name))
        operation = _operation(event)
        if operation is None:
            return
        is_folder = bool(event.mask & InotifyConstants.IN_ISDIR)
        with self._lock:
            if operation is FileOperation.CREATE:
                # What was put into a new folder before it was watched is told from here; a link may lead to a folder.
                if self._plan.wants(path) if is_folder else self._plan.names(path):
                    self._add_below(path, tell=True)
            elif path in self._folders:
                self._forget_below(path)
        self._reports.seen(path, operation, is_folder=is_folder)

    def _add_below(self, top: str, *, tell: bool = False) -> None:
        waiting = [top]
        while waiting:
            folder = waiting.pop()
            if not self._add(folder):
                continue
            try:
                entries = list(os.scandir(folder))
            except OSError:  # it is gone already
                continue
            for entry in entries:
                is_folder = _is_folder(entry, follow_symlinks=self._plan.names(entry.path))
                if is_folder and self._plan.wants(entry.path):
                    waiting.append(entry.path)
                if tell:
                    self._reports.seen(entry.path, FileOperation.CREATE, is_folder=is_folder)

    def _add(self, path: str) -> bool:
        """Whether the folder is watched now."""
        if path in self._folders:
            return True
        folder = _Folder(self, path)
        try:
            folder.descriptor = self._inotify.add_callback(os.fsencode(path), _MASK, folder, folder.id)
        except OSError as error:
            if error.errno == errno.ENOSPC and self._is_complete:
                self._is_complete = False
                self._log.warn(
                    "the limit of inotify watches is reached (fs.inotify.max_user_watches): changes in {path} and"
                    " perhaps other folders go unnoticed",
                    path=path,
                )
            return False
        if folder.descriptor == -1:  # watchdog raises nothing where access is denied
            return False
        self._folders[path] = folder
        return True

    def _forget_below(self, top: str) -> None:
        prefix = os.path.join(top, "")
        self._forget([path for path in self._folders if path == top or path.startswith(prefix)])

    def _forget(self, paths: list[str]) -> None:
        gone = [self._folders.pop(path) for path in paths]
        self._inotify.remove_callbacks([(folder.descriptor, folder.id) for folder in gone])


class _Folder(WatchCallback):
    """One watched folder, which events are delivered to; a folder with two names is two of them."""

    def __init__(self, source: InotifySource, path: str) -> None:
        self.path = path
        self.id = CallbackId(id(self))
        self.descriptor = WatchDescriptor(-1)
        self._source = source

    def on_event(self, event: InotifyEvent) -> None:
        self._source.happened(self, event)

    def on_watch_deleted(self, wd: WatchDescriptor) -> None:
        self._source.ended(self)

    def on_queue_overflow(self) -> None:
        self._source.overflowed()


def _operation(event: InotifyEvent) -> FileOperation | None:
    if event.is_create or event.is_moved_to:
        return FileOperation.CREATE
    if event.is_modify:
        return FileOperation.WRITE
    if event.is_delete:
        return FileOperation.REMOVE
    return FileOperation.RENAME if event.is_moved_from else None


def _is_folder(entry: os.DirEntry[str], *, follow_symlinks: bool) -> bool:
    try:
        return entry.is_dir(follow_symlinks=follow_symlinks)
    except OSError:
        return False
