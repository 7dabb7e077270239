"""Committed events on their way to whoever listens."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from twisted.logger import Logger

from gorev.domain.event import Event, Progress

Listener: TypeAlias = Callable[[str, list[Event]], None]
ProgressListener: TypeAlias = Callable[[str, Progress], None]
RemovalListener: TypeAlias = Callable[[str], None]


class EventBus:
    """Hands events to listeners on the reactor thread, in commit order; one listener's failure is not another's.

    How far long operations are, and that a workspace is gone, are no events and go to listeners of their own.
    """

    _log = Logger()

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._progress_listeners: list[ProgressListener] = []
        self._removal_listeners: list[RemovalListener] = []

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` with workspace id and events of each commit, until the returned function is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def publish(self, workspace_id: str, events: list[Event]) -> None:
        """Tell every listener."""
        for listener in list(self._listeners):
            try:
                listener(workspace_id, events)
            except Exception:
                self._log.failure("an event listener failed")

    def listen_to_progress(self, listener: ProgressListener) -> None:
        """Call ``listener`` with workspace id and each step of a long operation."""
        self._progress_listeners.append(listener)

    def publish_progress(self, workspace_id: str, progress: Progress) -> None:
        """Tell every listener how far an operation is."""
        for listener in self._progress_listeners:
            try:
                listener(workspace_id, progress)
            except Exception:
                self._log.failure("a progress listener failed")

    def listen_to_removals(self, listener: RemovalListener) -> None:
        """Call ``listener`` with the id of each workspace that a user removes."""
        self._removal_listeners.append(listener)

    def publish_removal(self, workspace_id: str) -> None:
        """Tell every listener that a workspace is gone."""
        for listener in self._removal_listeners:
            try:
                listener(workspace_id)
            except Exception:
                self._log.failure("a removal listener failed")
