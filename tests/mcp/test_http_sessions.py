"""The revisions with sessions over HTTP (``mcp-protocol.md`` §4, "Legacy"), in memory and under a clock."""

from __future__ import annotations

from typing import Any

import pytest

from gorev.mcp import http_sessions
from gorev.mcp.event_stream import PING_SECONDS
from gorev.mcp.http_sessions import IDLE_SECONDS, KEPT_EVENTS, SESSIONS
from gorev.mcp.registry import Listing
from tests.mcp.http_wire import META, Client, HttpSession, HttpWire

UPDATED = "notifications/resources/updated"
CHANGED = "notifications/tools/list_changed"


@pytest.fixture
def wire() -> HttpWire:
    """The resource and its clients."""
    return HttpWire()


@pytest.fixture
def session(wire: HttpWire) -> HttpSession:
    """A session that has asked for the list of tools, and so hears when it changes."""
    begun = wire.begin()
    begun.request("tools/list")
    return begun


def change(wire: HttpWire) -> None:
    """Let the list of tools change, long after the last time."""
    wire.clock.advance(2)
    wire.changes.tell(Listing.TOOLS)


def methods(client: Client) -> list[str]:
    """What a stream told, in order."""
    return [message.get("method", "answer") for message in client.said]


def ids(client: Client) -> list[str]:
    """The ids of a stream's events."""
    return [event.id for event in client.events if event.id is not None]


def step(wire: HttpWire, done: float) -> None:
    """The latest call is a step further."""
    wire.clock.advance(1)
    wire.tools.contexts[-1].progress(done)


def test_initialize_begins_a_session_of_an_unguessable_id(wire: HttpWire) -> None:
    sessions = [wire.begin(version) for version in ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25")]
    assert [each.opening["protocolVersion"] for each in sessions][-1] == "2025-11-25"
    assert len({each.id for each in sessions}) == 4
    assert all(len(each.id) >= 43 and each.id.isascii() for each in sessions)
    assert wire.host.names == ["old"] * 4
    assert not {each.id for each in sessions} & set(wire.host.clients)


def test_an_initialize_that_is_refused_begins_none(wire: HttpWire) -> None:
    message = {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {"_meta": 1}}
    answer = wire.send("POST", message)
    assert answer.json["error"]["code"] == -32602
    assert "mcp-session-id" not in answer.headers
    assert wire.host.clients == []
    assert not wire.clock.getDelayedCalls()


def test_a_session_goes_on_from_request_to_request(wire: HttpWire, session: HttpSession) -> None:
    answer = session.call("now", a=1)
    assert answer.headers["content-type"] == "application/json"
    assert answer.json["result"]["structuredContent"] == {"a": 1}
    assert session.request("ping").json["result"] == {}
    assert session.send("POST", {"jsonrpc": "2.0", "method": "notifications/initialized"}).status == 202
    assert session.send("POST", {"jsonrpc": "2.0", "id": 9, "result": {}}).status == 202
    session.call("now")
    assert len({context.session for context in wire.tools.contexts}) == 1


@pytest.mark.parametrize("version", ["2024-11-05", "2025-03-26", "2025-11-25", None])
def test_the_revision_header_may_be_any_that_has_sessions_or_absent(session: HttpSession, version: str | None) -> None:
    headers = {} if version is None else {"MCP_Protocol_Version": version}
    assert session.request("tools/list", **headers).status == 200


def test_language_and_workspace_are_those_of_the_beginning(wire: HttpWire) -> None:
    session = wire.begin(path="/mcp/abc", Accept_Language="en", X_Workspace_Path="/x")
    assert session.opening["instructions"] == "instructions in en"
    session.request("tools/call", {"name": "now"}, Accept_Language="tr", X_Workspace_Id="other")
    assert wire.asked == [("abc", "/x", None)]
    assert wire.tools.contexts[0].language == "en"
    assert wire.tools.contexts[0].client == "old"


@pytest.mark.parametrize("method", ["POST", "GET", "DELETE"])
def test_a_missing_session_is_a_bad_request_and_an_unknown_one_not_found(wire: HttpWire, method: str) -> None:
    body = {"jsonrpc": "2.0", "id": 5, "method": "tools/list"} if method == "POST" else None
    assert wire.send(method, body).status == 400
    assert wire.send(method, body, Mcp_Session_Id="unknown").status == 404
    if method == "POST":
        assert wire.send(method, body).json["id"] == 5


def test_a_session_is_known_at_its_own_address_only(wire: HttpWire) -> None:
    session = wire.begin(path="/mcp/abc")
    message = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    assert wire.send("POST", message, "/mcp/def", Mcp_Session_Id=session.id).status == 404
    assert wire.send("POST", message, Mcp_Session_Id=session.id).status == 404


def test_a_client_with_a_lost_session_begins_another_one(wire: HttpWire) -> None:
    message = {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {"protocolVersion": "2025-06-18"}}
    assert wire.send("POST", message, Mcp_Session_Id="lost").headers["mcp-session-id"] != "lost"


def test_a_repeated_initialize_negotiates_again_in_the_same_session(session: HttpSession) -> None:
    answer = session.request("initialize", {"protocolVersion": "2025-03-26"})
    assert answer.json["result"]["protocolVersion"] == "2025-03-26"
    assert "mcp-session-id" not in answer.headers
    assert session.request("ping").status == 200


def test_a_modern_body_without_its_headers_is_refused(wire: HttpWire, session: HttpSession) -> None:
    for answer in (
        session.request("tools/list", {"_meta": META}),
        wire.send("POST", {"jsonrpc": "2.0", "id": 1, "method": "server/discover", "params": {"_meta": META}}),
    ):
        assert (answer.status, answer.json["error"]["code"]) == (400, -32020)


def test_delete_ends_a_session_and_all_that_runs_in_it(wire: HttpWire, session: HttpSession) -> None:
    stream = session.listen()
    call = session.call("later")
    assert session.send("DELETE").status == 204
    assert wire.tools.cancelled == 1
    assert call.status == 202
    assert stream.has_ended
    assert session.request("ping").status == 404
    assert wire.host.clients == []
    assert wire.changes.heard == []
    assert not wire.clock.getDelayedCalls()


@pytest.mark.parametrize(("method", "status"), [("PUT", 405), ("OPTIONS", 405), ("HEAD", 405)])
def test_other_methods_are_not_allowed(session: HttpSession, method: str, status: int) -> None:
    answer = session.send(method)
    assert (answer.status, answer.headers["allow"]) == (status, "GET, POST, DELETE")


def test_only_the_revision_of_2025_03_takes_batches(wire: HttpWire) -> None:
    batch = [{"jsonrpc": "2.0", "id": number, "method": "ping"} for number in (1, "1")]
    notes = [{"jsonrpc": "2.0", "method": "notifications/initialized"}]
    old = wire.begin("2025-03-26")
    assert {repr(each["id"]) for each in old.send("POST", batch).json} == {"1", "'1'"}
    assert old.send("POST", notes).status == 202
    assert old.send("POST", []).status == 400
    newer = wire.begin("2025-06-18")
    assert newer.send("POST", batch).status == 400
    assert newer.send("POST", batch).json["error"]["code"] == -32600
    assert wire.send("POST", batch).status == 400


@pytest.mark.parametrize(("body", "code"), [(b"{", -32700), (b"", -32700), (b"\xff", -32700), (b"1", -32600)])
def test_what_is_no_message_is_a_bad_request(session: HttpSession, body: bytes, code: int) -> None:
    answer = session.send("POST", body)
    assert (answer.status, answer.json["error"]["code"]) == (400, code)


def test_requests_of_one_id_in_flight_each_get_their_own_answer(wire: HttpWire, session: HttpSession) -> None:
    calls = [session.call("later", id_=1, a=number) for number in range(3)]
    for held in reversed(wire.tools.held):
        held.callback(None)
    assert [call.json["result"]["structuredContent"] for call in calls] == [{"a": number} for number in range(3)]


def test_hanging_up_is_no_cancellation_but_the_notification_is(wire: HttpWire, session: HttpSession) -> None:
    session.call("later", id_=1).hang_up()
    assert wire.tools.cancelled == 0
    waiting = session.call("later", id_=2)
    params = {"requestId": 2}
    cancelling = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": params}
    assert session.send("POST", cancelling).status == 202
    assert wire.tools.cancelled == 1
    assert (waiting.status, waiting.body) == (202, b"")


def test_the_stream_tells_what_answers_nothing(wire: HttpWire, session: HttpSession) -> None:
    stream = session.listen()
    assert stream.headers["content-type"] == "text/event-stream"
    change(wire)
    assert methods(stream) == [CHANGED]
    wire.clock.advance(PING_SECONDS)
    assert stream.pings == 1


@pytest.mark.parametrize(("version", "primed"), [("2025-06-18", False), ("2025-11-25", True)])
def test_a_stream_begins_with_an_empty_event_since_2025_11(wire: HttpWire, version: str, primed: bool) -> None:
    stream = wire.begin(version).listen()
    assert stream.status == 200
    assert [(event.id is not None, event.data) for event in stream.events] == [(True, None)] * primed


def test_a_session_has_one_stream(session: HttpSession) -> None:
    first = session.listen()
    assert session.listen().status == 409
    first.hang_up()
    assert session.listen().status == 200


@pytest.mark.parametrize(("accept", "status"), [("application/json", 406), ("*/*", 200)])
def test_a_stream_is_for_those_that_accept_events(session: HttpSession, accept: str, status: int) -> None:
    assert session.listen(Accept=accept).status == status


def test_what_changes_while_nobody_listens_is_told_once_when_one_does(wire: HttpWire, session: HttpSession) -> None:
    for _ in range(100):
        change(wire)
    assert methods(session.listen()) == [CHANGED]


def test_a_lost_stream_goes_on_after_the_last_event_that_came(wire: HttpWire, session: HttpSession) -> None:
    first = session.listen()
    for _ in range(3):
        change(wire)
    _, seen, *missed = ids(first)
    first.hang_up()
    change(wire)
    again = session.listen(Last_Event_ID=seen)
    assert ids(again)[:2] == missed
    assert methods(again) == [CHANGED] * 3
    assert len({*ids(first), *ids(again)}) == 5


def test_who_resumes_takes_a_half_dead_stream_over(wire: HttpWire, session: HttpSession) -> None:
    first = session.listen()
    change(wire)
    second = session.listen(Last_Event_ID=ids(first)[0])
    assert first.has_ended
    assert methods(second) == [CHANGED]
    change(wire)
    assert methods(second) == [CHANGED, CHANGED]


def test_who_does_not_read_what_it_missed_is_sent_no_more(wire: HttpWire, session: HttpSession) -> None:
    first = session.listen()
    for _ in range(20):
        change(wire)
    first.hang_up()
    wire.capacity = 500
    again = session.listen(Last_Event_ID=ids(first)[0])
    assert methods(again) == [CHANGED] * 20
    for _ in range(10):
        change(wire)
    assert methods(again) == [CHANGED] * 20
    again.go_on()
    assert methods(again) == [CHANGED] * 21


def test_a_call_whose_client_was_lost_is_resumed_with_its_own_events_only(wire: HttpWire, session: HttpSession) -> None:
    standing = session.listen()
    call = session.call("later", token="t", a=1)
    step(wire, 1)
    change(wire)
    assert methods(call) == ["notifications/progress"]
    call.hang_up()
    step(wire, 2)
    wire.tools.held[0].callback(None)
    resumed = session.listen(Last_Event_ID=ids(call)[-1])
    assert resumed.said[-1]["result"]["structuredContent"] == {"a": 1}
    assert resumed.has_ended
    assert methods(standing) == [CHANGED]
    assert not standing.has_ended


def test_a_call_that_still_runs_can_be_resumed_and_goes_on(wire: HttpWire, session: HttpSession) -> None:
    call = session.call("later", token="t")
    step(wire, 1)
    call.hang_up()
    resumed = session.listen(Last_Event_ID=ids(call)[-1])
    assert methods(resumed) == []
    step(wire, 2)
    wire.tools.held[0].callback(None)
    assert methods(resumed) == ["notifications/progress", "answer"]
    assert resumed.has_ended


@pytest.mark.parametrize("last", ["", "x", "1", "-1-1", "0-0x", "9" * 40 + "-1", "0 -1"])
def test_an_event_id_that_was_never_given_is_refused(session: HttpSession, last: str) -> None:
    answer = session.send("GET", Accept="text/event-stream", Last_Event_ID=last or " ")
    assert answer.status == 400


def test_a_bounded_number_of_events_is_kept(wire: HttpWire, session: HttpSession) -> None:
    stream = session.listen()
    first = ids(stream)[0]
    for _ in range(KEPT_EVENTS + 10):
        change(wire)
    stream.hang_up()
    assert len(methods(session.listen(Last_Event_ID=first))) == KEPT_EVENTS


def test_a_session_that_nobody_uses_expires(wire: HttpWire, session: HttpSession) -> None:
    wire.clock.advance(IDLE_SECONDS - 1)
    assert session.request("ping").status == 200
    wire.clock.advance(IDLE_SECONDS - 1)
    assert session.request("ping").status == 200
    wire.clock.advance(IDLE_SECONDS)
    assert session.request("ping").status == 404
    assert wire.host.clients == []
    assert not wire.clock.getDelayedCalls()


@pytest.mark.parametrize("busy", ["listening", "calling"])
def test_a_session_in_use_does_not_expire(wire: HttpWire, session: HttpSession, busy: str) -> None:
    stream = session.listen() if busy == "listening" else None
    call = session.call("later") if busy == "calling" else None
    for _ in range(3):
        wire.clock.advance(IDLE_SECONDS)
    if stream is not None:
        stream.hang_up()
    if call is not None:
        wire.tools.held[0].callback(None)
        assert call.status == 200
    assert session.request("ping").status == 200


def test_the_session_unused_for_longest_makes_room(wire: HttpWire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_sessions, "SESSIONS", 3)
    sessions = []
    for _ in range(3):
        sessions.append(wire.begin())
        wire.clock.advance(1)
    sessions[0].request("ping")
    sessions[1].listen()
    wire.begin()
    assert [each.request("ping").status for each in sessions] == [200, 200, 404]
    assert SESSIONS >= 64


def test_no_session_begins_when_all_are_in_use(wire: HttpWire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_sessions, "SESSIONS", 1)
    wire.begin().listen()
    params: Any = {"protocolVersion": "2025-11-25"}
    answer = wire.send("POST", {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params})
    assert answer.status == 503
    assert "retry-after" in answer.headers


def test_a_stop_ends_streams_and_lets_calls_end(wire: HttpWire, session: HttpSession) -> None:
    stream = session.listen()
    call = session.call("later")
    wire.resource.stop()
    assert stream.has_ended
    wire.tools.held[0].callback(None)
    assert call.status == 200
    assert session.request("ping").status == 503


def test_a_call_that_a_stop_gives_up_is_answered_with_an_error(wire: HttpWire, session: HttpSession) -> None:
    call = session.call("later")
    wire.watched[-1].cancel()
    assert wire.tools.cancelled == 1
    assert call.json["error"]["code"] == -32603


def test_updates_of_a_resource_reach_the_stream_of_who_subscribed(wire: HttpWire, session: HttpSession) -> None:
    other = wire.begin()
    uri = "test://watched-resource"
    assert session.request("resources/subscribe", {"uri": uri}).json["result"] == {}
    streams = session.listen(), other.listen()
    wire.changes.update(uri)
    assert [methods(stream) for stream in streams] == [[UPDATED], []]
