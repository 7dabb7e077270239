"""How far a request is, told while it runs (``mcp-protocol.md`` §1.5.9)."""

from __future__ import annotations

from typing import Final

from twisted.internet.interfaces import IReactorTime

from gorev.mcp import jsonrpc, revisions
from gorev.mcp.outlet import Outlet

PAUSE_SECONDS: Final = 0.02  # between two notifications of one request


class ProgressReport:
    """The progress of one request, told under its ``token``: ever further, not too often, and never after its end."""

    def __init__(self, clock: IReactorTime, outlet: Outlet, token: int | str, revision: str) -> None:
        self._clock = clock
        self._outlet = outlet
        self._token = token
        self._revision = revision
        self._done = float("-inf")
        self._silent_until = float("-inf")
        self._ended = False

    def __call__(self, done: float, total: float | None = None, message: str | None = None) -> None:
        """As `registry.Progress`."""
        now = self._clock.seconds()
        if self._ended or self._outlet.paused or done <= self._done or now < self._silent_until:
            return
        self._done = done
        self._silent_until = now + PAUSE_SECONDS
        params: jsonrpc.Object = {"progressToken": self._token, "progress": done}
        if total is not None:
            params["total"] = total
        if message is not None:
            params["message"] = message
        self._outlet.send(jsonrpc.notification("notifications/progress", revisions.progress(params, self._revision)))

    def end(self) -> None:
        """The request is answered, or will never be."""
        self._ended = True
