"""A whole daemon as a process, and plain clients of its wires, for tests that go through the public doors."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import attrs
import psutil
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

# Generous: a loaded machine is slow, and no passing test waits this long.
PATIENCE_SECONDS: Final = 60.0
GOREV: Final = (sys.executable, "-m", "gorev")

Found = TypeVar("Found")


def wait_for(condition: Callable[[], Found | None]) -> Found:
    """What ``condition`` returns as soon as that is true."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise TimeoutError(condition)
        time.sleep(0.02)


def has_ended(process: psutil.Process) -> bool:
    """Whether the process does nothing any more, reaped by its parent or not."""
    try:
        return not process.is_running() or bool(process.status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


@attrs.frozen
class Response:
    """An HTTP response; ``json`` is its body."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.content)


class McpClient:
    """A plain client of the line protocol, without the official SDK's checks; speaks the seed's bare form too."""

    def __init__(self, endpoint: str, hello: Mapping[str, Any] | None) -> None:
        kind, _, address = endpoint.partition(":")
        assert kind == "unix"
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(PATIENCE_SECONDS)
        self._socket.connect(address)
        self._file = self._socket.makefile("rb")
        self._last_id = 0
        self.welcome: Any = None
        if hello is not None:
            self.write({"jsonrpc": "2.0", "method": "notifications/gorev/hello", "params": dict(hello)})
            self.welcome = self.read()

    def write(self, message: Any) -> None:
        """Send one message, or bytes as they are."""
        self._socket.sendall(message if isinstance(message, bytes) else json.dumps(message).encode() + b"\n")

    def read(self) -> Any:
        """The next message."""
        line = self._file.readline()
        if not line:
            raise EOFError
        return json.loads(line)

    def request(self, method: str, params: Mapping[str, Any] | None = None) -> Any:
        """Send a request and wait for its answer, passing over notifications."""
        self._last_id += 1
        self.write({"jsonrpc": "2.0", "id": self._last_id, "method": method, "params": dict(params or {})})
        while True:
            answer = self.read()
            if answer.get("id") == self._last_id:
                return answer

    def call(self, tool: str, **arguments: Any) -> Any:
        """The CallToolResult of a tool, by the seed's bare form."""
        answer = self.request(tool, arguments)
        return answer["result"]

    def close(self) -> None:
        """Hang up."""
        self._file.close()
        self._socket.close()


class EventStream:
    """A WebSocket client that reads frames as objects."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self.connected = self.read()

    def read(self) -> Any:
        """The next frame."""
        return json.loads(self._connection.recv(timeout=PATIENCE_SECONDS))

    def until(self, wanted: Callable[[Any], bool]) -> Any:
        """The next frame that is wanted."""
        while True:
            frame = self.read()
            if wanted(frame):
                return frame

    def send(self, message: Any) -> None:
        """Send a frame."""
        self._connection.send(message if isinstance(message, str | bytes) else json.dumps(message))

    def wait_until_closed(self) -> int | None:
        """The code that the server closed with, all frames before it passed over."""
        with suppress(ConnectionClosed):
            for _ in self._connection:
                continue
        return self._connection.close_code


@attrs.define
class RunningDaemon:
    """A daemon of its own home, started detached on a free port, for ``workspace``."""

    home: Path
    workspace: Path
    options: tuple[str, ...] = ()

    @property
    def lock(self) -> Any:
        """The lock file's content."""
        return json.loads((self.home / ".gorev-daemon" / ".lock").read_text())

    @property
    def url(self) -> str:
        """Where HTTP is."""
        return str(self.lock["daemon_url"])

    @property
    def pid(self) -> int:
        """The daemon's process."""
        return int(self.lock["pid"])

    @property
    def environment(self) -> dict[str, str]:
        """The environment of commands that shall find this daemon."""
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "SYSTEMROOT", "TMPDIR")}
        return kept | {"HOME": str(self.home), "GOREV_LANG": "en"}

    def start(self, port: int = 0) -> None:
        """Start it and wait until it is ready."""
        command = [*GOREV, "daemon", "--detach", "--api-port", str(port), "--workspace", str(self.workspace)]
        subprocess.run([*command, *self.options], env=self.environment, check=True, capture_output=True)
        wait_for(lambda: self.request("GET", "/api/health/ready").status == 200)

    def stop(self) -> None:
        """End it in order, if it runs."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a power cut would, as far as processes go."""
        self._end(signal.SIGKILL)

    def _end(self, number: signal.Signals) -> None:
        try:
            process = psutil.Process(self.pid)
        except (FileNotFoundError, psutil.NoSuchProcess):
            return
        process.send_signal(number)
        wait_for(lambda: has_ended(process))

    def request(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Response:
        """One HTTP request; a body that is not bytes is sent as JSON."""
        parts = urlsplit(self.url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE_SECONDS)
        sent = dict(headers or {})
        content: bytes | None = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        if body is not None and not any(name.lower() == "content-type" for name in sent):
            sent["Content-Type"] = "application/json"
        try:
            connection.request(method, path, content, sent)
            response = connection.getresponse()
            return Response(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Response:
        """GET; header names are given with underscores."""
        return self.request("GET", path, headers=_header_names(headers))

    def post(self, path: str, body: Any = None, **headers: str) -> Response:
        """POST."""
        return self.request("POST", path, body, _header_names(headers))

    def put(self, path: str, body: Any = None, **headers: str) -> Response:
        """PUT."""
        return self.request("PUT", path, body, _header_names(headers))

    def delete(self, path: str, **headers: str) -> Response:
        """DELETE."""
        return self.request("DELETE", path, headers=_header_names(headers))

    @contextmanager
    def mcp(self, lang: str = "en", workspace: Path | None = None, *, hello: bool = True) -> Iterator[McpClient]:
        """A client of the local socket, for this daemon's workspace unless another one is named."""
        named = {"workspace": str(workspace or self.workspace), "lang": lang, "client": {"name": "test"}}
        client = McpClient(self.lock["mcp_endpoint"], named if hello else None)
        try:
            yield client
        finally:
            client.close()

    @contextmanager
    def events(self, query: str = "", path: str = "/ws") -> Iterator[EventStream]:
        """A client of the event stream."""
        address = self.url.replace("http", "ws") + path + (f"?{query}" if query else "")
        with connect(address, open_timeout=PATIENCE_SECONDS, max_size=None) as connection:
            yield EventStream(connection)


def _header_names(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
