"""The reactor with a clock that the test moves."""

from __future__ import annotations

from typing import Any

from twisted.internet.task import Clock


class ClockedReactor:
    """The reactor, threads and all, but with the time of a clock."""

    def __init__(self, clock: Clock) -> None:
        self.seconds = clock.seconds
        self.callLater = clock.callLater

    def __getattr__(self, name: str) -> Any:
        from twisted.internet import reactor

        return getattr(reactor, name)
