r"""MCP on a local socket: one JSON-RPC message per ``\n``-terminated line.

Sources: ``lifecycle.md`` §7, ``mcp-protocol.md`` §1.5.

Requests run side by side. Reading stops while a hello is being answered, while `MAX_IN_FLIGHT` messages are handled,
while the peer does not take its answers, and once the daemon drains. At the end of its input a peer still gets the
answers it waits for. On a Unix socket the peer must run as the daemon's user.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from uuid import uuid4

from twisted.internet.defer import Deferred, DeferredList
from twisted.internet.interfaces import IAddress, IHalfCloseableProtocol, IPushProducer
from twisted.internet.protocol import ServerFactory, connectionDone
from twisted.logger import Logger
from twisted.python.failure import Failure
from zope.interface import implementer

from gorev.mcp import jsonrpc
from gorev.mcp.framing import LongLineReceiver
from gorev.mcp.jsonrpc import Answer, Incoming, Invalid
from gorev.mcp.peer import same_user
from gorev.mcp.reception import Reception, Service

MAX_IN_FLIGHT: Final = 64  # messages of one connection


@implementer(IHalfCloseableProtocol, IPushProducer)
class Connection(LongLineReceiver):
    """One client. ``gone`` is called when it is."""

    log = Logger()

    def __init__(self, service: Service, gone: Callable[[Connection], None]) -> None:
        super().__init__()
        self.identity = str(uuid4())
        self._checks_user = service.token is None
        self._reception = Reception(service, self.identity, self.sendLine)
        self._gone = gone
        self._in_flight = 0
        self._idle: list[Deferred[None]] = []
        self._draining = False
        self._backed_up = False
        self._input_ended = False

    def connectionMade(self) -> None:
        if self._checks_user and not self._same_user():
            self.log.warn("MCP client {client} dropped: it runs as another user", client=self.identity)
            self.transport.abortConnection()
        else:
            self.transport.registerProducer(self, True)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self._reception.close()
        self._gone(self)

    def readConnectionLost(self) -> None:
        self._input_ended = True
        self._close_if_done()

    def writeConnectionLost(self) -> None:
        self.transport.abortConnection()

    def pauseProducing(self) -> None:
        """The transport holds more unsent answers than it likes."""
        self._backed_up = True
        self._regulate()

    def resumeProducing(self) -> None:
        """The transport has sent them."""
        self._backed_up = False
        self._regulate()

    def stopProducing(self) -> None:
        """The transport is going; `connectionLost` follows."""

    def lineReceived(self, line: bytes) -> None:
        if line and not line.isspace():
            self._serve(jsonrpc.read(line))

    def lineLengthExceeded(self, line: bytes) -> None:
        self._serve(Invalid(None, jsonrpc.INVALID_REQUEST, f"A line holds at most {self.MAX_LENGTH} bytes"))

    def drain(self) -> Deferred[None]:
        """Read no more; fires when nothing is in flight."""
        self._draining = True
        self._regulate()
        idle: Deferred[None] = Deferred()
        self._idle.append(idle)
        self._tell_if_idle()
        return idle

    def close(self) -> None:
        """End the connection, once what is written was sent; at once if the peer does not read."""
        if self._backed_up:
            self.transport.abortConnection()
        else:
            self._finish()

    def _same_user(self) -> bool:
        try:
            return same_user(self.transport.getHandle())
        except OSError:
            return False

    def _serve(self, incoming: Incoming) -> None:
        self._in_flight += 1
        self._reception.handle(incoming).addCallback(self._send).addErrback(self._lost).addCallback(self._served)
        self._regulate()

    def _send(self, answer: Answer | None) -> None:
        if answer is not None:
            self.sendLine(answer.body)

    def _lost(self, failure: Failure) -> None:
        self.log.failure("An answer to MCP client {client} was lost", failure, client=self.identity)

    def _served(self, _: None) -> None:
        self._in_flight -= 1
        self._tell_if_idle()
        self._close_if_done()
        self._regulate()

    def _tell_if_idle(self) -> None:
        if not self._in_flight:
            idle, self._idle = self._idle, []
            for waiting in idle:
                waiting.callback(None)

    def _close_if_done(self) -> None:
        if self._input_ended and not self._in_flight:
            self._finish()

    def _finish(self) -> None:
        if not self.transport.disconnecting:
            # A Twisted transport with a paused producer never ends closing.
            self.transport.unregisterProducer()
            self.transport.loseConnection()

    def _regulate(self) -> None:
        """Read if nothing speaks against it."""
        hold = self._draining or self._backed_up or self._in_flight >= MAX_IN_FLIGHT or self._reception.attaching
        if hold == self.paused:
            return
        self.paused = hold
        if self.transport.disconnecting:
            return
        if hold:
            self.transport.pauseProducing()
        else:
            self.transport.resumeProducing()
            self.dataReceived(b"")


class LineFactory(ServerFactory):
    """Accepts the daemon's MCP clients and ends them all at its stop."""

    noisy = False

    def __init__(self, service: Service) -> None:
        self._service = service
        self._connections: set[Connection] = set()
        self._draining = False
        self._closing: list[Deferred[None]] = []

    def buildProtocol(self, addr: IAddress | None) -> Connection | None:
        """A new client's connection; None, which drops it, once the daemon drains."""
        if self._draining:
            return None
        connection = Connection(self._service, self._gone)
        self._connections.add(connection)
        return connection

    def drain(self) -> Deferred[None]:
        """Take no more requests; fires when those in flight are answered, or at once if cancelled."""
        self._draining = True
        draining = [connection.drain() for connection in self._connections]
        return DeferredList(draining, consumeErrors=True).addCallback(lambda _: None)

    def close_all(self) -> Deferred[None]:
        """End every connection, with the requests that still run; fires when all are gone."""
        self._draining = True
        closed: Deferred[None] = Deferred()
        self._closing.append(closed)
        for connection in tuple(self._connections):
            connection.close()
        self._tell_if_closed()
        return closed

    def _gone(self, connection: Connection) -> None:
        self._connections.discard(connection)
        self._tell_if_closed()

    def _tell_if_closed(self) -> None:
        if not self._connections:
            closing, self._closing = self._closing, []
            for closed in closing:
                closed.callback(None)
