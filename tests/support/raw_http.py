"""HTTP as bytes on a socket, for requests that no well-behaved client would send."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from tests.support.running_daemon import PATIENCE_SECONDS, Response, RunningDaemon


def connected(daemon: RunningDaemon) -> socket.socket:
    """A connection to the daemon's HTTP port."""
    return socket.create_connection(("127.0.0.1", urlsplit(daemon.url).port), timeout=PATIENCE_SECONDS)


def received(peer: socket.socket) -> bytes:
    """Everything until the daemon closes; what it had sent by then if it resets."""
    content = bytearray()
    with suppress(ConnectionResetError):
        while part := peer.recv(65536):
            content += part
    return bytes(content)


def parsed(answer: bytes) -> Response:
    """The one response that bytes are."""
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Response(int(first.split()[1]), headers, body)


def exchange(daemon: RunningDaemon, content: bytes) -> Response:
    """The response to bytes, which must make the daemon close the connection."""
    with connected(daemon) as peer:
        with suppress(BrokenPipeError, ConnectionResetError):
            peer.sendall(content)
        return parsed(received(peer))


def message(method: str, target: str, headers: Iterable[tuple[str, str]], body: bytes = b"") -> bytes:
    """A request with exactly these headers, after which the connection is closed."""
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers), "Connection: close"]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def is_well(daemon: RunningDaemon) -> bool:
    """Whether the daemon goes on and met nothing that it takes for a mistake of its own."""
    answer: Any = daemon.get("/api/health").json
    log = (daemon.home / ".gorev-daemon" / "daemon.log").read_text()
    failures = [line for line in log.splitlines() if line[25:].startswith("critical ")]
    assert not failures, failures
    return bool(answer["status"] == "healthy")
