"""The conversation without I/O: what leaves for whom, line by line."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gorev.bridge.session import OPEN, Session
from gorev.launcher import is_older
from tests.fake_stage import INITIALIZE, INITIALIZED, call, request


def line(message: object) -> bytes:
    """A message as a line."""
    return json.dumps(message).encode() + b"\n"


def result(identity: object) -> dict[str, object]:
    """An answer."""
    return {"jsonrpc": "2.0", "id": identity, "result": {}}


class Ends:
    """A session with the client and the daemon played by the test."""

    def __init__(self) -> None:
        self.session = Session("en", "1.0.0")

    def connect(self, repeatable: list[object] | None = None, version: str = "1.0.0") -> None:
        """A daemon accepts the connection and welcomes the bridge."""
        self.session.greet({})
        assert self.to_daemon()[0]["method"] == "notifications/gorev/hello"
        params = {"instance": "i", "version": version, "workspace": None, "repeatable": repeatable}
        self.daemon({"jsonrpc": "2.0", "method": "notifications/gorev/welcome", "params": params})

    def client(self, *messages: object) -> None:
        """The client sends each message."""
        for message in messages:
            self.session.from_client(line(message))

    def daemon(self, *messages: object) -> None:
        """The daemon sends each message."""
        for message in messages:
            self.session.from_daemon(line(message))

    def to_daemon(self) -> list[Any]:
        """What leaves for the daemon now."""
        sent = []
        while self.session.for_daemon:
            sent.append(json.loads(self.session.for_daemon[0].line))
            self.session.written()
        return sent

    def to_client(self) -> list[Any]:
        """What leaves for the client now."""
        said = [json.loads(part) for part in bytes(self.session.for_client).splitlines()]
        self.session.for_client.clear()
        return said


@pytest.fixture
def ends() -> Ends:
    """A session with its two ends, not connected."""
    return Ends()


def test_nothing_of_the_client_leaves_before_the_welcome(ends: Ends) -> None:
    ends.client(INITIALIZE)
    ends.session.greet({"workspace": None})
    hello = ends.to_daemon()
    assert hello == [{"jsonrpc": "2.0", "method": "notifications/gorev/hello", "params": {"workspace": None}}]
    ends.daemon(result("stray"))
    assert ends.to_client() == []
    ends.daemon({"jsonrpc": "2.0", "method": "notifications/gorev/welcome", "params": {}})
    assert ends.to_daemon() == [INITIALIZE]


def test_a_line_that_had_not_left_completely_goes_to_the_next_daemon(ends: Ends) -> None:
    ends.connect()
    ends.client(call(1, "write"), {"jsonrpc": "2.0", "method": "notifications/other"}, call(2, "write"))
    ends.session.written()
    ends.session.lost()
    assert [(answer["id"], answer["error"]["code"]) for answer in ends.to_client()] == [(1, -32603)]
    ends.connect()
    assert [message.get("id") for message in ends.to_daemon()] == [None, 2]


def test_what_is_repeated_comes_before_what_was_said_later(ends: Ends) -> None:
    ends.connect()
    ends.client(request(1, "tools/list"), request(2, "prompts/list"))
    ends.session.written()
    ends.session.lost()
    ends.client(request(3, "ping"))
    ends.connect()
    assert [message["id"] for message in ends.to_daemon()] == [1, 2, 3]


def test_what_the_bridge_itself_had_to_say_is_not_said_to_the_next_daemon(ends: Ends) -> None:
    ends.connect(version="0.9.0")
    assert ends.session.asked_to_end
    ends.session.lost()
    ends.connect()
    assert ends.to_daemon() == []


def test_a_tool_called_by_its_bare_name_is_repeated_like_the_tool(ends: Ends) -> None:
    ends.connect(repeatable=["reads", {"not": "a name"}])
    ends.client(request(1, "reads"), request(2, "writes"), request(3, "writes", idempotency_key="k"))
    ends.to_daemon()
    ends.session.lost()
    assert [answer["id"] for answer in ends.to_client()] == [2]
    ends.connect()
    assert [message["id"] for message in ends.to_daemon()] == [1, 3]


def test_a_second_request_under_an_id_in_flight_is_refused_and_the_first_one_is_not_forgotten(ends: Ends) -> None:
    ends.connect()
    ends.client(call(1, "write"), call(1, "write"), call("1", "write"))
    assert [message["id"] for message in ends.to_daemon()] == [1, "1"]
    (refused,) = ends.to_client()
    assert (refused["id"], refused["error"]["code"]) == (1, -32600)
    ends.session.lost()
    assert [(answer["id"], answer["error"]["code"]) for answer in ends.to_client()] == [(1, -32603), ("1", -32603)]


def test_a_request_cancelled_while_no_daemon_is_there_never_leaves(ends: Ends) -> None:
    ends.connect()
    ends.client(call(1, "write", idempotency_key="k"), call(2, "write", idempotency_key="k"))
    ends.to_daemon()
    ends.session.lost()
    ends.client({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}})
    ends.connect()
    assert [message.get("id") for message in ends.to_daemon()] == [2]
    assert ends.session.backlog == 0
    assert ends.to_client() == []


def test_an_id_the_daemon_takes_for_none_is_not_waited_for(ends: Ends) -> None:
    ends.connect()
    ends.client(request("x" * 1025, "ping"))
    assert len(ends.to_daemon()) == 1
    assert not ends.session.waiting


SHUTTING_DOWN = {"jsonrpc": "2.0", "method": "notifications/gorev/shutting_down"}


def test_what_has_not_left_a_daemon_that_ends_goes_to_the_next_one_in_order(ends: Ends) -> None:
    ends.connect()
    ends.client(call(1, "write"), call(2, "write"), call(3, "write"))
    ends.session.written()
    ends.daemon(SHUTTING_DOWN)
    ends.session.stop_sending(begun=True)
    ends.client(call(4, "write"))
    assert [message["id"] for message in ends.to_daemon()] == [2]
    ends.daemon(result(2), result(1))
    ends.session.lost()
    assert [answer["id"] for answer in ends.to_client()] == [2, 1]
    ends.connect()
    assert [message["id"] for message in ends.to_daemon()] == [3, 4]


def test_what_a_daemon_that_ends_has_not_answered_has_an_unknown_outcome(ends: Ends) -> None:
    ends.connect()
    ends.client(call(1, "write"))
    ends.to_daemon()
    ends.daemon(SHUTTING_DOWN)
    ends.session.stop_sending(begun=False)
    ends.session.lost()
    (answer,) = ends.to_client()
    assert answer["error"]["message"].startswith("outcome unknown")


def test_the_streams_that_a_daemon_ends_with_itself_go_on_with_the_next_one(ends: Ends) -> None:
    ends.connect()
    ends.client(request("l", "subscriptions/listen"))
    ends.to_daemon()
    meta = {"io.modelcontextprotocol/subscriptionId": "l"}
    acknowledged = {"jsonrpc": "2.0", "method": "notifications/subscriptions/acknowledged", "params": {"_meta": meta}}
    ends.daemon(acknowledged, SHUTTING_DOWN, {"jsonrpc": "2.0", "id": "l", "result": {"_meta": meta}})
    assert ends.to_client() == [acknowledged]
    ends.session.lost()
    ends.connect()
    assert [message["id"] for message in ends.to_daemon()] == ["l"]
    ends.daemon(acknowledged)
    assert ends.to_client() == []
    ends.daemon({"jsonrpc": "2.0", "id": "l", "result": {"_meta": meta}})
    assert [answer["id"] for answer in ends.to_client()] == ["l"]


def test_a_daemon_that_ends_during_the_replay_is_sent_nothing_more(ends: Ends) -> None:
    ends.connect()
    ends.client(INITIALIZE)
    ends.to_daemon()
    ends.daemon(result(0))
    ends.session.lost()
    ends.client(call(1, "write"))
    ends.connect()
    (replayed,) = ends.to_daemon()
    ends.daemon(SHUTTING_DOWN)
    ends.session.stop_sending(begun=False)
    ends.daemon(result(replayed["id"]))
    assert ends.to_daemon() == []
    assert [answer["id"] for answer in ends.to_client()] == [0]


def test_a_subscription_that_was_refused_is_not_renewed(ends: Ends) -> None:
    ends.connect()
    ends.client(request(1, "resources/subscribe", uri="gorev://a"), request(2, "resources/subscribe", uri="gorev://b"))
    ends.to_daemon()
    ends.daemon({"jsonrpc": "2.0", "error": {"code": -32002, "message": "no"}, "id": 1}, result(2))
    ends.session.lost()
    ends.connect()
    assert [message["params"] for message in ends.to_daemon()] == [{"uri": "gorev://b"}]


def test_each_request_of_a_batch_is_answered_when_the_daemon_is_lost(ends: Ends) -> None:
    ends.connect()
    ends.client([request(1, "tools/list"), call("1", "write"), INITIALIZED, 7, request(2, "ping")])
    assert len(ends.to_daemon()) == 1
    ends.daemon([result(2), {"jsonrpc": "2.0", "method": "notifications/other"}])
    assert len(ends.to_client()) == 1
    ends.session.lost()
    assert [answer["id"] for answer in ends.to_client()] == [1, "1"]
    assert not ends.session.waiting


def test_a_subscription_made_in_a_batch_does_not_spoil_the_next_connection(ends: Ends) -> None:
    ends.connect()
    ends.client([request(1, "resources/subscribe", uri="gorev://a")])
    ends.to_daemon()
    ends.daemon([result(1)])
    ends.session.lost()
    ends.connect()
    assert ends.to_daemon() == []


@pytest.mark.parametrize("identity", [None, True, 1.5, [], {}])
def test_a_request_with_an_id_of_another_type_is_not_answered_by_the_bridge(ends: Ends, identity: object) -> None:
    ends.connect()
    ends.client({"jsonrpc": "2.0", "id": identity, "method": "ping"})
    assert len(ends.to_daemon()) == 1
    assert not ends.session.waiting


def test_a_cancellation_of_true_does_not_cancel_1(ends: Ends) -> None:
    ends.connect()
    ends.client(call(1, "write"))
    ends.client({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": True}})
    assert ends.session.waiting
    ends.client({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}})
    assert not ends.session.waiting


def test_an_initialize_cannot_be_cancelled(ends: Ends) -> None:
    ends.client(INITIALIZE)
    ends.client({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 0}})
    assert ends.session.waiting


def test_client_lines_wait_until_the_replayed_initialize_is_answered(ends: Ends) -> None:
    ends.connect()
    ends.client(INITIALIZE)
    ends.to_daemon()
    ends.daemon(result(0))
    ends.client(INITIALIZED)
    ends.to_daemon()
    ends.session.lost()
    ends.client(call(1, "write"))
    ends.connect()
    (replayed,) = ends.to_daemon()
    ends.daemon(result(replayed["id"]))
    assert [message["method"] for message in ends.to_daemon()] == ["notifications/initialized", "tools/call"]
    assert [answer["id"] for answer in ends.to_client()] == [0]


def test_a_refused_replay_does_not_hold_the_client_up(ends: Ends) -> None:
    ends.connect()
    ends.client(INITIALIZE)
    ends.to_daemon()
    ends.daemon(result(0))
    ends.session.lost()
    ends.connect()
    (replayed,) = ends.to_daemon()
    ends.daemon({"jsonrpc": "2.0", "id": replayed["id"], "error": {"code": -32602, "message": "no"}})
    assert ends.session.phase == OPEN


def test_an_initialized_that_had_not_left_is_sent_once(ends: Ends) -> None:
    ends.connect()
    ends.client(INITIALIZE)
    ends.to_daemon()
    ends.daemon(result(0))
    ends.client(INITIALIZED)
    ends.session.lost()
    ends.connect()
    (replayed,) = ends.to_daemon()
    ends.daemon(result(replayed["id"]))
    assert ends.to_daemon() == [INITIALIZED]


def test_a_listen_whose_acknowledgement_was_lost_gets_the_next_one(ends: Ends) -> None:
    ends.connect()
    ends.client(request("l", "subscriptions/listen"))
    ends.to_daemon()
    ends.session.lost()
    ends.connect()
    meta = {"io.modelcontextprotocol/subscriptionId": "l"}
    acknowledged = {"jsonrpc": "2.0", "method": "notifications/subscriptions/acknowledged", "params": {"_meta": meta}}
    ends.daemon(acknowledged)
    assert ends.to_client() == [acknowledged]


def test_a_failure_answers_all_that_waits_and_all_that_comes(ends: Ends) -> None:
    ends.client(call(1, "write"), request("l", "subscriptions/listen"), INITIALIZED)
    ends.session.fail("broken", "io_error")
    ends.client(call("1", "write"), INITIALIZED)
    expected = {"code": -32603, "message": "broken", "data": {"code": "io_error"}}
    assert [(answer["id"], answer["error"]) for answer in ends.to_client()] == [
        (1, expected),
        ("l", expected),
        ("1", expected),
    ]
    assert ends.session.backlog == 0


def test_a_subscription_that_was_answered_by_a_failure_is_not_renewed(ends: Ends) -> None:
    ends.client(request(1, "resources/subscribe", uri="gorev://a"))
    ends.session.fail("broken")
    ends.session.failure = None
    ends.connect()
    assert ends.to_daemon() == []


def test_the_backlog_counts_what_has_not_left(ends: Ends) -> None:
    ends.client(request(1, "ping"))
    size = len(line(request(1, "ping")))
    assert ends.session.backlog == size
    ends.connect()
    assert ends.session.backlog == size
    ends.to_daemon()
    assert ends.session.backlog == 0
    ends.session.lost()
    assert ends.session.backlog == size


def test_an_answer_over_the_limit_becomes_an_error(ends: Ends) -> None:
    ends.connect()
    ends.client(request("a", "tools/list"))
    ends.to_daemon()
    ends.session.too_long_from_daemon(b'{"jsonrpc":"2.0","id":"a","result":{"x":"')
    ends.session.too_long_from_daemon(b'{"jsonrpc":"2.0","id":"of-nobody","result":{"x":"')
    (answer,) = ends.to_client()
    assert (answer["id"], answer["error"]["data"]) == ("a", {"code": "payload_too_large"})


@pytest.mark.parametrize(
    ("version", "than", "older"),
    [
        ("0.9.9", "0.10.0", True),
        ("0.10.0", "0.9.9", False),
        ("1.0.0", "1.0.0", False),
        ("1.0", "1.0.1", True),
        ("1.0.0-rc.1", "1.0.1", True),
        ("1.0.0+build", "1.0.0", False),
        ("", "1.0.0", False),
        ("dev", "1.0.0", False),
    ],
)
def test_versions_are_compared_by_their_numbers(version: str, than: str, older: bool) -> None:
    assert is_older(version, than) is older
