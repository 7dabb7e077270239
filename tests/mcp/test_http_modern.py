"""The revision without sessions over HTTP (``mcp-protocol.md`` §4, "Modern"), in memory and under a clock."""

from __future__ import annotations

from typing import Any

import pytest

from gorev.mcp import http_modern
from gorev.mcp.event_stream import PING_SECONDS, STALLED_SECONDS
from gorev.mcp.registry import Listing
from tests.mcp.http_wire import META, MODERN, HttpWire

SUBSCRIPTION = "io.modelcontextprotocol/subscriptionId"


@pytest.fixture
def wire() -> HttpWire:
    """The resource and its clients."""
    return HttpWire()


def listening(wire: HttpWire, id_: Any = 1, **wanted: Any) -> Any:
    """A client that listens to what it wants."""
    return wire.modern("subscriptions/listen", {"notifications": wanted}, id_=id_)


def test_a_call_is_answered_with_json_and_no_session(wire: HttpWire) -> None:
    answer = wire.modern("tools/call", {"name": "now", "arguments": {"a": 1}})
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert "mcp-session-id" not in answer.headers
    assert answer.json["id"] == 1
    assert answer.json["result"]["structuredContent"] == {"a": 1}
    assert answer.json["result"]["resultType"] == "complete"


def test_each_request_has_its_own_language_client_and_workspace(wire: HttpWire) -> None:
    wire.modern("tools/call", {"name": "now"}, path="/mcp/abc", Accept_Language="en")
    wire.modern("tools/call", {"name": "now"}, X_Workspace_Path="/a%20b", X_Workspace_Name="B%C3%BCro")
    wire.modern("tools/call", {"name": "now"}, path="/mcp/", X_Workspace_Id="def")
    wire.modern("tools/call", {"name": "now"}, path="/mcp/abc", X_Workspace_Id="def")
    assert wire.asked == [
        ("abc", None, None),
        (None, "/a b", "Büro"),
        ("def", None, None),
        ("abc", None, None),
    ]
    first = wire.tools.contexts[0]
    assert (first.workspace, first.language, first.client) == ("workspace abc", "en", "test")
    assert len({context.session for context in wire.tools.contexts}) == 4


def test_a_workspace_that_cannot_be_had_is_the_outcome_of_the_call(wire: HttpWire) -> None:
    answer = wire.modern("tools/call", {"name": "now"}, path="/mcp/unknown")
    assert answer.status == 200
    assert answer.json["result"]["structuredContent"] == {"code": "workspace_not_found"}
    assert wire.modern("tools/list", path="/mcp/unknown").status == 200


@pytest.mark.parametrize("path", ["/mcp/a/b", "/mcp/%ff"])
def test_nothing_is_below_a_workspace(wire: HttpWire, path: str) -> None:
    assert wire.modern("tools/list", path=path).status == 404


@pytest.mark.parametrize(
    ("method", "params", "status", "code"),
    [
        ("initialize", {}, 404, -32601),
        ("ping", {}, 404, -32601),
        ("logging/setLevel", {"level": "info"}, 404, -32601),
        ("resources/subscribe", {"uri": "test://static-text"}, 404, -32601),
        ("now", {}, 404, -32601),
        ("no/such", {}, 404, -32601),
        ("tools/call", {"name": "none"}, 400, -32602),
        ("tools/call", {}, 400, -32602),
        ("resources/read", {"uri": "test://none"}, 400, -32602),
        ("tools/list", {"cursor": "none"}, 400, -32602),
        ("tools/list", {"_meta": {}}, 400, -32602),
        ("initialize", {"_meta": {}}, 400, -32602),
    ],
)
def test_an_error_has_the_status_of_its_code(wire: HttpWire, method: str, params: Any, status: int, code: int) -> None:
    answer = wire.modern(method, params)
    assert answer.status == status
    assert answer.json["error"]["code"] == code
    assert answer.json["id"] == 1


@pytest.mark.parametrize("method", ["tools/list", "initialize"])
def test_a_revision_that_is_not_served_is_told_those_that_are(wire: HttpWire, method: str) -> None:
    meta = META | {"io.modelcontextprotocol/protocolVersion": "2099-01-01"}
    answer = wire.modern(method, {"_meta": meta}, MCP_Protocol_Version="2099-01-01")
    assert answer.status == 400
    assert answer.json["error"]["code"] == -32022
    assert answer.json["error"]["data"] == {"supported": [MODERN], "requested": "2099-01-01"}


def test_headers_that_contradict_the_body_come_before_the_revision(wire: HttpWire) -> None:
    answer = wire.modern("tools/list", MCP_Protocol_Version="2099-01-01")
    assert (answer.status, answer.json["error"]["code"]) == (400, -32020)
    assert wire.modern("tools/list", Mcp_Method="tools/call").json["error"]["code"] == -32020


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", -32700),
        (b"", -32700),
        (b"\xff", -32700),
        (b"[]", -32600),
        (b'[{"jsonrpc":"2.0","id":1,"method":"tools/list"}]', -32600),
        (b"1", -32600),
        (b'{"jsonrpc":"2.0","id":null,"method":"tools/list"}', -32600),
        (b'{"jsonrpc":"2.0","id":1.5,"method":"tools/list"}', -32600),
        (b'{"jsonrpc":"2.0","id":1}', -32600),
    ],
)
def test_what_is_no_message_is_a_bad_request(wire: HttpWire, body: bytes, code: int) -> None:
    answer = wire.send("POST", body, MCP_Protocol_Version=MODERN)
    assert (answer.status, answer.json["error"]["code"]) == (400, code)


def test_notifications_and_answers_are_taken_and_dropped(wire: HttpWire) -> None:
    for message in (
        {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}},
        {"jsonrpc": "2.0", "id": 1, "result": {}},
    ):
        answer = wire.send("POST", message, MCP_Protocol_Version=MODERN)
        assert (answer.status, answer.body) == (202, b"")
    unserved = wire.send("POST", {"jsonrpc": "2.0", "method": "x"}, MCP_Protocol_Version="2099-01-01")
    assert (unserved.status, unserved.json["error"]["code"]) == (400, -32022)


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT", "OPTIONS"])
def test_there_is_nothing_but_post(wire: HttpWire, method: str) -> None:
    answer = wire.send(method, MCP_Protocol_Version=MODERN, Mcp_Session_Id="x", Last_Event_ID="0-1")
    assert (answer.status, answer.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize(
    ("method", "accept", "status"),
    [
        ("tools/list", "text/event-stream", 406),
        ("tools/list", "text/html", 406),
        ("tools/list", "application/json", 200),
        ("tools/list", "", 200),
        ("subscriptions/listen", "application/json", 406),
    ],
)
def test_an_answer_is_of_a_kind_the_client_takes(wire: HttpWire, method: str, accept: str, status: int) -> None:
    assert wire.modern(method, {"notifications": {}}, Accept=accept).status == status


def test_the_answer_becomes_events_when_something_is_told_before_it(wire: HttpWire) -> None:
    client = wire.modern("tools/call", {"name": "later", "_meta": {**META, "progressToken": "t"}})
    assert client.status is None
    wire.tools.contexts[0].progress(1, 2)
    assert client.status == 200
    assert client.headers["cache-control"] == "no-cache, no-transform"
    assert client.headers["x-accel-buffering"] == "no"
    wire.tools.held[0].callback(None)
    progress, answer = client.events
    assert progress.data["params"] == {"progressToken": "t", "progress": 1, "total": 2}
    assert answer.data["result"]["resultType"] == "complete"
    assert progress.id is None
    assert answer.id is None
    assert client.has_ended
    assert not wire.clock.getDelayedCalls()


def test_a_client_that_takes_no_events_gets_the_answer_alone(wire: HttpWire) -> None:
    meta = {**META, "progressToken": "t"}
    client = wire.modern("tools/call", {"name": "later", "_meta": meta}, Accept="application/json")
    wire.tools.contexts[0].progress(1, 2)
    wire.tools.held[0].callback(None)
    assert client.json["result"]["resultType"] == "complete"


@pytest.mark.parametrize("told", [False, True])
def test_hanging_up_cancels_the_call(wire: HttpWire, told: bool) -> None:
    client = wire.modern("tools/call", {"name": "later", "_meta": {**META, "progressToken": "t"}})
    if told:
        wire.tools.contexts[0].progress(1, 2)
    sent = client.transport.value()
    client.hang_up()
    assert wire.tools.cancelled == 1
    assert wire.watched[0].called
    assert client.transport.value() == sent
    assert not wire.clock.getDelayedCalls()


def test_requests_of_one_id_do_not_meet(wire: HttpWire) -> None:
    first, second = (wire.modern("tools/call", {"name": "later", "arguments": {"a": number}}) for number in (1, 2))
    wire.tools.held[1].callback(None)
    wire.tools.held[0].callback(None)
    assert first.json["result"]["structuredContent"] == {"a": 1}
    assert second.json["result"]["structuredContent"] == {"a": 2}


def test_calls_in_flight_are_waited_for_and_subscriptions_are_not(wire: HttpWire) -> None:
    wire.modern("tools/call", {"name": "later"})
    listening(wire, toolsListChanged=True)
    assert [request.called for request in wire.watched] == [False]
    wire.tools.held[0].callback(None)
    assert [request.called for request in wire.watched] == [True]


def test_a_call_that_a_stop_gives_up_is_answered_with_an_error(wire: HttpWire) -> None:
    client = wire.modern("tools/call", {"name": "later"})
    wire.watched[0].cancel()
    assert wire.tools.cancelled == 1
    assert client.json["error"]["code"] == -32603


def test_listening_is_acknowledged_first_and_hears_what_it_wants(wire: HttpWire) -> None:
    client = listening(wire, id_="l", toolsListChanged=True)
    wire.changes.tell(Listing.PROMPTS)
    wire.changes.tell(Listing.TOOLS)
    acknowledged, changed = client.said
    assert acknowledged["method"] == "notifications/subscriptions/acknowledged"
    assert acknowledged["params"]["notifications"] == {"toolsListChanged": True}
    assert changed["method"] == "notifications/tools/list_changed"
    assert {each["params"]["_meta"][SUBSCRIPTION] for each in (acknowledged, changed)} == {"l"}
    assert not client.has_ended


def test_who_listens_counts_as_a_client_until_it_hangs_up(wire: HttpWire) -> None:
    client = listening(wire, toolsListChanged=True)
    assert wire.host.names == ["test"]
    assert len(wire.host.clients) == 1
    client.hang_up()
    assert wire.host.clients == []
    assert wire.changes.heard == []
    assert not wire.clock.getDelayedCalls()


def test_a_stop_ends_subscriptions_with_their_result_and_lets_calls_end(wire: HttpWire) -> None:
    listens = listening(wire, id_=7, toolsListChanged=True)
    call = wire.modern("tools/call", {"name": "later"})
    wire.resource.stop()
    assert listens.said[-1]["id"] == 7
    assert listens.said[-1]["result"]["_meta"][SUBSCRIPTION] == 7
    assert listens.has_ended
    assert call.status is None
    wire.tools.held[0].callback(None)
    assert call.status == 200
    late = wire.modern("tools/list")
    assert late.status == 503
    assert late.headers["retry-after"] == "1"


def test_a_bounded_number_may_listen(wire: HttpWire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_modern, "LISTENS", 2)
    clients = [listening(wire, toolsListChanged=True) for _ in range(3)]
    assert [client.status for client in clients] == [200, 200, 503]
    clients[0].hang_up()
    assert listening(wire, toolsListChanged=True).status == 200


def test_a_comment_keeps_a_quiet_stream_open(wire: HttpWire) -> None:
    client = listening(wire, toolsListChanged=True)
    wire.clock.advance(PING_SECONDS)
    wire.clock.advance(PING_SECONDS)
    assert client.pings == 2
    assert len(client.events) == 1


def test_a_client_that_reads_nothing_is_told_once_what_changed_meanwhile(wire: HttpWire) -> None:
    client = listening(wire, toolsListChanged=True)
    client.stall()
    sent = client.transport.value()
    for _ in range(1000):
        wire.changes.tell(Listing.TOOLS)
        wire.clock.advance(0.05)
    assert client.transport.value() == sent
    client.go_on()
    assert [message["method"] for message in client.said[1:]] == ["notifications/tools/list_changed"]


def test_a_client_that_reads_nothing_for_long_is_dropped(wire: HttpWire) -> None:
    client = listening(wire, toolsListChanged=True)
    client.stall()
    while not client.is_dropped:
        wire.clock.advance(PING_SECONDS)
    assert STALLED_SECONDS <= wire.clock.seconds() <= STALLED_SECONDS + PING_SECONDS
