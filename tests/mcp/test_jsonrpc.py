"""Reading and writing JSON-RPC messages."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mcp_types import jsonrpc as official

from gorev.mcp import jsonrpc
from gorev.mcp.jsonrpc import Answer, Batch, Invalid, Notification, Request, Response

patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # nothing may depend on timing


def message(**fields: Any) -> bytes:
    return json.dumps({"jsonrpc": "2.0", **fields}).encode()


def text_of(answer: Answer) -> Any:
    return json.loads(answer.body)


@pytest.mark.parametrize("identity", [0, 1, -7, "1", "", 10**30, "ş"])
def test_an_integer_or_a_string_is_an_id(identity: int | str) -> None:
    assert jsonrpc.read(message(id=identity, method="ping")) == Request(identity, "ping", {})


@pytest.mark.parametrize("identity", [None, True, False, 1.0, 1.5, [], {}, "x" * 1025])
def test_nothing_else_is_an_id(identity: object) -> None:
    read = jsonrpc.read(message(id=identity, method="ping"))
    assert isinstance(read, Invalid)
    assert (read.id, read.code) == (None, jsonrpc.INVALID_REQUEST)


def test_a_message_without_id_is_a_notification() -> None:
    assert jsonrpc.read(message(method="a", params={"b": 1})) == Notification("a", {"b": 1})


@pytest.mark.parametrize("fields", [{"result": {}}, {"error": {"code": 1, "message": ""}}])
def test_a_message_with_a_result_or_an_error_is_a_response(fields: dict[str, Any]) -> None:
    assert jsonrpc.read(message(id=3, **fields)) == Response(3)


def test_null_params_count_as_none() -> None:
    assert jsonrpc.read(message(id=1, method="ping", params=None)) == Request(1, "ping", {})


@pytest.mark.parametrize(
    "fields",
    [
        {"method": "ping", "params": []},
        {"method": "ping", "params": "x"},
        {"method": "ping", "params": 0},
        {"method": 5},
        {"method": None},
        {},
        {"method": "ping", "jsonrpc": "1.0"},
        {"method": "ping", "jsonrpc": None},
    ],
)
def test_a_malformed_request_keeps_its_id(fields: dict[str, Any]) -> None:
    read = jsonrpc.read(message(id="a", **fields))
    assert isinstance(read, Invalid)
    assert (read.id, read.code) == ("a", jsonrpc.INVALID_REQUEST)


@pytest.mark.parametrize("data", [b"1", b'"x"', b"null", b"true"])
def test_json_that_is_no_object_is_an_invalid_request(data: bytes) -> None:
    read = jsonrpc.read(data)
    assert isinstance(read, Invalid)
    assert (read.id, read.code) == (None, jsonrpc.INVALID_REQUEST)


@pytest.mark.parametrize(
    "data",
    [
        b"x",
        b'{"id":1',
        b'{"jsonrpc":"2.0","id":1,"method":"ping"} {}',
        b'{"jsonrpc":"2.0","id":1,"method":"\xff"}',
        b"[" * 100_000 + b"]" * 100_000,
        b'{"jsonrpc":"2.0","id":1,"method":"ping","params":' + b'{"a":' * 100_000 + b"1" + b"}" * 100_001,
        b"\xef\xbb\xbf{}",
    ],
)
def test_what_is_not_json_or_too_deep_is_a_parse_error(data: bytes) -> None:
    read = jsonrpc.read(data)
    assert isinstance(read, Invalid)
    assert (read.id, read.code) == (None, jsonrpc.PARSE_ERROR)


@pytest.mark.parametrize("value", [rb'"half a smile \ud83d"', rb'"\ud83d and on"', b"1e400", b"-1e999"])
def test_a_value_that_cannot_be_held_is_answered_under_its_id(value: bytes) -> None:
    """JSON allows what no string or float holds; the request would hang in its client without its id."""
    read = jsonrpc.read(b'{"jsonrpc":"2.0","id":"q","method":"ping","params":{"a":' + value + b"}}")
    assert isinstance(read, Invalid)
    assert (read.id, read.code) == ("q", jsonrpc.INVALID_REQUEST)


def test_of_a_repeated_key_the_last_one_counts() -> None:
    assert jsonrpc.read(b'{"jsonrpc":"2.0","id":1,"id":2,"method":"a","method":"b"}') == Request(2, "b", {})


def test_an_array_is_a_batch_of_unchecked_items() -> None:
    assert jsonrpc.read(b'[1,{"a":2}]') == Batch([1, {"a": 2}])


@patient
@given(st.binary())
def test_whatever_arrives_is_read_without_a_crash(data: bytes) -> None:
    assert isinstance(jsonrpc.read(data), Request | Notification | Response | Invalid | Batch)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(), st.lists, max_leaves=10
)


@patient
@given(st.dictionaries(st.sampled_from(["jsonrpc", "id", "method", "params", "result"]), json_values))
def test_whatever_object_arrives_its_id_is_kept_exactly_if_it_is_one(fields: dict[str, Any]) -> None:
    """Of any object that has a readable id, what is read has that id, with its type."""
    read = jsonrpc.read(json.dumps({"jsonrpc": "2.0"} | fields).encode())
    identity = fields.get("id")
    readable = identity if type(identity) in (int, str) else None
    kept = None if isinstance(read, Notification | Batch) else read.id
    assert (type(kept), kept) == (type(readable), readable)


def test_a_result_is_one_compact_line() -> None:
    answer = jsonrpc.result("a", {"metin": "iki\nsatır"})
    assert answer.body == '{"jsonrpc":"2.0","id":"a","result":{"metin":"iki\\nsatır"}}'.encode()
    assert answer.code is None


@patient
@given(st.text())
def test_no_peer_that_splits_at_unicode_line_ends_breaks_an_answer(text: str) -> None:
    answer = jsonrpc.result(1, {text: text})
    assert len(answer.body.decode().splitlines()) == 1
    assert text_of(answer)["result"] == {text: text}


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\u0085"])
def test_unicode_line_ends_are_escaped(separator: str) -> None:
    answer = jsonrpc.result(1, {"a": f"x{separator}y"})
    assert answer.body.isascii()
    assert text_of(answer)["result"]["a"] == f"x{separator}y"


def test_an_error_carries_its_id_code_message_and_data() -> None:
    answer = jsonrpc.failure(1, jsonrpc.INVALID_PARAMS, "no", {"a": 1})
    assert answer.code == jsonrpc.INVALID_PARAMS
    assert text_of(answer) == {"jsonrpc": "2.0", "id": 1, "error": {"code": -32602, "message": "no", "data": {"a": 1}}}


@pytest.mark.parametrize("identity", [1, "a"])
def test_an_error_is_one_to_the_official_model(identity: int | str) -> None:
    answer = jsonrpc.failure(identity, jsonrpc.INVALID_REQUEST, "no", {"a": 1})
    parsed = official.jsonrpc_message_adapter.validate_json(answer.body)
    assert isinstance(parsed, official.JSONRPCError)
    assert parsed.id == identity


def test_an_error_without_id_has_no_id_key() -> None:
    answer = jsonrpc.failure(None, jsonrpc.PARSE_ERROR, "no")
    assert text_of(answer) == {"jsonrpc": "2.0", "error": {"code": -32700, "message": "no"}}


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (jsonrpc.PARSE_ERROR, official.PARSE_ERROR),
        (jsonrpc.INVALID_REQUEST, official.INVALID_REQUEST),
        (jsonrpc.METHOD_NOT_FOUND, official.METHOD_NOT_FOUND),
        (jsonrpc.INVALID_PARAMS, official.INVALID_PARAMS),
        (jsonrpc.INTERNAL_ERROR, official.INTERNAL_ERROR),
        (jsonrpc.UNSUPPORTED_VERSION, official.UNSUPPORTED_PROTOCOL_VERSION),
    ],
)
def test_the_codes_are_the_official_ones(ours: int, theirs: int) -> None:
    assert ours == theirs


def test_a_result_beyond_the_limit_becomes_an_error() -> None:
    frame = len(jsonrpc.result(1, {"a": ""}).body)
    fits = jsonrpc.result(1, {"a": "x" * (jsonrpc.ANSWER_LIMIT - frame)})
    assert (len(fits.body), fits.code) == (jsonrpc.ANSWER_LIMIT, None)
    too_long = jsonrpc.result(1, {"a": "x" * (jsonrpc.ANSWER_LIMIT - frame + 1)})
    assert (too_long.id, too_long.code) == (1, jsonrpc.INTERNAL_ERROR)


def test_a_batch_beyond_the_limit_keeps_what_fits() -> None:
    third = "x" * (jsonrpc.ANSWER_LIMIT // 3)
    together = jsonrpc.together([jsonrpc.result(number, {"a": third}) for number in range(4)])
    assert together is not None
    assert len(together.body) <= jsonrpc.ANSWER_LIMIT
    assert [(item["id"], "result" in item) for item in text_of(together)] == [
        (0, True),
        (1, True),
        (2, False),
        (3, False),
    ]


def test_the_largest_batch_of_errors_with_the_longest_ids_stays_below_the_limit() -> None:
    longest = jsonrpc.result("\0" * jsonrpc.ID_LIMIT, {"a": "x" * (jsonrpc.ANSWER_LIMIT - 10_000)})
    together = jsonrpc.together([longest] * jsonrpc.BATCH_LIMIT)
    assert together is not None
    assert len(together.body) <= jsonrpc.ANSWER_LIMIT


def test_a_batch_without_answers_is_not_answered() -> None:
    assert jsonrpc.together([]) is None


def test_a_notification_is_a_line_without_id() -> None:
    line = jsonrpc.notification("notifications/x", {"a": 1})
    assert line == b'{"jsonrpc":"2.0","method":"notifications/x","params":{"a":1}}'
