"""Filter profiles."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from gorev.domain.profiles import SHIPPED, Profile
from gorev.domain.search.filters import Filters
from gorev.domain.text import caseless
from gorev.storage.encoding import instant, instant_text, packed, unpacked
from gorev.storage.sqlite import Cursor

_COLUMNS: Final = """
    id, name, description, filters, search_query, is_default, use_count, last_used_at, created_at, updated_at
"""
_ONE: Final = f"SELECT {_COLUMNS} FROM filter_profiles WHERE id = ?"
_EVERY: Final = f"SELECT {_COLUMNS} FROM filter_profiles ORDER BY is_default DESC, use_count DESC, name"
_INSERT: Final = """
    INSERT INTO filter_profiles (name, description, filters, search_query, is_default, created_at, updated_at)
    VALUES (?, ?, ?, ?, ?, ?, ?)
"""
_UPDATE: Final = """
    UPDATE filter_profiles SET name = ?, description = ?, filters = ?, search_query = ?, is_default = ?, use_count = ?,
        last_used_at = ?, updated_at = ?
    WHERE id = ?
"""


def one(cursor: Cursor, profile_id: int) -> Profile | None:
    """A profile by its number."""
    row = cursor.execute(_ONE, (profile_id,)).fetchone()
    return None if row is None else _profile(row)


def named(cursor: Cursor, name: str) -> Profile | None:
    """A profile by its name, without regard to case."""
    wanted = caseless(name.strip())
    return next((profile for profile in every(cursor) if caseless(profile.name) == wanted), None)


def every(cursor: Cursor) -> list[Profile]:
    """All profiles: shipped ones first, then by use and name."""
    return [_profile(row) for row in cursor.execute(_EVERY)]


def insert(
    cursor: Cursor,
    *,
    name: str,
    description: str,
    filters: Filters,
    search_query: str,
    is_default: bool,
    now: datetime,
) -> int:
    """Store a new profile and yield its number."""
    at = instant_text(now)
    cursor.execute(_INSERT, (name, description, packed(filters), search_query, is_default, at, at))
    return int(cursor.lastrowid or 0)


def update(cursor: Cursor, profile: Profile) -> None:
    """Store a changed profile."""
    cursor.execute(
        _UPDATE,
        (
            profile.name,
            profile.description,
            packed(profile.filters),
            profile.search_query,
            profile.is_default,
            profile.use_count,
            None if profile.last_used_at is None else instant_text(profile.last_used_at),
            instant_text(profile.updated_at),
            profile.id,
        ),
    )


def delete(cursor: Cursor, profile_id: int) -> None:
    """Remove a profile."""
    cursor.execute("DELETE FROM filter_profiles WHERE id = ?", (profile_id,))


def lacks_shipped(cursor: Cursor) -> bool:
    """Whether the database never got the shipped profiles, which cannot be deleted."""
    (some,) = cursor.execute("SELECT EXISTS (SELECT 1 FROM filter_profiles WHERE is_default)").fetchone()
    return not some


def insert_shipped(cursor: Cursor, language: str, now: datetime) -> None:
    """Add the shipped profiles, named in a language, except where the user has taken the name."""
    for names, filters in SHIPPED:
        name, description = names[language]
        if named(cursor, name) is None:
            insert(
                cursor,
                name=name,
                description=description,
                filters=filters,
                search_query="",
                is_default=True,
                now=now,
            )


def _profile(row: tuple[Any, ...]) -> Profile:
    id_, name, description, filters, search_query, is_default, use_count, last_used, created, updated = row
    return Profile(
        id=id_,
        name=name,
        description=description,
        filters=unpacked(filters, Filters),
        search_query=search_query,
        is_default=bool(is_default),
        use_count=use_count,
        last_used_at=None if last_used is None else instant(last_used),
        created_at=instant(created),
        updated_at=instant(updated),
    )
