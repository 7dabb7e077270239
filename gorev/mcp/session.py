"""One MCP conversation without I/O: messages in, answers out, in every revision (``mcp-protocol.md`` §1).

The era is chosen per request and nothing is ever locked (§1.4): ``initialize`` is the legacy handshake and may come
again at any time; a request whose ``_meta`` names a protocol version is modern and validated alone; anything else is a
legacy request. Before a handshake only ``ping`` and the seed's bare form (the method is a tool's name, its params are
the arguments) are served without ``_meta``.

A wire reads bytes with `jsonrpc.read` and hands each message to `Session.handle`. What a request has to tell beside its
answer goes to the `Outlet` that came with it, what the session has to tell to its own.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

import attrs
from twisted.internet.defer import CancelledError, Deferred, DeferredList, succeed
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure

from gorev.mcp import jsonrpc, revisions
from gorev.mcp.jsonrpc import Answer, Batch, Fault, Id, Incoming, Invalid, Message, Notification, Object, Request
from gorev.mcp.methods import METHODS, Call, Methods
from gorev.mcp.outlet import Outlet
from gorev.mcp.progress import ProgressReport
from gorev.mcp.registry import Progress, Registry, unheard

CANCELLED: Final = "notifications/cancelled"
INITIALIZE: Final = "initialize"
LISTEN: Final = "subscriptions/listen"


@attrs.frozen(eq=False)
class _Running:
    """A request that is worked on."""

    id: Id
    answer: Deferred[Answer | None]
    progress: Progress


class Session:
    """The protocol's state for one peer: the negotiated revision, the requests in flight, the order of writes.

    ``workspace`` is awaited by each call of a tool; a `GorevError` from it becomes that call's outcome. ``client`` is
    the assistant's name until it gives one itself. ``identity`` is the connection's UUID. With ``ids_may_repeat``
    several requests of one id may run at once, because their wire tells the answers apart without it.
    """

    log = Logger()

    def __init__(
        self,
        *,
        registry: Registry,
        version: str,
        language: str,
        identity: str,
        workspace: Callable[[], Awaitable[Any]],
        clock: IReactorTime,
        outlet: Outlet,
        client: str = "unknown",
        ids_may_repeat: bool = False,
    ) -> None:
        self._registry = registry
        self._server = {"name": "gorev", "title": "Gorev", "version": version}
        self._language = language
        self._clock = clock
        self._outlet = outlet
        self._client = client
        self._ids_may_repeat = ids_may_repeat
        self._revision: str | None = None
        self._in_flight: dict[Id, list[_Running]] = {}
        self._methods = Methods(
            registry=registry,
            language=language,
            identity=identity,
            workspace=workspace,
            clock=clock,
            outlet=outlet,
        )

    @property
    def revision(self) -> str | None:
        """The one that the last handshake agreed on, None before any."""
        return self._revision

    def handle(self, incoming: Incoming, outlet: Outlet | None = None) -> Deferred[Answer | None]:
        """The answer to ``incoming``; None if it gets none, as a notification or a cancelled request. Never fails.

        What is told of a request before its answer, which is all that is told of a listen, goes to ``outlet``, or to
        that of the session.
        """
        outlet = outlet or self._outlet
        if isinstance(incoming, Batch):
            return self._batch(incoming.items, outlet)
        if isinstance(incoming, Request):
            return self._request(incoming, outlet)
        if isinstance(incoming, Invalid):
            return succeed(jsonrpc.failure(incoming.id, incoming.code, incoming.message))
        if isinstance(incoming, Notification) and incoming.method == CANCELLED:
            self.cancel(incoming.params.get("requestId"))
        return succeed(None)

    def cancel(self, identity: object) -> None:
        """End the request ``identity`` without an answer; nothing happens if none or more than one is meant."""
        # True == 1 as a key, but is no id.
        if not isinstance(identity, int | str) or isinstance(identity, bool):
            return
        meant = self._in_flight.get(identity, [])
        if len(meant) == 1:
            self._abandon(meant[0])

    def end_listens(self) -> None:
        """Answer every open ``subscriptions/listen`` with its result, because the server ends."""
        self._methods.end_listens()

    def close(self) -> None:
        """The peer is gone: cancel all that runs for it, and tell it nothing more."""
        # The latest first, so that the end of one does not start those that wait for it.
        for running in reversed([each for same in self._in_flight.values() for each in same]):
            self._abandon(running)
        self._methods.end()

    def _abandon(self, running: _Running) -> None:
        self._forget(running)
        running.answer.cancel()

    def _forget(self, running: _Running) -> bool:
        """Take a request out of the table, and let it say nothing more; whether it was still there."""
        if isinstance(running.progress, ProgressReport):
            running.progress.end()
        same = self._in_flight.get(running.id, [])
        if running not in same:
            return False
        same.remove(running)
        if not same:
            del self._in_flight[running.id]
        return True

    def _batch(self, items: list[Any], outlet: Outlet) -> Deferred[Answer | None]:
        if self._revision != revisions.BATCHING:
            return succeed(jsonrpc.failure(None, jsonrpc.INVALID_REQUEST, "Batches are not part of this revision"))
        if not 0 < len(items) <= jsonrpc.BATCH_LIMIT:
            text = f"A batch holds 1 to {jsonrpc.BATCH_LIMIT} messages"
            return succeed(jsonrpc.failure(None, jsonrpc.INVALID_REQUEST, text))
        answers = DeferredList([self.handle(_batched(jsonrpc.message(item)), outlet) for item in items])
        return answers.addCallback(lambda results: jsonrpc.together([answer for _, answer in results if answer]))

    def _request(self, request: Request, outlet: Outlet) -> Deferred[Answer | None]:
        if request.id in self._in_flight and not self._ids_may_repeat:
            text = "A request with this id is still being answered"
            return succeed(jsonrpc.failure(request.id, jsonrpc.INVALID_REQUEST, text))
        progress = self._progress(request, outlet)
        answer: Deferred[Answer | None] = Deferred.fromCoroutine(self._answer(request, outlet, progress))
        answer.addErrback(self._failed, request)
        running = _Running(request.id, answer, progress)
        if answer.called:
            self._forget(running)
            return answer
        self._in_flight.setdefault(request.id, []).append(running)
        # A cancelled request is no longer in the table, though its id may be, given to another one.
        return answer.addCallback(lambda given: given if self._forget(running) else None)

    def _progress(self, request: Request, outlet: Outlet) -> Progress:
        """Who hears how far a request is: its sender, if it gave a token for that."""
        meta = request.params.get("_meta")
        token = meta.get("progressToken") if isinstance(meta, dict) else None
        if not isinstance(token, int | str) or isinstance(token, bool):
            return unheard
        modern = isinstance(meta, dict) and revisions.VERSION_KEY in meta
        revision = revisions.MODERN[-1] if modern else self._revision or revisions.NEWEST_LEGACY
        return ProgressReport(self._clock, outlet, token, revision)

    async def _answer(self, request: Request, outlet: Outlet, progress: Progress) -> Answer:
        return jsonrpc.result(request.id, await self._result(request, outlet, progress))

    def _failed(self, failure: Failure, request: Request) -> Answer:
        problem = failure.value
        if isinstance(problem, Fault):
            return jsonrpc.failure(request.id, problem.code, problem.message, problem.data)
        if isinstance(problem, CancelledError):
            return jsonrpc.failure(request.id, jsonrpc.INTERNAL_ERROR, "Cancelled")
        self.log.failure("MCP {method} failed", failure, method=request.method)
        return jsonrpc.failure(request.id, jsonrpc.INTERNAL_ERROR, "Internal error")

    async def _result(self, request: Request, outlet: Outlet, progress: Progress) -> Object:
        meta = request.params.get("_meta", {})
        if not isinstance(meta, dict):
            raise Fault(jsonrpc.INVALID_PARAMS, "params._meta must be an object")
        if request.method == INITIALIZE:
            return self._initialize(request.params)
        modern = revisions.VERSION_KEY in meta
        revision = revisions.check_envelope(meta) if modern else self._revision or revisions.NEWEST_LEGACY
        named = revisions.client_name(meta.get(revisions.CLIENT_KEY)) if modern else None
        call = Call(
            id=request.id,
            params=request.params,
            revision=revision,
            client=named or self._client,
            outlet=outlet,
            progress=progress,
        )
        return await (self._modern(request, call) if modern else self._legacy(request, call))

    def _initialize(self, params: Object) -> Object:
        self._revision = revisions.negotiate(params.get("protocolVersion"))
        self._client = revisions.client_name(params.get("clientInfo")) or self._client
        self._methods.begin_again()
        return {
            "protocolVersion": self._revision,
            "capabilities": revisions.capabilities(self._revision),
            "serverInfo": revisions.sieve(self._server, self._revision),
            "instructions": self._registry.tools.instructions(self._language),
        }

    async def _modern(self, request: Request, call: Call) -> Object:
        method = METHODS.get(request.method)
        if method is None or not method.modern:
            raise _unknown_method(request)
        return revisions.complete(await self._methods.run(method, call), self._server, method.ttl_ms)

    async def _legacy(self, request: Request, call: Call) -> Object:
        if self._registry.tools.is_tool(request.method):
            arguments = {key: value for key, value in request.params.items() if key != "_meta"}
            return await self._methods.run_tool(request.method, arguments, call)
        if self._revision is None and request.method != "ping":
            raise revisions.missing_envelope()
        method = METHODS.get(request.method)
        if method is None or not method.legacy:
            raise _unknown_method(request)
        return await self._methods.run(method, call)


def _batched(message: Message) -> Message:
    """A message of a batch, which knows neither a handshake nor what came with later revisions."""
    if isinstance(message, Request):
        meta = message.params.get("_meta")
        if message.method == INITIALIZE or (isinstance(meta, dict) and revisions.VERSION_KEY in meta):
            text = f"{jsonrpc.brief(message.method)} must not be part of a batch"
            return Invalid(message.id, jsonrpc.INVALID_REQUEST, text)
    return message


def _unknown_method(request: Request) -> Fault:
    return Fault(jsonrpc.METHOD_NOT_FOUND, f"Method not found: {jsonrpc.brief(request.method)}")
