"""``/mcp`` in memory: clients that write requests as bytes and read answers, stall or hang up, under a test's clock."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

import attrs
from twisted.internet.address import IPv4Address
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionDone
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from twisted.web.resource import Resource
from twisted.web.server import Site

from gorev.domain.errors import GorevError, WorkspaceNotFound
from gorev.mcp.http_resource import McpResource
from gorev.mcp.jsonrpc import Object
from gorev.mcp.reception import Service
from gorev.mcp.registry import CallContext, Registry, ToolOutcome
from tests.conformance.fixture_registry import FixturePrompts, FixtureResources, Watchers
from tests.mcp.recording_registry import RecordingHost

MODERN: Final = "2026-07-28"
META: Final = {
    "io.modelcontextprotocol/protocolVersion": MODERN,
    "io.modelcontextprotocol/clientCapabilities": {},
    "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
}
BOTH: Final = "application/json, text/event-stream"


@attrs.define(eq=False)
class HeldTools:
    """``now`` answers at once; ``later`` when the test says so. ``contexts`` and ``held`` list the calls begun."""

    contexts: list[CallContext] = attrs.Factory(list)
    held: list[Deferred[None]] = attrs.Factory(list)
    cancelled: int = 0

    def instructions(self, language: str) -> str:
        """Says in which language."""
        return f"instructions in {language}"

    def tools(self, language: str) -> list[Object]:
        """Both."""
        return [{"name": name, "inputSchema": {"type": "object"}} for name in ("now", "later")]

    def is_tool(self, name: str) -> bool:
        """Whether it is one of them."""
        return name in ("now", "later")

    def is_read(self, name: str, arguments: Mapping[str, Any]) -> bool:
        """None waits for another."""
        return True

    def repeatable(self) -> list[str]:
        """None."""
        return []

    async def call(self, name: str, arguments: Mapping[str, Any], context: CallContext) -> ToolOutcome:
        """Answer with the arguments."""
        self.contexts.append(context)
        if name == "later":
            held: Deferred[None] = Deferred(self._cancelled)
            self.held.append(held)
            await held
        return ToolOutcome(text=json.dumps(dict(arguments)), structured=dict(arguments))

    def failure(self, error: GorevError, language: str) -> ToolOutcome:
        """The code alone."""
        return ToolOutcome(text=error.code, structured={"code": error.code}, is_error=True)

    def _cancelled(self, _: Deferred[None]) -> None:
        self.cancelled += 1


class SmallTransport(StringTransport):
    """One whose buffer is full after ``capacity`` bytes, of which the peer reads none."""

    def __init__(self, capacity: int) -> None:
        super().__init__()
        self._left = capacity

    def write(self, data: bytes) -> None:
        """Keep the bytes, and tell the producer once when they are too many."""
        super().write(data)
        was_left, self._left = self._left, self._left - len(data)
        if was_left > 0 >= self._left and self.producer is not None:
            self.producer.pauseProducing()

    def writeSequence(self, iovec: Iterable[bytes]) -> None:
        """As one `write`."""
        self.write(b"".join(iovec))


@attrs.frozen
class Event:
    """A server-sent event; ``data`` is None for one that primes."""

    id: str | None
    data: Any


@attrs.define(eq=False)
class Client:
    """One connection with one request on it."""

    transport: StringTransport
    _protocol: Any
    _answer: bytes = b""

    @property
    def status(self) -> int | None:
        """The answer's status, None before its head."""
        head = self._read().partition(b"\r\n")[0]
        return int(head.split()[1]) if head else None

    @property
    def headers(self) -> dict[str, str]:
        """The answer's headers, names in lower case."""
        lines = self._read().partition(b"\r\n\r\n")[0].decode().split("\r\n")[1:]
        return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}

    @property
    def body(self) -> bytes:
        """The answer's body as far as it has come."""
        return self._content()[0]

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def has_ended(self) -> bool:
        """Whether the whole answer is here."""
        return self._content()[1]

    @property
    def events(self) -> list[Event]:
        """The events so far, comments left out."""
        assert self.headers["content-type"] == "text/event-stream"
        found = []
        for block in self.body.decode().split("\r\n\r\n")[:-1]:
            fields = dict(line.split(": ", 1) for line in block.split("\r\n") if not line.startswith(":"))
            if fields:
                found.append(Event(fields.get("id"), json.loads(fields["data"]) if fields["data"] else None))
        return found

    @property
    def said(self) -> list[Any]:
        """The messages of the events."""
        return [event.data for event in self.events if event.data is not None]

    @property
    def pings(self) -> int:
        """How many comments have come."""
        return self.body.count(b": ping\r\n\r\n")

    @property
    def is_dropped(self) -> bool:
        """Whether the daemon has hung up."""
        return bool(self.transport.disconnecting or self.transport.disconnected)

    def hang_up(self) -> None:
        """Close the connection."""
        self._protocol.connectionLost(Failure(ConnectionDone()))

    def stall(self) -> None:
        """Read nothing, so that the transport's buffer is full."""
        self._protocol._channel.pauseProducing()

    def go_on(self) -> None:
        """Read what is there."""
        self._protocol._channel.resumeProducing()

    def _read(self) -> bytes:
        return bytes(self.transport.value())

    def _content(self) -> tuple[bytes, bool]:
        head, _, rest = self._read().partition(b"\r\n\r\n")
        if b"transfer-encoding: chunked" not in head.lower():
            return rest, len(rest) == int(self.headers.get("content-length", -1))
        content = b""
        while rest:
            size, _, rest = rest.partition(b"\r\n")
            if size == b"0":
                return content, True
            content += rest[: int(size, 16)]
            rest = rest[int(size, 16) + 2 :]
        return content, False


class HttpWire:
    """The resource with a registry, a host and a clock of the test's; ``asked`` lists the workspaces asked for.

    ``capacity`` is how many bytes of what is sent on a connection, from the next one on, find room.
    """

    def __init__(self) -> None:
        self.clock = Clock()
        self.tools = HeldTools()
        self.changes = Watchers()
        self.host = RecordingHost()
        self.asked: list[tuple[str | None, str | None, str | None]] = []
        self.watched: list[Deferred[None]] = []
        self.capacity = 1_000_000
        service = Service(
            host=self.host,
            registry=Registry(
                tools=self.tools, resources=FixtureResources(), prompts=FixturePrompts(), changes=self.changes
            ),
            clock=self.clock,
            render=lambda error, language: error.code,
            version="1.2.3",
            instance="instance",
        )
        self.resource = McpResource(
            service,
            resolve=self._resolve,
            language=lambda header: header or "tr",
            watch=self._watch,
        )
        root = Resource()
        root.putChild(b"mcp", self.resource)
        self._site = Site(root, reactor=self.clock, timeout=None)

    def send(self, method: str, body: Any = None, path: str = "/mcp", **headers: str) -> Client:
        """A request on a connection of its own; header names are given with underscores."""
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        sent = {"Accept": BOTH} | {name.replace("_", "-"): value for name, value in headers.items()}
        lines = [f"{method} {path} HTTP/1.1", "Host: localhost", f"Content-Length: {len(content)}"]
        lines += [f"{name}: {part}" for name, value in sent.items() for part in value.split("\n") if value]
        transport = SmallTransport(self.capacity)
        protocol: Any = self._site.buildProtocol(IPv4Address("TCP", "127.0.0.1", 1))
        protocol.makeConnection(transport)
        protocol.dataReceived("\r\n".join(lines).encode() + b"\r\n\r\n" + content)
        return Client(transport, protocol)

    def modern(
        self, method: str, params: Mapping[str, Any] | None = None, *, id_: Any = 1, path: str = "/mcp", **headers: str
    ) -> Client:
        """A modern request, with the headers it needs unless others are given."""
        given = dict(params or {})
        sent = {"MCP_Protocol_Version": MODERN, "Mcp_Method": method}
        name = given.get("uri") if method == "resources/read" else given.get("name")
        if isinstance(name, str):
            sent["Mcp_Name"] = name
        message = {"jsonrpc": "2.0", "id": id_, "method": method, "params": {"_meta": META, **given}}
        return self.send("POST", message, path, **(sent | headers))

    def begin(self, version: str = "2025-11-25", path: str = "/mcp", **headers: str) -> HttpSession:
        """A session of an old revision."""
        params = {"protocolVersion": version, "capabilities": {}, "clientInfo": {"name": "old", "version": "1"}}
        message = {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params}
        answer = self.send("POST", message, path, **headers)
        assert answer.status == 200, answer.body
        return HttpSession(self, answer.headers["mcp-session-id"], path, answer.json["result"])

    async def _resolve(self, id_: str | None, path: str | None, name: str | None) -> str:
        self.asked.append((id_, path, name))
        if id_ == "unknown":
            raise WorkspaceNotFound(id="unknown")
        return f"workspace {id_ or path or 'default'}"

    def _watch(self, request: Deferred[None]) -> Deferred[None]:
        self.watched.append(request)
        return request


@attrs.frozen
class HttpSession:
    """A session as its client sees it."""

    wire: HttpWire
    id: str
    path: str
    opening: Any

    def send(self, method: str, body: Any = None, **headers: str) -> Client:
        """A request in the session."""
        return self.wire.send(method, body, self.path, **({"Mcp_Session_Id": self.id} | headers))

    def request(self, method: str, params: Any = None, *, id_: Any = 1, **headers: str) -> Client:
        """A JSON-RPC request."""
        message = {"jsonrpc": "2.0", "id": id_, "method": method, "params": params or {}}
        return self.send("POST", message, **headers)

    def call(self, tool: str, *, id_: Any = 1, token: Any = None, **arguments: Any) -> Client:
        """A call of a tool, with a progress token if one is given."""
        meta = {} if token is None else {"_meta": {"progressToken": token}}
        return self.request("tools/call", {"name": tool, "arguments": arguments} | meta, id_=id_)

    def listen(self, **headers: str) -> Client:
        """The standing stream."""
        return self.send("GET", **({"Accept": "text/event-stream"} | headers))
