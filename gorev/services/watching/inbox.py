"""Events on their way from watchdog's threads to the reactor: merged by path, bounded, handed over in batches."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Final

import attrs

from gorev.domain.watches import FileOperation, merged

# Paths; an event takes microseconds to merge, so that a batch keeps the reactor for a few milliseconds at most.
LIMIT: Final = 5_000
BATCH_SECONDS: Final = 0.05


@attrs.define
class Seen:
    """What was seen of a path: how often, what it comes to, and in which workspaces it matters."""

    operation: FileOperation
    is_folder: bool
    workspace_ids: tuple[str, ...]
    events: int = 1

    def add(self, later: Seen) -> None:
        """Take what was seen after it."""
        self.operation = merged(self.operation, later.operation)
        self.is_folder = later.is_folder
        self.workspace_ids = later.workspace_ids
        self.events += later.events


class Inbox:
    """Takes events on any thread; ``take`` gets them on the reactor's, with the number of those that were too many."""

    def __init__(self, reactor: Any, take: Callable[[dict[str, Seen], int], None]) -> None:
        self._reactor = reactor
        self._take = take
        self._lock = threading.Lock()
        self._seen: dict[str, Seen] = {}
        self._dropped = 0
        self._on_its_way = False

    def put(self, path: str, seen: Seen) -> None:
        """Add an event. Beyond `LIMIT` paths it is only counted."""
        with self._lock:
            known = self._seen.get(path)
            if known is not None:
                known.add(seen)
            elif len(self._seen) < LIMIT:
                self._seen[path] = seen
            else:
                self._dropped += 1
            if self._on_its_way:
                return
            self._on_its_way = True
        self._reactor.callFromThread(self._reactor.callLater, BATCH_SECONDS, self.hand_over)

    def hand_over(self) -> None:
        """Give everything to ``take``; on the reactor thread."""
        with self._lock:
            seen, self._seen = self._seen, {}
            dropped, self._dropped = self._dropped, 0
            self._on_its_way = False
        if seen or dropped:
            self._take(seen, dropped)
