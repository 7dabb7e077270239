"""The era with sessions over HTTP (``mcp-protocol.md`` §4, "Legacy").

POST sends a message, and ``initialize`` gets a session's id with its answer; GET opens the stream of what the daemon
says by itself; DELETE ends the session.
"""

from __future__ import annotations

from collections.abc import Callable

from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web.server import Request

from gorev.mcp import http_headers, jsonrpc, revisions
from gorev.mcp.http_exchange import Caller, Exchange, not_acceptable, posted, refuse, respond
from gorev.mcp.http_sessions import HttpSession, HttpSessions
from gorev.mcp.jsonrpc import Answer, Batch, Incoming, Invalid
from gorev.mcp.reception import Service
from gorev.mcp.session import INITIALIZE


class LegacyEra:
    """Answers the requests of this era."""

    log = Logger()

    def __init__(self, service: Service, watch: Callable[[Deferred[None]], Deferred[None]]) -> None:
        self._watch = watch
        self._sessions = HttpSessions(service)

    def stop(self) -> None:
        """End the streams."""
        self._sessions.disconnect()

    def close(self) -> None:
        """End the sessions."""
        self._sessions.end_all()

    def serve(self, request: Request, caller: Caller) -> None:
        """Answer a request, in time."""
        given = http_headers.only(request.requestHeaders, http_headers.SESSION)
        session = None if given is None else self._sessions.find(given, caller.address)
        if request.method == b"POST":
            self._serve_message(request, caller, session)
        elif request.method not in (b"GET", b"DELETE"):
            respond(request, 405, allow="GET, POST, DELETE")
        elif session is None:
            _no_session(request)
        elif request.method == b"DELETE":
            self._sessions.end(session)
            respond(request, 204)
        elif not http_headers.accepted(request.requestHeaders).events:
            not_acceptable(request)
        else:
            session.listen(request, http_headers.only(request.requestHeaders, http_headers.LAST_EVENT))

    def _serve_message(self, request: Request, caller: Caller, session: HttpSession | None) -> None:
        accepted = http_headers.accepted(request.requestHeaders)
        incoming = posted(request)
        asked = incoming if isinstance(incoming, jsonrpc.Request) else None
        if not accepted.json:
            not_acceptable(request)
        elif isinstance(incoming, Invalid):
            respond(request, 400, jsonrpc.failure(incoming.id, incoming.code, incoming.message).body)
        elif asked is not None and _is_modern(asked):
            text = "The body names a revision that the header MCP-Protocol-Version does not"
            respond(request, 400, jsonrpc.failure(asked.id, http_headers.HEADER_MISMATCH, text).body)
        elif session is not None:
            self._answer(request, incoming, session, takes_events=accepted.events)
        elif asked is not None and asked.method == INITIALIZE:
            self._begin(request, asked, caller, takes_events=accepted.events)
        else:
            _no_session(request, None if asked is None else asked.id)

    def _begin(self, request: Request, initialize: jsonrpc.Request, caller: Caller, *, takes_events: bool) -> None:
        session = self._sessions.open(caller)
        if session is None:
            request.setHeader("Retry-After", "60")
            refuse(request, 503, "There are too many sessions", initialize.id)
            return

        def begun(answered: tuple[Exchange, Answer | None]) -> None:
            exchange, answer = answered
            if answer is None or answer.code is not None:
                session.close()
            else:
                self._sessions.keep(session, initialize)
                request.setHeader(http_headers.SESSION, session.id)
            exchange.finish(answer)

        handled = session.post(request, initialize, takes_events=takes_events)
        self._watch(handled.addCallback(begun).addErrback(self._failed))

    def _answer(self, request: Request, incoming: Incoming, session: HttpSession, *, takes_events: bool) -> None:
        def finish(answered: tuple[Exchange, Answer | None]) -> None:
            exchange, answer = answered
            refused = isinstance(incoming, Batch) and answer is not None and answer.code is not None
            exchange.finish(answer, 400 if refused else 200)

        handled = session.post(request, incoming, takes_events=takes_events)
        self._watch(handled.addCallback(finish).addErrback(self._failed))

    def _failed(self, failure: Failure) -> None:
        self.log.failure("An answer over HTTP was lost", failure)


def _is_modern(asked: jsonrpc.Request) -> bool:
    meta = asked.params.get("_meta")
    return isinstance(meta, dict) and revisions.VERSION_KEY in meta


def _no_session(request: Request, identity: jsonrpc.Id | None = None) -> None:
    if request.requestHeaders.hasHeader(http_headers.SESSION):
        refuse(request, 404, "There is no such session; begin with initialize", identity)
    else:
        refuse(request, 400, "The header Mcp-Session-Id is missing; begin with initialize", identity)
