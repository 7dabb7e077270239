"""Rows for people and for programs: a table in a terminal, else one line of tab-separated values each."""

from __future__ import annotations

import json
import os
import sys
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

import attrs
import click

from gorev.locale import text

if TYPE_CHECKING:
    from gorev.cli.conversation import Outcome

# Cells between columns, and the least that a column is cut to.
_GAP: Final = 2
_LEAST: Final = 6
# Nothing of what others wrote may move the cursor, change the title of the window or turn the writing direction.
_SAFE_CONTROLS: Final = "\n\t"
_BIDI_CONTROLS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")

Row = dict[str, Any]


@attrs.frozen
class Column:
    """``value`` of a row under a ``heading``. One with a ``least_width`` is left out of a terminal narrower than that.

    Of the columns of a table, those that are ``flexible`` share what the others leave and are cut to it, or wrapped.
    ``brief`` is what a terminal shows instead of the value.
    """

    heading: str
    value: Callable[[Row], object]
    least_width: int = 0
    flexible: bool = False
    wraps: bool = False
    brief: Callable[[str], str] | None = None


def print_rows(columns: Sequence[Column], rows: Sequence[Row]) -> None:
    """Print the rows to standard output."""
    if not sys.stdout.isatty():
        for row in rows:
            click.echo("\t".join(safe(_one_line(_shown(column, row))) for column in columns))
        return
    # Rich costs 30 ms and is imported where a table is drawn only.
    from rich.console import Console, OverflowMethod
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False, markup=False, emoji=False)
    kept = [column for column in columns if column.least_width <= console.width]
    lines = [[_cell(column, row) for column in kept] for row in rows]
    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0))
    for column, width in zip(kept, _widths(kept, lines, console.width), strict=True):
        overflow: OverflowMethod = "fold" if column.wraps else "ellipsis"
        table.add_column(Text(column.heading), overflow=overflow, no_wrap=not column.wraps, width=width)
    for line in lines:
        table.add_row(*map(Text, line))
    console.print(table)


def _cell(column: Column, row: Row) -> str:
    value = safe(_one_line(_shown(column, row)))
    return column.brief(value) if column.brief and value else value


def _widths(columns: Sequence[Column], lines: Sequence[Sequence[str]], available: int) -> list[int]:
    """What each column needs, in cells of the terminal; the flexible ones no more than a fair part of what is left."""
    from rich.cells import cell_len

    wanted = [max(map(cell_len, (column.heading, *cells))) for column, *cells in zip(columns, *lines, strict=True)]
    left = (
        available
        - _GAP * (len(columns) - 1)
        - sum(width for column, width in zip(columns, wanted, strict=True) if not column.flexible)
    )
    flexible = [place for place, column in enumerate(columns) if column.flexible]
    for count, place in enumerate(sorted(flexible, key=wanted.__getitem__)):
        wanted[place] = min(wanted[place], max(left // (len(flexible) - count), _LEAST))
        left -= wanted[place]
    return wanted


def print_text(said: str) -> None:
    """Print what the daemon said, made harmless: what is on a pipe may come to a terminal in the end."""
    click.echo(safe(said))


def print_outcome(outcome: Outcome, as_json: bool) -> int:
    """Print what a tool said, to programs or to people; returns 0."""
    print_json(outcome.structured) if as_json else print_text(outcome.text)
    return 0


def print_json(value: object) -> None:
    """Print one JSON value."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=not _takes_unicode()))


def print_json_line(value: object) -> None:
    """Print one JSON value on a line of its own."""
    click.echo(json.dumps(value, ensure_ascii=not _takes_unicode(), separators=(",", ":")))


def safe(said: str) -> str:
    """The text without characters that would do something to a terminal rather than be seen on it."""
    if said.isascii() and said.isprintable():
        return said
    return "".join(_BROKEN if _acts(character) else character for character in said)


_BROKEN: Final = "\ufffd"


def _acts(character: str) -> bool:
    if character in _SAFE_CONTROLS:
        return False
    return character in _BIDI_CONTROLS or unicodedata.category(character) == "Cc"


def _one_line(said: str) -> str:
    return " ".join(said.split())


def _shown(column: Column, row: Row) -> str:
    value = column.value(row)
    return "" if value is None else str(value)


def _takes_unicode() -> bool:
    encoding = (getattr(sys.stdout, "encoding", None) or "utf-8").lower().replace("-", "")
    return encoding.startswith("utf")


def json_option(language: str) -> click.Option:
    """``--json``."""
    return click.Option(["as_json", "--json"], is_flag=True, help=text(language, "print JSON"))


def cut(said: str, width: int, head: str, end: str) -> str:
    """As much of a text as a line of ``width`` cells takes between a head and an end."""
    from rich.cells import cell_len, set_cell_size

    room = max(width - cell_len(head) - cell_len(end), _LEAST)
    return said if cell_len(said) <= room else f"{set_cell_size(said, room - 1).rstrip()}…"


def first_part(id_: str) -> str:
    """The beginning of an id, which the daemon takes for the whole as long as it means one task."""
    return id_[:8]


def day(instant: str | None) -> str:
    """The date of an RFC 3339 instant that means a calendar date."""
    return (instant or "")[:10]


def names(rows: Iterable[Row], key: str) -> str:
    """Values of rows beside one another."""
    return ", ".join(str(row.get(key)) for row in rows)


def path_argument(path: str) -> str:
    """A path of the command line as the daemon, which runs elsewhere, understands it."""
    return os.path.abspath(os.path.expanduser(path))  # noqa: PTH100, PTH111  # as named: links are not followed
