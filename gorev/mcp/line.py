r"""MCP on a local socket: one JSON-RPC message per ``\n``-terminated line.

Sources: ``lifecycle.md`` §7, ``mcp-protocol.md`` §1.5.

Up to `MAX_RUNNING` requests run side by side, not counting listens, which last; the next ones wait for their turn, and
so that any of them can still be cancelled, reading goes on meanwhile. It stops while a hello is being answered, while
`MAX_WAITING` requests or `MAX_WAITING_BYTES` wait, while the peer does not take its answers, and once the daemon drains
(for a bridge, when it has ended its side). At the end of its input a peer still gets the answers it waits for. On a
Unix socket the peer must run as the daemon's user.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Final
from uuid import uuid4

from twisted.internet.defer import Deferred, DeferredList
from twisted.internet.interfaces import IAddress, IDelayedCall, IHalfCloseableProtocol, IPushProducer
from twisted.internet.protocol import ServerFactory, connectionDone
from twisted.logger import Logger
from twisted.python.failure import Failure
from zope.interface import implementer

from gorev.mcp import jsonrpc
from gorev.mcp.framing import LongLineReceiver
from gorev.mcp.jsonrpc import Answer, Batch, Id, Incoming, Invalid, Notification, Request
from gorev.mcp.peer import same_user
from gorev.mcp.reception import Reception, Service
from gorev.mcp.session import CANCELLED, INITIALIZE, LISTEN

# Of one connection:
MAX_RUNNING: Final = 64
MAX_WAITING: Final = 1024
MAX_WAITING_BYTES: Final = 16 * 1024 * 1024
HANG_UP_SECONDS: Final = 2.0  # for a bridge to end its side when the daemon ends


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
        self._running = 0  # requests, or batches of them
        self._open = 0  # these and the listens
        self._waiting: deque[tuple[Request | Batch, int]] = deque()  # with the bytes of each
        self._waiting_bytes = 0
        self._starting = False
        self._turns = service.turns
        self._in_turn = False  # the next request is due
        self._idle: list[Deferred[None]] = []
        self._clock = service.clock
        self._patience: IDelayedCall | None = None
        self._deaf = False  # nothing more is read
        self._backed_up = False
        self._input_ended = False

    def connectionMade(self) -> None:
        if self._checks_user and not self._same_user():
            self.log.warn("MCP client {client} dropped: it runs as another user", client=self.identity)
            self.transport.abortConnection()
        else:
            self.transport.registerProducer(self, True)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self._deaf = True
        self._waiting.clear()
        self._reception.close()
        self._stop_patience()
        self._tell_if_idle()
        self._gone(self)

    def readConnectionLost(self) -> None:
        self._input_ended = True
        self._reception.end_listens()
        self._tell_if_done()

    def writeConnectionLost(self) -> None:
        self.transport.abortConnection()

    def pauseProducing(self) -> None:
        """The transport holds more unsent answers than it likes."""
        self._backed_up = True
        self._reception.outlet.pause()
        self._regulate()

    def resumeProducing(self) -> None:
        """The transport has sent them."""
        self._backed_up = False
        self._reception.outlet.resume()
        self._start_waiting()
        self._regulate()

    def stopProducing(self) -> None:
        """The transport is going; `connectionLost` follows."""

    def lineReceived(self, line: bytes) -> None:
        if line and not line.isspace():
            self._take(jsonrpc.read(line), len(line))
            self._regulate()

    def lineLengthExceeded(self, line: bytes) -> None:
        self._serve(Invalid(None, jsonrpc.INVALID_REQUEST, f"A line holds at most {self.MAX_LENGTH} bytes"))

    def drain(self) -> Deferred[None]:
        """Read no more, of a bridge no more than it has sent by now; fires when all that was read is answered."""
        idle: Deferred[None] = Deferred()
        self._idle.append(idle)
        if self._reception.announce_end():
            self._patience = self._clock.callLater(HANG_UP_SECONDS, self._read_no_more)
        else:
            self._deaf = True
            self._regulate()
        self._reception.end_listens()
        self._tell_if_idle()
        return idle

    def _stop_patience(self) -> None:
        if self._patience is not None and self._patience.active():
            self._patience.cancel()

    def _read_no_more(self) -> None:
        self._deaf = True
        self._regulate()
        self._tell_if_idle()

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

    def _take(self, incoming: Incoming, size: int) -> None:
        """Serve a message of this many bytes, now or in its turn."""
        if isinstance(incoming, Notification) and incoming.method == CANCELLED:
            self._give_up(incoming.params.get("requestId"))
        if not isinstance(incoming, Request | Batch) or _lasts(incoming):
            self._serve(incoming)
        else:
            self._waiting.append((incoming, size))
            self._waiting_bytes += size
            self._start_waiting()

    def _give_up(self, identity: object) -> None:
        """Forget the waiting requests of an id; those that run are the session's to cancel."""
        kept: deque[tuple[Request | Batch, int]] = deque()
        for request, size in self._waiting:
            if isinstance(request, Request) and _is_id(identity, request.id) and request.method != INITIALIZE:
                self._waiting_bytes -= size
            else:
                kept.append((request, size))
        self._waiting = kept

    def _run(self, request: Request | Batch) -> None:
        self._running += 1
        self._serve(request).addCallback(self._ran)

    def _ran(self, _: None) -> None:
        self._running -= 1
        self._start_waiting()
        self._regulate()

    def _start_waiting(self) -> None:
        """Run what may run now, in a loop: many requests that are answered at once must not become a deep stack."""
        if self._starting:
            return
        self._starting = True
        try:
            while not self._in_turn and self._may_start():
                self._in_turn = True
                self._turns.take(self._start_next)
        finally:
            self._starting = False
        self._tell_if_done()

    def _may_start(self) -> bool:
        return bool(self._waiting) and self._running < MAX_RUNNING and not self._backed_up

    def _start_next(self) -> None:
        self._in_turn = False
        if self._may_start():
            request, size = self._waiting.popleft()
            self._waiting_bytes -= size
            self._run(request)
        self._start_waiting()

    def _serve(self, incoming: Incoming) -> Deferred[None]:
        self._open += 1
        served = self._reception.handle(incoming).addCallback(self._send).addErrback(self._lost)
        return served.addCallback(self._served)

    def _send(self, answer: Answer | None) -> None:
        if answer is not None:
            self.sendLine(answer.body)

    def _lost(self, failure: Failure) -> None:
        self.log.failure("An answer to MCP client {client} was lost", failure, client=self.identity)

    def _served(self, _: None) -> None:
        self._open -= 1
        self._tell_if_done()
        self._regulate()

    @property
    def _done(self) -> bool:
        """Whether everything that was read is answered."""
        return not self._open and not self._waiting

    def _tell_if_done(self) -> None:
        self._tell_if_idle()
        self._close_if_done()

    def _tell_if_idle(self) -> None:
        if self._done and (self._deaf or self._input_ended):
            self._stop_patience()
            idle, self._idle = self._idle, []
            for waiting in idle:
                waiting.callback(None)

    def _close_if_done(self) -> None:
        if self._input_ended and self._done:
            self._finish()

    def _finish(self) -> None:
        if not self.transport.disconnecting:
            # A Twisted transport with a paused producer never ends closing.
            self.transport.unregisterProducer()
            self.transport.loseConnection()

    def _regulate(self) -> None:
        """Read if nothing speaks against it."""
        full = len(self._waiting) >= MAX_WAITING or self._waiting_bytes >= MAX_WAITING_BYTES
        hold = self._deaf or self._backed_up or full or self._reception.attaching
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


def _lasts(incoming: Request | Batch) -> bool:
    """Whether it is a listen, which takes no place of those that are answered soon."""
    return isinstance(incoming, Request) and incoming.method == LISTEN


def _is_id(given: object, identity: Id) -> bool:
    """Whether the id in a notification's parameters means this one; ``1``, ``"1"`` and ``true`` differ."""
    return type(given) is type(identity) and given == identity


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
