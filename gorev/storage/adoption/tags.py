"""Tags, and which tasks have them."""

from __future__ import annotations

from typing import Final

from gorev.domain.text import NAME_LIMIT, caseless
from gorev.domain.values import Tag
from gorev.storage import tags
from gorev.storage.adoption.ledger import Note
from gorev.storage.adoption.rows import Ids, Row, Source
from gorev.storage.sqlite import Cursor

_ASSIGN: Final = "INSERT INTO task_tags (task_id, tag_id, position) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"


def take(cursor: Cursor, source: Source, tasks: Ids) -> None:
    """Take over the tags, of those that differ in case only the first, and give them to the tasks."""
    ids = Ids()
    of_name: dict[str, str] = {}
    taken: list[Tag] = []
    for row in source.rows("etiketler"):
        name = _name(row)
        if not name:
            row.note(Note.BLANK, "name")
            continue
        known = of_name.get(caseless(name))
        if known is None:
            id_ = of_name[caseless(name)] = ids.give(row)
            taken.append(Tag(id=id_, name=name))
            row.taken()
            continue
        row.note(Note.TWICE, "name")
        theirs = row.reference("id")
        if theirs is not None:
            ids.of.setdefault(theirs, known)
    tags.insert_many(cursor, taken)
    _assign(cursor, source, tasks, ids)


def _name(row: Row) -> str:
    """The name as tags have it: trimmed, without commas; blank if nothing is left of it."""
    given = row.long_text("name", NAME_LIMIT)
    name = " ".join(filter(None, (part.strip() for part in given.split(","))))
    if name and name != given:
        row.note(Note.NAME_CHANGED, "name", became=repr(name))
    return name


def _assign(cursor: Cursor, source: Source, tasks: Ids, tags_taken: Ids) -> None:
    positions: dict[str, int] = {}
    for row in source.rows("gorev_etiketleri"):
        task_id, tag_id = tasks.meant(row, "task_id"), tags_taken.meant(row, "tag_id")
        if task_id is None or tag_id is None:
            row.note(Note.NOWHERE, "task_id", "tag_id")
            continue
        position = positions.get(task_id, 0)
        if cursor.execute(_ASSIGN, (task_id, tag_id, position)).rowcount:
            positions[task_id] = position + 1
            row.taken()
        else:
            row.note(Note.TWICE, "task_id", "tag_id")
