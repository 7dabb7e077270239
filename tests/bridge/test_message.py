"""How far a line is looked into."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gorev.bridge.message import error_answer, look, with_id
from gorev.jsontext import notification

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.binary())
def test_no_line_is_too_strange_to_look_at(line: bytes) -> None:
    assert all(envelope.id is None or envelope.id_text for envelope in look(line) + look(line, answers=True))


@given(
    st.integers() | st.text(),
    st.text(),
    st.dictionaries(st.text(), json_values, max_size=3),
    st.permutations(["jsonrpc", "id", "method", "params"]),
    st.sampled_from([None, 1]),
)
def test_a_request_is_read_whatever_its_order_and_layout(
    identity: int | str, method: str, params: dict[str, Any], order: list[str], indent: int | None
) -> None:
    fields: dict[str, object] = {"jsonrpc": "2.0", "id": identity, "method": method, "params": params}
    message = {name: fields[name] for name in order}
    line = json.dumps(message, indent=indent).replace("\n", " ").encode() + b"\r\n"
    (envelope,) = look(line)
    assert envelope.whole
    assert (envelope.id, envelope.method, envelope.params) == (identity, method, params)
    assert json.loads(envelope.id_text) == identity
    renamed = with_id(line, envelope.id_start, envelope.id_text, "own")
    assert json.loads(renamed) == {**message, "id": "own"}
    assert renamed.endswith(b"\r\n")


@pytest.mark.parametrize("identity", ["null", "true", "1.0", "[1]", "{}"])
def test_an_id_of_another_type_is_none(identity: str) -> None:
    (envelope,) = look(f'{{"id":{identity},"method":"ping"}}'.encode())
    assert envelope.id is None


def test_a_result_behind_its_id_is_not_read() -> None:
    (envelope,) = look(b'{"jsonrpc":"2.0","id":"a","result":this is no JSON}\n', answers=True)
    assert (envelope.id, envelope.whole) == ("a", True)


def test_a_result_before_its_id_is_read_over() -> None:
    (envelope,) = look(b'{"result":{"id":1},"id":2}\n', answers=True)
    assert envelope.id == 2


def test_of_a_line_that_breaks_off_what_was_seen_is_told() -> None:
    (envelope,) = look(b'{"jsonrpc":"2.0","id":"a","method":"ping","params":{"x":')
    assert (envelope.id, envelope.method, envelope.whole) == ("a", "ping", False)


def test_a_batch_has_an_envelope_for_each_message() -> None:
    envelopes = look(b'[{"id":1,"method":"ping"},{"method":"note"},3,{"id":"\xc4\xb1","result":{}}]')
    assert [(envelope.id, envelope.method) for envelope in envelopes] == [(1, "ping"), (None, "note"), ("ı", None)]


def test_nesting_too_deep_for_the_stack_is_no_message() -> None:
    (envelope,) = look(b'{"id":1,"params":' + b"[" * 200_000)
    assert not envelope.whole


def test_what_the_bridge_says_itself_is_one_line_of_ascii() -> None:
    line = error_answer('"\\u0131"', "ışık\n\u2028", code="internal_error") + notification("x", {"a": [1, None, True]})
    assert line.isascii()
    error, note = (json.loads(part) for part in line.splitlines())
    assert error == {
        "jsonrpc": "2.0",
        "id": "ı",
        "error": {"code": -32603, "message": "ışık\n\u2028", "data": {"code": "internal_error"}},
    }
    assert note == {"jsonrpc": "2.0", "method": "x", "params": {"a": [1, None, True]}}
    assert "id" not in json.loads(error_answer("", "x"))
