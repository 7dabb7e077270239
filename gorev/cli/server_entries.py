"""The settings of an assistant with Gorev in them, or without."""

from __future__ import annotations

import re
from typing import Any

from gorev.cli import jsonc
from gorev.cli.assistants import NAME, Assistant


class Unusable(Exception):
    """A settings file that is not understood. ``reason`` is a text key, ``fields`` are what it speaks of."""

    def __init__(self, reason: str, **fields: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.fields = fields


def change_of(before: str, assistant: Assistant, entry: dict[str, Any] | None) -> str:
    """The text of a settings file with this entry for Gorev, or with none. Everything else in it stays.

    Raises `Unusable` for a text that is not understood.
    """
    change = _in_toml if assistant.form == "toml" else _in_json
    return change(before, assistant.path, entry)


def _in_json(before: str, path: tuple[str, ...], entry: dict[str, Any] | None) -> str:
    try:
        data = jsonc.parse(before).data if before.strip() else {}
        present = _at(data, path)
        if present.get(NAME) == entry:
            return before
        if entry is None:
            after = jsonc.without_member(before, path, NAME)
        else:
            after = jsonc.with_member(before, path, NAME, entry)
        changed = jsonc.parse(after).data
    except jsonc.Malformed as error:
        raise Unusable("it is not JSON as editors read it (line {line})", line=error.line) from None
    return _checked(after, changed, path, entry)


def _in_toml(before: str, path: tuple[str, ...], entry: dict[str, Any] | None) -> str:
    import tomllib

    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        data = tomllib.loads(before)
        present = _at(data, path)
        if present.get(NAME) == entry:
            return before
        document = tomlkit.parse(before)
        table: Any = document
        for key in path:
            if key not in table:
                table[key] = tomlkit.table(is_super_table=True)
            table = table[key]
        if entry is None:
            del table[NAME]
        else:
            table[NAME] = written = tomlkit.item(entry)
            if list(document)[-1] != path[0]:
                written["env"].add(tomlkit.nl())  # what follows keeps its distance
        after = tomlkit.dumps(document)
        changed = tomllib.loads(after)
    except (tomllib.TOMLDecodeError, TOMLKitError) as error:
        raise Unusable("it is not TOML (line {line})", line=_line_of(error)) from None
    return _checked(after, changed, path, entry)


def _line_of(error: Exception) -> str:
    """Where a TOML text is wrong; before Python 3.14 the message alone tells it."""
    found = re.search(r"line (\d+)", str(error))
    return found[1] if found else "?"


def _at(data: Any, path: tuple[str, ...]) -> dict[str, Any]:
    """What is at a path, nothing if the way ends before. Raises `Unusable` for what is no object."""
    for key in path:
        if isinstance(data, dict):
            data = data.get(key, {})
    if not isinstance(data, dict):
        raise Unusable("{name} in it is not what it should be", name=".".join(path))
    return data


def _checked(after: str, changed: Any, path: tuple[str, ...], entry: dict[str, Any] | None) -> str:
    """The new text, if it is sure to mean what it should."""
    if _at(changed, path).get(NAME) != entry:
        raise Unusable("it is written in a way that is not understood")
    return after
