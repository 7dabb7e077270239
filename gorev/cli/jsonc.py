"""Changing one member of a JSON text, with comments and trailing commas or without, so that all else stays as it is.

Editors keep their settings in such files (VS Code's "JSON with Comments"), and their owners keep them in order by hand.
No library at hand writes such a text back with its comments; this knows just enough of it to find the place.
"""

from __future__ import annotations

import json
import re
from json.decoder import scanstring  # type: ignore[attr-defined]  # the reader of strings behind json.loads
from typing import Any, Final

import attrs

_SCALAR: Final = re.compile(r"true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_BLANK: Final = re.compile(r"(?:\s|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_DEFAULT_INDENT: Final = "  "


class Malformed(ValueError):
    """The text is no JSON, or not of the shape that is needed, from this ``line`` on."""

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line}")
        self.line = line


@attrs.frozen
class Member:
    """A member of an object: its name, where that begins, and its value."""

    name: str
    start: int
    value: Value


@attrs.frozen
class Value:
    """A value and where it stands: ``text[start:end]``. ``members`` are those of an object, None for anything else."""

    data: Any
    start: int
    end: int
    members: tuple[Member, ...] | None = None

    def member(self, name: str) -> Member | None:
        """The member of this name; of several the last one, which is what readers take."""
        return next((each for each in reversed(self.members or ()) if each.name == name), None)


def parse(text: str) -> Value:
    """The value that a whole text is. Raises `Malformed`."""
    try:
        value = _value(text, _skip(text, 0))
        end = _skip(text, value.end)
    except RecursionError:
        raise Malformed(1) from None
    if end != len(text):
        raise _unexpected(text, end)
    return value


def with_member(text: str, path: tuple[str, ...], name: str, given: Any) -> str:
    """The text with ``given`` as a member of the object at ``path``, which is made if need be. Raises `Malformed`."""
    if not text.strip():
        text = "{}\n"
    value = parse(text)
    for place, key in enumerate(path):
        _members(text, value)
        found = value.member(key)
        if found is None:
            for inner in reversed((*path[place + 1 :], name)):
                given = {inner: given}
            return _inserted(text, value, key, given)
        value = found.value
    _members(text, value)
    found = value.member(name)
    if found is None:
        return _inserted(text, value, name, given)
    written = _written(given, _indentation(text, found.start), text)
    return text[: found.value.start] + written + text[found.value.end :]


def without_member(text: str, path: tuple[str, ...], name: str) -> str:
    """The text without a member of the object at ``path``; as it is if there is none. Raises `Malformed`."""
    value = parse(text)
    for key in path:
        found = value.member(key)
        if found is None:
            return text
        value = found.value
    while (found := value.member(name)) is not None:
        text = _removed(text, value, found)
        value = parse(text)
        for key in path:
            inner = value.member(key)
            if inner is None:
                return text
            value = inner.value
    return text


def _inserted(text: str, parent: Value, name: str, given: Any) -> str:
    members = _members(text, parent)
    close = parent.end - 1
    if members and "\n" not in text[parent.start : parent.end]:
        last = members[-1].value.end
        before, after = (",", "") if _comma_after(text, last) is None else ("", ",")
        rest = text[last:close].rstrip()
        written = json.dumps({name: given}, ensure_ascii=False)[1:-1] + after
        return f"{text[:last]}{before}{rest} {written}{text[last + len(rest) : close]}{text[close:]}"
    line_end = "\r\n" if "\r\n" in text else "\n"
    outer = _indentation(text, parent.start)
    inner = _indentation(text, members[0].start) if members else outer + _unit(text)
    written = f"{json.dumps(name, ensure_ascii=False)}: {_written(given, inner, text)}"
    if members and _comma_after(text, members[-1].value.end) is None:
        last = members[-1].value.end
        text, close = f"{text[:last]},{text[last:]}", close + 1
    elif members:
        written += ","  # as its owner writes the last one
    before = text[:close].rstrip()
    return f"{before}{line_end}{inner}{written}{line_end}{outer}{text[close:]}"


def _removed(text: str, parent: Value, member: Member) -> str:
    members = list(parent.members or ())
    place = members.index(member)
    start, end = member.start, member.value.end
    comma = _comma_after(text, end)
    if comma is not None:
        end = comma + 1
    elif place:
        before = _comma_after(text, members[place - 1].value.end)
        if before is not None:
            text = text[:before] + text[before + 1 :]
            start, end = start - 1, end - 1
    line_start = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", end)
    alone = not text[line_start:start].strip() and line_end >= 0 and not text[end:line_end].strip()
    if alone:
        return text[:line_start] + text[line_end + 1 :]
    return text[:start].rstrip(" \t") + text[end:]


def _comma_after(text: str, position: int) -> int | None:
    position = _skip(text, position)
    return position if text[position : position + 1] == "," else None


def _members(text: str, value: Value) -> tuple[Member, ...]:
    if value.members is None:
        raise Malformed(_line(text, value.start))
    return value.members


def _written(given: Any, indentation: str, text: str) -> str:
    line_end = "\r\n" if "\r\n" in text else "\n"
    lines = json.dumps(given, indent=_unit(text), ensure_ascii=False).split("\n")
    return (line_end + indentation).join(lines)


def _unit(text: str) -> str:
    """By how much this text indents: what stands before its first member."""
    found = re.search(r"\{[^\S\n]*(?://[^\n]*)?\r?\n([ \t]+)\"", text)
    return found[1] if found else _DEFAULT_INDENT


def _indentation(text: str, position: int) -> str:
    line = text[text.rfind("\n", 0, position) + 1 : position]
    return line[: len(line) - len(line.lstrip())]


def _skip(text: str, position: int) -> int:
    found = _BLANK.match(text, position)
    return position if found is None else found.end()


def _value(text: str, position: int) -> Value:
    match text[position : position + 1]:
        case "{":
            return _object(text, position)
        case "[":
            return _array(text, position)
        case '"':
            written, end = _string(text, position)
            return Value(written, position, end)
    scalar = _SCALAR.match(text, position)
    if scalar is None:
        raise _unexpected(text, position)
    return Value(json.loads(scalar[0]), position, scalar.end())


def _object(text: str, start: int) -> Value:
    members: list[Member] = []
    position = _skip(text, start + 1)
    while text[position : position + 1] != "}":
        name, after = _string(text, position)
        colon = _skip(text, after)
        if text[colon : colon + 1] != ":":
            raise _unexpected(text, colon)
        value = _value(text, _skip(text, colon + 1))
        members.append(Member(name, position, value))
        position = _next(text, value.end, "}")
    data = {each.name: each.value.data for each in members}
    return Value(data, start, position + 1, tuple(members))


def _array(text: str, start: int) -> Value:
    items: list[Any] = []
    position = _skip(text, start + 1)
    while text[position : position + 1] != "]":
        value = _value(text, position)
        items.append(value.data)
        position = _next(text, value.end, "]")
    return Value(items, start, position + 1)


def _next(text: str, position: int, closing: str) -> int:
    """Where the next item begins, or the closing bracket stands."""
    position = _skip(text, position)
    if text[position : position + 1] == ",":
        return _skip(text, position + 1)
    if text[position : position + 1] != closing:
        raise _unexpected(text, position)
    return position


def _string(text: str, position: int) -> tuple[str, int]:
    if text[position : position + 1] != '"':
        raise _unexpected(text, position)
    try:
        found: tuple[str, int] = scanstring(text, position + 1, True)
    except ValueError:
        raise _unexpected(text, position) from None
    return found


def _unexpected(text: str, position: int) -> Malformed:
    return Malformed(_line(text, position))


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1
