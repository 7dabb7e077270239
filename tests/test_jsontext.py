"""JSON text as the json package reads and writes it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gorev.jsontext import decode, encode
from tests.fake_stage import CHECKOUT

whole_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
MALFORMED = ["", " ", "{", '{"a":}', "[1,]", "nope", '"open', "1 2", "{} x", "[" * 50_000, "1" * 5_000]


@given(whole_values)
def test_what_is_written_is_what_json_writes(value: object) -> None:
    assert encode(value) == json.dumps(value, separators=(",", ":"))


@given(whole_values | st.floats(allow_nan=False), st.sampled_from([None, 1]))
def test_what_json_writes_is_read(value: object, indent: int | None) -> None:
    assert decode(f"\r\n\t {json.dumps(value, indent=indent)} ") == value


@pytest.mark.parametrize("text", MALFORMED)
def test_malformed_text_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match="JSON"):
        decode(text)


def test_malformed_text_is_a_value_error_where_json_was_never_imported() -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); from gorev.jsontext import decode\n"
        f"for text in {MALFORMED!r}:\n"
        "    try: decode(text)\n"
        "    except ValueError: print('refused')\n"
    )
    ran = subprocess.run([sys.executable, "-c", code, str(CHECKOUT)], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["refused"] * len(MALFORMED)


def test_what_has_no_place_in_our_messages_is_not_written() -> None:
    with pytest.raises(TypeError):
        encode({"a": 1.5})
