"""Tags and which tasks have them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from gorev.domain.identifiers import new_id
from gorev.domain.text import caseless, folded
from gorev.domain.values import Tag
from gorev.storage.sqlite import Cursor

_INSERT: Final = "INSERT INTO tags (id, name, name_caseless, name_folded) VALUES (?, ?, ?, ?)"
_ASSIGN: Final = "INSERT INTO task_tags (task_id, tag_id, position) VALUES (?, ?, ?)"

_OF_TASKS: Final = """
    SELECT task_tags.task_id, tags.id, tags.name FROM task_tags JOIN tags ON tags.id = task_tags.tag_id
    WHERE task_tags.task_id IN (SELECT value FROM json_each(?)) ORDER BY task_tags.task_id, task_tags.position
"""


def of_tasks(cursor: Cursor, task_ids_json: str) -> dict[str, tuple[Tag, ...]]:
    """Tags of several tasks at once, given as a JSON array of ids."""
    found: dict[str, list[Tag]] = {}
    for task_id, tag_id, name in cursor.execute(_OF_TASKS, (task_ids_json,)):
        found.setdefault(task_id, []).append(Tag(id=tag_id, name=name))
    return {task_id: tuple(tags) for task_id, tags in found.items()}


def ensure(cursor: Cursor, names: Sequence[str]) -> tuple[Tag, ...]:
    """The tags of these names, made where they do not exist; the first spelling of a name is kept."""
    tags = []
    for name in names:
        key = caseless(name)
        row = cursor.execute("SELECT id, name FROM tags WHERE name_caseless = ?", (key,)).fetchone()
        if row is None:
            row = (new_id(), name)
            cursor.execute(_INSERT, (*row, key, folded(name)))
        tags.append(Tag(id=row[0], name=row[1]))
    return tuple(tags)


def insert_many(cursor: Cursor, new: Sequence[Tag]) -> None:
    """Store new tags, of whose names there is none yet."""
    cursor.executemany(_INSERT, [(tag.id, tag.name, caseless(tag.name), folded(tag.name)) for tag in new])


def assign(cursor: Cursor, tags_of: Mapping[str, Sequence[Tag]]) -> None:
    """Give tasks these tags, in this order, in place of those they had."""
    cursor.executemany("DELETE FROM task_tags WHERE task_id = ?", [(task_id,) for task_id in tags_of])
    assign_new(cursor, tags_of)


def assign_new(cursor: Cursor, tags_of: Mapping[str, Sequence[Tag]]) -> None:
    """Give tasks that have none their tags."""
    cursor.executemany(
        _ASSIGN, [(task_id, tag.id, place) for task_id, tags in tags_of.items() for place, tag in enumerate(tags)]
    )


def every(cursor: Cursor) -> list[Tag]:
    """All tags there are, used or not."""
    return [Tag(id=id_, name=name) for id_, name in cursor.execute("SELECT id, name FROM tags")]
