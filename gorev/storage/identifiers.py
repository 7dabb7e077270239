"""Ids as callers give them: whole, or a prefix of at least eight characters (``data-model.md`` §3)."""

from __future__ import annotations

from typing import Final, Literal

from gorev.domain.errors import AmbiguousId
from gorev.domain.identifiers import SHORTEST_PREFIX
from gorev.storage.sqlite import Cursor

ID_LENGTH: Final = 36
MATCHES_SHOWN: Final = 5

_BY_PREFIX: Final = {
    "tasks": "SELECT id FROM tasks WHERE id >= ? AND id < ? ORDER BY id LIMIT ?",
    "projects": "SELECT id FROM projects WHERE id >= ? AND id < ? ORDER BY id LIMIT ?",
}


def sought(cursor: Cursor, table: Literal["tasks", "projects"], given: str) -> str | None:
    """As `resolve`, for a caller that reads what it finds: a whole id is not looked for, and need not be there."""
    whole = given.strip().lower()
    return whole if len(whole) == ID_LENGTH and whole.isascii() else resolve(cursor, table, given)


def resolve(cursor: Cursor, table: Literal["tasks", "projects"], given: str) -> str | None:
    """The one id that ``given`` is or begins; nothing if there is none.

    @raise AmbiguousId: if several begin with it.
    """
    prefix = given.strip().lower()
    if not SHORTEST_PREFIX <= len(prefix) <= ID_LENGTH or not prefix.isascii():
        return None
    found = [each for (each,) in cursor.execute(_BY_PREFIX[table], (prefix, prefix + "\x7f", MATCHES_SHOWN))]
    if len(found) > 1:
        raise AmbiguousId(id=given, matches=found)
    return found[0] if found else None
