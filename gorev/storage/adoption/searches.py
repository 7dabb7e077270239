"""Filter profiles, and what was searched for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from gorev.domain.search.filters import Filters
from gorev.domain.text import DESCRIPTION_LIMIT, NAME_LIMIT
from gorev.storage.adoption import words
from gorev.storage.adoption.ledger import Note
from gorev.storage.adoption.rows import Ids, Row, Source, read_day
from gorev.storage.encoding import instant_text, packed
from gorev.storage.search_history import ROWS_KEPT
from gorev.storage.sqlite import Cursor

_PROFILE: Final = """
    INSERT INTO filter_profiles (id, name, description, filters, search_query, is_default, use_count, last_used_at,
        created_at, updated_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_HISTORY: Final = """
    INSERT INTO search_history (id, query, filters, result_count, execution_time_ms, created_at)
    VALUES (?, ?, ?, ?, ?, ?)
"""

# Filters in both vocabularies (``data-model.md`` §12).
_LISTS: Final = {
    "durum": "statuses",
    "status": "statuses",
    "oncelik": "priorities",
    "priority": "priorities",
    "proje_id": "projects",
    "proje": "projects",
    "project": "projects",
    "project_id": "projects",
    "project_ids": "projects",
    "etiket": "tags",
    "etiketler": "tags",
    "tag": "tags",
    "tags": "tags",
    "filtre": "quick",
    "filter": "quick",
}
_DAYS: Final = {
    "created_after": "created_after",
    "olusturulma_baslangic": "created_after",
    "created_before": "created_before",
    "olusturulma_bitis": "created_before",
    "due_after": "due_after",
    "son_tarih_baslangic": "due_after",
    "due_before": "due_before",
    "son_tarih_bitis": "due_before",
}


def take_profiles(cursor: Cursor, source: Source, projects: Ids, now: datetime) -> None:
    """Take over the filter profiles; a name is one profile's alone."""
    names: set[str] = set()
    for row in source.rows("filter_profiles"):
        created, updated = row.instants(now)
        used = row.instant("last_used_at")
        name = row.name("name", NAME_LIMIT, row.key)
        values = (
            row.own_number(),
            row.unused("name", name, names),
            row.long_text("description", DESCRIPTION_LIMIT),
            packed(_filters(row, projects)),
            row.text("search_query"),
            row.flag("is_default", default=False),
            row.count("use_count"),
            None if used is None else instant_text(used),
            instant_text(created),
            instant_text(updated),
        )
        cursor.execute(_PROFILE, values)
        row.taken()


def take_history(cursor: Cursor, source: Source, projects: Ids, now: datetime) -> None:
    """Take over the search history, as much of the newest as is ever kept."""
    too_many = source.count("search_history") - ROWS_KEPT
    for place, row in enumerate(source.rows("search_history")):
        if place < too_many:
            row.note(Note.TOO_OLD, "query", "filters")
            continue
        values = (
            row.own_number(),
            row.text("query"),
            packed(_filters(row, projects)),
            row.count("result_count"),
            row.number("execution_time_ms") or 0,
            instant_text(row.instant_or("created_at", now)),
        )
        cursor.execute(_HISTORY, values)
        row.taken()


def _filters(row: Row, projects: Ids) -> Filters:
    """The filters as ours; what means nothing to us is noted and left away."""
    meaning: Mapping[str, Callable[[str], object]] = {
        "statuses": lambda given: words.meaning(words.STATUS, given),
        "priorities": lambda given: words.meaning(words.PRIORITY, given),
        "projects": lambda given: projects.of.get(given, given),
        "tags": str,
        "quick": lambda given: words.meaning(words.QUICK, given),
    }
    found: dict[str, Any] = {}
    unknown = False
    for key, value in row.json("filters", dict[str, Any], {}).items():
        if value in (None, "", [], {}):
            continue
        if key in _LISTS:
            given = value if isinstance(value, list) else [value]
            meant = [meaning[_LISTS[key]](str(each)) for each in given]
            found[_LISTS[key]] = tuple(each for each in meant if each) or None
            unknown |= None in meant
        elif key in _DAYS:
            day = read_day(str(value))
            found[_DAYS[key]] = None if day is None else day.isoformat()
            unknown |= day is None
        elif key == "enable_fuzzy":
            found["fuzzy"] = bool(value)
        elif key == "fuzzy_threshold" and isinstance(value, int | float):
            found["fuzzy_threshold"] = float(value) or None
        else:
            unknown = True
    if unknown:
        row.note(Note.JSON_CLEARED, "filters")
    return Filters(**found)
