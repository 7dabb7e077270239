"""What is asked of FTS5: its expressions, in which nothing that a user wrote means anything but itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from gorev.domain.search.words import Atom, Field, plain

COLUMNS: Final = {Field.TITLE: "title_folded", Field.DESCRIPTION: "description_folded"}
TITLE: Final = frozenset({Field.TITLE})


def any_of(atoms: Iterable[Atom]) -> str:
    """What has one of the atoms."""
    return "(" + " OR ".join(map(_quoted, atoms)) + ")"


def within(fields: frozenset[Field], expression: str) -> str:
    """An expression for the columns of these fields, of which there is at least one."""
    columns = [column for field, column in COLUMNS.items() if field in fields]
    # Without need a restriction costs the index two thirds more.
    return expression if len(columns) == len(COLUMNS) else f"{{{' '.join(columns)}}} : ({expression})"


def _quoted(atom: Atom) -> str:
    # Quoted, so that nothing in it means anything to FTS5.
    return '"' + plain(atom.text).replace('"', '""') + ('"' if atom.phrase else '" *')
