"""How long a peer may take over HTTP: nobody lives for ever by saying little, or by not reading."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from twisted.internet.address import IPv4Address
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Site

from gorev.channel import FAREWELL_SECONDS, REQUEST_SECONDS, SILENCE_SECONDS, PatientChannel

REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
CLOSING = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
BODY = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n" + b"x" * 5000


class Answers(Resource):
    """Answers at once, but leaves ``/wait`` open."""

    isLeaf = True

    def render_GET(self, request: Any) -> Any:
        return NOT_DONE_YET if request.path == b"/wait" else b"done"

    def render_POST(self, request: Any) -> bytes:
        return b"done"


class OneSite(Site):
    """A site with our channel."""

    protocol: Any = PatientChannel

    def malformed(self) -> bytes:
        return b"HTTP/1.1 400 Bad Request\r\nContent-Length: 3\r\n\r\nno!"


class Peer(StringTransport):
    """A transport that tells how the connection was ended."""

    aborted = False

    def abortConnection(self) -> None:
        self.aborted = True
        super().abortConnection()


@attrs.define
class Connection:
    """A peer, its connection, and the time."""

    clock: Clock
    transport: Peer
    channel: Any

    def trickle(self, content: bytes) -> int:
        """Send bytes one by one, one a second; how many until the connection was closed."""
        for count, byte in enumerate(content):
            if self.transport.disconnecting:
                return count
            self.channel.dataReceived(bytes([byte]))
            self.clock.advance(1)
        return len(content)

    @property
    def answers(self) -> int:
        """How many answers the peer got."""
        return int(self.transport.value().count(b"HTTP/1.1 200"))


@pytest.fixture
def connection() -> Connection:
    """A connection that was just made."""
    clock = Clock()
    site = OneSite(Answers(), reactor=clock)
    channel: Any = site.buildProtocol(IPv4Address("TCP", "127.0.0.1", 1))
    transport = Peer(peerAddress=IPv4Address("TCP", "127.0.0.1", 1))
    channel.makeConnection(transport)
    return Connection(clock, transport, channel)


def test_who_says_nothing_is_let_go(connection: Connection) -> None:
    connection.clock.advance(SILENCE_SECONDS - 1)
    assert not connection.transport.disconnecting
    connection.clock.advance(1)
    assert connection.transport.disconnecting


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"G" * 5000, id="line"),
        pytest.param(b"GET / HTTP/1.1\r\nX: " + b"x" * 5000, id="header"),
        pytest.param(b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 400, id="headers"),
        pytest.param(BODY, id="body"),
    ],
)
def test_who_trickles_is_let_go_however_steadily(connection: Connection, content: bytes) -> None:
    assert REQUEST_SECONDS <= connection.trickle(content) <= REQUEST_SECONDS + 2
    assert not connection.answers


def test_a_body_that_trickles_is_let_go_though_its_head_came_at_once(connection: Connection) -> None:
    head, _, body = BODY.partition(b"\r\n\r\n")
    connection.channel.dataReceived(head + b"\r\n\r\n")
    assert REQUEST_SECONDS <= connection.trickle(body) <= REQUEST_SECONDS + 2


def test_a_request_in_time_is_answered_and_the_next_one_has_a_time_of_its_own(connection: Connection) -> None:
    for count in range(1, 5):
        assert connection.trickle(REQUEST) == len(REQUEST)
        assert connection.answers == count
        connection.clock.advance(SILENCE_SECONDS - 5)
    assert not connection.transport.disconnecting


def test_requests_that_come_together_are_all_answered(connection: Connection) -> None:
    connection.channel.dataReceived(REQUEST * 3)
    assert connection.answers == 3
    connection.clock.advance(SILENCE_SECONDS - 1)
    connection.channel.dataReceived(REQUEST)
    assert connection.answers == 4


def test_an_answer_may_take_as_long_as_it_takes(connection: Connection) -> None:
    connection.channel.dataReceived(REQUEST.replace(b"/ ", b"/wait ", 1))
    for _ in range(100):
        connection.clock.advance(SILENCE_SECONDS)
    assert not connection.transport.disconnecting
    connection.channel.requests[0].finish()
    assert connection.answers == 1


@pytest.mark.parametrize("content", [CLOSING, b"no HTTP\r\n"], ids=["last", "malformed"])
def test_who_does_not_read_the_last_answer_is_dropped(connection: Connection, content: bytes) -> None:
    connection.channel.dataReceived(content)
    assert connection.transport.disconnecting
    connection.clock.advance(FAREWELL_SECONDS - 1)
    assert not connection.transport.aborted
    connection.clock.advance(1)
    assert connection.transport.aborted


def test_who_leaves_in_time_leaves_nothing_behind(connection: Connection) -> None:
    connection.channel.dataReceived(CLOSING)
    connection.channel.connectionLost(None)
    assert connection.clock.getDelayedCalls() == []


@pytest.mark.parametrize("content", [REQUEST, BODY], ids=["answered", "half"])
def test_a_dismissed_connection_on_which_nothing_is_worked_on_ends_with_what_was_written(
    connection: Connection, content: bytes
) -> None:
    connection.channel.dataReceived(content)
    connection.channel.dismiss()
    assert connection.transport.disconnecting
    assert not connection.transport.aborted
    connection.clock.advance(FAREWELL_SECONDS)
    assert connection.transport.aborted


def test_a_connection_on_which_nobody_has_asked_yet_is_not_dismissed(connection: Connection) -> None:
    connection.channel.dismiss()
    connection.channel.dataReceived(REQUEST)
    assert connection.answers == 1


def test_a_dismissed_connection_ends_once_what_is_worked_on_is_answered(connection: Connection) -> None:
    connection.channel.dataReceived(REQUEST.replace(b"/ ", b"/wait ", 1) + REQUEST)
    connection.channel.dismiss()
    assert not connection.transport.disconnecting
    connection.channel.requests[0].finish()
    assert connection.answers == 1
    assert connection.transport.disconnecting


def test_an_answer_that_goes_on_and_on_does_not_keep_a_dismissed_connection(connection: Connection) -> None:
    connection.channel.dataReceived(REQUEST.replace(b"/ ", b"/wait ", 1))
    connection.channel.requests[0].write(b"data:")
    connection.channel.dismiss()
    assert connection.transport.aborted
