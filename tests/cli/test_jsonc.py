"""Changing one member of a JSON text while everything else stays."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gorev.cli.jsonc import Malformed, parse, with_member, without_member

ENTRY = {"command": "gorev", "args": ["mcp-proxy"]}

scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3), max_leaves=10
)
objects = st.dictionaries(st.text(), values, max_size=4)
layouts = st.sampled_from([None, 2, 4, "\t"])
blanks = st.sampled_from(["", " ", "\n", "\r\n", '  // a, "comment" }\n', "/* two\n ] lines */", "\t"])


trailing: Any = st.booleans()

tails = st.sampled_from(["", ",", ", ", ",\n"])


@st.composite
def commented(draw: st.DrawFn, value: Any) -> str:
    """A value as JSON with comments, blanks and trailing commas strewn in."""
    if isinstance(value, dict):
        parts = [
            f"{draw(blanks)}{json.dumps(key)}{draw(blanks)}:{draw(blanks)}{draw(commented(each))}{draw(blanks)}"
            for key, each in value.items()
        ]
        tail = "," + draw(blanks) if parts and draw(trailing) else ""
        return "{" + draw(blanks) + ",".join(parts) + tail + "}"
    if isinstance(value, list):
        parts = [f"{draw(blanks)}{draw(commented(each))}{draw(blanks)}" for each in value]
        tail = "," + draw(blanks) if parts and draw(trailing) else ""
        return "[" + draw(blanks) + ",".join(parts) + tail + "]"
    return json.dumps(value)


@given(objects, layouts, st.booleans())
@settings(max_examples=60, deadline=None)
def test_plain_json_is_read_as_the_standard_library_reads_it(value: dict[str, Any], indent: Any, ascii_: bool) -> None:
    assert parse(json.dumps(value, indent=indent, ensure_ascii=ascii_)).data == value


@given(st.data(), objects)
@settings(max_examples=80, deadline=None)
def test_a_member_is_added_and_removed_and_nothing_else_changes(data: st.DataObject, value: dict[str, Any]) -> None:
    value = {key: each for key, each in value.items() if key != "servers"}
    if data.draw(trailing):
        value["servers"] = {key: each for key, each in data.draw(objects).items() if key != "gorev"}
    text = data.draw(commented(value))
    changed = with_member(text, ("servers",), "gorev", ENTRY)
    assert parse(changed).data == {**value, "servers": {**value.get("servers", {}), "gorev": ENTRY}}
    back = without_member(changed, ("servers",), "gorev")
    for comment in ('// a, "comment" }', "/* two\n ] lines */"):
        assert text.count(comment) == changed.count(comment) == back.count(comment)
    assert parse(back).data == {**value, "servers": value.get("servers", {})}


@given(st.text())
@settings(max_examples=60, deadline=None)
def test_any_text_is_understood_or_refused(text: str) -> None:
    try:
        parse(text)
    except Malformed:
        return
    assert text.strip()


def test_comments_indentation_and_trailing_commas_stay() -> None:
    text = '{\n\t// mine\n\t"theme": "x", // dark\n\t"servers": {\n\t\t"a": {}, /* keep */\n\t},\n}\n'
    changed = with_member(text, ("servers",), "gorev", 1)
    assert changed == text.replace("/* keep */\n", '/* keep */\n\t\t"gorev": 1,\n')
    assert without_member(changed, ("servers",), "gorev") == text


def test_an_entry_is_replaced_where_it_stands() -> None:
    text = '{"servers": {"gorev": {"command": "old"}, "z": 1}}'
    assert parse(with_member(text, ("servers",), "gorev", 2)).data == {"servers": {"gorev": 2, "z": 1}}


def test_windows_line_ends_stay() -> None:
    changed = with_member('{\r\n  "a": 1\r\n}\r\n', ("servers",), "gorev", ENTRY)
    assert changed.count("\n") == changed.count("\r\n")


@pytest.mark.parametrize(
    "text",
    ["{", '{"a" 1}', '{"a": 1}}', "[", "nul", '"\n"', "{,}", "[,]", "/* open", "[1 2]", "[" * 100_000, "{'a': 1}"],
)
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        parse(text)


@pytest.mark.parametrize("text", ["[]", "1", '{"servers": []}', '{"servers": "x"}', "null"])
def test_a_text_of_another_shape_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        with_member(text, ("servers",), "gorev", ENTRY)
