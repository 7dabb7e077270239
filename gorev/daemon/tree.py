"""Services that start in order and stop, each awaited, in the reverse order (``architecture.md`` §4)."""

from __future__ import annotations

from typing import Final, cast

from twisted.application.service import IService, MultiService
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure

# The whole stop ends within 30 s of the first signal (lifecycle.md §4.3); `signals` ends the process at that moment.
STOP_LIMIT_SECONDS: Final = 29.0
# What a service that uses up all the time leaves to each of those that stop after it.
RESERVE_SECONDS: Final = 0.5


class OrderedServices(MultiService):
    """Children start one after the other and stop in reverse, each once the one before is done.

    The stock `MultiService` stops all at once. A start that raises stops what had started and raises the same error,
    synchronously, so that twistd's parent process learns of it. A stop that fails is logged and the next one goes on;
    one that takes too long is cancelled.
    """

    _log = Logger()

    def __init__(self, clock: IReactorTime) -> None:
        super().__init__()
        self._clock = clock
        self._begun: list[IService] = []

    def privilegedStartService(self) -> None:
        """Prepare every child in order."""
        self._in_order("privilegedStartService")

    def startService(self) -> None:
        """Start every child in order."""
        self.running = 1
        self._in_order("startService")

    def stopService(self) -> Deferred[None]:
        """Stop every child that has begun to start; fires within `STOP_LIMIT_SECONDS`, never with a failure."""
        self.running = 0
        return Deferred.fromCoroutine(self._stop_in_reverse())

    def _in_order(self, step: str) -> None:
        for service in cast("list[IService]", list(self)):
            try:
                getattr(service, step)()
            except BaseException:
                self.running = 0
                self._abandon()
                raise
            if service not in self._begun:
                self._begun.append(service)

    def _abandon(self) -> None:
        """Stop what has begun. No reactor runs yet, so nothing can be awaited and the process is about to end."""
        while self._begun:
            stopped = maybeDeferred(self._begun.pop().stopService)
            stopped.addErrback(lambda failure: self._log.failure("while giving up the start", failure))

    async def _stop_in_reverse(self) -> None:
        self._log.info("shutdown begun")
        deadline = self._clock.seconds() + STOP_LIMIT_SECONDS
        while self._begun:
            service = self._begun.pop()
            reserve = RESERVE_SECONDS * len(self._begun)
            await self._stop(service, max(0.0, deadline - reserve - self._clock.seconds()))
        self._log.info("shutdown complete")

    async def _stop(self, service: IService, limit_seconds: float) -> None:
        name = type(service).__name__
        stopped: Deferred[object] = maybeDeferred(service.stopService)
        ended: Deferred[None] = Deferred()

        def end(result: object) -> None:
            if ended.called:
                return
            if isinstance(result, Failure):
                self._log.failure("{service} failed to stop", result, service=name)
            ended.callback(None)

        def give_up() -> None:
            self._log.warn("{service} did not stop in time", service=name)
            ended.callback(None)
            stopped.cancel()

        timeout = self._clock.callLater(limit_seconds, give_up)
        stopped.addBoth(end)
        await ended
        if timeout.active():
            timeout.cancel()
