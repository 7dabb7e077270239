"""Whatever is posted to ``/mcp`` gets one whole answer, and what comes after it is served as before."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.mcp.http_wire import META, MODERN, Client, HttpWire

IDS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.lists(st.integers()))
VALUES = st.recursive(
    st.one_of(IDS, st.just(META)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=8,
)
METHODS = st.one_of(
    st.sampled_from(
        ["initialize", "ping", "tools/list", "tools/call", "subscriptions/listen", "notifications/cancelled"]
    ),
    st.text(max_size=12),
)
MESSAGES = st.fixed_dictionaries(
    {},
    optional={
        "jsonrpc": st.one_of(st.just("2.0"), VALUES),
        "id": IDS,
        "method": st.one_of(METHODS, VALUES),
        "params": st.one_of(st.fixed_dictionaries({"_meta": st.one_of(st.just(META), VALUES)}), VALUES),
        "result": VALUES,
        "error": VALUES,
    },
)
BODIES = st.one_of(
    st.binary(max_size=64),
    st.one_of(MESSAGES, st.lists(MESSAGES, max_size=4), VALUES).map(lambda value: json.dumps(value).encode()),
)
HEADERS = st.one_of(
    st.sampled_from([MODERN, "2025-11-25", "tools/call", "=?base64?", "=?base64?//8=?=", ",", " "]),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12),
)
STATUSES = {200, 202, 400, 404, 406, 503}


def is_whole(answer: Client) -> bool:
    """Whether an answer is complete, or a stream that stays open."""
    stays_open = answer.headers.get("content-type") == "text/event-stream" and bool(answer.events)
    return answer.status in STATUSES and (answer.has_ended or stays_open)


@settings(max_examples=150, deadline=None)
@given(body=BODIES)
def test_any_body_is_answered_in_a_session(body: bytes) -> None:
    wire = HttpWire()
    session = wire.begin("2025-03-26")
    assert is_whole(session.send("POST", body))
    assert session.call("now", a=1).json["result"]["content"] == [{"type": "text", "text": '{"a": 1}'}]


@settings(max_examples=150, deadline=None)
@given(body=BODIES, method=HEADERS, name=HEADERS, version=st.one_of(st.just(MODERN), HEADERS))
def test_any_body_and_any_headers_are_answered_without_one(body: bytes, method: str, name: str, version: str) -> None:
    wire = HttpWire()
    assert is_whole(wire.send("POST", body, MCP_Protocol_Version=version, Mcp_Method=method, Mcp_Name=name))
    answer: Any = wire.modern("tools/call", {"name": "now", "arguments": {"a": 1}}).json
    assert answer["result"]["structuredContent"] == {"a": 1}


@settings(max_examples=100, deadline=None)
@given(accept=HEADERS, last=HEADERS, identity=HEADERS, address=st.text(max_size=8))
def test_any_headers_of_a_stream_are_answered(accept: str, last: str, identity: str, address: str) -> None:
    wire = HttpWire()
    session = wire.begin()
    path = "/mcp/" + "".join(f"%{byte:02x}" for byte in address.encode())
    for answer in (
        session.listen(Last_Event_ID=last),
        session.listen(Accept=accept),
        wire.send("GET", Mcp_Session_Id=identity),
        wire.send("GET", path=path, Mcp_Session_Id=session.id),
        wire.send("DELETE", path=path, MCP_Protocol_Version=identity),
    ):
        assert answer.status in {200, 400, 404, 405, 406, 409}
    assert session.request("ping").json["result"] == {}
