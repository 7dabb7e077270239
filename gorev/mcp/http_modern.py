"""The era without sessions over HTTP (``mcp-protocol.md`` §4, "Modern").

There is only POST, and each stands alone: its headers repeat what its body says, and closing its answer cancels it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from uuid import uuid4
from weakref import WeakKeyDictionary

from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web.server import Request

from gorev.mcp import http_headers, jsonrpc, revisions
from gorev.mcp.event_stream import EventStream
from gorev.mcp.http_exchange import (
    ACCEPTED,
    Caller,
    Exchange,
    not_acceptable,
    posted,
    refuse,
    respond,
)
from gorev.mcp.jsonrpc import Answer, Batch, Fault, Invalid
from gorev.mcp.outlet import Outlet
from gorev.mcp.reception import Service
from gorev.mcp.session import INITIALIZE, LISTEN, Session

LISTENS: Final = 256  # at once, of all clients
MISSING_CAPABILITY: Final = -32021  # MCP 2026-07-28

# The HTTP status of an error; of any other it is 200, as of tools that fail.
STATUS: Final = {
    jsonrpc.PARSE_ERROR: 400,
    jsonrpc.INVALID_REQUEST: 400,
    jsonrpc.INVALID_PARAMS: 400,
    jsonrpc.UNSUPPORTED_VERSION: 400,
    http_headers.HEADER_MISMATCH: 400,
    MISSING_CAPABILITY: 400,
    jsonrpc.METHOD_NOT_FOUND: 404,
}


class ModernEra:
    """Answers the requests of this era."""

    log = Logger()

    def __init__(self, service: Service, watch: Callable[[Deferred[None]], Deferred[None]]) -> None:
        self._service = service
        self._watch = watch
        self._listening: set[Session] = set()
        # Of each HTTP connection: who sends several requests over one of them is the same client.
        self._identities: WeakKeyDictionary[Any, str] = WeakKeyDictionary()

    def stop(self) -> None:
        """Answer every subscription with its result."""
        for session in tuple(self._listening):
            session.end_listens()

    def serve(self, request: Request, caller: Caller) -> None:
        """Answer a request, in time."""
        if request.method != b"POST":
            respond(request, 405, allow="POST")
            return
        accepted = http_headers.accepted(request.requestHeaders)
        incoming = posted(request)
        if isinstance(incoming, Batch):
            incoming = Invalid(None, jsonrpc.INVALID_REQUEST, "Batches are not part of this revision")
        if not accepted.json:
            not_acceptable(request)
        elif isinstance(incoming, Invalid):
            _fail(request, incoming.id, Fault(incoming.code, incoming.message))
        elif not isinstance(incoming, jsonrpc.Request):
            _acknowledge(request)
        elif incoming.method == LISTEN and not accepted.events:
            not_acceptable(request)
        elif incoming.method == LISTEN and len(self._listening) >= LISTENS:
            refuse(request, 503, "There are too many subscriptions", incoming.id)
        else:
            try:
                http_headers.check_modern(request.requestHeaders, incoming)
                _refuse_handshake(incoming)
            except Fault as fault:
                _fail(request, incoming.id, fault)
            else:
                self._answer(request, incoming, caller, takes_events=accepted.events)

    def _answer(self, request: Request, asked: jsonrpc.Request, caller: Caller, *, takes_events: bool) -> None:
        listens = asked.method == LISTEN
        identity = str(uuid4()) if listens else self._identities.setdefault(request.channel, str(uuid4()))
        exchange = Exchange(
            request, takes_events=takes_events, open_events=self._open_events, lost=lambda: session.close()
        )
        session = Session(
            registry=self._service.registry,
            version=self._service.version,
            language=caller.language,
            identity=identity,
            workspace=caller.workspace,
            clock=self._service.clock,
            outlet=exchange.outlet,
        )
        answered = session.handle(asked)
        if listens:
            self._count(session, identity, asked)
            answered.addCallback(self._uncount, session, identity)
        finished = answered.addCallback(_finish, exchange).addErrback(self._failed)
        if not listens:
            self._watch(finished)

    def _count(self, session: Session, identity: str, asked: jsonrpc.Request) -> None:
        self._listening.add(session)
        name = revisions.client_name(asked.params["_meta"].get(revisions.CLIENT_KEY)) or "unknown"
        count = self._service.host.connected(identity, name)
        self.log.info(
            "MCP client {client} ({name}) connected over HTTP, {count} now", client=identity, name=name, count=count
        )

    def _uncount(self, answer: Answer | None, session: Session, identity: str) -> Answer | None:
        self._listening.discard(session)
        count = self._service.host.disconnected(identity)
        self.log.info("MCP client {client} disconnected, {count} now", client=identity, count=count)
        return answer

    def _open_events(self, request: Request, outlet: Outlet) -> EventStream:
        # The exchange hears of a loss itself.
        return EventStream(request, self._service.clock, outlet, lambda _: None)

    def _failed(self, failure: Failure) -> None:
        self.log.failure("An answer over HTTP was lost", failure)


def _acknowledge(request: Request) -> None:
    """Take a notification or an answer, none of which means anything over HTTP in this era."""
    version = http_headers.only(request.requestHeaders, http_headers.VERSION) or ""
    try:
        revisions.check_envelope({revisions.VERSION_KEY: version, revisions.CAPABILITIES_KEY: {}})
    except Fault as fault:
        _fail(request, None, fault)
    else:
        respond(request, ACCEPTED)


def _refuse_handshake(asked: jsonrpc.Request) -> None:
    """The core would take it, as both eras may use one connection; here the headers have chosen.

    :raises Fault: it is one.
    """
    if asked.method == INITIALIZE:
        revisions.check_envelope(asked.params["_meta"])
        raise Fault(jsonrpc.METHOD_NOT_FOUND, f"Method not found: {INITIALIZE}")


def _finish(answer: Answer | None, exchange: Exchange) -> None:
    code = None if answer is None else answer.code
    exchange.finish(answer, 200 if code is None else STATUS.get(code, 200))


def _fail(request: Request, identity: jsonrpc.Id | None, fault: Fault) -> None:
    body = jsonrpc.failure(identity, fault.code, fault.message, fault.data).body
    respond(request, STATUS.get(fault.code, 200), body)
