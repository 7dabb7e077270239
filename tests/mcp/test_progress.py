"""How far a call is, told to who asked for it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from mcp_types import methods

from gorev.mcp import jsonrpc
from gorev.mcp.outlet import Outlet
from gorev.mcp.progress import PAUSE_SECONDS
from tests.mcp.conversation import ENVELOPE, LEGACY, MODERN, Conversation, legacy

STEPS = [[1, 3, "one"], [2, None, None]]


def begin(conversation: Conversation, token: Any, steps: list[Any], *, meta: dict[str, Any] | None = None) -> list[Any]:
    """Call the tool that tells these steps; what was told."""
    params = {"name": "ilerle", "arguments": {"adimlar": steps}, "_meta": {**(meta or {}), "progressToken": token}}
    conversation.begin("tools/call", params)
    return conversation.told


@pytest.mark.parametrize("token", [5, "t"])
@pytest.mark.parametrize("version", [*LEGACY, MODERN])
def test_a_step_is_told_under_the_token(version: str, token: int | str) -> None:
    conversation = Conversation() if version == MODERN else legacy(version)
    (told,) = begin(conversation, token, STEPS, meta=ENVELOPE if version == MODERN else None)
    assert told["method"] == "notifications/progress"
    methods.parse_server_notification(told["method"], version, told["params"])
    message = {"message": "one"} if version >= "2025-03-26" else {}
    assert told["params"] == {"progressToken": token, "progress": 1, "total": 3, **message}
    assert type(told["params"]["progressToken"]) is type(token)


@pytest.mark.parametrize("token", [None, True, 1.5, [], {}])
def test_without_a_token_nothing_is_told(token: Any) -> None:
    assert begin(legacy(), token, STEPS) == []


def test_steps_come_apart_and_only_forward() -> None:
    conversation = legacy()
    conversation.begin("tools/call", {"name": "bekle_oku", "_meta": {"progressToken": 1}})
    (_, _, context) = conversation.registry.calls[0]
    for done in (1, 2, 3):
        context.progress(done)
    conversation.clock.advance(PAUSE_SECONDS)
    for later in (0.5, 1, 4, 5):
        context.progress(later, 10)
    assert [told["params"]["progress"] for told in conversation.told] == [1, 4]


@pytest.mark.parametrize("ending", ["answered", "cancelled", "closed"])
def test_nothing_is_told_after_the_end(ending: str) -> None:
    conversation = legacy()
    conversation.begin("tools/call", {"name": "inat", "_meta": {"progressToken": 1}})
    (_, _, context) = conversation.registry.calls[0]
    match ending:
        case "answered":
            conversation.registry.waiting[0].callback(None)
        case "cancelled":
            conversation.session.cancel(1)
        case "closed":
            conversation.session.close()
    context.progress(1)
    assert conversation.told == []


def test_nothing_is_told_to_a_peer_that_does_not_read() -> None:
    conversation = legacy()
    conversation.outlet.pause()
    assert begin(conversation, 1, STEPS) == []


def test_progress_goes_where_the_request_came_from() -> None:
    """Of one session over HTTP each request has a stream of its own."""
    conversation = legacy()
    own: list[Any] = []
    params = {"name": "ilerle", "arguments": {"adimlar": STEPS}, "_meta": {"progressToken": 1}}
    request = jsonrpc.Request(1, "tools/call", params)
    conversation.session.handle(request, Outlet(lambda body: own.append(json.loads(body))))
    assert (len(own), conversation.told) == (1, [])
