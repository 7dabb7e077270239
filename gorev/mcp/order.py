"""The order of one connection's calls (``architecture.md`` §6)."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from typing import TypeVar

from twisted.internet.defer import Deferred

T = TypeVar("T")


class CallOrder:
    """Runs reads side by side and writes one after the other; no call starts before an earlier write has ended."""

    def __init__(self) -> None:
        self._writing = False
        self._advancing = False
        self._waiting: deque[Deferred[None]] = deque()

    async def run(self, call: Callable[[], Awaitable[T]], *, read: bool) -> T:
        """Await ``call()`` when it is its turn. Cancelling gives up the place in the queue, or cancels the call."""
        if self._writing or self._waiting:
            turn: Deferred[None] = Deferred()
            self._waiting.append(turn)
            await turn
        if read:
            return await call()
        self._writing = True
        try:
            return await call()
        finally:
            self._writing = False
            self._advance()

    def _advance(self) -> None:
        """Start whoever may start now, in a loop: a queue of calls that end at once must not become a deep stack."""
        if self._advancing:
            return
        self._advancing = True
        try:
            while self._waiting and not self._writing:
                # A turn that was given up is cancelled and takes no notice.
                self._waiting.popleft().callback(None)
        finally:
            self._advancing = False
