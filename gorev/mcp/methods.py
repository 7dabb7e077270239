"""What each method but the handshake does: the rows of `METHODS`, and one `Methods` per session that they work on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import attrs
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime

from gorev.domain.errors import GorevError
from gorev.mcp import jsonrpc, params, revisions
from gorev.mcp.jsonrpc import INTERNAL_ERROR, INVALID_PARAMS, INVALID_REQUEST, Fault, Id, Object
from gorev.mcp.order import CallOrder
from gorev.mcp.outlet import Outlet
from gorev.mcp.registry import (
    COMPLETIONS_SHOWN,
    CallContext,
    Completion,
    Listing,
    Progress,
    Registry,
    ToolOutcome,
    UnknownCursor,
    UnknownPrompt,
    UnknownResource,
)
from gorev.mcp.subscriptions import URI_LIMIT, Feed, LegacySubscriptions

LISTS_TTL_MS: Final = 300_000  # lists of what comes with the program change with an upgrade only
TASKS_TTL_MS: Final = 0
MAX_LISTENS: Final = 64  # open at once in one session

# Errors that are not the caller's (rest-api.md §2).
_OURS: Final = frozenset({"workspace_unavailable", "busy", "shutting_down", "io_error", "cancelled", "internal_error"})


@attrs.frozen(kw_only=True)
class Call:
    """A request as its handler sees it. ``client`` is the assistant's name; ``outlet`` takes what it has to tell."""

    id: Id
    params: Object
    revision: str
    client: str
    outlet: Outlet
    progress: Progress

    @property
    def modern(self) -> bool:
        """Whether it belongs to the revision without a handshake."""
        return revisions.is_modern(self.revision)


class Methods:
    """Everything that is asked in one session."""

    def __init__(
        self,
        *,
        registry: Registry,
        language: str,
        identity: str,
        workspace: Callable[[], Awaitable[Any]],
        clock: IReactorTime,
        outlet: Outlet,
    ) -> None:
        self._registry = registry
        self._language = language
        self._identity = identity
        self._workspace = workspace
        self._clock = clock
        self._order = CallOrder()
        self._legacy = LegacySubscriptions(clock, outlet, registry.changes)
        self._listens: set[Deferred[None]] = set()

    def begin_again(self) -> None:
        """Forget what a legacy peer subscribed to: it shakes hands anew."""
        self._legacy.end()

    def end_listens(self) -> None:
        """End every open stream as its peer expects it, with a result."""
        for listen in list(self._listens):
            if not listen.called:
                listen.callback(None)

    def end(self) -> None:
        """The peer is gone; its requests were cancelled."""
        self._legacy.end()

    async def run(self, method: Method, call: Call) -> Object:
        """The result of a request.

        :raises Fault: it is answered with an error.
        """
        try:
            return await method.handle(self, call)
        except UnknownResource as unknown:
            code = INVALID_PARAMS if call.modern else revisions.RESOURCE_NOT_FOUND
            raise Fault(code, "Resource not found", {"uri": jsonrpc.brief(unknown.uri)}) from None
        except UnknownPrompt as unknown:
            raise Fault(INVALID_PARAMS, f"Unknown prompt: {jsonrpc.brief(unknown.name)}") from None
        except UnknownCursor:
            raise Fault(INVALID_PARAMS, "Unknown cursor") from None
        except GorevError as error:
            told = self._registry.tools.failure(error, self._language)
            code = INTERNAL_ERROR if error.code in _OURS else INVALID_PARAMS
            raise Fault(code, told.text, dict(told.structured)) from None

    async def ping(self, call: Call) -> Object:
        """Say that somebody is there."""
        return {}

    async def discover(self, call: Call) -> Object:
        """What is offered, without a handshake."""
        return {
            "supportedVersions": list(revisions.MODERN),
            "capabilities": revisions.capabilities(call.revision),
            "instructions": self._registry.tools.instructions(self._language),
        }

    async def list_tools(self, call: Call) -> Object:
        """All tools, on one page."""
        params.only_page(call.params)
        self._listed(call, Listing.TOOLS)
        return {"tools": [revisions.tool(each, call.revision) for each in self._registry.tools.tools(self._language)]}

    async def call_tool(self, call: Call) -> Object:
        """Call one."""
        name, arguments = params.required(call.params, "name"), call.params.get("arguments")
        if not isinstance(arguments, dict | None):
            raise Fault(INVALID_PARAMS, "params.arguments must be an object")
        if not self._registry.tools.is_tool(name):
            raise Fault(INVALID_PARAMS, f"Unknown tool: {jsonrpc.brief(name)}")
        return await self.run_tool(name, arguments or {}, call)

    async def run_tool(self, name: str, arguments: Object, call: Call) -> Object:
        """The result of a tool that exists, in its turn."""
        tools = self._registry.tools

        async def outcome() -> ToolOutcome:
            try:
                context = await self._context(call)
            except GorevError as error:
                return tools.failure(error, self._language)
            return await tools.call(name, arguments, context)

        read = tools.is_read(name, arguments)
        return revisions.tool_result(await self._order.run(outcome, read=read), call.revision)

    async def list_resources(self, call: Call) -> Object:
        """One page of them."""
        cursor = params.cursor(call.params)

        async def page(context: CallContext) -> Object:
            found = await self._registry.resources.page(cursor, context)
            self._listed(call, Listing.RESOURCES, context.workspace)
            result: Object = {"resources": [revisions.sieve(each, call.revision) for each in found.entries]}
            return result if found.next_cursor is None else result | {"nextCursor": found.next_cursor}

        return await self._read(call, page)

    async def list_templates(self, call: Call) -> Object:
        """All templates of URIs, on one page."""
        params.only_page(call.params)
        templates = self._registry.resources.templates(self._language)
        return {"resourceTemplates": [revisions.sieve(each, call.revision) for each in templates]}

    async def read_resource(self, call: Call) -> Object:
        """What a resource is now."""
        uri = params.required(call.params, "uri")

        async def contents(context: CallContext) -> Object:
            found = await self._registry.resources.read(uri, context)
            return {"contents": [revisions.sieve(each, call.revision) for each in found]}

        return await self._read(call, contents)

    async def subscribe(self, call: Call) -> Object:
        """Tell of each change of a resource from now on."""
        uri = params.required(call.params, "uri")
        if len(uri) > URI_LIMIT:
            raise UnknownResource(uri)
        context = await self._context(call)
        canonical = await self._registry.resources.identify(uri, context)
        self._legacy.subscribe(uri, canonical, context.workspace)
        return {}

    async def unsubscribe(self, call: Call) -> Object:
        """Tell of it no more; nothing happens if that was so already."""
        self._legacy.unsubscribe(params.required(call.params, "uri"))
        return {}

    async def listen(self, call: Call) -> Object:
        """Tell of what is asked for, until the peer cancels this or the session ends it."""
        wishes = params.wishes(call.params)
        if len(self._listens) >= MAX_LISTENS:
            raise Fault(INVALID_REQUEST, f"At most {MAX_LISTENS} subscriptions can be open")
        meta = {revisions.SUBSCRIPTION_KEY: call.id}
        feed = Feed(self._clock, call.outlet, meta)
        ended: Deferred[None] = Deferred()
        # Known from the beginning: it may be told to end while the workspace is still being opened.
        self._listens.add(ended)
        stop: Callable[[], None] | None = None
        try:
            workspace, canonical = await self._identified(call, wishes)
            for listing in wishes.listings:
                feed.want_list(listing)
            for uri, own in canonical.items():
                feed.want(uri, own)
            stop = self._registry.changes.watch(workspace, feed.heard)
            if not ended.called:
                acknowledged = {"notifications": wishes.granted(canonical), "_meta": meta}
                call.outlet.send(jsonrpc.notification("notifications/subscriptions/acknowledged", acknowledged))
            await ended
        finally:
            self._listens.discard(ended)
            if stop is not None:
                stop()
            feed.end()
        return {"_meta": meta}

    async def list_prompts(self, call: Call) -> Object:
        """All prompts, on one page."""
        params.only_page(call.params)
        self._listed(call, Listing.PROMPTS)
        entries = self._registry.prompts.entries(self._language)
        return {"prompts": [revisions.prompt(each, call.revision) for each in entries]}

    async def get_prompt(self, call: Call) -> Object:
        """A prompt, filled in."""
        name = params.required(call.params, "name")
        arguments = params.texts(call.params.get("arguments"), "params.arguments")

        async def messages(context: CallContext) -> Object:
            got = await self._registry.prompts.get(name, arguments, context)
            told = [each | {"content": revisions.block(each["content"], call.revision)} for each in got.messages]
            return {"description": got.description, "messages": told}

        return await self._read(call, messages)

    async def complete(self, call: Call) -> Object:
        """Values for an argument of a prompt or a variable of a template."""
        asked = params.typed(call.params)
        source: Callable[[str, str, str, Mapping[str, str], CallContext], Awaitable[Completion]]
        source = self._registry.prompts.complete if asked.is_prompt else self._registry.resources.complete

        async def completion(context: CallContext) -> Object:
            return {"completion": _completion(await source(asked.of, asked.name, asked.value, asked.given, context))}

        return await self._read(call, completion)

    async def _context(self, call: Call) -> CallContext:
        return CallContext(
            workspace=await self._workspace(),
            language=self._language,
            client=call.client,
            session=self._identity,
            progress=call.progress,
        )

    async def _read(self, call: Call, read: Callable[[CallContext], Awaitable[Object]]) -> Object:
        """Read what this connection's earlier writes have left."""

        async def reading() -> Object:
            return await read(await self._context(call))

        return await self._order.run(reading, read=True)

    def _listed(self, call: Call, listing: Listing, workspace: Any = None) -> None:
        if not call.modern:
            self._legacy.listed(listing, workspace)

    async def _identified(self, call: Call, wishes: params.Wishes) -> tuple[Any, dict[str, str]]:
        """The workspace, and of the wished resources those that there are, with their canonical URIs.

        Without a workspace there are none, but lists of what comes with the program can still be listened for.
        """
        if not wishes.uris and Listing.RESOURCES not in wishes.listings:
            return None, {}
        try:
            context = await self._context(call)
        except GorevError:
            return None, {}
        canonical = {}
        for uri in wishes.uris:
            try:
                canonical[uri] = await self._registry.resources.identify(uri, context)
            except (UnknownResource, GorevError):
                continue
        return context.workspace, canonical


@attrs.frozen(kw_only=True)
class Method:
    """A row of the dispatch table: who handles the method, in which eras it exists, how long its result keeps."""

    handle: Callable[[Methods, Call], Awaitable[Object]]
    legacy: bool = True
    modern: bool = True
    ttl_ms: int | None = None  # given for the methods whose modern result needs cache hints


METHODS: Final[Mapping[str, Method]] = {
    "ping": Method(handle=Methods.ping, modern=False),
    "server/discover": Method(handle=Methods.discover, legacy=False, ttl_ms=LISTS_TTL_MS),
    "tools/list": Method(handle=Methods.list_tools, ttl_ms=LISTS_TTL_MS),
    "tools/call": Method(handle=Methods.call_tool),
    "resources/list": Method(handle=Methods.list_resources, ttl_ms=TASKS_TTL_MS),
    "resources/templates/list": Method(handle=Methods.list_templates, ttl_ms=LISTS_TTL_MS),
    "resources/read": Method(handle=Methods.read_resource, ttl_ms=TASKS_TTL_MS),
    "resources/subscribe": Method(handle=Methods.subscribe, modern=False),
    "resources/unsubscribe": Method(handle=Methods.unsubscribe, modern=False),
    "subscriptions/listen": Method(handle=Methods.listen, legacy=False),
    "prompts/list": Method(handle=Methods.list_prompts, ttl_ms=LISTS_TTL_MS),
    "prompts/get": Method(handle=Methods.get_prompt),
    "completion/complete": Method(handle=Methods.complete),
}


def _completion(found: Completion) -> Object:
    values = list(found.values[:COMPLETIONS_SHOWN])
    total = max(found.total, len(found.values))
    return {"values": values, "total": total, "hasMore": total > len(values)}
