"""What a client notices when its daemon goes, and what it does not: real processes, killed and stopped."""

from __future__ import annotations

import json

import pytest

import gorev
from gorev.launcher import Launch, start_daemon
from tests.fake_stage import INITIALIZE, INITIALIZED, Bridge, Stage, call, request, until

SUBSCRIPTION = "io.modelcontextprotocol/subscriptionId"


@pytest.fixture
def bridge(stage: Stage) -> Bridge:
    """A bridge whose client has opened a legacy session."""
    bridge = stage.bridge(GOREV_LANG="en")
    bridge.initialize()
    bridge.ask(request("begun", "ping"))
    return bridge


def listen(identity: int | str) -> dict[str, object]:
    """A request for the list_changed stream."""
    return request(identity, "subscriptions/listen", notifications={"toolsListChanged": True})


def test_a_killed_daemon_is_replaced_before_anything_is_asked(stage: Stage, bridge: Bridge) -> None:
    stage.kill_daemon()
    until(lambda: len(stage.requests("notifications/gorev/hello")) == 2)
    assert len(stage.starts()) == 2


def test_a_client_goes_on_with_the_next_daemon_as_if_nothing_had_happened(stage: Stage, bridge: Bridge) -> None:
    first = stage.daemon_pid()
    stage.kill_daemon()
    assert bridge.ask(call("next", "echo"))["result"]["pid"] not in (None, first)
    assert bridge.end() == (0, b"")


def test_the_handshake_is_replayed_under_an_id_of_the_bridge(stage: Stage, bridge: Bridge) -> None:
    before = len(stage.received())
    stage.kill_daemon()
    bridge.ask(call("next", "echo"))
    methods = [json.loads(line)["method"] for line in stage.received()[before:]]
    assert methods == ["notifications/gorev/hello", "initialize", "notifications/initialized", "tools/call"]
    original, replayed = stage.requests("initialize")
    assert original == INITIALIZE
    assert replayed == {**INITIALIZE, "id": replayed["id"]}
    assert isinstance(replayed["id"], str)
    assert replayed["id"].startswith("gorev-bridge-")


def test_eight_bridges_whose_daemon_is_killed_meet_on_one_new_daemon(stage: Stage) -> None:
    bridges = [stage.bridge() for _ in range(8)]
    for bridge in bridges:
        bridge.initialize()
    stage.kill_daemon()
    pids = {bridge.ask(call(1, "echo"))["result"]["pid"] for bridge in bridges}
    assert pids == {stage.daemon_pid()}
    assert len(stage.starts()) == 2


@pytest.mark.parametrize("method", ["tools/list", "resources/read", "completion/complete", "server/discover"])
def test_a_reading_request_is_sent_again(stage: Stage, method: str) -> None:
    stage.behave(dies_on=method)
    bridge = stage.bridge()
    bridge.initialize()
    stage.behave()
    assert bridge.ask(request(7, method))["result"]["pid"] == stage.starts()[1]["pid"]


def test_a_call_that_is_not_safe_to_repeat_is_answered_that_its_outcome_is_unknown(
    stage: Stage, bridge: Bridge
) -> None:
    answer = bridge.ask(call("once", "die"))
    assert answer["error"]["code"] == -32603
    assert answer["error"]["message"].startswith("outcome unknown")
    assert "result" in bridge.ask(call("twice", "echo"))
    assert [message["id"] for message in stage.requests("tools/call")] == ["once", "twice"]


def test_an_answer_that_was_cut_off_counts_as_none(stage: Stage, bridge: Bridge) -> None:
    assert bridge.ask(call(1, "half_answer"))["error"]["message"].startswith("outcome unknown")


def test_a_call_of_a_repeatable_tool_is_sent_again(stage: Stage) -> None:
    stage.behave(repeatable=["die_once"])
    bridge = stage.bridge()
    assert bridge.ask(call(1, "die_once"))["result"]["pid"] == stage.starts()[1]["pid"]


def test_a_call_with_an_idempotency_key_is_sent_again(stage: Stage, bridge: Bridge) -> None:
    answer = bridge.ask(call("1", "die_once", idempotency_key="k"))
    assert answer["result"]["arguments"] == {"idempotency_key": "k"}


def test_a_call_that_ends_every_daemon_is_given_up(stage: Stage) -> None:
    stage.behave(repeatable=["die"])
    bridge = stage.bridge()
    assert bridge.ask(call(1, "die"))["error"]["code"] == -32603
    assert len(stage.requests("tools/call")) == 3
    assert "result" in bridge.ask(call(2, "echo"))


def test_a_cancelled_call_is_neither_answered_nor_sent_again(stage: Stage, bridge: Bridge) -> None:
    bridge.send(call(1, "hang", idempotency_key="k"))
    bridge.send({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}})
    until(lambda: stage.requests("notifications/cancelled"))
    stage.kill_daemon()
    assert "result" in bridge.ask(call(2, "echo"))
    assert [message["id"] for message in stage.requests("tools/call")] == [1, 2]


def test_an_open_listen_is_renewed_and_acknowledged_once(stage: Stage) -> None:
    bridge = stage.bridge()
    bridge.send(listen("l"))
    assert bridge.receive()["params"]["_meta"] == {SUBSCRIPTION: "l"}
    stage.kill_daemon()
    until(lambda: len(stage.requests("subscriptions/listen")) == 2)
    assert bridge.ask(call(2, "echo"))["id"] == 2
    stage.kill_daemon()
    until(lambda: len(stage.requests("subscriptions/listen")) == 3)
    assert bridge.ask(call(3, "echo"))["id"] == 3
    assert stage.requests("subscriptions/listen") == [listen("l")] * 3


def test_a_listen_that_was_ended_is_not_renewed(stage: Stage) -> None:
    bridge = stage.bridge()
    bridge.send(listen(1))
    bridge.receive()
    bridge.send({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}})
    bridge.ask(request(2, "ping"))
    stage.kill_daemon()
    bridge.ask(request(3, "ping"))
    assert len(stage.requests("subscriptions/listen")) == 1


def test_resource_subscriptions_are_renewed_in_silence(stage: Stage, bridge: Bridge) -> None:
    for number, uri in enumerate(("gorev://a", "gorev://b", "gorev://a")):
        bridge.ask(request(number, "resources/subscribe", uri=uri))
    bridge.ask(request("u", "resources/unsubscribe", uri="gorev://b"))
    stage.kill_daemon()
    bridge.send(call("next", "subscription", uri="gorev://a"))
    assert [bridge.receive().get("method"), bridge.receive().get("id")] == ["notifications/resources/updated", "next"]
    renewed = stage.requests("resources/subscribe")[3:]
    assert [message["params"] for message in renewed] == [{"uri": "gorev://a"}]
    assert bridge.end() == (0, b"")


def test_a_new_initialize_begins_a_new_session(stage: Stage, bridge: Bridge) -> None:
    bridge.ask(request(1, "resources/subscribe", uri="gorev://a"))
    again = {**INITIALIZE, "id": "again", "params": {"protocolVersion": "2025-06-18"}}
    bridge.ask(again)
    stage.kill_daemon()
    bridge.ask(call(2, "echo"))
    assert stage.requests("initialize")[-1]["params"] == {"protocolVersion": "2025-06-18"}
    assert len(stage.requests("resources/subscribe")) == 1
    assert len(stage.requests("notifications/initialized")) == 1


def test_an_initialize_in_flight_is_sent_again_under_its_own_id(stage: Stage) -> None:
    stage.behave(dies_on="initialize")
    bridge = stage.bridge()
    until(lambda: stage.requests("notifications/gorev/hello"))
    stage.behave()
    assert "result" in bridge.ask(INITIALIZE)
    bridge.send(INITIALIZED)
    assert "result" in bridge.ask(request(1, "ping"))
    assert stage.requests("initialize") == [INITIALIZE, INITIALIZE]


def test_a_stopped_daemon_stays_stopped_until_it_is_needed(stage: Stage, bridge: Bridge) -> None:
    """What someone else starts meanwhile is found without a start of the bridge's own."""
    stage.stop_daemon()
    start_daemon(Launch(str(stage.directory), by="cli")).connection.close()
    assert bridge.ask(call(1, "echo"))["result"]["pid"] == stage.daemon_pid()
    assert [start["environment"]["GOREV_STARTED_BY"] for start in stage.starts()] == ["bridge", "cli"]
    stage.stop_daemon()
    assert bridge.ask(call(2, "echo"))["result"]["pid"] == stage.starts()[2]["pid"]


def test_a_session_hears_that_the_tools_may_have_changed_when_the_next_daemon_is_another_version(
    stage: Stage, bridge: Bridge
) -> None:
    stage.behave(version="10.0.0")
    stage.kill_daemon()
    assert bridge.receive() == {"jsonrpc": "2.0", "method": "notifications/tools/list_changed"}
    stage.kill_daemon()
    assert bridge.ask(call(1, "echo"))["id"] == 1


def test_a_listen_hears_it_in_the_way_of_its_era(stage: Stage) -> None:
    bridge = stage.bridge()
    bridge.send(listen("l"), request("deaf", "subscriptions/listen", notifications={}))
    bridge.receive()
    bridge.receive()
    stage.behave(version="10.0.0")
    stage.kill_daemon()
    notified = bridge.receive()
    assert notified["method"] == "notifications/tools/list_changed"
    assert notified["params"] == {"_meta": {SUBSCRIPTION: "l"}}
    assert bridge.ask(call(1, "echo"))["id"] == 1


def test_a_daemon_older_than_the_bridge_is_asked_to_hand_over_and_replaced(stage: Stage) -> None:
    stage.behave(version="0.0.9", hands_over=True)
    bridge = stage.bridge()
    until(lambda: stage.requests("notifications/gorev/handover"))
    stage.behave(version=gorev.__version__)
    until(lambda: len(stage.requests("notifications/gorev/hello")) == 2)
    assert bridge.ask(request(1, "ping"))["result"]["version"] == gorev.__version__
    (asked,) = stage.requests("notifications/gorev/handover")
    assert asked["params"] == {"version": gorev.__version__}


def test_an_older_daemon_that_refuses_is_replaced_too(stage: Stage) -> None:
    """It may refuse a database that the newer version has made."""
    stage.behave(version="0.0.9", hands_over=True, refused={"code": "workspace_unavailable", "message": "newer"})
    bridge = stage.bridge()
    bridge.send(request(1, "ping"))
    until(lambda: stage.requests("notifications/gorev/handover"))
    stage.behave(version=gorev.__version__)
    assert bridge.receive()["result"]["version"] == gorev.__version__


def test_an_older_daemon_that_refuses_and_does_not_end_is_told_of_in_its_words(stage: Stage) -> None:
    """What starts after it may be the old program again: it is not asked a second time."""
    stage.behave(version="0.0.9", hands_over=True, refused={"code": "workspace_unavailable", "message": "newer"})
    bridge = stage.bridge()
    assert bridge.ask(request(1, "ping"))["error"]["message"] == "newer"
    assert len(stage.requests("notifications/gorev/handover")) == 1
    assert len(stage.starts()) == 2


def test_an_old_program_that_starts_over_is_asked_only_once(stage: Stage) -> None:
    stage.behave(version="0.0.9", hands_over=True)
    bridge = stage.bridge()
    until(lambda: len(stage.requests("notifications/gorev/hello")) == 2)
    assert bridge.ask(request(1, "ping"))["result"]["version"] == "0.0.9"
    assert len(stage.requests("notifications/gorev/handover")) == 1


@pytest.mark.parametrize("version", [gorev.__version__, "999.0.0", "unknown", ""])
def test_a_daemon_that_is_not_older_is_never_asked(stage: Stage, version: str) -> None:
    stage.behave(version=version)
    stage.bridge().ask(request(1, "ping"))
    assert not stage.requests("notifications/gorev/handover")


def test_a_daemon_that_is_shutting_down_is_left_for_the_next_one(stage: Stage) -> None:
    stage.behave(refused={"code": "shutting_down", "message": "ending"})
    bridge = stage.bridge()
    until(lambda: len(stage.requests("notifications/gorev/hello")) > 1)
    bridge.send(request(1, "ping"))
    stage.behave()
    stage.stop_daemon()
    assert "result" in bridge.receive()
