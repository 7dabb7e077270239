"""What encoded objects have in common."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gorev.wire.vocabulary import HIERARCHY, LINK, PROJECT, TAG, TASK, Names, Vocabulary

# What lies under a field of an object, where that is an object again.
WITHIN: list[tuple[Names, str, Names]] = [
    (TASK, "tags", TAG),
    (TASK, "subtasks", TASK),
    (TASK, "links", LINK),
    (HIERARCHY, "task", TASK),
    (HIERARCHY, "ancestors", TASK),
    (HIERARCHY, "children", TASK),
]


def translated(given: Any, names: Names, words: Vocabulary) -> Any:
    """An object as the other vocabulary would say it, by the table of names alone."""
    if isinstance(given, list):
        return [translated(each, names, words) for each in given]
    out = {}
    for key, value in given.items():
        field = names.inside(key)
        assert field is not None, key
        below = next((inner for outer, name, inner in WITHIN if outer is names and name == field), None)
        out[names.out(words)[field]] = value if below is None else translated(value, below, words)
    return out


def objects(given: Any) -> Iterator[dict[str, Any]]:
    """Every object in ``given``, at any depth."""
    if isinstance(given, dict):
        yield given
        for value in given.values():
            yield from objects(value)
    elif isinstance(given, list):
        for each in given:
            yield from objects(each)


def doubled(given: Any) -> list[set[str]]:
    """Fields that one object of ``given`` spells in more than one way."""
    found = []
    for each in objects(given):
        for names in (TASK, PROJECT, LINK, HIERARCHY):
            for field in names.turkish:
                spelt = {key for key in each if names.inside(key) == field}
                if len(spelt) > 1:
                    found.append(spelt)
    return found
