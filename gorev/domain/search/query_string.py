"""A query as a user types it, split into filters and free text (``behaviours.md`` §2).

White space separates, ``"…"`` groups, ``-`` in front excludes, ``key:value,"other value"`` filters where the key is
known. Everything else is free text, whatever it looks like.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import attrs

from gorev.domain.search.words import Atom, TextQuery

_QUOTES: Final = str.maketrans(dict.fromkeys("“”„‟«»", '"'))
_START: Final = re.compile(r"\S")
_PART: Final = re.compile(r'(?P<not>-?)"(?P<phrase>[^"]*)"|(?P<word>\S+)')
_KEY: Final = re.compile(r'(?P<key>[^\s":,]+):(?=[^\s,])')
_VALUE: Final = re.compile(r'"([^"]*)"|([^\s,"]+)')
_COMMAS: Final = re.compile(r",+")
_EXCLUDED: Final = re.compile(r"-(?=[^\W_])")


@attrs.frozen
class Query:
    """Filters as they were spelt, in order, and the free text beside them."""

    filters: tuple[tuple[str, tuple[str, ...]], ...]
    text: TextQuery


def parse(query: str, is_key: Callable[[str], bool]) -> Query:
    """Split a query; ``is_key`` knows the filters' names."""
    query = query.translate(_QUOTES)
    filters: list[tuple[str, tuple[str, ...]]] = []
    wanted: list[Atom] = []
    excluded: list[Atom] = []
    position = 0
    while (start := _START.search(query, position)) is not None:
        position = start.start()
        values, end = _filter(query, position, is_key)
        if values:
            filters.append((query[position : query.index(":", position)], values))
            position = end
            continue
        part = _PART.match(query, position)
        if part is None:
            break
        position = part.end()
        if part["phrase"] is not None:
            if part["phrase"].strip():
                (excluded if part["not"] else wanted).append(Atom(part["phrase"].strip(), phrase=True))
        elif _EXCLUDED.match(part["word"]):
            excluded.append(Atom(part["word"][1:]))
        else:
            wanted.append(Atom(part["word"]))
    return Query(
        tuple(filters),
        TextQuery(
            words=tuple(atom for atom in wanted if not atom.phrase),
            phrases=tuple(atom for atom in wanted if atom.phrase),
            excluded=tuple(excluded),
            whole=" ".join(atom.text for atom in wanted),
        ),
    )


def _filter(query: str, position: int, is_key: Callable[[str], bool]) -> tuple[tuple[str, ...], int]:
    """The values of the filter that stands at ``position``, and where it ends; none if there is no filter."""
    key = _KEY.match(query, position)
    if key is None or not is_key(key["key"]):
        return (), position
    values: list[str] = []
    end = key.end()
    while (value := _VALUE.match(query, end)) is not None:
        values.append((value[1] if value[1] is not None else value[2]).strip())
        end = value.end()
        commas = _COMMAS.match(query, end)
        if commas is None:
            break
        end = commas.end()
    if end < len(query) and not query[end].isspace():
        return (), position
    return tuple(value for value in values if value), end
