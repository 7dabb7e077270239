"""The report of an adoption, written beside the copy: every row that was changed or left out, in words for people.

Each sentence stands there in both languages, since a file has no reader whose language is known; what stood in a row is
shown as it was.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import attrs

from gorev.locale import text
from gorev.storage.adoption.ledger import LEAVES_OUT, Ledger, Note
from gorev.storage.copying import sync

_SENTENCE: Final[Mapping[Note, str]] = {
    Note.ID_CHANGED: "The id did not have the form of an id, or was taken; it was replaced.",
    Note.TEXT_CLEANED: "The text held bytes that cannot be kept; a replacement character stands for each.",
    Note.TRIMMED: "White space around the text was removed.",
    Note.BLANK_FILLED: "The title or name was blank; the beginning of the id stands there now.",
    Note.LONG_KEPT: "The text is longer than allowed today. It was kept whole.",
    Note.UNKNOWN_REPLACED: "The value is unknown; the default stands there now (links: related).",
    Note.INSTANT_REPLACED: "The time is missing or cannot be read; the row's other one, else today's, stands there.",
    Note.VALUE_CLEARED: "The value cannot be read, or is taken; it was cleared.",
    Note.JSON_CLEARED: "The JSON cannot be read, or parts of it mean nothing; those were left away.",
    Note.REFERENCE_CLEARED: "It referred to something that does not exist; the reference was cleared.",
    Note.CIRCLE_CUT: "The tasks were one another's parents; the first one has no parent now.",
    Note.OTHER_PROJECT: "The parent is in another project; the task has no parent now.",
    Note.PROJECT_OF_PARENT: "The subtask was in no project; it is in its parent's now.",
    Note.NAME_CHANGED: "The name is taken or not allowed; it was changed.",
    Note.PATH_CHANGED: "The path was not absolute or not clean; it was made so.",
    Note.NOWHERE: "It belonged to something that does not exist. It was left out.",
    Note.TWICE: "There is another one of the same meaning, which was kept. This one was left out.",
    Note.BLANK: "It was blank. It was left out.",
    Note.OWN_LINK: "A task was linked with itself. The link was left out.",
    Note.LINK_CIRCLE: "The tasks would have waited for one another. The link was left out.",
    Note.LINK_LINEAGE: "One of the tasks is above the other, and waits for it anyway. The link was left out.",
    Note.ONLY_ONE: "There is only one of its kind now. This one was left out.",
    Note.TOO_OLD: "So many old ones are not kept. It was left out.",
    Note.NOT_KEPT: "Gorev keeps this setting elsewhere. It was left out.",
}

_LABEL: Final = {
    "heading": "Adoption of a Gorev database",
    "file": "File",
    "time": "Time",
    "migration": "Schema of the original",
    "copy": "Untouched copy of the original",
    "workspaces": "Workspaces named in it, all taken over into this one",
    "derived": "Not taken over, since it is made anew",
    "rows": "Rows: in the original, taken over, left out",
    "changed": "Changed",
    "left_out": "Left out",
    "nothing": "Nothing was changed or left out.",
}


@attrs.frozen(kw_only=True)
class Adoption:
    """What the report is about. ``derived`` are names of tables, views and triggers."""

    path: Path
    copy: Path
    time: datetime
    migration: int
    workspaces: Sequence[str]
    derived: Sequence[str]
    ledger: Ledger


def write(adoption: Adoption) -> Path:
    """Write the report beside the copy, and return where that is. It is as private as the database.

    @raise OSError: it cannot be written.
    """
    number = adoption.copy.name.removeprefix(f"{adoption.path.name}.before-1")
    report = adoption.path.with_name(f"{adoption.path.name}.adoption-report{number}.txt")
    partial = report.with_name(f"{report.name}.partial")
    mode = stat.S_IMODE(adoption.path.stat().st_mode)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in _lines(adoption))
    sync(partial)
    partial.replace(report)
    sync(report.parent)
    return report


def _lines(adoption: Adoption) -> Iterator[str]:
    ledger = adoption.ledger
    yield _both("heading")
    yield ""
    yield f"{_both('file')}: {adoption.path}"
    yield f"{_both('copy')}: {adoption.copy.name}"
    yield f"{_both('time')}: {adoption.time.isoformat(timespec='seconds')}"
    yield f"{_both('migration')}: {adoption.migration or '?'}"
    if adoption.workspaces:
        yield f"{_both('workspaces')}: {', '.join(adoption.workspaces)}"
    if adoption.derived:
        yield f"{_both('derived')}: {', '.join(adoption.derived)}"
    yield ""
    yield _both("rows")
    for table, rows in ledger.before.items():
        yield f"  {table:<20}{rows:>9}{ledger.taken[table]:>9}{ledger.left_out[table]:>9}"
    if not ledger.total:
        yield ""
        yield _both("nothing")
    for heading, notes in (
        ("changed", [note for note in Note if note not in LEAVES_OUT and ledger.notes[note]]),
        ("left_out", [note for note in Note if note in LEAVES_OUT and ledger.notes[note]]),
    ):
        if notes:
            yield ""
            yield f"== {_both(heading)}"
        for note in notes:
            yield ""
            yield f"{text('tr', _SENTENCE[note])} ({len(ledger.notes[note])})"
            yield f"{text('en', _SENTENCE[note])}"
            for item in ledger.notes[note]:
                yield f"  {item.table} {item.key}: {item.detail}"


def _both(name: str) -> str:
    return f"{text('tr', _LABEL[name])} | {text('en', _LABEL[name])}"
