"""What no client should send, sent to the real daemon, over its socket and through a bridge."""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import psutil
import pytest

from tests.fake_stage import INITIALIZE, INITIALIZED, Bridge, request
from tests.support.running_daemon import PATIENCE_SECONDS, RunningDaemon

LIMIT = 16 * 1024 * 1024
MIB = 1 << 20
QUESTIONS = 900


class SocketDoor:
    """The daemon's socket."""

    def __init__(self, daemon: RunningDaemon) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(PATIENCE_SECONDS)
        self._socket.connect(daemon.lock["mcp_endpoint"].partition(":")[2])
        self._file = self._socket.makefile("rb")

    @property
    def input(self) -> int:
        """The descriptor that is written to."""
        return self._socket.fileno()

    def write(self, data: bytes) -> None:
        """Send bytes; does not return before they are sent."""
        self._socket.sendall(data)

    def line(self) -> bytes:
        """The next line, its end included."""
        return self._file.readline()

    def end(self) -> bytes:
        """Half-close, and read on."""
        self._socket.shutdown(socket.SHUT_WR)
        return self._file.read()

    def close(self) -> None:
        """Hang up."""
        self._file.close()
        self._socket.close()


class BridgeDoor:
    """A bridge."""

    def __init__(self, daemon: RunningDaemon) -> None:
        command = [sys.executable, "-m", "gorev", "mcp-proxy", "--workspace", str(daemon.workspace)]
        self._bridge = Bridge(command, daemon.environment, Path(__file__).parents[2])
        self.process = psutil.Process(self._bridge.process.pid)
        self.write, self.line, self.close = self._bridge.write, self._bridge.line, self._bridge.close

    @property
    def input(self) -> int:
        """The descriptor that is written to."""
        return self._bridge.stdin.fileno()

    def end(self) -> bytes:
        """Close the input, and read on."""
        status, rest = self._bridge.end()
        assert status == 0
        return rest


@attrs.frozen
class Client:
    """A client at one of the doors."""

    door: SocketDoor | BridgeDoor

    def send(self, *messages: object) -> None:
        """Send messages, a line each."""
        self.door.write(b"".join(json.dumps(message).encode() + b"\n" for message in messages))

    def read(self) -> Any:
        """The next message."""
        return json.loads(self.door.line())

    def is_served(self) -> bool:
        """Whether a request is answered next."""
        self.send(request("still there?", "ping"))
        return bool(self.read() == {"jsonrpc": "2.0", "id": "still there?", "result": {}})


@pytest.fixture(params=["socket", "bridge"])
def client(request: pytest.FixtureRequest, daemon: RunningDaemon) -> Iterator[Client]:
    """A client at either door that has opened a legacy session."""
    door = SocketDoor(daemon) if request.param == "socket" else BridgeDoor(daemon)
    client = Client(door)
    client.send(INITIALIZE)
    assert client.read()["id"] == 0
    client.send(INITIALIZED)
    try:
        yield client
    finally:
        door.close()


def ping_of(size: int, identity: str) -> bytes:
    """A ping of so many bytes, without its line end; its id stands at its head."""
    head, tail = f'{{"jsonrpc":"2.0","id":"{identity}","method":"ping","params":{{"x":"'.encode(), b'"}}'
    return head + b"x" * (size - len(head) - len(tail)) + tail


def test_a_line_of_16_mib_is_answered_and_one_byte_more_is_refused(client: Client) -> None:
    client.door.write(ping_of(LIMIT, "longest") + b"\n")
    assert client.read() == {"jsonrpc": "2.0", "id": "longest", "result": {}}
    client.door.write(ping_of(LIMIT + 1, "longer") + b"\n")
    refused = client.read()
    assert refused["error"]["code"] == -32600
    assert refused.get("id", "longer") == "longer"
    assert client.is_served()


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b'{"jsonrpc":"2.0","id":1,"method":"ping"', -32700),
        (b'\xff\xfe{"jsonrpc":"2.0","id":1,"method":"ping"}', -32700),
        (b'{"jsonrpc":"2.0","id":"\xc3\x28","method":"ping"}', -32700),
        (b'{"jsonrpc":"2.0","id":1,"method":"ping"}\x00', -32700),
        (b"\x00", -32700),
        (b'"ping"', -32600),
        (b"[]", -32600),
        (b'[{"jsonrpc":"2.0","id":1,"method":"ping"}]', -32600),
        (b'{"jsonrpc":"2.0","id":null,"method":"ping"}', -32600),
        (b'{"jsonrpc":"2.0","id":true,"method":"ping"}', -32600),
        (b'{"jsonrpc":"2.0","id":1.5,"method":"ping"}', -32600),
        (b'{"jsonrpc":"2.0","id":[1],"method":"ping"}', -32600),
        (b'{"jsonrpc":"2.0","id":{},"method":"ping"}', -32600),
        (b'{"jsonrpc":"2.0","id":"' + b"x" * 1025 + b'","method":"ping"}', -32600),
        (b"[" * 100_000, -32700),
        (b'{"id":' * 50_000, -32700),
    ],
)
def test_what_is_no_message_is_refused_without_an_id_and_the_connection_lives(
    client: Client, line: bytes, code: int
) -> None:
    client.door.write(line + b"\n")
    refused = client.read()
    assert "id" not in refused
    assert refused["error"]["code"] == code
    assert client.is_served()


@pytest.mark.parametrize("identity", ["0", "-1", "9007199254740993", "18446744073709551616", '""', '"0"', '"\\u2028ş"'])
def test_every_id_that_is_an_integer_or_a_text_comes_back_as_it_was(client: Client, identity: str) -> None:
    client.door.write(f'{{"jsonrpc":"2.0","id":{identity},"method":"ping"}}\n'.encode())
    answer = client.read()
    assert answer["id"] == json.loads(identity)
    assert type(answer["id"]) is type(json.loads(identity))


def test_blank_lines_and_either_line_end_are_taken(client: Client) -> None:
    ping = json.dumps(request(1, "ping")).encode()
    client.door.write(b"\n\r\n  \t\n" + ping + b"\r\n\n")
    assert client.read()["id"] == 1
    assert client.is_served()


def test_separators_of_lines_inside_a_text_end_no_line_and_come_back_escaped(client: Client) -> None:
    text = "a\u2028b\u2029c\u0085d\x1ce\x00f"
    arguments = {"name": "proje_olustur", "arguments": {"isim": text}}
    message = json.dumps(request(1, "tools/call", **arguments), ensure_ascii=False).replace("\x1c", "\\u001c")
    client.door.write(message.replace("\x00", "\\u0000").encode() + b"\n")
    line = client.door.line()
    assert json.loads(line)["id"] == 1
    assert len(line.decode().splitlines()) == 1


def test_a_second_request_under_an_id_in_flight_is_refused_and_the_first_is_answered(client: Client) -> None:
    """The first is a listen, which lasts until it is cancelled."""
    meta = {"io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {}}
    listen = request(7, "subscriptions/listen", notifications={"toolsListChanged": True}, _meta=meta)
    client.send(listen)
    assert client.read()["method"] == "notifications/subscriptions/acknowledged"
    client.send(request(7, "ping"), request("7", "ping"))
    answers = [client.read(), client.read()]
    assert [(answer["id"], "error" in answer) for answer in answers] == [(7, True), ("7", False)]
    assert answers[0]["error"]["code"] == -32600
    client.send({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 7}})
    client.send(request(7, "ping"))
    assert client.read() == {"jsonrpc": "2.0", "id": 7, "result": {}}


def test_a_flood_of_notifications_is_taken_and_others_are_served_meanwhile(
    client: Client, daemon: RunningDaemon
) -> None:
    flood = (
        json.dumps({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}}).encode()
        + b'\n{"jsonrpc":"2.0","method":"notifications/nobody/knows"}\n'
    )
    client.door.write(flood * 25_000)
    with daemon.mcp() as other:
        assert "result" in other.request("ping")
    client.door.write(flood * 25_000)
    assert client.is_served()


def test_input_that_ends_in_the_middle_of_a_line_ends_the_connection_after_what_is_owed(client: Client) -> None:
    client.send(request(1, "tools/list"))
    client.door.write(json.dumps(request(2, "ping")).encode())
    (answer,) = client.door.end().splitlines()
    assert json.loads(answer)["id"] == 1


def memory_of(*processes: psutil.Process) -> int:
    """Resident bytes."""
    return sum(process.memory_info().rss for process in processes)


def test_a_client_that_never_reads_takes_bounded_memory_and_harms_nobody(client: Client, daemon: RunningDaemon) -> None:
    """What it asks for fills the pipe to the last byte, and what it would be answered is a thousand times that."""
    processes = [psutil.Process(daemon.pid)]
    if isinstance(client.door, BridgeDoor):
        processes.append(client.door.process)
    before = memory_of(*processes)
    client.send(*(request(number, "tools/list") for number in range(QUESTIONS)))
    most = 0
    with daemon.mcp() as other:
        for _ in range(300):
            assert other.call("proje_listele")["isError"] is False
            most = max(most, memory_of(*processes))
    assert most - before < 12 * MIB
    answers = [client.door.line() for _ in range(QUESTIONS)]
    assert sum(map(len, answers)) > 20 * MIB
    assert [json.loads(answer)["id"] for answer in answers] == list(range(QUESTIONS))
    assert client.is_served()
