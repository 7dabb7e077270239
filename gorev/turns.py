"""Requests that can be answered at once, and are many: the reactor gets on with other things in between."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Final

from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

# How long work may keep the reactor before others have their turn: events, timers, results of threads.
TURN_SECONDS: Final = 0.008
# Work that follows within this is of the same turn. The reactor takes less to read the next request.
PAUSE_SECONDS: Final = 0.0005


class Turns:
    """Does work in the order in which it comes: mostly at once, and a turn later when there is much of it."""

    _log = Logger()

    def __init__(self, clock: IReactorTime) -> None:
        self._clock = clock
        self._waiting: deque[Callable[[], None]] = deque()
        self._goes_on = False  # in a later turn
        self._begun = 0.0
        self._ended = 0.0

    def take(self, work: Callable[[], None]) -> None:
        """Do ``work`` now, or in its turn when what came before has kept the reactor for long."""
        now = self._clock.seconds()
        if now - self._ended > PAUSE_SECONDS:
            self._begun = now
        if self._waiting or now - self._begun > TURN_SECONDS:
            self._waiting.append(work)
            self._go_on_later()
        else:
            self._do(work)

    def _go_on_later(self) -> None:
        if not self._goes_on:
            self._goes_on = True
            self._clock.callLater(0, self._go_on)

    def _go_on(self) -> None:
        self._begun = self._ended = self._clock.seconds()
        while self._waiting and self._ended - self._begun <= TURN_SECONDS:
            self._do(self._waiting.popleft())
        self._goes_on = False
        if self._waiting:
            self._go_on_later()

    def _do(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception:
            self._log.failure("work failed in its turn")
        finally:
            self._ended = self._clock.seconds()
