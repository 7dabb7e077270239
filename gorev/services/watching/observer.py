"""Events on macOS and Windows, whose systems watch a whole tree at once: watchdog's observer, one stream per anchor."""

from __future__ import annotations

import os
from typing import Final

from twisted.logger import Logger
from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import ObservedWatch

from gorev.domain.watches import FileOperation, WatchPlan
from gorev.services.watching.source import Reports

_CREATED: Final = (FileCreatedEvent, DirCreatedEvent)
_REMOVED: Final = (FileDeletedEvent, DirDeletedEvent)
_MOVED: Final = (FileMovedEvent, DirMovedEvent)
_TOLD: Final = (*_CREATED, *_REMOVED, *_MOVED, FileModifiedEvent)


class ObserverSource(FileSystemEventHandler):
    """The `Source` of every other system.

    @raise OSError: the system has no means left.
    """

    _log = Logger()

    def __init__(self, reports: Reports) -> None:
        self._reports = reports
        self._streams: dict[str, ObservedWatch] = {}
        # FSEvents tells paths without symlinks.
        self._names: dict[str, str] = {}
        self._is_complete = True
        self._observer = Observer()
        self._observer.start()

    @property
    def is_complete(self) -> bool:
        """Whether every anchor has its stream."""
        return self._is_complete

    def follow(self, plan: WatchPlan) -> None:
        """Look at everything below the anchors of ``plan``."""
        anchors = _topmost(plan.anchors)
        for anchor in [each for each in self._streams if each not in anchors or not os.path.isdir(each)]:
            self._observer.unschedule(self._streams.pop(anchor))
        self._names = {os.path.realpath(anchor): anchor for anchor in anchors}
        self._is_complete = True
        for anchor in anchors:
            if anchor not in self._streams:
                self._add(anchor)

    def close(self) -> None:
        """End the threads."""
        self._observer.stop()
        self._observer.join()

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Tell of an event; on the observer's thread."""
        path = self._named(event.src_path)
        if isinstance(event, DirDeletedEvent) and path in self._streams:
            self._reports.stale()
        if isinstance(event, _MOVED):
            if path:
                self._reports.seen(path, FileOperation.RENAME, is_folder=event.is_directory)
            if event.dest_path:
                self._reports.seen(self._named(event.dest_path), FileOperation.CREATE, is_folder=event.is_directory)
        elif isinstance(event, _CREATED):
            self._reports.seen(path, FileOperation.CREATE, is_folder=event.is_directory)
        elif isinstance(event, _REMOVED):
            self._reports.seen(path, FileOperation.REMOVE, is_folder=event.is_directory)
        else:
            self._reports.seen(path, FileOperation.WRITE, is_folder=event.is_directory)

    def _add(self, anchor: str) -> None:
        try:
            self._streams[anchor] = self._observer.schedule(
                self, os.path.realpath(anchor), recursive=True, event_filter=list(_TOLD)
            )
        except OSError as error:
            self._is_complete = False
            self._log.warn("{path} cannot be watched: {error}", path=anchor, error=error)

    def _named(self, path: bytes | str) -> str:
        """The path by the name it is watched under."""
        real = os.fsdecode(path)
        for resolved, anchor in self._names.items():
            if real == resolved or real.startswith(os.path.join(resolved, "")):
                return anchor + real[len(resolved) :]
        return real


def _topmost(folders: frozenset[str]) -> list[str]:
    """Those that are not below another one."""
    kept: list[str] = []
    for folder in sorted(folders, key=len):
        if not any(folder.startswith(os.path.join(each, "")) for each in kept):
            kept.append(folder)
    return kept
