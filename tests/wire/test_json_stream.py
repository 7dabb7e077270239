"""JSON read piece by piece."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gorev.wire import json_stream
from gorev.wire.json_stream import JsonText, Malformed, text_chunks

leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
values = st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3))
indents = st.sampled_from([None, 0, 2])


def in_pieces(text: str, size: int) -> JsonText:
    # A decoder of bytes may have nothing to give for some of them, and at the end.
    return JsonText(iter([*(text[begin : begin + size] for begin in range(0, len(text), size)), ""]))


def whole(stream: JsonText) -> Any:
    value = stream.value()
    stream.end()
    return value


@given(values, indents, st.integers(1, 40))
def test_a_value_is_the_same_in_pieces_of_any_size(value: Any, indent: int | None, size: int) -> None:
    assert whole(in_pieces(f" {json.dumps(value, indent=indent)}\n", size)) == value


@given(st.dictionaries(st.text(), st.lists(values, max_size=3), max_size=3), indents, st.integers(1, 40))
def test_members_and_elements_come_one_by_one(value: dict[str, list[Any]], indent: int | None, size: int) -> None:
    stream = in_pieces(json.dumps(value, indent=indent), size)
    read = [(name, list(stream.elements())) for name in stream.members()]
    stream.end()
    assert read == list(value.items())


@given(values, st.integers(1, 40), st.data())
def test_a_text_that_is_cut_off_is_malformed_or_a_shorter_number(value: Any, size: int, data: st.DataObject) -> None:
    text = json.dumps(value)
    cut = text[: data.draw(st.integers(0, len(text) - 1))]
    try:
        expected = json.loads(cut)
    except ValueError:
        with pytest.raises(Malformed):
            whole(in_pieces(cut, size))
    else:
        assert whole(in_pieces(cut, size)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "{",
        '{"a"',
        '{"a" 1}',
        '{"a":1,}',
        "{1:2}",
        "[1 2]",
        "[1,]",
        "NaN",
        "Infinity",
        "'a'",
        "1 2",
        '"\n"',
        "9" * 5000,
    ],
)
def test_what_is_no_json_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        whole(in_pieces(text, 3))


def test_nesting_too_deep_is_malformed() -> None:
    with pytest.raises(Malformed):
        whole(in_pieces("[" * 100_000, 1000))


def test_a_mistake_early_in_a_long_text_is_found_without_reading_the_rest() -> None:
    read = 0

    def pieces() -> Iterator[str]:
        nonlocal read
        yield '[{"a": oops},'
        for _ in range(1000):
            read += 1
            yield '{"b": 1},' * 100

    stream = JsonText(pieces())
    with pytest.raises(Malformed):
        list(stream.elements())
    assert read < 5


def test_letters_are_whole_wherever_the_bytes_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "CHUNK_BYTES", 3)
    file = io.BytesIO('\ufeff["ğüşiöç 👍"]'.encode())
    assert whole(JsonText(text_chunks(file))) == ["ğüşiöç 👍"]
