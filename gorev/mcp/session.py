"""One MCP conversation without I/O: messages in, answers out, in every revision (``mcp-protocol.md`` §1).

The era is chosen per request and nothing is ever locked (§1.4): ``initialize`` is the legacy handshake and may come
again at any time; a request whose ``_meta`` names a protocol version is modern and validated alone; anything else is a
legacy request. Before a handshake only ``ping`` and the seed's bare form (the method is a tool's name, its params are
the arguments) are served without ``_meta``.

A wire reads bytes with `jsonrpc.read` and hands each message to `Session.handle`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

import attrs
from twisted.internet.defer import CancelledError, Deferred, DeferredList, succeed
from twisted.logger import Logger
from twisted.python.failure import Failure

from gorev.domain.errors import GorevError
from gorev.mcp import jsonrpc, revisions
from gorev.mcp.jsonrpc import Answer, Batch, Fault, Id, Incoming, Invalid, Message, Notification, Object, Request
from gorev.mcp.order import CallOrder
from gorev.mcp.registry import CallContext, Registry, ToolOutcome

CAPABILITIES: Final = {"tools": {"listChanged": True}}
LISTS_TTL_MS: Final = 300_000  # lists change with an upgrade only


@attrs.frozen(kw_only=True)
class Call:
    """A request as its handler sees it. ``client`` is the assistant's name; ``meta`` may hold a ``progressToken``."""

    params: Object
    meta: Object
    revision: str
    client: str


@attrs.frozen(kw_only=True)
class Method:
    """A row of the dispatch table: who handles the method, in which eras it exists, how long its result keeps."""

    handle: Callable[[Session, Call], Awaitable[Object]]
    legacy: bool = True
    modern: bool = True
    ttl_ms: int | None = None  # given for the methods whose modern result needs cache hints


class Session:
    """The protocol's state for one peer: the negotiated revision, the requests in flight, the order of writes.

    ``workspace`` is awaited by each call of a tool; a `GorevError` from it becomes that call's outcome. ``client`` is
    the assistant's name until it gives one itself. ``identity`` is the connection's UUID.
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
        client: str = "unknown",
    ) -> None:
        self._registry = registry
        self._server = {"name": "gorev", "title": "Gorev", "version": version}
        self._language = language
        self._identity = identity
        self._workspace = workspace
        self._client = client
        self._revision: str | None = None
        self._in_flight: dict[Id, Deferred[Answer | None]] = {}
        self._order = CallOrder()

    def handle(self, incoming: Incoming) -> Deferred[Answer | None]:
        """The answer to ``incoming``; None if it gets none, as a notification or a cancelled request. Never fails."""
        if isinstance(incoming, Batch):
            return self._batch(incoming.items)
        if isinstance(incoming, Request):
            return self._request(incoming)
        if isinstance(incoming, Invalid):
            return succeed(jsonrpc.failure(incoming.id, incoming.code, incoming.message))
        if isinstance(incoming, Notification) and incoming.method == "notifications/cancelled":
            self.cancel(incoming.params.get("requestId"))
        return succeed(None)

    def cancel(self, identity: object) -> None:
        """End the request ``identity`` without an answer; nothing happens if there is none."""
        # True == 1 as a key, but is no id.
        if not isinstance(identity, int | str) or isinstance(identity, bool):
            return
        running = self._in_flight.pop(identity, None)
        if running is not None:
            running.cancel()

    def close(self) -> None:
        """The peer is gone: cancel all that runs for it."""
        # The latest first, so that the end of one does not start those that wait for it.
        for identity in reversed(list(self._in_flight)):
            self.cancel(identity)

    def _batch(self, items: list[Any]) -> Deferred[Answer | None]:
        if self._revision != revisions.BATCHING:
            return succeed(jsonrpc.failure(None, jsonrpc.INVALID_REQUEST, "Batches are not part of this revision"))
        if not 0 < len(items) <= jsonrpc.BATCH_LIMIT:
            text = f"A batch holds 1 to {jsonrpc.BATCH_LIMIT} messages"
            return succeed(jsonrpc.failure(None, jsonrpc.INVALID_REQUEST, text))
        answers = DeferredList([self.handle(_batched(jsonrpc.message(item))) for item in items])
        return answers.addCallback(lambda results: jsonrpc.together([answer for _, answer in results if answer]))

    def _request(self, request: Request) -> Deferred[Answer | None]:
        if request.id in self._in_flight:
            text = "A request with this id is still being answered"
            return succeed(jsonrpc.failure(request.id, jsonrpc.INVALID_REQUEST, text))
        running: Deferred[Answer | None] = Deferred.fromCoroutine(self._answer(request))
        running.addErrback(self._failed, request)
        if running.called:
            return running
        self._in_flight[request.id] = running

        def ended(answer: Answer | None) -> Answer | None:
            # A cancelled request is no longer in the table, though its id may be, given to another one.
            if self._in_flight.get(request.id) is not running:
                return None
            del self._in_flight[request.id]
            return answer

        return running.addCallback(ended)

    async def _answer(self, request: Request) -> Answer:
        return jsonrpc.result(request.id, await self._result(request))

    def _failed(self, failure: Failure, request: Request) -> Answer:
        problem = failure.value
        if isinstance(problem, Fault):
            return jsonrpc.failure(request.id, problem.code, problem.message, problem.data)
        if isinstance(problem, CancelledError):
            return jsonrpc.failure(request.id, jsonrpc.INTERNAL_ERROR, "Cancelled")
        self.log.failure("MCP {method} failed", failure, method=request.method)
        return jsonrpc.failure(request.id, jsonrpc.INTERNAL_ERROR, "Internal error")

    async def _result(self, request: Request) -> Object:
        meta = request.params.get("_meta", {})
        if not isinstance(meta, dict):
            raise Fault(jsonrpc.INVALID_PARAMS, "params._meta must be an object")
        if request.method == "initialize":
            return self._initialize(request.params)
        if revisions.VERSION_KEY in meta:
            return await self._modern(request, meta)
        return await self._legacy(request, meta)

    def _initialize(self, params: Object) -> Object:
        self._revision = revisions.negotiate(params.get("protocolVersion"))
        self._client = revisions.client_name(params.get("clientInfo")) or self._client
        return {
            "protocolVersion": self._revision,
            "capabilities": CAPABILITIES,
            "serverInfo": revisions.sieve(self._server, self._revision),
            "instructions": self._registry.instructions(self._language),
        }

    async def _modern(self, request: Request, meta: Object) -> Object:
        revision = revisions.check_envelope(meta)
        method = METHODS.get(request.method)
        if method is None or not method.modern:
            raise _unknown_method(request)
        client = revisions.client_name(meta.get(revisions.CLIENT_KEY)) or self._client
        call = Call(params=request.params, meta=meta, revision=revision, client=client)
        return revisions.complete(await method.handle(self, call), self._server, method.ttl_ms)

    async def _legacy(self, request: Request, meta: Object) -> Object:
        revision = self._revision or revisions.NEWEST_LEGACY
        call = Call(params=request.params, meta=meta, revision=revision, client=self._client)
        if self._registry.is_tool(request.method):
            arguments = {key: value for key, value in request.params.items() if key != "_meta"}
            return await self._run(request.method, arguments, call)
        if self._revision is None and request.method != "ping":
            raise revisions.missing_envelope()
        method = METHODS.get(request.method)
        if method is None or not method.legacy:
            raise _unknown_method(request)
        return await method.handle(self, call)

    async def _ping(self, call: Call) -> Object:
        return {}

    async def _discover(self, call: Call) -> Object:
        return {
            "supportedVersions": list(revisions.MODERN),
            "capabilities": CAPABILITIES,
            "instructions": self._registry.instructions(self._language),
        }

    async def _list_tools(self, call: Call) -> Object:
        # There is one page, whose cursor is none or empty; no other was ever given out.
        if call.params.get("cursor") not in (None, ""):
            raise Fault(jsonrpc.INVALID_PARAMS, "Unknown cursor")
        return {"tools": [revisions.sieve(tool, call.revision) for tool in self._registry.tools(self._language)]}

    async def _call_tool(self, call: Call) -> Object:
        name, arguments = call.params.get("name"), call.params.get("arguments")
        if not isinstance(name, str):
            raise Fault(jsonrpc.INVALID_PARAMS, "params.name must be a string")
        if not isinstance(arguments, dict | None):
            raise Fault(jsonrpc.INVALID_PARAMS, "params.arguments must be an object")
        if not self._registry.is_tool(name):
            raise Fault(jsonrpc.INVALID_PARAMS, f"Unknown tool: {jsonrpc.brief(name)}")
        return await self._run(name, arguments or {}, call)

    async def _run(self, name: str, arguments: Object, call: Call) -> Object:
        async def outcome() -> ToolOutcome:
            try:
                workspace = await self._workspace()
            except GorevError as error:
                return self._registry.failure(error, self._language)
            context = CallContext(
                workspace=workspace, language=self._language, client=call.client, session=self._identity
            )
            return await self._registry.call(name, arguments, context)

        read = self._registry.is_read(name, arguments)
        return revisions.tool_result(await self._order.run(outcome, read=read), call.revision)


METHODS: Final = {
    "ping": Method(handle=Session._ping, modern=False),
    "server/discover": Method(handle=Session._discover, legacy=False, ttl_ms=LISTS_TTL_MS),
    "tools/list": Method(handle=Session._list_tools, ttl_ms=LISTS_TTL_MS),
    "tools/call": Method(handle=Session._call_tool),
}


def _batched(message: Message) -> Message:
    if isinstance(message, Request) and message.method == "initialize":
        return Invalid(message.id, jsonrpc.INVALID_REQUEST, "initialize must not be part of a batch")
    return message


def _unknown_method(request: Request) -> Fault:
    return Fault(jsonrpc.METHOD_NOT_FOUND, f"Method not found: {jsonrpc.brief(request.method)}")
