"""Tasks as a terminal shows them: asked of the listing tool, as rows of a table or as a tree."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Sequence
from typing import Any, Final

import click

from gorev.cli.conversation import Conversation
from gorev.cli.tables import Column, Row, cut, day, first_part, safe
from gorev.cli.words import spelt
from gorev.domain.values import Status
from gorev.locale import plural, text
from gorev.wire.names import STATUS_SYMBOL, priority_name
from gorev.wire.vocabulary import LIST_TOOL, PRIORITY, STATUS, understood

# The tool gives no more at once (mcp-tools.md §3.1).
_PAGE: Final = 200
_SUBTASKS: Final = "alt_gorevler"
_DEPTH: Final = "depth"


def select(talk: Conversation, *, limit: int = 50, offset: int = 0, **selection: Any) -> dict[str, Any]:
    """The result of the listing tool, asked as often as it takes to have ``limit`` tasks with their subtrees.

    ``selection`` has the tool's parameters, as `vocabulary.LIST_TOOL` names them inside.
    """
    if selection.get("project_id") is not None:
        selection.pop("all_projects", None)
    chosen = spelt(LIST_TOOL, talk.language, selection)
    roots: list[Row] = []
    while True:
        wanted = min(limit - len(roots), _PAGE)
        asked = {**chosen, "limit": wanted, "offset": offset + len(roots)}
        page = talk.call("gorev_listele", asked).structured
        roots += page["gorevler"]
        if not page["gorevler"] or len(roots) >= limit or offset + len(roots) >= page["toplam"]:
            break
    left = max(page["toplam"] - offset - len(roots), 0)
    found = {**page, "gorevler": roots, "limit": limit, "offset": offset}
    found.pop("kalan", None)
    return {**found, "kalan": left} if left else found


def flattened(roots: Sequence[Row], depth: int = 0) -> Iterator[Row]:
    """Tasks with their subtasks below them, each with its depth."""
    for root in roots:
        yield {**root, _DEPTH: depth}
        yield from flattened(root.get(_SUBTASKS, ()), depth + 1)


def columns(language: str) -> list[Column]:
    """How rows of tasks are shown."""
    return [
        Column("ID", lambda row: row["id"], brief=first_part),
        Column("", lambda row: symbol(row["durum"]) if sys.stdout.isatty() else row["durum"]),
        Column(text(language, "Title"), _indented, flexible=True),
        Column(text(language, "Priority"), lambda row: _priority(row, language), least_width=50),
        Column(text(language, "Due"), lambda row: day(row.get("son_tarih")), least_width=70),
        Column(text(language, "Project"), lambda row: row.get("proje_adi"), least_width=90),
        Column(text(language, "Tags"), lambda row: ", ".join(row.get("etiketler", ())), least_width=110),
    ]


def symbol(token: str) -> str:
    """The sign of a status."""
    status = understood(STATUS, token)
    return token if status is None else STATUS_SYMBOL[status]


DONE: Final = STATUS_SYMBOL[Status.COMPLETED]


def _indented(row: Row) -> str:
    return ("· " * row.get(_DEPTH, 0) if sys.stdout.isatty() else "") + str(row["baslik"])


def _priority(row: Row, language: str) -> str:
    priority = understood(PRIORITY, row["oncelik"])
    shown = priority is not None and sys.stdout.isatty()
    return priority_name(priority, language) if priority is not None and shown else str(row["oncelik"])


def print_trees(roots: Sequence[Row]) -> None:
    """Draw tasks with all that is given below them; on a terminal a line is as long as it is wide."""
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    for root in roots:
        for margin, row in _drawn(root):
            title = safe(" ".join(str(row["baslik"]).split()))
            head, end = f"{margin}{symbol(row['durum'])} ", f"  [{first_part(row['id'])}]"
            click.echo(f"{head}{title if width is None else cut(title, width, head, end)}{end}")


def _drawn(root: Row) -> Iterator[tuple[str, Row]]:
    yield "", root
    yield from _branches(root.get(_SUBTASKS, ()), "")


def _branches(rows: Sequence[Row], margin: str) -> Iterator[tuple[str, Row]]:
    for place, row in enumerate(rows):
        last = place == len(rows) - 1
        yield f"{margin}{'└─' if last else '├─'} ", row
        yield from _branches(row.get(_SUBTASKS, ()), margin + ("   " if last else "│  "))


def note_rest(found: dict[str, Any], language: str) -> None:
    """What is not shown is said, to whoever reads."""
    if left := found.get("kalan"):
        offset = found["offset"] + len(found["gorevler"])
        said = text(language, "{left} more: --offset {offset} shows them.", left=left, offset=offset)
        click.echo(said, err=True)
    every = list(flattened(found["gorevler"]))
    cut_off = sum(max(row.get("subtask_count", 0) - len(row.get(_SUBTASKS, ())), 0) for row in every)
    if cut_off:
        said = plural(
            language,
            "{count} subtask is not shown: gorev task tree ID shows all of a task.",
            "{count} subtasks are not shown: gorev task tree ID shows all of a task.",
            cut_off,
        )
        click.echo(said, err=True)
