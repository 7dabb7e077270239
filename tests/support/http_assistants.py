"""Plain clients of ``/mcp`` over sockets, one per era, and readers of server-sent events."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import urlsplit

import attrs

from tests.support.running_daemon import PATIENCE_SECONDS, Response, RunningDaemon

ACCEPT: Final = "application/json, text/event-stream"
MODERN: Final = "2026-07-28"
META: Final = {
    "io.modelcontextprotocol/protocolVersion": MODERN,
    "io.modelcontextprotocol/clientCapabilities": {},
    "io.modelcontextprotocol/clientInfo": {"name": "modern-client", "version": "1"},
}
NAMED: Final = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}


@attrs.define
class Events:
    """A stream of messages."""

    _response: http.client.HTTPResponse

    def read(self) -> Any:
        """The next message; None at the end of the stream."""
        while line := self._response.readline():
            name, _, value = line.decode().rstrip("\r\n").partition(": ")
            if name == "data" and value:
                return json.loads(value)
        return None

    def rest(self) -> list[Any]:
        """All messages until the end."""
        return list(iter(self.read, None))


@attrs.frozen
class HttpAssistant:
    """A client of one era, of whatever workspace its address and headers name."""

    daemon: RunningDaemon
    path: str = "/mcp"
    headers: Mapping[str, str] = attrs.Factory(dict)

    def legacy(self, version: str = "2025-11-25") -> HttpAssistant:
        """The same one, in a session."""
        params = {"protocolVersion": version, "capabilities": {}, "clientInfo": {"name": "old-client", "version": "1"}}
        answer = self.post({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params})
        assert answer.status == 200, answer.content
        return attrs.evolve(self, headers={**self.headers, "Mcp-Session-Id": answer.headers["mcp-session-id"]})

    def post(self, message: Any, **headers: str) -> Response:
        """Send a message."""
        return self.daemon.request("POST", self.path, message, self._sent(headers))

    def request(self, method: str, params: Mapping[str, Any] | None = None) -> Response:
        """A JSON-RPC request of this client's era."""
        message, headers = self._message(method, dict(params or {}))
        return self.daemon.request("POST", self.path, message, headers)

    def call(self, tool: str, **arguments: Any) -> Any:
        """The result of a tool."""
        answer = self.request("tools/call", {"name": tool, "arguments": arguments}).json
        return answer["result"]

    @contextmanager
    def stream(self) -> Iterator[Events]:
        """The standing stream of a session."""
        with self._open("GET", None, self._sent({"Accept": "text/event-stream"})) as events:
            yield events

    @contextmanager
    def asking(self, method: str, params: Mapping[str, Any]) -> Iterator[Events]:
        """A request that is answered with events."""
        message, headers = self._message(method, dict(params))
        with self._open("POST", message, {**headers, "Content-Type": "application/json"}) as events:
            yield events

    @contextmanager
    def _open(self, method: str, message: Any, headers: Mapping[str, str]) -> Iterator[Events]:
        parts = urlsplit(self.daemon.url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE_SECONDS)
        try:
            connection.request(method, self.path, None if message is None else json.dumps(message), dict(headers))
            response = connection.getresponse()
            assert response.status == 200, response.read()
            assert response.headers["Content-Type"] == "text/event-stream"
            yield Events(response)
        finally:
            connection.close()

    def _sent(self, headers: Mapping[str, str]) -> dict[str, str]:
        return {"Accept": ACCEPT, "Accept-Language": "en", **self.headers, **headers}

    def _message(self, method: str, params: dict[str, Any]) -> tuple[Any, dict[str, str]]:
        headers = self._sent({})
        if "Mcp-Session-Id" not in headers:
            params = {"_meta": META, **params}
            headers |= {"MCP-Protocol-Version": MODERN, "Mcp-Method": method}
            if method in NAMED:
                headers["Mcp-Name"] = params[NAMED[method]]
        return {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}, headers
