"""What comes from outside is bounded: depth, headers, addresses, silent connections (``gorev.limits``)."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import pytest

from gorev.limits import LIMITS
from tests.support.raw_http import connected, is_well, message, received
from tests.support.running_daemon import RunningDaemon


@pytest.fixture
def undisturbed(daemon: RunningDaemon) -> Iterator[RunningDaemon]:
    """A daemon that must go on after the test, with nothing changed by it."""
    yield daemon
    assert is_well(daemon)
    assert daemon.get("/api/gorevler?tum_projeler=true").json["total"] == 0


def test_each_limit_is_named_once_and_is_positive() -> None:
    assert len({(limit.where, limit.what) for limit in LIMITS}) == len(LIMITS)
    assert all(limit.value > 0 for limit in LIMITS)
    assert all(limit.beyond for limit in LIMITS)


DEEP = [
    b"[" * 200_000,
    b'{"baslik":' * 100_000,
    b"[" * 200_000 + b"]" * 200_000,
    b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
]


@pytest.mark.parametrize("body", DEEP, ids=("open lists", "open objects", "lists", "objects"))
@pytest.mark.parametrize(
    "path", ["/api/gorev", "/api/v1/tasks", "/api/import", "/api/search", "/mcp", "/api/v1/mcp/gorev_listele"]
)
def test_json_of_any_depth_is_refused_in_order(undisturbed: RunningDaemon, path: str, body: bytes) -> None:
    headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    response = undisturbed.request("POST", path, body, headers)
    assert response.status == 400
    assert response.json


@pytest.mark.parametrize("body", DEEP[2:], ids=("lists", "objects"))
def test_on_the_local_socket_too(undisturbed: RunningDaemon, body: bytes) -> None:
    with undisturbed.mcp() as assistant:
        assistant.write(b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":' + body + b"}}\n")
        assert assistant.read()["error"]["code"] in (-32700, -32600)
        assert assistant.request("ping")["result"] == {}


@pytest.mark.parametrize("body", DEEP[2:], ids=("lists", "objects"))
def test_in_a_file_to_import_too(undisturbed: RunningDaemon, body: bytes) -> None:
    (undisturbed.workspace / "deep.json").write_bytes(b'{"tasks":' + body + b"}")
    response = undisturbed.post("/api/import", {"file_path": "deep.json"})
    assert (response.status, response.json["code"]) == (400, "invalid_format")


def test_deep_frames_are_refused_and_the_stream_goes_on(undisturbed: RunningDaemon) -> None:
    with undisturbed.events() as stream:
        stream.send("[" * 30_000 + "]" * 30_000)
        assert stream.read()["type"] == "error"
        stream.send({"type": "ping", "timestamp": 1})
        assert stream.read()["type"] == "pong"


@pytest.mark.parametrize(
    "headers",
    [
        [(f"X-{number}", "x") for number in range(2_000)],
        [("X-Long", "x" * 100_000)],
        [("Cookie", "; ".join(f"a{number}=b" for number in range(20_000)))],
        [("Authorization", "Bearer " + "x" * 60_000)],
    ],
    ids=("many", "long", "cookies", "authorization"),
)
def test_headers_are_bounded(undisturbed: RunningDaemon, headers: list[tuple[str, str]]) -> None:
    assert is_refused(undisturbed, message("GET", "/api/health", [("Host", "localhost"), *headers]))


def test_an_address_is_bounded(undisturbed: RunningDaemon) -> None:
    assert is_refused(undisturbed, message("GET", "/" + "x" * 100_000, [("Host", "localhost")]))


def is_refused(daemon: RunningDaemon, content: bytes) -> bool:
    """Whether the connection is closed, without an answer or with 400."""
    with connected(daemon) as peer:
        with suppress(BrokenPipeError, ConnectionResetError):
            peer.sendall(content)
        answer = received(peer)
    return not answer or answer.startswith(b"HTTP/1.1 400")


def test_crowds_that_say_nothing_keep_nobody_out(undisturbed: RunningDaemon) -> None:
    """Silent connections end after a while by themselves; until then there is room beside them."""
    with ExitStack() as crowd:
        for _ in range(300):
            peer: socket.socket = crowd.enter_context(connected(undisturbed))
            peer.sendall(b"GET /api/health HTTP/1.1\r\nHost:")
        assert undisturbed.get("/api/health").status == 200
