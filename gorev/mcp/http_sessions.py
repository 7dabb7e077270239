"""Clients with sessions, over HTTP (``mcp-protocol.md`` §4, "Legacy").

A session has an unguessable id. Its standing stream carries what is not the answer to anything. A lost connection
cancels nothing: events have ids, and a GET with ``Last-Event-ID`` goes on with the stream which that event was of. A
session that nobody uses expires.
"""

from __future__ import annotations

import re
import secrets
from collections import deque
from collections.abc import Callable
from typing import Final
from uuid import uuid4

import attrs
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger
from twisted.web.server import Request

from gorev.mcp import jsonrpc, revisions
from gorev.mcp.event_stream import EventStream
from gorev.mcp.http_exchange import Caller, Exchange, refuse
from gorev.mcp.jsonrpc import Answer, Incoming
from gorev.mcp.outlet import Outlet
from gorev.mcp.reception import Service
from gorev.mcp.session import Session

SESSIONS: Final = 256
IDLE_SECONDS: Final = 30 * 60.0
# What a session keeps for those that lost a connection.
KEPT_EVENTS: Final = 128
KEPT_BYTES: Final = 256 * 1024
STANDING: Final = 0
PRIMED_SINCE: Final = "2025-11-25"

_EVENT_ID: Final = re.compile(r"(\d{1,18})-(\d{1,18})")


@attrs.frozen
class Event:
    """A message of a stream; ``number`` rises through the whole session."""

    stream: int
    number: int
    message: bytes

    @property
    def identity(self) -> str:
        """The event's id, which names its stream."""
        return f"{self.stream}-{self.number}"


class History:
    """The last events of a session's streams."""

    def __init__(self) -> None:
        self._events: deque[Event] = deque()
        self._bytes = 0
        self._last = 0

    def add(self, stream: int, message: bytes) -> Event:
        """Number a message, and keep it if it is not too long."""
        self._last += 1
        event = Event(stream, self._last, message)
        if message and len(message) <= KEPT_BYTES:
            self._events.append(event)
            self._bytes += len(message)
        while len(self._events) > KEPT_EVENTS or self._bytes > KEPT_BYTES:
            self._bytes -= len(self._events.popleft().message)
        return event

    def after(self, stream: int, number: int) -> list[Event]:
        """What is still kept of a stream's events after a number."""
        return [event for event in self._events if event.stream == stream and event.number > number]


class ResumableStream:
    """A sequence of events that may outlive the connection which it is written to."""

    def __init__(self, number: int, history: History, outlet: Outlet, ended: Callable[[int], None]) -> None:
        self._number = number
        self._history = history
        self._outlet = outlet
        self._ended = ended
        self._connection: EventStream | None = None

    @property
    def is_connected(self) -> bool:
        """Whether a client reads it."""
        return self._connection is not None

    def connect(self, request: Request, clock: IReactorTime, after: int | None = None, *, prime: bool = False) -> None:
        """Answer ``request`` with the stream, from after an event on; whoever reads it now is ended."""
        self.disconnect()
        connection = EventStream(request, clock, self._outlet, self._lost)
        if prime:
            connection.prime(self._history.add(self._number, b"").identity)
        for event in [] if after is None else self._history.after(self._number, after):
            connection.send(event.message, event.identity)
        self._connection = connection
        if not connection.is_stalled:
            self._outlet.resume()

    def disconnect(self) -> None:
        """End the connection, not the stream."""
        connection, self._connection = self._connection, None
        if connection is not None:
            self._outlet.pause()
            connection.end()

    def send(self, message: bytes) -> None:
        """One more."""
        event = self._history.add(self._number, message)
        if self._connection is not None:
            self._connection.send(message, event.identity)

    def end(self) -> None:
        """That was all."""
        self.disconnect()
        self._ended(self._number)

    def _lost(self, connection: EventStream) -> None:
        if self._connection is connection:
            self._connection = None
            self._outlet.pause()


class HttpSession:
    """One client; ``caller`` is who began it. ``expired`` is called when nobody has used it for long."""

    log = Logger()

    def __init__(self, service: Service, caller: Caller, expired: Callable[[HttpSession], None]) -> None:
        self.id = secrets.token_urlsafe(32)
        self.address = caller.address
        self.used_at = service.clock.seconds()
        self._service = service
        self._clock = service.clock
        self._expired = expired
        self._identity = str(uuid4())
        self._history = History()
        self._in_flight = 0
        self._last_stream = STANDING
        outlet = Outlet(self._tell, paused=True)
        self._standing = ResumableStream(STANDING, self._history, outlet, lambda _: None)
        self._streams: dict[int, ResumableStream] = {}
        self._is_counted = False
        self._session = Session(
            registry=service.registry,
            version=service.version,
            language=caller.language,
            identity=self._identity,
            workspace=caller.workspace,
            clock=service.clock,
            outlet=outlet,
            ids_may_repeat=True,
        )
        self._expiry: IDelayedCall = self._clock.callLater(IDLE_SECONDS, self._expire)

    @property
    def is_busy(self) -> bool:
        """Whether its client listens to it or waits for it."""
        return self._in_flight > 0 or self._standing.is_connected

    def opened(self, initialize: jsonrpc.Request) -> None:
        """The handshake has gone well."""
        self._is_counted = True
        name = revisions.client_name(initialize.params.get("clientInfo")) or "unknown"
        count = self._service.host.connected(self._identity, name)
        self.log.info(
            "MCP client {client} ({name}) connected over HTTP, {count} now",
            client=self._identity,
            name=name,
            count=count,
        )

    def post(
        self, request: Request, incoming: Incoming, *, takes_events: bool
    ) -> Deferred[tuple[Exchange, Answer | None]]:
        """Handle a message; fires with its exchange, still to be finished, and the answer."""
        self._use()
        self._in_flight += 1
        exchange = Exchange(
            request, takes_events=takes_events, open_events=self._open_stream, lost=lambda: exchange.outlet.pause()
        )

        def handled(answer: Answer | None) -> tuple[Exchange, Answer | None]:
            self._in_flight -= 1
            self._use()
            return exchange, answer

        return self._session.handle(incoming, exchange.outlet).addCallback(handled)

    def listen(self, request: Request, last_event: str | None) -> None:
        """Answer a GET with the standing stream, or with the one that ``last_event`` was of."""
        self._use()
        if last_event is None:
            if self._standing.is_connected:
                refuse(request, 409, "This session's stream is open already")
            else:
                prime = (self._session.revision or "") >= PRIMED_SINCE
                self._standing.connect(request, self._clock, prime=prime)
            return
        known = _EVENT_ID.fullmatch(last_event)
        if known is None:
            refuse(request, 400, "Last-Event-ID is none of this session's")
            return
        number, after = int(known[1]), int(known[2])
        stream = self._standing if number == STANDING else self._streams.get(number)
        if stream is not None:
            stream.connect(request, self._clock, after)
        else:
            outlet = Outlet(lambda _: None)
            ended = ResumableStream(number, self._history, outlet, lambda _: None)
            ended.connect(request, self._clock, after)
            ended.end()

    def disconnect(self) -> None:
        """End the standing stream's connection, and what would never end by itself."""
        self._standing.disconnect()
        self._session.end_listens()

    def close(self) -> None:
        """End the session, with all that runs for it."""
        if self._expiry.active():
            self._expiry.cancel()
        self._session.close()
        self._standing.disconnect()
        for stream in tuple(self._streams.values()):
            stream.end()
        if self._is_counted:
            count = self._service.host.disconnected(self._identity)
            self.log.info("MCP client {client} disconnected, {count} now", client=self._identity, count=count)

    def _use(self) -> None:
        self.used_at = self._clock.seconds()
        if self._expiry.active():
            self._expiry.reset(IDLE_SECONDS)

    def _expire(self) -> None:
        if self.is_busy:
            self._expiry = self._clock.callLater(IDLE_SECONDS, self._expire)
        else:
            self._expired(self)

    def _tell(self, message: bytes) -> None:
        self._standing.send(message)

    def _open_stream(self, request: Request, outlet: Outlet) -> ResumableStream:
        self._last_stream += 1
        stream = ResumableStream(self._last_stream, self._history, outlet, self._forget)
        self._streams[self._last_stream] = stream
        stream.connect(request, self._clock)
        return stream

    def _forget(self, number: int) -> None:
        self._streams.pop(number, None)


class HttpSessions:
    """The sessions that there are, by id: at most `SESSIONS`, of which the one unused for longest makes room."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._sessions: dict[str, HttpSession] = {}

    def open(self, caller: Caller) -> HttpSession | None:
        """A new session; None if there are too many."""
        if len(self._sessions) >= SESSIONS and not self._make_room():
            return None
        return HttpSession(self._service, caller, self.end)

    def keep(self, session: HttpSession, initialize: jsonrpc.Request) -> None:
        """Its handshake has gone well: from now on it is found."""
        self._sessions[session.id] = session
        session.opened(initialize)

    def find(self, identity: str, address: str | None) -> HttpSession | None:
        """The session of an id, if it was begun at this address."""
        session = self._sessions.get(identity)
        return session if session is not None and session.address == address else None

    def end(self, session: HttpSession) -> None:
        """End a session."""
        if self._sessions.pop(session.id, None) is not None:
            session.close()

    def end_all(self) -> None:
        """End every session."""
        for session in tuple(self._sessions.values()):
            self.end(session)

    def disconnect(self) -> None:
        """End all streams."""
        for session in self._sessions.values():
            session.disconnect()

    def _make_room(self) -> bool:
        idle = [session for session in self._sessions.values() if not session.is_busy]
        if idle:
            self.end(min(idle, key=lambda session: session.used_at))
        return bool(idle)
