"""Work in flight, which the end of the daemon waits for (``lifecycle.md`` §4.3)."""

from __future__ import annotations

from typing import Any, Final, TypeVar

from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

T = TypeVar("T")

# architecture.md §4: of the 30 s of a stop, the requests may use these.
DRAIN_LIMIT_SECONDS: Final = 25.0


class Requests(Service):
    """Knows every request that is being worked on; its stop waits for them, and cancels those that take too long."""

    _log = Logger()

    def __init__(self, clock: IReactorTime) -> None:
        self._clock = clock
        self._in_flight: set[Deferred[Any]] = set()
        self._drained: Deferred[None] | None = None

    @property
    def in_flight(self) -> int:
        """How many have not been answered."""
        return len(self._in_flight)

    def watch(self, request: Deferred[T]) -> Deferred[T]:
        """Count ``request`` until it fires; returns it, with its result untouched."""
        self._in_flight.add(request)
        return request.addBoth(self._done, request)

    def stopService(self) -> Deferred[None]:
        """Fires when nothing is in flight, after `DRAIN_LIMIT_SECONDS` having cancelled the rest."""
        super().stopService()
        self._drained = Deferred(lambda _: self._cancel_all())
        timeout = self._clock.callLater(DRAIN_LIMIT_SECONDS, self._time_out)

        def end(result: T) -> T:
            if timeout.active():
                timeout.cancel()
            self._log.info("drained")
            return result

        self._drained.addCallback(end)
        self._tell_if_drained()
        return self._drained

    def _time_out(self) -> None:
        self._log.warn("{count} requests were still in flight and are cancelled", count=len(self._in_flight))
        self._cancel_all()

    def _cancel_all(self) -> None:
        for request in list(self._in_flight):
            request.cancel()

    def _done(self, result: T, request: Deferred[Any]) -> T:
        self._in_flight.discard(request)
        self._tell_if_drained()
        return result

    def _tell_if_drained(self) -> None:
        if not self._in_flight and self._drained is not None and not self._drained.called:
            self._drained.callback(None)
