"""What an adoption did to rows that could not be taken over as they were."""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Mapping
from typing import Final, NamedTuple

import attrs


class Note(enum.Enum):
    """Why a row was changed, or left out."""

    ID_CHANGED = "id_changed"
    TEXT_CLEANED = "text_cleaned"
    TRIMMED = "trimmed"
    BLANK_FILLED = "blank_filled"
    LONG_KEPT = "long_kept"
    UNKNOWN_REPLACED = "unknown_replaced"
    INSTANT_REPLACED = "instant_replaced"
    VALUE_CLEARED = "value_cleared"
    JSON_CLEARED = "json_cleared"
    REFERENCE_CLEARED = "reference_cleared"
    CIRCLE_CUT = "circle_cut"
    OTHER_PROJECT = "other_project"
    PROJECT_OF_PARENT = "project_of_parent"
    NAME_CHANGED = "name_changed"
    PATH_CHANGED = "path_changed"

    NOWHERE = "nowhere"
    TWICE = "twice"
    BLANK = "blank"
    OWN_LINK = "own_link"
    LINK_CIRCLE = "link_circle"
    LINK_LINEAGE = "link_lineage"
    ONLY_ONE = "only_one"
    TOO_OLD = "too_old"
    NOT_KEPT = "not_kept"


LEAVES_OUT: Final = frozenset(
    {
        Note.NOWHERE,
        Note.TWICE,
        Note.BLANK,
        Note.OWN_LINK,
        Note.LINK_CIRCLE,
        Note.LINK_LINEAGE,
        Note.ONLY_ONE,
        Note.TOO_OLD,
        Note.NOT_KEPT,
    }
)


class Item(NamedTuple):
    """The row that a note is about, by its table and id (or ``#`` and its place), and what stood there."""

    table: str
    key: str
    detail: str


@attrs.define
class Ledger:
    """All notes, and how many rows of each table there were and were taken over."""

    notes: dict[Note, list[Item]] = attrs.Factory(lambda: {note: [] for note in Note})
    before: Mapping[str, int] = attrs.Factory(dict)
    taken: Counter[str] = attrs.Factory(Counter)
    left_out: Counter[str] = attrs.Factory(Counter)

    def note(self, note: Note, table: str, key: str, detail: str) -> None:
        """Keep a note of a row."""
        self.notes[note].append(Item(table, key, detail))
        if note in LEAVES_OUT:
            self.left_out[table] += 1

    @property
    def total(self) -> int:
        """How many notes there are."""
        return sum(map(len, self.notes.values()))

    def balances(self) -> bool:
        """Whether every row of the original was either taken over or noted as left out."""
        return all(self.taken[table] + self.left_out[table] == rows for table, rows in self.before.items())
