"""One POST to ``/mcp`` and its answer: JSON, unless something is to be told first; then all of it is events."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final, Protocol

import attrs
from twisted.python.failure import Failure
from twisted.web.server import Request

from gorev.mcp import jsonrpc
from gorev.mcp.jsonrpc import Answer, Incoming
from gorev.mcp.outlet import Outlet

ACCEPTED: Final = 202


@attrs.frozen(kw_only=True)
class Caller:
    """Who asks: ``address`` is what follows ``/mcp``, ``workspace`` is awaited by each call of a tool."""

    address: str | None
    language: str
    workspace: Callable[[], Awaitable[Any]]


class Events(Protocol):
    """A sequence of messages to a client; it may go on where the connection ends."""

    def send(self, message: bytes) -> None:
        """One more."""

    def end(self) -> None:
        """That was all."""


class Exchange:
    """A POST that is being answered.

    ``outlet`` takes what is told before the answer; it is paused for a client that takes no events. ``open_events``
    makes the request's answer one of events. ``lost`` is called if the client goes before the answer.
    """

    def __init__(
        self,
        request: Request,
        *,
        takes_events: bool,
        open_events: Callable[[Request, Outlet], Events],
        lost: Callable[[], None],
    ) -> None:
        self.outlet = Outlet(self._tell, paused=not takes_events)
        self._request = request
        self._open_events = open_events
        self._lost = lost
        self._events: Events | None = None
        self._is_gone = False
        request.notifyFinish().addErrback(self._disconnected)

    def finish(self, answer: Answer | None, status: int = 200) -> None:
        """Answer, with this status if nothing was told before; None is no answer."""
        if self._events is not None:
            if answer is not None:
                self._events.send(answer.body)
            self._events.end()
        elif not self._is_gone:
            if answer is None:
                respond(self._request, ACCEPTED)
            else:
                respond(self._request, status, answer.body)

    def _tell(self, message: bytes) -> None:
        if self._events is None:
            if self._is_gone:
                return
            self._events = self._open_events(self._request, self.outlet)
        self._events.send(message)

    def _disconnected(self, _: Failure) -> None:
        self._is_gone = True
        self._lost()


def posted(request: Request) -> Incoming:
    """What a body says."""
    return jsonrpc.read(request.content.read() if request.content else b"")


def respond(request: Request, status: int, body: bytes = b"", allow: str | None = None) -> None:
    """Answer a request with JSON, or with nothing."""
    request.setResponseCode(status)
    request.setHeader("Cache-Control", "no-store")
    if allow is not None:
        request.setHeader("Allow", allow)
    if body:
        request.setHeader("Content-Type", "application/json")
    request.setHeader("Content-Length", str(len(body)))
    request.write(body)
    request.finish()


def refuse(request: Request, status: int, message: str, identity: jsonrpc.Id | None = None) -> None:
    """Answer with an error of the transport."""
    respond(request, status, jsonrpc.failure(identity, jsonrpc.INVALID_REQUEST, message).body)


def not_acceptable(request: Request) -> None:
    """Answer one who takes no answer that there could be."""
    refuse(request, 406, "The client must accept application/json and text/event-stream")
