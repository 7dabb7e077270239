"""A session of the MCP core without a wire, and what came out of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from gorev.mcp import jsonrpc
from gorev.mcp.outlet import Outlet
from gorev.mcp.session import Session
from tests.mcp.recording_registry import RecordingChanges, RecordingResources, RecordingTools, offered

LEGACY = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"]
MODERN = "2026-07-28"
ENVELOPE = {
    "io.modelcontextprotocol/protocolVersion": MODERN,
    "io.modelcontextprotocol/clientCapabilities": {},
    "io.modelcontextprotocol/clientInfo": {"name": "modern", "version": "1"},
}


class Conversation:
    """A session and what it answered, in order; ``told`` are the notifications that went to its outlet."""

    def __init__(self, workspace: Callable[[], Any] = lambda: "workspace") -> None:
        async def attached() -> Any:
            attached = workspace()
            return await attached if isinstance(attached, Deferred) else attached

        self.registry = RecordingTools()
        self.resources = RecordingResources()
        self.changes = RecordingChanges()
        self.clock = Clock()
        self.told: list[Any] = []
        self.outlet = Outlet(lambda body: self.told.append(json.loads(body)))
        self.session = Session(
            registry=offered(self.registry, self.resources, self.changes),
            version="1.2.3",
            language="tr",
            identity="session",
            workspace=attached,
            clock=self.clock,
            outlet=self.outlet,
            client="hello",
        )
        self.answers: list[Any] = []

    def send(self, data: bytes | dict[str, Any] | list[Any]) -> list[Any]:
        """Send a message; what has been answered since the last call."""
        body = data if isinstance(data, bytes) else json.dumps(data).encode()
        self.session.handle(jsonrpc.read(body)).addCallback(self._keep)
        return self.take()

    def take(self) -> list[Any]:
        """What has been answered since the last call."""
        answers, self.answers = self.answers, []
        return answers

    def ask(self, method: str, params: dict[str, Any] | None = None, identity: int | str = 1) -> Any:
        """The one answer to a request."""
        (answer,) = self.begin(method, params, identity)
        return answer

    def begin(self, method: str, params: dict[str, Any] | None = None, identity: int | str = 1) -> list[Any]:
        """Send a request; what has been answered by now."""
        return self.send({"jsonrpc": "2.0", "id": identity, "method": method, "params": params or {}})

    def tell(self, method: str, **params: Any) -> list[Any]:
        """Send a notification."""
        return self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def call(self, name: str, identity: int | str = 1, **arguments: Any) -> list[Any]:
        """Begin the call of a tool."""
        return self.begin("tools/call", {"name": name, "arguments": arguments}, identity)

    def initialize(self, version: str = "2025-11-25") -> Any:
        """Shake hands as a client of ``version``."""
        params = {"protocolVersion": version, "capabilities": {}, "clientInfo": {"name": "legacy", "version": "1"}}
        return self.ask("initialize", params, "init")["result"]

    def _keep(self, answer: jsonrpc.Answer | None) -> None:
        if answer is not None:
            self.answers.append(json.loads(answer.body))


def legacy(version: str = "2025-11-25") -> Conversation:
    conversation = Conversation()
    conversation.initialize(version)
    return conversation


def modern(**params: Any) -> dict[str, Any]:
    return {**params, "_meta": ENVELOPE}


def code_of(answer: Any) -> int:
    code: int = answer["error"]["code"]
    return code
