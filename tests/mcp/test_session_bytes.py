"""Whatever bytes arrive: nothing is raised, and each request gets at most one answer, which bears its own id."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from gorev.mcp import jsonrpc
from gorev.mcp.jsonrpc import Batch, Invalid, Request
from gorev.mcp.registry import Change
from tests.mcp.conversation import ENVELOPE, LEGACY, Conversation

patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

METHODS = [
    "initialize",
    "ping",
    "server/discover",
    "tools/list",
    "tools/call",
    "resources/list",
    "resources/templates/list",
    "resources/read",
    "resources/subscribe",
    "resources/unsubscribe",
    "subscriptions/listen",
    "prompts/list",
    "prompts/get",
    "completion/complete",
    "notifications/cancelled",
    "notifications/initialized",
    "oku",
    "bekle_yaz",
    "x",
]
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
ids: st.SearchStrategy[Any] = st.sampled_from([0, 1, "1", 2, "a", None, True, 1.0, -(2**70), {}, [], ""])
uris = st.sampled_from(["test://one", "test://four", "", "test://{id}"])
params = st.fixed_dictionaries(
    {},
    optional={
        "_meta": st.sampled_from([ENVELOPE, {**ENVELOPE, "progressToken": 1}, {"progressToken": "t"}, {}, 5, None]),
        "protocolVersion": st.sampled_from([*LEGACY, "2026-07-28", 7]),
        "name": st.sampled_from(["oku", "bekle_oku", "yaz", "bloklar", "p", 5]),
        "arguments": st.sampled_from([{}, {"a": "b"}, {"a": 1}, [], None]),
        "uri": uris | anything,
        "cursor": st.sampled_from(["", "2", "x", 5, None]),
        "ref": st.fixed_dictionaries({"type": st.sampled_from(["ref/prompt", "ref/resource"])}, optional={"uri": uris}),
        "argument": st.fixed_dictionaries({}, optional={"name": anything, "value": st.text(max_size=3)}),
        "notifications": st.fixed_dictionaries(
            {}, optional={"resourceSubscriptions": st.lists(uris, max_size=3), "toolsListChanged": st.booleans()}
        ),
        "requestId": ids,
    },
)
messages = st.fixed_dictionaries(
    {"jsonrpc": st.sampled_from(["2.0", "2.0", "2.0", "1.0"]), "method": st.sampled_from(METHODS)},
    optional={"id": ids, "params": params | anything},
)
lines = (
    messages.map(lambda message: json.dumps(message).encode())
    | st.lists(messages | anything, max_size=4).map(lambda batch: json.dumps(batch).encode())
    | anything.map(lambda value: json.dumps(value).encode())
    | st.binary(max_size=30)
)

ALMOST = b'{"jsonrpc": "2.0", "method": "initialize", "id": 0%s}'


def keyed(identity: Any) -> tuple[str, Any]:
    """An id with its type."""
    return type(identity).__name__, identity


def asked(data: bytes) -> list[tuple[str, Any]]:
    """The ids of what is to be answered in a line, requests and what comes near to being one."""
    incoming = jsonrpc.read(data)
    messages = [jsonrpc.message(item) for item in incoming.items] if isinstance(incoming, Batch) else [incoming]
    named = [message for message in messages if isinstance(message, Request | Invalid)]
    return [keyed(message.id) for message in named if message.id is not None]


@patient
@given(st.sampled_from([None, *LEGACY]), st.lists(lines, max_size=12))
@example(None, [ALMOST % b', "params": []', ALMOST % b""])
def test_any_bytes_are_survived_and_each_request_is_answered_at_most_once(
    version: str | None, sent: list[bytes]
) -> None:
    conversation = Conversation()
    if version is not None:
        conversation.initialize(version)
    open_ids: list[tuple[str, Any]] = []
    answers: list[Any] = []
    for data in sent:
        open_ids += asked(data)
        answers += conversation.send(data)
        conversation.changes.tell(Change(all_resources=True))
    for waiting in list(conversation.registry.waiting):
        if not waiting.called:
            waiting.callback(None)
    conversation.session.end_listens()
    answers += conversation.take()
    conversation.session.close()
    conversation.clock.advance(10)
    for answer in [each for said in answers for each in (said if isinstance(said, list) else [said])]:
        assert answer["jsonrpc"] == "2.0"
        assert ("result" in answer) != ("error" in answer)
        if answer.get("id") is not None:
            open_ids.remove(keyed(answer["id"]))
    assert conversation.changes.watched == []
    assert conversation.clock.getDelayedCalls() == []


@patient
@given(messages.filter(lambda message: "id" not in message))
def test_what_has_no_id_is_never_answered_if_it_is_a_notification(message: dict[str, Any]) -> None:
    conversation = Conversation()
    answers = conversation.send(message)
    if message["jsonrpc"] == "2.0" and isinstance(message.get("params", {}), dict | None):
        assert answers == []
    assert conversation.registry.calls == []


@patient
@given(st.lists(messages, min_size=1, max_size=8))
def test_every_request_that_nobody_cancels_is_answered(sent: list[dict[str, Any]]) -> None:
    conversation = Conversation()
    expected = 0
    for number, message in enumerate(sent):
        if message["method"] != "notifications/cancelled":
            expected += 1
            conversation.session.handle(jsonrpc.read(json.dumps({**message, "id": number}).encode())).addCallback(
                conversation._keep
            )
    while not all(each.called for each in conversation.registry.waiting):
        for waiting in list(conversation.registry.waiting):
            if not waiting.called:
                waiting.callback(None)
    conversation.session.end_listens()
    assert len(conversation.take()) == expected
