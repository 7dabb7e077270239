"""The MCP conversation, revision by revision, without a wire."""

from __future__ import annotations

from typing import Any

import pytest
from mcp_types import methods
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from gorev.domain.errors import WorkspaceUnavailable
from gorev.mcp import jsonrpc
from gorev.mcp.outlet import Outlet
from gorev.mcp.session import Session
from tests.conftest import LoggedFailures
from tests.mcp.conversation import ENVELOPE, LEGACY, MODERN, Conversation, code_of, legacy, modern
from tests.mcp.recording_registry import READS, WRITES, RecordingTools, offered

CAPABILITIES = {
    "tools": {"listChanged": True},
    "resources": {"subscribe": True, "listChanged": True},
    "prompts": {"listChanged": True},
    "completions": {},
}

# Legacy: the handshake


@pytest.mark.parametrize("version", LEGACY)
def test_every_handshake_revision_is_agreed_on(version: str) -> None:
    result = Conversation().initialize(version)
    assert result["protocolVersion"] == version
    methods.validate_server_result("initialize", version, result)


@pytest.mark.parametrize("version", [MODERN, "2024-10-07", "1999-01-01", "", None, 7, ["2025-11-25"]])
def test_any_other_revision_is_answered_with_the_newest_handshake_one(version: Any) -> None:
    assert Conversation().initialize(version)["protocolVersion"] == "2025-11-25"


def test_initialize_declares_what_works_and_nothing_more() -> None:
    result = Conversation().initialize()
    assert result["capabilities"] == CAPABILITIES
    assert result["serverInfo"] == {"name": "gorev", "title": "Gorev", "version": "1.2.3"}
    assert result["instructions"] == "instructions in tr"


def test_initialize_without_params_is_answered() -> None:
    assert Conversation().ask("initialize")["result"]["protocolVersion"] == "2025-11-25"


def test_a_repeated_initialize_negotiates_anew() -> None:
    conversation = legacy("2025-11-25")
    assert "outputSchema" in conversation.ask("tools/list")["result"]["tools"][0]
    conversation.initialize("2024-11-05")
    assert "outputSchema" not in conversation.ask("tools/list")["result"]["tools"][0]


@pytest.mark.parametrize("version", LEGACY)
def test_a_legacy_list_knows_only_the_fields_of_its_revision(version: str) -> None:
    result = legacy(version).ask("tools/list")["result"]
    methods.validate_server_result("tools/list", version, result)
    expected = {"name", "description", "inputSchema"}
    if version >= "2025-03-26":
        expected |= {"annotations"}
    if version >= "2025-06-18":
        expected |= {"title", "outputSchema"}
    if version >= "2025-11-25":
        expected |= {"icons"}
    assert result.keys() == {"tools"}
    assert [tool["name"] for tool in result["tools"]] == [*READS, *WRITES]
    assert all(tool.keys() == expected for tool in result["tools"])


@pytest.mark.parametrize("version", LEGACY)
def test_a_legacy_call_is_answered_in_its_revision(version: str) -> None:
    conversation = legacy(version)
    (answer,) = conversation.call("oku", metin="çay")
    result = answer["result"]
    methods.validate_server_result("tools/call", version, result)
    assert result["content"] == [{"type": "text", "text": "çay"}]
    assert result["isError"] is False
    assert result.get("structuredContent") == ({"metin": "çay"} if version >= "2025-06-18" else None)
    assert not result.keys() & {"resultType", "ttlMs", "cacheScope", "_meta"}


@pytest.mark.parametrize("version", LEGACY)
def test_ping_is_answered_in_every_handshake_revision(version: str) -> None:
    result = legacy(version).ask("ping")["result"]
    methods.validate_server_result("ping", version, result)
    assert result == {}


@pytest.mark.parametrize("method", ["server/discover", "subscriptions/listen", "logging/setLevel", "x", "tools/list "])
def test_an_unknown_legacy_method_is_not_found(method: str) -> None:
    assert code_of(legacy().ask(method)) == -32601


# Before a handshake


def test_ping_needs_no_handshake() -> None:
    assert Conversation().ask("ping")["result"] == {}


@pytest.mark.parametrize("method", ["server/discover", "tools/list", "tools/call", "x"])
def test_without_handshake_and_envelope_the_missing_keys_are_named(method: str) -> None:
    """-32022 here would stop clients from falling back to the handshake."""
    answer = Conversation().ask(method, {"name": "oku"})
    assert code_of(answer) == -32602
    assert "io.modelcontextprotocol/protocolVersion" in answer["error"]["message"]
    assert "io.modelcontextprotocol/clientCapabilities" in answer["error"]["message"]


@pytest.mark.parametrize("conversation", [Conversation(), legacy()])
def test_a_tools_name_as_the_method_calls_it(conversation: Conversation) -> None:
    answer = conversation.ask("oku", {"metin": "çay", "_meta": {"progressToken": 1}})
    methods.validate_server_result("tools/call", "2025-11-25", answer["result"])
    assert answer["result"]["structuredContent"] == {"metin": "çay"}
    assert conversation.registry.calls[0][:2] == ("oku", {"metin": "çay"})


def test_the_bare_form_does_not_exist_in_the_modern_revision() -> None:
    assert code_of(Conversation().ask("oku", modern(metin="çay"))) == -32601


# Modern


def test_discover_is_the_modern_opening() -> None:
    result = Conversation().ask("server/discover", modern())["result"]
    methods.validate_server_result("server/discover", MODERN, result)
    assert result["supportedVersions"] == [MODERN]
    assert result["capabilities"] == CAPABILITIES
    assert result["instructions"] == "instructions in tr"
    assert (result["ttlMs"], result["cacheScope"]) == (300_000, "private")


def test_a_modern_list_is_whole_and_says_how_long_it_keeps() -> None:
    result = Conversation().ask("tools/list", modern())["result"]
    methods.validate_server_result("tools/list", MODERN, result)
    assert "icons" in result["tools"][0]
    assert (result["resultType"], result["ttlMs"], result["cacheScope"]) == ("complete", 300_000, "private")


def test_a_modern_call_is_complete_and_names_the_server() -> None:
    result = Conversation().ask("tools/call", modern(name="oku", arguments={"metin": "çay"}))["result"]
    methods.validate_server_result("tools/call", MODERN, result)
    assert result["resultType"] == "complete"
    assert result["structuredContent"] == {"metin": "çay"}
    assert result["_meta"]["io.modelcontextprotocol/serverInfo"]["version"] == "1.2.3"
    assert not result.keys() & {"ttlMs", "cacheScope"}


@pytest.mark.parametrize("method", ["ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe", "x"])
def test_what_the_modern_revision_lacks_is_not_found(method: str) -> None:
    assert code_of(Conversation().ask(method, modern())) == -32601


@pytest.mark.parametrize(
    "envelope",
    [
        {"io.modelcontextprotocol/protocolVersion": MODERN},
        {"io.modelcontextprotocol/protocolVersion": MODERN, "io.modelcontextprotocol/clientCapabilities": 1},
        {"io.modelcontextprotocol/protocolVersion": 5, "io.modelcontextprotocol/clientCapabilities": {}},
        {"io.modelcontextprotocol/protocolVersion": "1999-01-01"},
    ],
)
def test_an_incomplete_envelope_is_invalid(envelope: dict[str, Any]) -> None:
    assert code_of(legacy().ask("x", {"_meta": envelope})) == -32602


@pytest.mark.parametrize("version", ["2025-11-25", "1999-01-01", ""])
def test_an_envelope_of_another_revision_is_told_which_are_served(version: str) -> None:
    envelope = {**ENVELOPE, "io.modelcontextprotocol/protocolVersion": version}
    answer = Conversation().ask("x", {"_meta": envelope})
    assert answer["error"]["code"] == -32022
    assert answer["error"]["data"] == {"supported": [MODERN], "requested": version}


@pytest.mark.parametrize("info", [None, {}, {"name": 5}, "x"])
def test_client_info_is_not_required(info: Any) -> None:
    conversation = Conversation()
    envelope = {**ENVELOPE, "io.modelcontextprotocol/clientInfo": info}
    assert "result" in conversation.ask("tools/call", {"name": "oku", "_meta": envelope})
    assert conversation.registry.calls[0][2].client == "hello"


@pytest.mark.parametrize("meta", [[], "x", 1, None])
def test_meta_that_is_no_object_is_invalid(meta: Any) -> None:
    assert code_of(legacy().ask("tools/list", {"_meta": meta})) == -32602


def test_the_era_is_chosen_by_each_request() -> None:
    """Clients in the field mix both on one connection, in any order (``mcp-protocol.md`` §1.4)."""
    conversation = Conversation()
    assert "result" in conversation.ask("server/discover", modern())
    assert conversation.initialize("2025-06-18")["protocolVersion"] == "2025-06-18"
    assert "resultType" not in conversation.ask("tools/list")["result"]
    assert conversation.ask("tools/list", modern())["result"]["resultType"] == "complete"
    assert conversation.ask("ping")["result"] == {}


# Tools


@pytest.mark.parametrize("params", [{}, {"name": 5}, {"name": None}, {"name": "oku", "arguments": []}])
@pytest.mark.parametrize("envelope", [{}, {"_meta": ENVELOPE}])
def test_a_malformed_call_is_invalid(params: dict[str, Any], envelope: dict[str, Any]) -> None:
    assert code_of(legacy().ask("tools/call", params | envelope)) == -32602


@pytest.mark.parametrize("params", [{"name": "oku"}, {"name": "oku", "arguments": None}])
def test_arguments_may_be_left_out(params: dict[str, Any]) -> None:
    conversation = legacy()
    assert "result" in conversation.ask("tools/call", params)
    assert conversation.registry.calls[0][1] == {}


@pytest.mark.parametrize("envelope", [{}, {"_meta": ENVELOPE}])
def test_an_unknown_tool_is_an_invalid_parameter(envelope: dict[str, Any]) -> None:
    answer = legacy().ask("tools/call", {"name": "yok"} | envelope)
    assert answer["error"] == {"code": -32602, "message": "Unknown tool: yok"}


@pytest.mark.parametrize("version", [*LEGACY, MODERN])
def test_a_failed_call_is_a_result(version: str) -> None:
    conversation = Conversation() if version == MODERN else legacy(version)
    params = {"name": "hata", "arguments": {"metin": "no"}} | ({"_meta": ENVELOPE} if version == MODERN else {})
    result = conversation.ask("tools/call", params)["result"]
    methods.validate_server_result("tools/call", version, result)
    assert result["isError"] is True
    assert result["content"][0]["text"] == "no"


@pytest.mark.parametrize(("tool", "kind"), [("patla", RuntimeError), ("bozuk", TypeError)])
def test_a_bug_is_logged_and_told_without_its_text(
    tool: str, kind: type[Exception], logged_failures: LoggedFailures
) -> None:
    (answer,) = legacy().call(tool)
    assert answer["error"] == {"code": -32603, "message": "Internal error"}
    assert len(logged_failures.flush(kind)) == 1


@pytest.mark.parametrize("cursor", ["x", 0, {}, "2"])
def test_a_cursor_that_was_never_given_out_is_invalid(cursor: Any) -> None:
    assert code_of(legacy().ask("tools/list", {"cursor": cursor})) == -32602


def test_the_empty_cursor_is_the_beginning() -> None:
    assert legacy().ask("tools/list", {"cursor": ""})["result"]["tools"]


def test_a_result_that_no_client_would_take_becomes_an_error() -> None:
    (answer,) = legacy().call("buyuk", boy=jsonrpc.ANSWER_LIMIT)
    assert (answer["id"], answer["error"]["code"]) == (1, -32603)


@pytest.mark.parametrize("method", ["x" * jsonrpc.ANSWER_LIMIT, "tools/call"])
def test_an_error_does_not_repeat_what_is_too_long(method: str) -> None:
    conversation = legacy()
    conversation.session.handle(jsonrpc.Request(1, method, {"name": "x" * jsonrpc.ANSWER_LIMIT})).addCallback(
        conversation._keep
    )
    (answer,) = conversation.take()
    assert len(answer["error"]["message"]) < 1000


def test_the_caller_is_named_as_it_named_itself() -> None:
    conversation = Conversation()
    conversation.ask("oku")
    conversation.initialize()
    conversation.call("oku")
    conversation.ask("tools/call", modern(name="oku"))
    conversation.call("oku")
    contexts = [context for _, _, context in conversation.registry.calls]
    assert [context.client for context in contexts] == ["hello", "legacy", "modern", "legacy"]
    assert {(context.workspace, context.language, context.session) for context in contexts} == {
        ("workspace", "tr", "session")
    }


def test_a_workspace_that_cannot_be_had_is_the_outcome_of_the_call() -> None:
    def unavailable() -> None:
        raise WorkspaceUnavailable(reason="corrupt")

    conversation = Conversation(unavailable)
    result = conversation.ask("oku")["result"]
    assert result["isError"] is True
    assert result["structuredContent"]["code"] == "workspace_unavailable"


def test_a_missing_workspace_is_passed_to_the_tool() -> None:
    conversation = Conversation(lambda: None)
    conversation.ask("oku")
    assert conversation.registry.calls[0][2].workspace is None


# Malformed messages, notifications, responses


@pytest.mark.parametrize(
    ("data", "identity", "code"),
    [
        (b"{", None, -32700),
        (b"1", None, -32600),
        (b'{"jsonrpc":"2.0","id":null,"method":"ping"}', None, -32600),
        (b'{"jsonrpc":"2.0","id":true,"method":"ping"}', None, -32600),
        (b'{"jsonrpc":"2.0","id":1.0,"method":"ping"}', None, -32600),
        (b'{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}', 1, -32600),
        (b'{"jsonrpc":"2.0","id":1}', 1, -32600),
        (b'{"id":"x","method":"ping"}', "x", -32600),
    ],
)
def test_what_is_malformed_is_answered(data: bytes, identity: int | str | None, code: int) -> None:
    (answer,) = Conversation().send(data)
    assert answer.get("id") == identity
    assert ("id" in answer) == (identity is not None)
    assert answer["error"]["code"] == code


@pytest.mark.parametrize(
    "method", ["notifications/initialized", "notifications/cancelled", "notifications/x", "ping", "tools/call", "oku"]
)
def test_a_notification_is_never_answered_and_calls_nothing(method: str) -> None:
    conversation = legacy()
    assert conversation.tell(method, name="oku") == []
    assert conversation.registry.calls == []


def test_a_response_to_nothing_is_ignored() -> None:
    assert Conversation().send({"jsonrpc": "2.0", "id": 1, "result": {}}) == []


# Batches


def test_a_batch_is_answered_in_one_array_in_its_order() -> None:
    conversation = legacy("2025-03-26")
    slow = {"jsonrpc": "2.0", "id": "a", "method": "bekle_oku"}
    fast = {"jsonrpc": "2.0", "id": "b", "method": "ping"}
    assert conversation.send([slow, {"jsonrpc": "2.0", "method": "notifications/x"}, fast, 5]) == []
    conversation.registry.waiting[0].callback(None)
    ((first, second, third),) = conversation.take()
    assert (first["id"], second["id"]) == ("a", "b")
    assert "id" not in third
    assert code_of(third) == -32600


def test_a_batch_of_notifications_is_not_answered() -> None:
    batch = [{"jsonrpc": "2.0", "method": "notifications/initialized"}]
    assert legacy("2025-03-26").send([*batch, *batch]) == []


def test_a_batch_may_not_hold_the_handshake() -> None:
    conversation = legacy("2025-03-26")
    initialize = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"protocolVersion": "2024-11-05"}}
    ((answer,),) = conversation.send([initialize])
    assert (answer["id"], code_of(answer)) == (1, -32600)
    assert conversation.send([{"jsonrpc": "2.0", "id": 2, "method": "ping"}]) == [
        [{"jsonrpc": "2.0", "id": 2, "result": {}}]
    ]


@pytest.mark.parametrize("size", [0, jsonrpc.BATCH_LIMIT + 1])
def test_an_empty_or_immoderate_batch_is_refused_as_a_whole(size: int) -> None:
    (answer,) = legacy("2025-03-26").send([{"jsonrpc": "2.0", "id": 1, "method": "ping"}] * size)
    assert code_of(answer) == -32600


def test_a_batch_does_not_answer_a_cancelled_request() -> None:
    conversation = legacy("2025-03-26")
    conversation.send(
        [{"jsonrpc": "2.0", "id": "a", "method": "bekle_oku"}, {"jsonrpc": "2.0", "id": "b", "method": "ping"}]
    )
    ((answer,),) = conversation.tell("notifications/cancelled", requestId="a")
    assert answer["id"] == "b"


@pytest.mark.parametrize("conversation", [Conversation(), *map(legacy, ["2024-11-05", "2025-06-18", "2025-11-25"])])
def test_other_revisions_have_no_batches(conversation: Conversation) -> None:
    (answer,) = conversation.send([{"jsonrpc": "2.0", "id": 1, "method": "ping"}])
    assert code_of(answer) == -32600
    assert "id" not in answer


# Ids and cancellation


def test_an_id_in_flight_may_not_be_used_again() -> None:
    conversation = legacy()
    assert conversation.call("bekle_oku", 1, metin="first") == []
    (refused,) = conversation.call("oku", 1)
    assert (refused["id"], code_of(refused)) == (1, -32600)
    conversation.registry.waiting[0].callback(None)
    (answer,) = conversation.take()
    assert answer["result"]["content"][0]["text"] == "first"


def test_an_id_that_was_answered_may_be_used_again() -> None:
    conversation = legacy()
    assert "result" in conversation.call("oku", 1)[0]
    assert "result" in conversation.call("oku", 1)[0]


def test_ids_of_different_types_are_different() -> None:
    conversation = legacy()
    assert conversation.call("bekle_oku", 1, metin="number") == []
    assert conversation.call("bekle_oku", "1", metin="text") == []
    assert conversation.tell("notifications/cancelled", requestId="1") == []
    conversation.registry.waiting[0].callback(None)
    (answer,) = conversation.take()
    assert answer["id"] == 1
    assert answer["result"]["content"][0]["text"] == "number"


def test_a_cancelled_request_is_ended_and_not_answered() -> None:
    conversation = legacy()
    conversation.call("bekle_oku", 7)
    assert conversation.tell("notifications/cancelled", requestId=7, reason="x") == []
    assert conversation.registry.waiting[0].called
    assert conversation.registry.ended == []


def test_the_id_of_a_cancelled_request_is_free_at_once() -> None:
    conversation = legacy()
    conversation.call("bekle_oku", 7)
    conversation.tell("notifications/cancelled", requestId=7)
    (answer,) = conversation.call("oku", 7, metin="again")
    assert answer["result"]["content"][0]["text"] == "again"


def test_a_cancelled_request_that_ends_late_does_not_answer_for_the_next_one_with_its_id() -> None:
    conversation = legacy()
    conversation.call("inat", 7, metin="old")
    conversation.tell("notifications/cancelled", requestId=7)
    conversation.call("bekle_oku", 7, metin="new")
    _, old, new = conversation.registry.waiting
    old.callback(None)
    assert (conversation.registry.ended, conversation.take()) == (["old"], [])
    new.callback(None)
    (answer,) = conversation.take()
    assert answer["result"]["content"][0]["text"] == "new"


@pytest.mark.parametrize("identity", [2, "1", True, 1.0, None, [], {}])
def test_a_cancellation_of_nothing_is_ignored(identity: object) -> None:
    conversation = legacy()
    conversation.call("bekle_oku", 1)
    assert conversation.tell("notifications/cancelled", requestId=identity) == []
    assert conversation.tell("notifications/cancelled") == []
    conversation.registry.waiting[0].callback(None)
    assert len(conversation.take()) == 1


def test_a_closed_session_ends_what_runs_in_it() -> None:
    conversation = legacy()
    conversation.call("bekle_yaz", 1)
    conversation.call("yaz", 2)
    conversation.session.close()
    assert conversation.take() == []
    assert conversation.registry.ended == []


# The order of calls


def test_reads_run_side_by_side_and_may_overtake() -> None:
    conversation = legacy()
    conversation.call("bekle_oku", 1)
    conversation.call("bekle_oku", 2)
    conversation.registry.waiting[1].callback(None)
    conversation.registry.waiting[0].callback(None)
    assert [answer["id"] for answer in conversation.take()] == [2, 1]


def test_writes_run_one_after_the_other() -> None:
    conversation = legacy()
    assert conversation.call("bekle_yaz", 1, metin="first") == []
    assert conversation.call("yaz", 2, metin="second") == []
    assert len(conversation.registry.calls) == 1
    conversation.registry.waiting[0].callback(None)
    assert sorted(answer["id"] for answer in conversation.take()) == [1, 2]
    assert conversation.registry.ended == ["first", "second"]


def test_a_read_waits_for_earlier_writes_but_not_for_later_ones() -> None:
    conversation = legacy()
    conversation.call("bekle_oku", 1, metin="early read")
    conversation.call("bekle_yaz", 2, metin="write")
    conversation.call("oku", 3, metin="late read")
    assert [name for name, _, _ in conversation.registry.calls] == ["bekle_oku", "bekle_yaz"]
    conversation.registry.waiting[1].callback(None)
    assert conversation.registry.ended == ["write", "late read"]


def test_what_is_no_call_of_a_tool_waits_for_nothing() -> None:
    conversation = legacy()
    conversation.call("bekle_yaz", 1)
    assert conversation.ask("ping", {}, 2)["result"] == {}


def test_a_failed_write_lets_the_next_one_pass(logged_failures: LoggedFailures) -> None:
    conversation = legacy()
    conversation.call("bekle_yaz", 1)
    conversation.call("yaz", 2)
    conversation.registry.waiting[0].errback(OSError("disk"))
    assert {answer["id"]: "error" in answer for answer in conversation.take()} == {1: True, 2: False}
    logged_failures.flush(OSError)


def test_a_write_that_gives_up_its_turn_does_not_open_the_gate() -> None:
    conversation = legacy()
    conversation.call("bekle_yaz", 1, metin="first")
    conversation.call("yaz", 2, metin="given up")
    conversation.call("oku", 3, metin="read")
    conversation.tell("notifications/cancelled", requestId=2)
    assert conversation.registry.ended == []
    conversation.registry.waiting[0].callback(None)
    assert conversation.registry.ended == ["first", "read"]


def test_a_long_queue_of_quick_calls_is_worked_off_without_a_deep_stack() -> None:
    conversation = legacy()
    conversation.call("bekle_yaz", 0)
    for number in range(1, 2000):
        conversation.call("yaz" if number % 2 else "oku", number)
    conversation.registry.waiting[0].callback(None)
    assert sorted(answer["id"] for answer in conversation.take()) == list(range(2000))
    assert conversation.registry.ended[0] == "bekle_yaz"


def test_an_attachment_that_takes_time_keeps_the_order() -> None:
    opening: Deferred[str] = Deferred()
    registry = RecordingTools()

    async def workspace() -> str:
        return await opening

    session = Session(
        registry=offered(registry),
        version="1",
        language="en",
        identity="s",
        workspace=workspace,
        clock=Clock(),
        outlet=Outlet(lambda body: None),
    )
    for number, tool in enumerate(["yaz", "oku"]):
        session.handle(jsonrpc.Request(number, tool, {"metin": tool}))
    opening.callback("opened")
    assert registry.ended == ["yaz", "oku"]
