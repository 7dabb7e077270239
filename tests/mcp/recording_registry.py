"""The two contracts of the MCP core, as recording fakes: tools without tasks, a daemon without databases."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import attrs
from twisted.internet.defer import CancelledError, Deferred

from gorev.domain.errors import GorevError
from gorev.mcp.host import Attachment, Hello
from gorev.mcp.registry import CallContext, ToolOutcome

READS = ("oku", "bekle_oku", "inat", "patla", "bozuk", "buyuk")
WRITES = ("yaz", "bekle_yaz", "hata")


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
        "icons": [{"src": "data:image/png;base64,AAAA"}],
    }


@attrs.define
class RecordingRegistry:
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

    def language(self, asked: str | None) -> str:
        return asked if asked in ("tr", "en") else "tr"

    async def attach(self, hello: Hello | None) -> Attachment:
        self.hellos.append(hello)
        return await self.attaching(hello)

    def connected(self, session: str, client: str) -> int:
        self.clients.append(session)
        self.names.append(client)
        return len(self.clients)

    def disconnected(self, session: str) -> int:
        self.clients.remove(session)
        return len(self.clients)

    def handover(self, version: str) -> None:
        self.handovers.append(version)
