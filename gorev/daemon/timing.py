"""By which clock the daemon's timers go."""

from __future__ import annotations

import time
from typing import Any


def go_by_steady_clock(reactor: Any) -> None:
    """Have ``reactor`` count its seconds by a clock that nobody sets, if no timer of it is running yet.

    Twisted's own goes by the time of day: once that is set back, by hand or by the network's time, nothing that is due
    happens until it is as late again; set forward, every patience ends at once.
    """
    if not reactor.getDelayedCalls():
        reactor.seconds = time.monotonic
