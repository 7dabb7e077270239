r"""Server-sent events as the answer to an HTTP request (WHATWG HTML §9.2; ``mcp-protocol.md`` §4).

A message is one event: ``event: message\r\ndata: {...}\r\n\r\n``, with an ``id:`` before it where it can be asked for
again. A comment every `PING_SECONDS` keeps the connection open and shows when it is not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from twisted.internet.interfaces import IPushProducer, IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web.server import Request
from zope.interface import implementer

from gorev.mcp.outlet import Outlet

PING_SECONDS: Final = 15.0
# A client that has read nothing for so long is dropped. What waits for it meanwhile is bounded: its outlet is paused.
STALLED_SECONDS: Final = 60.0

HEADERS: Final[Mapping[str, str]] = {
    "Content-Type": "text/event-stream",
    "Cache-Control": "no-cache, no-transform",
    "X-Accel-Buffering": "no",
}


@implementer(IPushProducer)
class EventStream:
    """The answer to ``request``, from now on.

    ``outlet`` is paused while the client does not read. ``lost`` is called when the client is gone; what is sent after
    it, or after the `end`, is dropped.
    """

    log = Logger()

    def __init__(
        self, request: Request, clock: IReactorTime, outlet: Outlet, lost: Callable[[EventStream], None]
    ) -> None:
        self._request = request
        self._clock = clock
        self._outlet = outlet
        self._lost = lost
        self._is_open = True
        self._stalled_since: float | None = None
        for name, value in HEADERS.items():
            request.setHeader(name, value)
        request.notifyFinish().addErrback(self._disconnected)
        self._ping = clock.callLater(PING_SECONDS, self._send_ping)
        request.registerProducer(self, True)
        request.write(b"")  # the head must not wait for the first event

    @property
    def is_stalled(self) -> bool:
        """Whether the client does not take what it was sent."""
        return self._stalled_since is not None

    def send(self, message: bytes, identity: str | None = None) -> None:
        """Send ``message``, which is one line; ``identity`` is its event's id."""
        label = b"" if identity is None else b"id: " + identity.encode() + b"\r\n"
        self._write(label + b"event: message\r\ndata: " + message + b"\r\n\r\n")

    def prime(self, identity: str) -> None:
        """Tell the client where it stands, by an event without content (revision 2025-11-25)."""
        self._write(b"id: " + identity.encode() + b"\r\ndata: \r\n\r\n")

    def end(self) -> None:
        """That was all."""
        if not self._is_open:
            return
        self._close()
        # The loss of a client is told to one after the other, and who heard of it first may have come here.
        if self._request.channel is not None:
            self._request.unregisterProducer()
            self._request.finish()

    def pauseProducing(self) -> None:
        """The client takes less than it is sent."""
        self._stalled_since = self._clock.seconds()
        self._outlet.pause()

    def resumeProducing(self) -> None:
        """The client has taken it."""
        self._stalled_since = None
        if self._is_open:
            self._outlet.resume()

    def stopProducing(self) -> None:
        """The connection is going; `_disconnected` follows."""

    def _write(self, content: bytes) -> None:
        if self._is_open:
            self._request.write(content)

    def _send_ping(self) -> None:
        self._ping = self._clock.callLater(PING_SECONDS, self._send_ping)
        if self._stalled_since is None:
            self._write(b": ping\r\n\r\n")
        elif self._clock.seconds() - self._stalled_since >= STALLED_SECONDS:
            self.log.warn("An event stream is dropped: its client reads nothing")
            cast("Any", self._request).channel.transport.abortConnection()

    def _disconnected(self, _: Failure) -> None:
        if self._is_open:
            self._close()
            self._lost(self)

    def _close(self) -> None:
        self._is_open = False
        if self._ping.active():
            self._ping.cancel()
