"""Which part of its life the daemon is in, for those who must answer for it."""

from __future__ import annotations

import enum
import os
import time
from collections.abc import Callable
from typing import TypedDict

import attrs

from gorev import __version__


class Phase(enum.Enum):
    """Parts of a life, in order."""

    STARTING = "starting"
    SERVING = "serving"
    STOPPING = "stopping"


class HealthDocument(TypedDict):
    """The body of ``GET /api/health`` (``rest-api.md`` §3.1)."""

    status: str
    version: str
    uptime: str
    uptime_seconds: float
    pid: int
    time: int
    daemon_url: str


@attrs.define
class Lifecycle:
    """The daemon's phase, moved on by the services that begin and end it, asked by everybody else.

    ``instance`` is this process's random id, the one in the lock file. ``port`` is that of HTTP, 0 until it listens.
    """

    instance: str
    phase: Phase = Phase.STARTING
    port: int = 0
    _monotonic: Callable[[], float] = time.monotonic
    _begun: float = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._begun = self._monotonic()

    @property
    def stopping(self) -> bool:
        """Whether the daemon takes no new work."""
        return self.phase is Phase.STOPPING

    @property
    def url(self) -> str:
        """Where clients reach HTTP."""
        return f"http://localhost:{self.port}"

    def serve(self, port: int) -> None:
        """Every wire answers, HTTP on ``port``."""
        self.port = port
        self.phase = Phase.SERVING

    def stop(self) -> None:
        """The end has begun."""
        self.phase = Phase.STOPPING

    def health(self) -> tuple[int, HealthDocument]:
        """HTTP status and body of ``GET /api/health``: 503 once the end has begun."""
        uptime_seconds = self._monotonic() - self._begun
        document: HealthDocument = {
            "status": "shutting_down" if self.stopping else "healthy",
            "version": __version__,
            "uptime": duration_text(uptime_seconds),
            "uptime_seconds": round(uptime_seconds, 3),
            "pid": os.getpid(),
            "time": int(time.time()),
            "daemon_url": self.url,
        }
        return (503 if self.stopping else 200), document


def duration_text(seconds: float) -> str:
    """Whole seconds as ``45s``, ``3m0s`` or ``50h0m1s``: leading zero units are left out (``rest-api.md`` §3.1)."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}h{minutes}m{rest}s"
    return f"{minutes}m{rest}s" if minutes else f"{rest}s"
