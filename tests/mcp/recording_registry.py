"""The contracts of the MCP core, as recording fakes: tools without tasks, a daemon without databases."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import attrs
from twisted.internet.defer import CancelledError, Deferred

from gorev.domain.errors import GorevError
from gorev.mcp.host import Attachment, Hello
from gorev.mcp.registry import (
    CallContext,
    Change,
    Completion,
    PromptMessages,
    Registry,
    ResourcePage,
    ToolOutcome,
    UnknownCursor,
    UnknownPrompt,
    UnknownResource,
)

READS = ("oku", "bekle_oku", "inat", "patla", "bozuk", "buyuk", "ilerle", "bloklar")
WRITES = ("yaz", "bekle_yaz", "hata")
ICONS = [{"src": "data:image/png;base64,AAAA"}]
URIS = ("test://one", "test://two", "test://three")
BLOCKS = (
    {"type": "text", "text": "said"},
    {"type": "image", "data": "AAAA", "mimeType": "image/png"},
    {"type": "audio", "data": "AAAA", "mimeType": "audio/wav"},
    {"type": "resource", "resource": {"uri": "test://one", "mimeType": "text/plain", "text": "one", "_meta": {}}},
    {"type": "resource_link", "uri": "test://one", "name": "one", "title": "One", "icons": ICONS},
)


def entry(name: str) -> dict[str, Any]:
    """A ``tools/list`` entry that has every field some revision does not know."""
    read = name in READS
    return {
        "name": name,
        "title": name.title(),
        "description": f"Does {name}.",
        "inputSchema": {"type": "object", "properties": {"metin": {"type": "string"}}},
        "outputSchema": {"type": "object", "properties": {"metin": {"type": "string"}}},
        "annotations": {
            "title": name.title(),
            "readOnlyHint": read,
            "destructiveHint": False,
            "idempotentHint": read,
            "openWorldHint": False,
        },
        "icons": ICONS,
    }


@attrs.define
class RecordingTools:
    """Tools that answer at once, or (``bekle_*``, and ``inat`` even if cancelled) when the test says so.

    ``calls`` lists what was begun; ``waiting`` holds a Deferred for each call that waits, in the order of their begin.
    """

    calls: list[tuple[str, Mapping[str, Any], CallContext]] = attrs.field(factory=list)
    waiting: list[Deferred[None]] = attrs.field(factory=list)
    ended: list[str] = attrs.field(factory=list)

    def instructions(self, language: str) -> str:
        return f"instructions in {language}"

    def tools(self, language: str) -> list[dict[str, Any]]:
        return [entry(name) for name in (*READS, *WRITES)]

    def is_tool(self, name: str) -> bool:
        return name in READS or name in WRITES

    def is_read(self, name: str, arguments: Mapping[str, Any]) -> bool:
        return name in READS

    def repeatable(self) -> list[str]:
        return list(READS)

    async def call(self, name: str, arguments: Mapping[str, Any], context: CallContext) -> ToolOutcome:
        self.calls.append((name, arguments, context))
        if name.startswith("bekle"):
            await self._wait()
        if name == "inat":
            try:
                await self._wait()
            except CancelledError:
                await self._wait()
        self.ended.append(str(arguments.get("metin", name)))
        if name == "patla":
            raise RuntimeError("an inner secret")
        if name == "bozuk":
            return ToolOutcome(text="", structured={"metin": object()})
        if name == "bloklar":
            return ToolOutcome(text="", blocks=BLOCKS)
        if name == "ilerle":
            for step in arguments["adimlar"]:
                context.progress(*step)
        if name == "buyuk":
            return ToolOutcome(text="x" * arguments["boy"], structured={})
        return ToolOutcome(
            text=str(arguments.get("metin", name)),
            structured={"metin": arguments.get("metin")},
            is_error=name == "hata",
        )

    def _wait(self) -> Deferred[None]:
        waiting: Deferred[None] = Deferred()
        self.waiting.append(waiting)
        return waiting

    def failure(self, error: GorevError, language: str) -> ToolOutcome:
        text = f"{error.code} in {language}"
        return ToolOutcome(text=text, structured={"code": error.code, "message": text}, is_error=True)


@attrs.define
class RecordingResources:
    """Three resources on pages of two, in any case, with any fragment. ``error`` is raised if given."""

    error: Exception | None = None
    contexts: list[CallContext] = attrs.field(factory=list)

    async def page(self, cursor: str | None, context: CallContext) -> ResourcePage:
        self._note(context)
        if cursor not in (None, "2"):
            raise UnknownCursor
        shown = URIS[2:] if cursor else URIS[:2]
        return ResourcePage(
            entries=[
                {"uri": uri, "name": uri, "title": "T", "annotations": {"priority": 1.0}, "icons": ICONS, "_meta": {}}
                for uri in shown
            ],
            next_cursor=None if cursor else "2",
        )

    def templates(self, language: str) -> list[dict[str, Any]]:
        return [{"uriTemplate": "test://{id}", "name": "t", "title": f"in {language}", "icons": ICONS}]

    async def read(self, uri: str, context: CallContext) -> list[dict[str, Any]]:
        canonical = await self.identify(uri, context)
        return [{"uri": uri, "mimeType": "text/plain", "text": canonical, "_meta": {}}, {"uri": uri, "blob": "AAAA"}]

    async def identify(self, uri: str, context: CallContext) -> str:
        self._note(context)
        canonical = uri.lower().partition("#")[0]
        if canonical not in URIS:
            raise UnknownResource(uri)
        return canonical

    async def complete(
        self, template: str, argument: str, value: str, given: Mapping[str, str], context: CallContext
    ) -> Completion:
        self._note(context)
        if template != "test://{id}":
            raise UnknownResource(template)
        return Completion(values=[f"{argument} {value} {number} {dict(given)}" for number in range(150)], total=1000)

    def _note(self, context: CallContext) -> None:
        self.contexts.append(context)
        if self.error is not None:
            raise self.error


@attrs.define
class RecordingPrompts:
    """One prompt, which says its arguments in every kind of block."""

    def entries(self, language: str) -> list[dict[str, Any]]:
        argument = {"name": "a", "title": "A", "description": "an argument", "required": True}
        return [
            {"name": "p", "title": "P", "description": f"in {language}", "arguments": [argument], "icons": ICONS},
            {"name": "bare", "description": "takes nothing"},
        ]

    async def get(self, name: str, arguments: Mapping[str, str], context: CallContext) -> PromptMessages:
        if name != "p":
            raise UnknownPrompt(name)
        said = {"type": "text", "text": str(dict(arguments))}
        return PromptMessages(
            description=f"for {context.workspace}",
            messages=[{"role": "user", "content": block} for block in (said, *BLOCKS)],
        )

    async def complete(
        self, name: str, argument: str, value: str, given: Mapping[str, str], context: CallContext
    ) -> Completion:
        if name != "p":
            raise UnknownPrompt(name)
        return Completion(values=[f"{argument}={value}"], total=1)


@attrs.define
class RecordingChanges:
    """Changes that the test tells; ``watched`` lists the workspaces of those who listen."""

    watched: list[Any] = attrs.field(factory=list)
    _heard: list[Callable[[Change], None]] = attrs.field(factory=list)

    def watch(self, workspace: Any, heard: Callable[[Change], None]) -> Callable[[], None]:
        self.watched.append(workspace)
        self._heard.append(heard)

        def stop() -> None:
            self.watched.remove(workspace)
            self._heard.remove(heard)

        return stop

    def tell(self, change: Change) -> None:
        """Let everybody hear of it."""
        for heard in list(self._heard):
            heard(change)


def offered(
    tools: RecordingTools | None = None,
    resources: RecordingResources | None = None,
    changes: RecordingChanges | None = None,
) -> Registry:
    """A registry of recording fakes, new ones where none is given."""
    return Registry(
        tools=tools or RecordingTools(),
        resources=resources or RecordingResources(),
        prompts=RecordingPrompts(),
        changes=changes or RecordingChanges(),
    )


async def attached_at_once(hello: Hello | None) -> Attachment:
    """Attach everyone to a workspace called after the folder that was asked for."""
    path = hello.workspace if hello else "default"
    return Attachment(workspace=path, description={"id": f"id of {path}", "name": "name", "path": path or ""})


@attrs.define
class RecordingHost:
    """A daemon whose ``attach`` is given by the test."""

    attaching: Callable[[Hello | None], Awaitable[Attachment]] = attached_at_once
    hellos: list[Hello | None] = attrs.field(factory=list)
    clients: list[str] = attrs.field(factory=list)
    names: list[str] = attrs.field(factory=list)
    handovers: list[str] = attrs.field(factory=list)
    stays: bool = False

    def language(self, asked: str | None) -> str:
        return asked if asked in ("tr", "en") else "tr"

    async def attach(self, hello: Hello | None) -> Attachment:
        self.hellos.append(hello)
        return await self.attaching(hello)

    async def current(self, workspace: Any) -> Any:
        return workspace

    def connected(self, session: str, client: str) -> int:
        self.clients.append(session)
        self.names.append(client)
        return len(self.clients)

    def disconnected(self, session: str) -> int:
        self.clients.remove(session)
        return len(self.clients)

    async def handover(self, version: str) -> bool:
        self.handovers.append(version)
        return not self.stays
