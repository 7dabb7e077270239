"""Rows of the original: each cell may hold anything, and is read the way its column is meant."""

from __future__ import annotations

import math
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, TypeVar

import attrs
import msgspec
from twisted.logger import Logger

from gorev.domain.identifiers import is_id, new_id
from gorev.domain.text import caseless
from gorev.storage.adoption import words
from gorev.storage.adoption.ledger import Ledger, Note
from gorev.storage.adoption.original import TABLES, Original
from gorev.storage.interruption import Interruption

T = TypeVar("T")

# NUL, and what stands for bytes that are no UTF-8: neither can be stored (``data-model.md`` §3).
_UNCLEAN: Final = re.compile("[\0\ud800-\udfff]")
_REPLACEMENT: Final = "\ufffd"

# RFC 3339, SQL's text, and what Go's time.Time.String() writes, with the name of the zone and the monotonic clock.
_INSTANT: Final = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)(?:[Tt ](?P<time>\d\d:\d\d(?::\d\d)?)(?:[.,](?P<fraction>\d+))?"
    r"\s*(?P<zone>[Zz]|(?P<sign>[+-])(?P<hours>\d\d):?(?P<minutes>\d\d))?(?: [A-Za-z]+| [+-]\d+)?(?: m=[+-][\d.]+)?)?"
)
_DAY: Final = re.compile(r"(\d{4}-\d\d-\d\d)(?:[Tt ]\d.*)?", re.DOTALL)
_FIRST_YEAR: Final = 1  # of Go's zero time, which says that there is none

_TRUE: Final = frozenset({"1", "true", "t", "yes", "evet"})
_SHOWN: Final = 200  # characters of a value in a note
_TOLD_ROWS: Final = 20_000
_LARGEST: Final = 2**53  # up to which numbers of any kind are exact
_ONLY_WORKSPACE: Final = "default"


def shown(value: object) -> str:
    """A value as a note tells it: one line, cut where it is long."""
    told = repr(value) if isinstance(value, str | bytes) else str(value)
    return told if len(told) <= _SHOWN else f"{told[:_SHOWN]}…"


def plain(value: object) -> str:
    """A value as it is where that is one short line, else as `shown`."""
    told = _as_text(value)
    return told if told.isprintable() and 0 < len(told) <= _SHOWN else shown(value)


def read_instant(given: str) -> datetime | None:
    """The instant that a text says, in UTC; one without a zone is UTC, a plain date its midnight."""
    found = _INSTANT.fullmatch(given.strip())
    if found is None:
        return None
    fraction = (found["fraction"] or "")[:6].ljust(6, "0")
    try:
        local = datetime.fromisoformat(f"{found['day']}T{found['time'] or '00:00'}").replace(
            microsecond=int(fraction), tzinfo=UTC
        )
        if not found["sign"]:
            return local
        ahead = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"]))
        return local - ahead if found["sign"] == "+" else local + ahead
    except (ValueError, OverflowError):
        return None


def read_day(given: str) -> date | None:
    """The calendar date that a text begins with, as written (``data-model.md`` §3)."""
    found = _DAY.fullmatch(given.strip())
    try:
        return None if found is None else date.fromisoformat(found[1])
    except ValueError:
        return None


@attrs.define
class Row:
    """One row, whose first cell is its number. A cell that cannot be read as asked is noted, and absent."""

    table: str
    _cells: tuple[Any, ...]
    _places: Mapping[str, int]
    _columns: Mapping[str, str]
    _ledger: Ledger

    @property
    def key(self) -> str:
        """What notes call the row: its id, or ``#`` and its number."""
        place = self._places.get("id")
        id_ = None if place is None else self._cells[place]
        return f"#{self._cells[0]}" if id_ is None else plain(id_)

    def cell(self, field: str) -> Any:
        """What stands there: ``None``, a number, a text or bytes."""
        return self._cells[self._places[field]]

    def note(self, note: Note, *fields: str, became: str | None = None) -> None:
        """Keep a note of this row, with what stood in ``fields`` and what it ``became``."""
        told = ", ".join(f"{self._columns.get(field, field)} = {shown(self.cell(field))}" for field in fields)
        self._ledger.note(note, self.table, self.key, told if became is None else f"{told} → {became}")

    def taken(self) -> None:
        """Count this row as taken over."""
        self._ledger.taken[self.table] += 1

    def reference(self, field: str) -> str | None:
        """The id that refers to another row, as it is written there; a blank one is none."""
        cell = self.cell(field)
        return None if cell is None or cell == "" else _as_text(cell)

    def text(self, field: str) -> str:
        """A text, empty where there is none; what cannot be stored is replaced and noted."""
        cell = self.cell(field)
        if cell is None:
            return ""
        found = _as_text(cell)
        if found.isascii() and "\0" not in found:
            return found
        cleaned = _UNCLEAN.sub(_REPLACEMENT, found)
        if cleaned != found:
            self.note(Note.TEXT_CLEANED, field)
        return cleaned

    def long_text(self, field: str, limit: int) -> str:
        """A text that is kept, and noted, where it is longer than the limit."""
        found = self.text(field)
        if len(found) > limit:
            self.note(Note.LONG_KEPT, field)
        return found

    def name(self, field: str, limit: int, id_: str) -> str:
        """A trimmed text, as `long_text`; a blank one is filled in with the beginning of the id."""
        found = self.long_text(field, limit)
        trimmed = found.strip()
        if not trimmed:
            filled = f"#{id_[:8]}"
            self.note(Note.BLANK_FILLED, field, became=filled)
            return filled
        if trimmed != found:
            self.note(Note.TRIMMED, field)
        return trimmed

    def unused(self, field: str, name: str, taken: set[str]) -> str:
        """A name, with a number and noted where another row has it, be it in other case; it is taken from then on."""
        unused, number = name, 1
        while caseless(unused) in taken:
            number += 1
            unused = f"{name} ({number})"
        if unused != name:
            self.note(Note.NAME_CHANGED, field, became=repr(unused))
        taken.add(caseless(unused))
        return unused

    def instant(self, field: str) -> datetime | None:
        """An instant that need not be there."""
        found = self._read(field, read_instant)
        if found is None and self.cell(field) not in (None, ""):
            self.note(Note.VALUE_CLEARED, field)
        return None if found is None or found.year == _FIRST_YEAR else found

    def instant_or(self, field: str, now: datetime) -> datetime:
        """An instant; ``now``, noted, stands in for one that is not there."""
        found = self._read(field, read_instant)
        if found is None or found.year == _FIRST_YEAR:
            self.note(Note.INSTANT_REPLACED, field)
            return now
        return found

    def instants(self, now: datetime) -> tuple[datetime, datetime]:
        """When the row was made and changed; either stands in for the other, else ``now`` does."""
        found = {field: self._read(field, read_instant) for field in ("created_at", "updated_at")}
        known = {field: value for field, value in found.items() if value is not None and value.year != _FIRST_YEAR}
        for field in found:
            if field not in known:
                self.note(Note.INSTANT_REPLACED, field)
        otherwise = next(iter(known.values()), now)
        return known.get("created_at", otherwise), known.get("updated_at", otherwise)

    def day(self, field: str) -> date | None:
        """A calendar date that need not be there."""
        found = self._read(field, read_day)
        if found is None and self.cell(field) not in (None, ""):
            self.note(Note.VALUE_CLEARED, field)
        return found

    def number(self, field: str) -> float | None:
        """A number that need not be there."""
        cell = self.cell(field)
        if cell is None or cell == "":
            return None
        if isinstance(cell, int | float) and math.isfinite(cell):
            return cell
        self.note(Note.VALUE_CLEARED, field)
        return None

    def count(self, field: str) -> int:
        """A whole number from 0 on; 0 where there is none."""
        found = self.number(field) or 0
        if not 0 <= found <= _LARGEST or found != int(found):
            self.note(Note.VALUE_CLEARED, field)
            return 0
        return int(found)

    def flag(self, field: str, default: bool) -> bool:
        """A yes or no."""
        cell = self.cell(field)
        return default if cell is None else _as_text(cell).strip().lower() in _TRUE

    def word(self, field: str, known: Mapping[str, T], default: T) -> T:
        """What a word means; an unknown one is noted and means the default."""
        found = words.meaning(known, self.text(field))
        if found is None:
            self.note(Note.UNKNOWN_REPLACED, field)
            return default
        return found

    def own_number(self) -> int | None:
        """The number that is the row's id; nothing, and noted, if it is none from 1 on."""
        cell = self.cell("id")
        if isinstance(cell, int) and cell > 0:
            return cell
        self.note(Note.ID_CHANGED, "id")
        return None

    def json(self, field: str, kind: type[T], default: T) -> T:
        """JSON text of some form; what is not of that form is noted and replaced by the default."""
        found = self.text(field)
        if not found.strip():
            return default
        try:
            return msgspec.json.decode(found, type=kind | None) or default
        except (msgspec.MsgspecError, RecursionError):
            self.note(Note.JSON_CLEARED, field)
            return default

    def _read(self, field: str, reading: Callable[[str], T | None]) -> T | None:
        cell = self.cell(field)
        return reading(_as_text(cell)) if isinstance(cell, str | bytes) and cell else None


def _as_text(cell: object) -> str:
    return _decoded(cell) if isinstance(cell, bytes) else str(cell)


def _decoded(cell: bytes) -> str:
    return cell.decode("utf-8", "surrogateescape")


@attrs.define
class Ids:
    """The ids of one table: ``of`` says which one of ours each of theirs became, ``places`` in which order."""

    of: dict[str, str] = attrs.Factory(dict)
    places: dict[str, int] = attrs.Factory(dict)

    def give(self, row: Row) -> str:
        """The id of a row: its own, if that has the form of ours and nobody has it yet, else a new one."""
        theirs = row.reference("id")
        id_ = (theirs or "").strip().lower()
        if not is_id(id_) or id_ in self.places:
            id_ = new_id()
        if id_ == theirs:
            id_ = theirs  # one text for both
        else:
            row.note(Note.ID_CHANGED, "id", became=id_)
        self.places[id_] = len(self.places)
        if theirs is not None:
            self.of.setdefault(theirs, id_)
        return id_

    def meant(self, row: Row, field: str) -> str | None:
        """Our id of what a row refers to; nothing if it refers to nothing that is there."""
        theirs = row.reference(field)
        return None if theirs is None else self.of.get(theirs)

    def meant_or_noted(self, row: Row, field: str) -> str | None:
        """As `meant`; a reference to what is not there is noted as cleared."""
        ours = self.meant(row, field)
        if ours is None and row.reference(field) is not None:
            row.note(Note.REFERENCE_CLEARED, field)
        return ours


class Source:
    """The copy of the original's file, read table by table."""

    _log = Logger()

    def __init__(
        self, connection: sqlite3.Connection, original: Original, ledger: Ledger, interruption: Interruption
    ) -> None:
        connection.text_factory = _decoded
        self._connection = connection
        self._original = original
        self._ledger = ledger
        self._interruption = interruption

    def count(self, table: str) -> int:
        """How many rows a table has."""
        if table not in self._original.tables:
            return 0
        (number,) = self._connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        return int(number)

    def workspaces(self) -> list[str]:
        """The ids of the workspaces that rows are of; nothing where all are of the one that the file was for."""
        found: set[str] = set()
        for table, columns in self._original.tables.items():
            if "workspace_id" in columns:
                rows = self._connection.execute(f"SELECT DISTINCT workspace_id FROM {table}")
                found.update(plain(id_) for (id_,) in rows if id_ is not None)
        return sorted(found - {_ONLY_WORKSPACE})

    def rows(self, table: str, *fields: str) -> Iterator[Row]:
        """The rows of a table, with these of its fields or all, in the order in which they were made.

        Rows that somebody numbered otherwise than from 1 on come last, so that a new number is free for each.

        @raise ShuttingDown: the adoption was interrupted.
        """
        columns = self._original.tables.get(table)
        if columns is None:
            return
        chosen = fields or tuple(TABLES[table])
        places = {field: place for place, field in enumerate(chosen, 1)}
        cells = ", ".join(f'"{columns[field]}"' if field in columns else "NULL" for field in chosen)
        read = 0
        for numbered in ("> 0", "<= 0"):
            select = f"SELECT rowid, {cells} FROM {table} WHERE rowid {numbered} ORDER BY rowid"
            for found in self._connection.execute(select):
                read += 1
                self._interruption.check()
                if read % _TOLD_ROWS == 0:
                    self._log.info("{table}: {read} rows read", table=table, read=read)
                yield Row(table, found, places, columns, self._ledger)
