"""The line protocol: framing, hello, flow, and the end of a connection."""

from __future__ import annotations

import json
import os
import socket
import struct
import tempfile
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

import pytest
import pytest_twisted
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.endpoints import UNIXClientEndpoint, UNIXServerEndpoint, connectProtocol
from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import IListeningPort
from twisted.internet.protocol import Protocol, connectionDone
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.logger import ILogObserver, LogEvent, LogLevel, formatEvent, globalLogPublisher
from twisted.python.failure import Failure
from zope.interface import implementer

from gorev.domain.errors import GorevError, WorkspaceNotFound, WorkspaceUnavailable
from gorev.mcp.host import Attachment, Hello
from gorev.mcp.line import HANG_UP_SECONDS, MAX_RUNNING, MAX_WAITING, MAX_WAITING_BYTES, Connection, LineFactory
from gorev.mcp.peer import same_user
from gorev.mcp.reception import Service
from gorev.mcp.registry import Change
from tests.conftest import LoggedFailures
from tests.mcp.recording_registry import RecordingChanges, RecordingHost, RecordingTools, offered

patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # nothing may depend on timing

Test = TypeVar("Test", bound=Callable[..., object])
in_reactor: Callable[[Test], Test] = pytest_twisted.ensureDeferred


class PeerSocket:
    """The little of a Unix socket that says whose process is at the other end."""

    def __init__(self, uid: int) -> None:
        self.uid = uid

    def getsockopt(self, level: int, option: int, size: int) -> bytes:
        """As the Linux kernel answers for SO_PEERCRED."""
        assert (level, option) == (socket.SOL_SOCKET, socket.SO_PEERCRED)
        return struct.pack("iII", 4711, self.uid, 100)[:size]


class LocalTransport(StringTransport):
    """A `StringTransport` of a local socket."""

    def __init__(self, uid: int | None = None) -> None:
        super().__init__()
        self.socket = PeerSocket(os.geteuid() if uid is None else uid)

    def getHandle(self) -> PeerSocket:
        """The socket."""
        return self.socket


class Line:
    """A connection to a line wire of its own, and what came back over it."""

    def __init__(self, host: RecordingHost | None = None, token: str | None = None, uid: int | None = None) -> None:
        self.registry = RecordingTools()
        self.changes = RecordingChanges()
        self.host = host or RecordingHost()
        self.clock = Clock()
        service = Service(
            host=self.host,
            registry=offered(self.registry, changes=self.changes),
            clock=self.clock,
            render=lambda error, language: f"{error.code} in {language}",
            version="1.2.3",
            instance="instance",
            token=token,
        )
        self.factory = LineFactory(service)
        connection = self.factory.buildProtocol(None)
        assert connection is not None
        self.connection: Connection = connection
        self.transport = LocalTransport(uid)
        self.connection.makeConnection(self.transport)

    def send(self, *messages: dict[str, Any]) -> list[Any]:
        """Send messages, a line each; what has been answered since the last call."""
        return self.raw(b"".join(json.dumps(message).encode() + b"\n" for message in messages))

    def raw(self, data: bytes) -> list[Any]:
        """Send bytes; what has been answered since the last call."""
        self.connection.dataReceived(data)
        return self.take()

    def take(self) -> list[Any]:
        """What has been answered since the last call."""
        data = self.transport.value()
        self.transport.clear()
        assert data.endswith(b"\n") or not data
        return [json.loads(line) for line in data.split(b"\n")[:-1]]

    def lose(self) -> None:
        """Cut the connection."""
        self.connection.connectionLost(Failure(ConnectionDone()))


def request(method: str, identity: int | str = 1, **params: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": identity, "method": method, "params": params}


def hello(**params: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "method": "notifications/gorev/hello", "params": params}


def result(identity: int | str, value: dict[str, Any]) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": identity, "result": value}


PING = request("ping")
PONG = result(1, {})


# Framing


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_line_ends_with_a_line_feed(end: bytes) -> None:
    line = Line()
    assert line.raw(json.dumps(PING).encode()) == []
    assert line.raw(end) == [PONG]


@pytest.mark.parametrize("blank", [b"\n", b"\r\n", b"  \t \n", b"\n\n\r\n"])
def test_blank_lines_are_ignored(blank: bytes) -> None:
    assert Line().raw(blank) == []


def test_only_a_line_feed_ends_a_line() -> None:
    text = "a\u2028b\u2029c\u0085d\x1ce"
    line = Line()
    (answer,) = line.raw(json.dumps(request("oku", metin=text), ensure_ascii=False).encode() + b"\n")
    assert answer["result"]["structuredContent"] == {"metin": text}


def test_only_one_carriage_return_is_taken_off() -> None:
    (answer,) = Line().raw(b"x\r\r\n")
    assert answer["error"]["code"] == -32700


def test_a_line_of_the_greatest_length_is_read() -> None:
    line = Line()
    frame = len(json.dumps(request("oku", metin="")))
    text = "x" * (line.connection.MAX_LENGTH - frame)
    assert line.connection.MAX_LENGTH == 16 * 1024 * 1024
    (answer,) = line.send(request("oku", metin=text))
    assert answer["error"]["code"] == -32603  # read, called, and only its echo is too long to be sent
    assert line.registry.calls[0][1] == {"metin": text}


@pytest.mark.parametrize("chunk", [1 << 16, 1 << 20, 1 << 26])
def test_a_longer_line_is_refused_and_the_next_one_is_read(chunk: int) -> None:
    line = Line()
    data = b"x" * (line.connection.MAX_LENGTH + 1) + b"\n" + json.dumps(PING).encode() + b"\n"
    answers = [answer for start in range(0, len(data), chunk) for answer in line.raw(data[start : start + chunk])]
    assert [answer.get("id") for answer in answers] == [None, 1]
    assert "id" not in answers[0]
    assert answers[0]["error"]["code"] == -32600
    assert not line.transport.disconnecting


def test_a_line_without_end_takes_no_memory_and_is_refused_once() -> None:
    line = Line()
    line.connection.MAX_LENGTH = 100
    answers = [answer for _ in range(50) for answer in line.raw(b"x" * 60)]
    assert len(answers) == 1
    assert len(line.connection._received) <= 100


messages = st.one_of(
    st.sampled_from(["ping", "tools/list", "oku", "yaz", "hata", "x"]),
    st.none(),
)
indices = st.integers(min_value=0, max_value=1 << 20)
junk = st.binary(max_size=40).map(lambda data: data.replace(b"\n", b""))


@st.composite
def traffic(draw: st.DrawFn) -> tuple[bytes, list[int]]:
    """Lines of requests, each with its own id, among noise; and their ids."""
    lines, ids = [], []
    for number, method in enumerate(draw(st.lists(messages, max_size=20))):
        if method is None:
            lines.append(draw(junk))
        else:
            lines.append(json.dumps(request(method, number, metin=draw(st.text(max_size=20)))).encode())
            ids.append(number)
    return b"".join(line + draw(st.sampled_from([b"\n", b"\r\n"])) for line in lines), ids


def in_chunks(line: Line, data: bytes, cuts: list[int]) -> list[Any]:
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [answer for start, end in pairwise(edges) for answer in line.raw(data[start:end])]


@patient
@given(traffic(), st.lists(indices, max_size=30))
def test_each_request_is_answered_once_however_the_bytes_arrive(sent: tuple[bytes, list[int]], cuts: list[int]) -> None:
    data, ids = sent
    answers = in_chunks(Line(), data, cuts)
    assert answers == Line().raw(data)
    assert [answer["id"] for answer in answers if "id" in answer] == ids


@patient
@given(st.binary(), st.lists(indices, max_size=30), st.integers(min_value=1, max_value=50))
def test_any_bytes_are_survived_and_answered_alike_in_any_chunks(data: bytes, cuts: list[int], limit: int) -> None:
    whole, cut = Line(), Line()
    whole.connection.MAX_LENGTH = cut.connection.MAX_LENGTH = limit
    assert in_chunks(cut, data, cuts) == whole.raw(data)
    assert not cut.transport.disconnecting
    cut.connection.MAX_LENGTH = 1000
    assert cut.raw(b"\n" + json.dumps(PING).encode() + b"\n")[-1] == PONG


@patient
@given(
    st.lists(st.sampled_from(["bekle_oku", "bekle_yaz", "oku", "yaz", "ping"]), max_size=60),
    st.lists(indices, min_size=60, max_size=60),
)
def test_each_request_is_answered_once_in_whatever_order_the_calls_end(tools: list[str], picks: list[int]) -> None:
    line = Line()
    answers = line.send(*(request(tool, number) for number, tool in enumerate(tools)))
    while line.registry.waiting:
        line.registry.waiting.pop(picks.pop() % len(line.registry.waiting)).callback(None)
        answers += line.take()
    assert sorted(answer["id"] for answer in answers) == list(range(len(tools)))
    writes = [str(name) for name, _, _ in line.registry.calls if name.endswith("yaz")]
    assert [name for name in line.registry.ended if name.endswith("yaz")] == writes


# Hello


def test_a_hello_is_welcome() -> None:
    line = Line()
    answers = line.send(
        hello(workspace="/w", lang="en", client={"pid": 1, "name": "codex"}, bridge_version="9", more=1)
    )
    assert answers == [
        {
            "jsonrpc": "2.0",
            "method": "notifications/gorev/welcome",
            "params": {
                "instance": "instance",
                "version": "1.2.3",
                "workspace": {"id": "id of /w", "name": "name", "path": "/w"},
                "repeatable": line.registry.repeatable(),
            },
        }
    ]
    assert line.host.clients == [line.connection.identity]
    assert line.host.names == ["codex"]


def test_a_greeted_client_is_served_in_its_workspace_language_and_name() -> None:
    line = Line()
    line.send(hello(workspace="/w", lang="en", client={"name": "codex"}), request("oku"))
    ((_, _, context),) = line.registry.calls
    assert (context.workspace, context.language, context.client) == ("/w", "en", "codex")
    assert context.session == line.connection.identity


def test_what_follows_a_hello_waits_until_it_is_attached() -> None:
    attached: Deferred[Attachment] = Deferred()
    line = Line(RecordingHost(attaching=lambda _: attached))
    assert line.send(hello(), PING) == []
    assert line.transport.producerState == "paused"
    assert line.send(request("ping", 2)) == []
    attached.callback(Attachment(workspace="w", description=None))
    welcome, first, second = line.take()
    assert welcome["params"]["workspace"] is None
    assert [first["id"], second["id"]] == [1, 2]
    assert line.transport.producerState == "producing"


def refusing(error: Exception) -> RecordingHost:
    async def refuse(_: Hello | None) -> Attachment:
        raise error

    return RecordingHost(attaching=refuse)


@pytest.mark.parametrize(("asked", "language"), [("en", "en"), ("tr", "tr"), ("xx", "tr"), (None, "tr")])
def test_a_refusal_is_put_in_the_language_of_the_hello(asked: str | None, language: str) -> None:
    line = Line(refusing(WorkspaceNotFound(id="x")))
    (refused,) = line.send(hello(lang=asked))
    assert refused["method"] == "notifications/gorev/refused"
    assert refused["params"] == {"code": "workspace_not_found", "message": f"workspace_not_found in {language}"}


def test_after_a_refusal_each_request_is_answered_with_it() -> None:
    line = Line(refusing(WorkspaceNotFound(id="x")))
    line.send(hello(lang="en"))
    answers = line.send(PING, request("initialize", "a"), {"jsonrpc": "2.0", "method": "notifications/initialized"})
    error = {"code": -32603, "message": "workspace_not_found in en"}
    assert answers == [{"jsonrpc": "2.0", "error": error, "id": 1}, {"jsonrpc": "2.0", "error": error, "id": "a"}]
    (answer,) = line.raw(b"{\n")
    assert "id" not in answer
    assert line.host.clients == []


@pytest.mark.parametrize("params", [{"workspace": 5}, {"client": "x"}, {"client": {"pid": "1"}}, {"lang": []}])
def test_a_malformed_hello_is_refused(params: dict[str, Any]) -> None:
    line = Line()
    (refused,) = line.send(hello(**params))
    assert refused["params"]["code"] == "bad_request"
    assert line.host.hellos == []


def test_a_bug_while_attaching_is_logged_and_refused_without_its_text(logged_failures: LoggedFailures) -> None:
    line = Line(refusing(RuntimeError("secret")))
    (refused,) = line.send(hello())
    assert refused["params"] == {"code": "internal_error", "message": "Internal error"}
    assert len(logged_failures.flush(RuntimeError)) == 1


def test_a_second_hello_changes_nothing() -> None:
    line = Line()
    line.send(hello(workspace="/first"))
    assert line.send(hello(workspace="/second")) == []
    line.send(request("oku"))
    assert line.registry.calls[0][2].workspace == "/first"


def test_a_client_without_hello_is_attached_by_its_first_call() -> None:
    line = Line()
    assert line.send(PING) == [PONG]
    assert (line.host.hellos, len(line.host.clients)) == ([], 1)
    line.send(request("oku", 2), request("oku", 3))
    assert line.host.hellos == [None]
    assert [context.workspace for _, _, context in line.registry.calls] == ["default", "default"]


def test_a_client_without_hello_tries_again_after_a_failed_attachment() -> None:
    host = refusing(WorkspaceUnavailable(reason="corrupt"))
    line = Line(host)
    (answer,) = line.send(request("oku"))
    assert answer["result"]["structuredContent"]["code"] == "workspace_unavailable"
    host.attaching = RecordingHost().attaching
    (answer,) = line.send(request("oku"))
    assert answer["result"]["isError"] is False


def test_a_newer_bridge_may_ask_for_a_handover_and_hears_if_there_is_none() -> None:
    line = Line()
    handover = {"jsonrpc": "2.0", "method": "notifications/gorev/handover", "params": {"version": "2.0.0"}}
    assert line.send(hello(), handover)[1:] == []
    line.host.stays = True
    (declined,) = line.send(handover)
    assert declined["method"] == "notifications/gorev/handover_declined"
    assert line.host.handovers == ["2.0.0", "2.0.0"]


@pytest.mark.parametrize("params", [{}, {"version": 2}])
def test_a_handover_to_no_version_is_ignored(params: dict[str, Any]) -> None:
    line = Line()
    line.send(hello(), {"jsonrpc": "2.0", "method": "notifications/gorev/handover", "params": params})
    assert line.host.handovers == []


def test_a_client_that_leaves_while_it_is_attached_leaves_nothing() -> None:
    attached: Deferred[Attachment] = Deferred()
    line = Line(RecordingHost(attaching=lambda _: attached))
    line.send(hello())
    line.lose()
    assert attached.called
    assert line.host.clients == []


def test_an_attachment_that_comes_too_late_counts_no_client() -> None:
    """A host that shields the opening of a database from cancellation may return after the client has gone."""
    opened: Deferred[None] = Deferred()

    async def attach(_: Hello | None) -> Attachment:
        try:
            await Deferred()
        except CancelledError:
            await opened
        return Attachment(workspace="w", description=None)

    line = Line(RecordingHost(attaching=attach))
    line.send(hello())
    line.lose()
    opened.callback(None)
    assert line.host.names == []


# Who may speak


def test_another_user_is_dropped_unheard() -> None:
    line = Line(uid=os.geteuid() + 1)
    assert line.transport.disconnected
    assert line.raw(json.dumps(PING).encode() + b"\n") == []
    assert line.host.clients == []


def test_the_peer_of_a_socket_of_ours_is_the_same_user() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert same_user(ours)


def test_where_there_is_a_token_the_right_one_is_welcome() -> None:
    line = Line(token="secret", uid=os.geteuid() + 1)
    (welcome,) = line.send(hello(token="secret"))
    assert welcome["method"] == "notifications/gorev/welcome"


@pytest.mark.parametrize("opening", [hello(token="wrong"), hello(token="ş"), hello(), PING])
def test_where_there_is_a_token_nobody_else_is_served(opening: dict[str, Any]) -> None:
    line = Line(token="secret")
    answers = line.send(opening)
    assert answers[0]["params"]["code"] == "unauthorized"
    handover = {"jsonrpc": "2.0", "method": "notifications/gorev/handover", "params": {"version": "2.0.0"}}
    (answer,) = line.send(hello(token="secret"), handover, request("oku", 2))
    assert answer["error"]["message"] == "unauthorized in tr"
    assert (line.host.hellos, line.host.handovers, line.registry.calls) == ([], [], [])


def test_a_token_is_in_no_representation() -> None:
    assert "secret" not in repr(service(RecordingHost(), RecordingTools(), token="secret"))


def str_of(error: GorevError, language: str) -> str:
    return error.code


# Flow


def test_requests_beyond_the_limit_wait_for_their_turn() -> None:
    line = Line()
    line.send(*(request("bekle_oku", number) for number in range(MAX_RUNNING + 10)))
    assert len(line.registry.calls) == MAX_RUNNING
    assert line.transport.producerState == "producing"
    for waiting in line.registry.waiting[:10]:
        waiting.callback(None)
    assert len(line.registry.calls) == MAX_RUNNING + 10
    assert [answer["id"] for answer in line.take()] == list(range(10))


def test_reading_stops_while_too_many_requests_wait() -> None:
    line = Line()
    line.send(*(request("bekle_oku", number) for number in range(MAX_RUNNING + MAX_WAITING + 5)))
    assert line.transport.producerState == "paused"
    for waiting in line.registry.waiting[:6]:
        waiting.callback(None)
    assert len(line.registry.calls) == MAX_RUNNING + 6
    assert line.transport.producerState == "producing"


def test_reading_stops_while_too_much_waits() -> None:
    line = Line()
    line.send(*(request("bekle_oku", number) for number in range(MAX_RUNNING)))
    size = MAX_WAITING_BYTES // 4
    for number in range(4):
        assert line.transport.producerState == "producing"
        line.send(request("oku", f"large {number}", metin="x" * size))
    assert line.transport.producerState == "paused"
    for waiting in line.registry.waiting[:2]:
        waiting.callback(None)
    assert line.transport.producerState == "producing"


def cancelled(identity: object) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": identity}}


def test_a_cancellation_is_heard_however_many_requests_run() -> None:
    line = Line()
    line.send(*(request("bekle_oku", number) for number in range(MAX_RUNNING)), request("bekle_oku", "waits"))
    line.send(cancelled(5))
    assert line.registry.waiting[5].called
    assert len(line.registry.calls) == MAX_RUNNING + 1
    assert line.take() == []


def test_a_request_that_waits_can_be_cancelled() -> None:
    line = Line()
    line.send(
        *(request("bekle_oku", number) for number in range(MAX_RUNNING)), request("oku", "1"), request("oku", 100)
    )
    line.send(cancelled("1"), cancelled(True), cancelled(1.0), cancelled(None))
    for waiting in list(line.registry.waiting):
        waiting.callback(None)
    assert [answer["id"] for answer in line.take()] == [0, 100, *range(1, MAX_RUNNING)]


def test_a_handshake_that_waits_cannot_be_cancelled() -> None:
    line = Line()
    line.send(*(request("bekle_oku", number) for number in range(MAX_RUNNING)), request("initialize", "i"))
    line.send(cancelled("i"))
    line.registry.waiting[0].callback(None)
    assert [answer["id"] for answer in line.take()] == [0, "i"]


def test_many_requests_that_waited_are_worked_off_without_a_deep_stack() -> None:
    line = Line()
    line.send(*(request("bekle_oku", number) for number in range(MAX_RUNNING)))
    line.send(*(request("oku", f"w{number}") for number in range(1000)))
    line.registry.waiting[0].callback(None)
    assert len(line.take()) == 1001


def test_what_waits_is_not_begun_while_the_peer_does_not_read() -> None:
    line = Line()
    line.send(*(request("bekle_oku", number) for number in range(MAX_RUNNING)), request("oku", "waits"))
    line.connection.pauseProducing()
    line.registry.waiting[0].callback(None)
    assert [answer["id"] for answer in line.take()] == [0]
    line.connection.resumeProducing()
    assert [answer["id"] for answer in line.take()] == ["waits"]


def test_a_write_that_is_read_late_does_not_overtake_those_that_wait() -> None:
    """What ends lets the next line in, while earlier writes still stand in the queue."""
    line = Line()
    tools = ["bekle_yaz", "oku", *["yaz"] * (MAX_RUNNING + 10)]
    line.send(*(request(tool, number, metin=str(number)) for number, tool in enumerate(tools)))
    line.registry.waiting[0].callback(None)
    assert line.registry.ended == [str(number) for number in range(len(tools))]


def test_reading_stops_while_the_peer_does_not_read() -> None:
    line = Line()
    assert line.transport.producer is line.connection
    line.connection.pauseProducing()
    assert line.send(PING) == []
    assert line.transport.producerState == "paused"
    line.connection.resumeProducing()
    assert line.take() == [PONG]
    assert line.transport.producerState == "producing"


def test_one_slow_request_does_not_hold_up_the_others() -> None:
    line = Line()
    assert [answer["id"] for answer in line.send(request("bekle_oku", 1), request("oku", 2))] == [2]


# The end


def test_a_lost_connection_ends_what_ran_for_it() -> None:
    line = Line()
    line.send(request("bekle_yaz", 1), request("yaz", 2))
    line.lose()
    assert line.registry.waiting[0].called
    assert line.registry.ended == []
    assert line.host.clients == []


def test_after_the_end_of_input_pending_answers_are_sent() -> None:
    line = Line()
    line.send(request("bekle_oku", 1), request("bekle_oku", 2))
    line.connection.readConnectionLost()
    line.registry.waiting[1].callback(None)
    assert not line.transport.disconnecting
    line.registry.waiting[0].callback(None)
    assert [answer["id"] for answer in line.take()] == [2, 1]
    assert line.transport.disconnecting


def test_the_end_of_input_closes_an_idle_connection() -> None:
    line = Line()
    line.send(PING)
    line.connection.readConnectionLost()
    assert line.transport.disconnecting
    assert line.transport.producer is None


def test_draining_answers_what_runs_and_reads_no_more() -> None:
    line = Line()
    line.send(request("bekle_oku", 1))
    drained: list[None] = []
    line.factory.drain().addCallback(drained.append)
    assert line.send(request("oku", 2)) == []
    assert drained == []
    line.registry.waiting[0].callback(None)
    assert drained == [None]
    assert [answer["id"] for answer in line.take()] == [1]
    assert line.factory.buildProtocol(None) is None


def test_draining_waits_for_nothing_where_nothing_runs() -> None:
    line = Line()
    line.send(PING)
    drained: list[None] = []
    line.factory.drain().addCallback(drained.append)
    assert drained == [None]


def test_the_wait_for_what_runs_may_be_given_up() -> None:
    """The daemon's stop has a deadline; what it cancels must not be reported as a failure."""
    line = Line()
    second = line.factory.buildProtocol(None)
    assert second is not None
    second.makeConnection(LocalTransport())
    second.dataReceived(json.dumps(request("bekle_oku")).encode() + b"\n")
    line.send(request("bekle_oku"))
    given_up: list[None] = []
    draining = line.factory.drain().addCallback(given_up.append)
    assert given_up == []
    draining.cancel()
    assert given_up == [None]
    line.registry.waiting[1].callback(None)
    assert len(line.take()) == 1


SHUTTING_DOWN = {"jsonrpc": "2.0", "method": "notifications/gorev/shutting_down", "params": {}}


def test_a_bridge_is_told_of_the_end_and_what_it_had_sent_by_then_is_still_answered() -> None:
    line = Line()
    line.send(hello(drains=True), request("bekle_oku", 1))
    drained: list[None] = []
    line.factory.drain().addCallback(drained.append)
    assert line.take() == [SHUTTING_DOWN]
    assert [answer["id"] for answer in line.send(request("oku", 2))] == [2]
    line.registry.waiting[0].callback(None)
    assert [answer["id"] for answer in line.take()] == [1]
    assert drained == []
    line.connection.readConnectionLost()
    assert drained == [None]
    assert line.transport.disconnecting


def test_a_bridge_that_does_not_end_its_side_is_not_waited_for_long() -> None:
    line = Line()
    line.send(hello(drains=True))
    drained: list[None] = []
    line.factory.drain().addCallback(drained.append)
    line.clock.advance(HANG_UP_SECONDS)
    assert drained == [None]
    assert line.send(PING) == [SHUTTING_DOWN]


def test_a_bridge_that_goes_when_it_is_told_of_the_end_is_not_waited_for() -> None:
    line = Line()
    line.send(hello(drains=True))
    drained: list[None] = []
    line.factory.drain().addCallback(drained.append)
    line.lose()
    assert drained == [None]
    assert line.clock.getDelayedCalls() == []


def test_a_bridge_that_is_being_attached_is_told_of_the_end_after_its_welcome() -> None:
    attached: Deferred[Attachment] = Deferred()
    line = Line(RecordingHost(attaching=lambda _: attached))
    line.send(hello(drains=True))
    line.factory.drain()
    assert line.take() == []
    attached.callback(Attachment(workspace="w", description=None))
    assert [message["method"].rpartition("/")[2] for message in line.take()] == ["welcome", "shutting_down"]


@pytest.mark.parametrize("opening", [PING, hello(), hello(drains=False)])
def test_who_has_not_promised_to_end_its_side_is_told_nothing(opening: dict[str, Any]) -> None:
    line = Line()
    line.send(opening)
    drained: list[None] = []
    line.factory.drain().addCallback(drained.append)
    assert (line.take(), drained) == ([], [None])


def test_draining_answers_what_waits_too() -> None:
    line = Line()
    line.send(*(request("bekle_oku", number) for number in range(MAX_RUNNING)), request("oku", "waits"))
    drained: list[None] = []
    line.factory.drain().addCallback(drained.append)
    for waiting in list(line.registry.waiting):
        assert drained == []
        waiting.callback(None)
    assert drained == [None]
    assert {answer["id"] for answer in line.take()} == {*range(MAX_RUNNING), "waits"}


LISTEN = request(
    "subscriptions/listen",
    "l",
    _meta={
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    },
    notifications={"resourceSubscriptions": ["test://one"]},
)


def test_listens_take_no_place_of_other_requests() -> None:
    line = Line()
    line.send(*(LISTEN | {"id": number} for number in range(MAX_RUNNING)), request("oku", "a"))
    assert len(line.registry.calls) == 1


def test_draining_ends_what_the_peer_listens_with() -> None:
    line = Line()
    (acknowledged,) = line.send(LISTEN)
    assert acknowledged["method"] == "notifications/subscriptions/acknowledged"
    drained: list[None] = []
    line.factory.drain().addCallback(drained.append)
    (answer,) = line.take()
    assert (answer["id"], answer["result"]["resultType"], drained) == ("l", "complete", [None])


def test_the_end_of_input_ends_what_the_peer_listens_with() -> None:
    line = Line()
    line.send(LISTEN)
    line.connection.readConnectionLost()
    assert [answer["id"] for answer in line.take()] == ["l"]
    assert line.transport.disconnecting


def test_a_peer_that_does_not_read_is_told_once_it_does() -> None:
    line = Line()
    line.send(LISTEN)
    line.connection.pauseProducing()
    for _ in range(1000):
        line.changes.tell(Change(uris=frozenset({"test://one"})))
    assert line.take() == []
    line.connection.resumeProducing()
    assert [told["params"]["uri"] for told in line.take()] == ["test://one"]
    line.lose()
    assert line.changes.watched == []


def test_closing_all_fires_when_all_are_gone() -> None:
    line = Line()
    line.send(request("bekle_oku"))
    closed: list[None] = []
    line.factory.close_all().addCallback(closed.append)
    assert (line.transport.disconnecting, line.transport.disconnected, closed) == (True, False, [])
    line.lose()
    assert closed == [None]


def test_closing_all_does_not_wait_for_a_peer_that_does_not_read() -> None:
    line = Line()
    line.send(PING)
    line.connection.pauseProducing()
    line.factory.close_all()
    assert line.transport.disconnected


@pytest.fixture
def lifecycle() -> Iterator[list[LogEvent]]:
    """What is logged at info."""
    events: list[LogEvent] = []

    @implementer(ILogObserver)
    def keep(event: LogEvent) -> None:
        if event["log_level"] is LogLevel.info:
            events.append(event)

    globalLogPublisher.addObserver(keep)
    yield events
    globalLogPublisher.removeObserver(keep)


def test_connect_and_disconnect_are_logged_with_the_number_connected(lifecycle: list[LogEvent]) -> None:
    line = Line()
    line.send(hello(client={"name": "codex"}))
    line.lose()
    client = line.connection.identity
    assert [formatEvent(event) for event in lifecycle] == [
        f"MCP client {client} (codex) connected, 1 now",
        f"MCP client {client} disconnected, 0 now",
    ]


# Over a real socket


class Peer(Protocol):
    """The other end: keeps what it receives."""

    def __init__(self) -> None:
        self.received = b""
        self.lost: Deferred[bytes] = Deferred()
        self._expected: tuple[int, Deferred[bytes]] | None = None

    def lines(self, count: int) -> Deferred[bytes]:
        """Fires when ``count`` lines have been received."""
        waiting: Deferred[bytes] = Deferred()
        self._expected = (count, waiting)
        self._tell()
        return waiting

    def dataReceived(self, data: bytes) -> None:
        self.received += data
        self._tell()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self.lost.callback(self.received)

    def _tell(self) -> None:
        if self._expected and self.received.count(b"\n") >= self._expected[0]:
            waiting, self._expected = self._expected[1], None
            waiting.callback(self.received)


@pytest.fixture
def connect() -> Iterator[Callable[[LineFactory], Deferred[Peer]]]:
    """Serve a factory on a new local socket and connect to it; the path stays below the system's limit."""
    from twisted.internet import reactor

    ports: list[IListeningPort] = []
    with tempfile.TemporaryDirectory(prefix="gorev-") as folder:

        async def serve(factory: LineFactory) -> Peer:
            path = str(Path(folder) / f"{len(ports)}.sock")
            ports.append(await UNIXServerEndpoint(reactor, path, wantPID=False).listen(factory))
            peer: Peer = await connectProtocol(UNIXClientEndpoint(reactor, path), Peer())
            return peer

        yield lambda factory: Deferred.fromCoroutine(serve(factory))
        for port in ports:
            pytest_twisted.blockon(port.stopListening())


def service(host: RecordingHost, tools: RecordingTools, token: str | None = None) -> Service:
    return Service(
        host=host,
        registry=offered(tools),
        clock=Clock(),
        render=str_of,
        version="1.2.3",
        instance="instance",
        token=token,
    )


@in_reactor
async def test_a_peer_that_only_stops_sending_gets_its_answers(
    connect: Callable[[LineFactory], Deferred[Peer]],
) -> None:
    host, registry = RecordingHost(), RecordingTools()
    factory = LineFactory(service(host, registry))
    peer = await connect(factory)
    assert peer.transport is not None
    peer.transport.write(
        b"".join(json.dumps(message).encode() + b"\n" for message in [request("bekle_oku"), PING | {"id": 2}])
    )
    await peer.lines(1)
    peer.transport.loseWriteConnection()  # type: ignore[attr-defined]  # ITransport of a socket has it
    registry.waiting[0].callback(None)
    answers = [json.loads(line) for line in (await peer.lost).splitlines()]
    assert [answer["id"] for answer in answers] == [2, 1]
    await factory.close_all()
    assert host.clients == []


@in_reactor
async def test_a_peer_that_does_not_read_is_not_served_until_it_does(
    connect: Callable[[LineFactory], Deferred[Peer]],
) -> None:
    """Large answers fill the socket; the rest follows when the peer reads, although it has ended its input by then."""
    registry = RecordingTools()
    factory = LineFactory(service(RecordingHost(), registry))
    slow, other = await connect(factory), await connect(factory)
    assert slow.transport is not None
    assert other.transport is not None
    count, size = 300, 100_000
    slow.transport.pauseProducing()  # type: ignore[attr-defined]  # ITransport of a socket has it
    requests = [request("buyuk", number, boy=size) for number in range(count)]
    slow.transport.write(b"".join(json.dumps(message).encode() + b"\n" for message in requests))
    slow.transport.loseWriteConnection()  # type: ignore[attr-defined]
    for number in range(1, 11):
        other.transport.write(json.dumps(PING).encode() + b"\n")
        await other.lines(number)
    assert len(registry.calls) < count
    slow.transport.resumeProducing()  # type: ignore[attr-defined]
    answers = (await slow.lost).splitlines()
    assert [json.loads(line)["id"] for line in answers] == list(range(count))
    assert all(len(line) > size for line in answers)
    await factory.close_all()


@in_reactor
async def test_closing_all_ends_the_connections_of_real_peers(connect: Callable[[LineFactory], Deferred[Peer]]) -> None:
    factory = LineFactory(service(RecordingHost(), RecordingTools()))
    peer = await connect(factory)
    assert peer.transport is not None
    peer.transport.write(json.dumps(PING).encode() + b"\n")
    await peer.lines(1)
    await factory.close_all()
    assert json.loads(await peer.lost) == PONG
