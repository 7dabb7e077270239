"""reStructuredText, as the other modules need it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

_SPECIAL: Final = re.compile(r"([\\*`|_])")


def plain(text: str) -> str:
    """A text in which nothing is markup, on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def code(text: object) -> str:
    """A word of a programming language."""
    return f"``{text}``"


def codes(words: Iterable[object]) -> str:
    """Several of them."""
    return ", ".join(code(each) for each in words)


def link(label: str, shown: str = "") -> str:
    """A reference to a label."""
    return f":ref:`{shown} <{label}>`" if shown else f":ref:`{label}`"


def error(name: str) -> str:
    """A reference to an error code."""
    return link(f"error-{name}", name)


def section(title: str, underline: str, label: str = "") -> Iterator[str]:
    """A heading; what refers to its ``label`` comes here."""
    if label:
        yield from (f".. _{label}:", "")
    yield from (title, underline * max(len(title), 4), "")


def paragraph(text: str) -> Iterator[str]:
    """A paragraph, of markup."""
    yield from (text, "")


def table(head: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[int]) -> Iterator[str]:
    """A table whose cells are markup on one line; nothing if it has no rows."""
    rows = list(rows)
    if not rows:
        return
    yield ".. list-table::"
    yield "   :header-rows: 1"
    yield f"   :widths: {' '.join(map(str, widths))}"
    yield ""
    for row in (head, *rows):
        for position, cell in enumerate(row):
            yield f"   {'*' if position == 0 else ' '} - {cell}".rstrip()
    yield ""
