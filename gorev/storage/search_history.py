"""The searches that were made lately."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from gorev.domain.search.filters import Filters
from gorev.domain.search.request import HistoryRow
from gorev.storage.encoding import instant, instant_text, packed, unpacked
from gorev.storage.sqlite import Cursor

ROWS_KEPT: Final = 1_000
KEPT_FOR: Final = timedelta(days=30)

_INSERT: Final = """
    INSERT INTO search_history (query, filters, result_count, execution_time_ms, created_at) VALUES (?, ?, ?, ?, ?)
"""
_FORGET: Final = "DELETE FROM search_history WHERE id <= last_insert_rowid() - ? OR created_at < ?"
_NEWEST: Final = """
    SELECT id, query, filters, result_count, execution_time_ms, created_at FROM search_history
    WHERE created_at >= ? ORDER BY id DESC LIMIT ?
"""


def add(cursor: Cursor, query: str, filters: Filters, result_count: int, elapsed_ms: float, now: datetime) -> None:
    """Keep a search, and forget the oldest beyond a number or an age."""
    cursor.execute(_INSERT, (query, packed(filters), result_count, elapsed_ms, instant_text(now)))
    cursor.execute(_FORGET, (ROWS_KEPT, instant_text(now - KEPT_FOR)))


def newest(cursor: Cursor, limit: int, since: datetime) -> list[HistoryRow]:
    """The searches made after ``since``, newest first."""
    return [
        HistoryRow(
            id=id_,
            query=query,
            filters=unpacked(filters, Filters),
            result_count=result_count,
            elapsed_ms=elapsed,
            created_at=instant(created_at),
        )
        for id_, query, filters, result_count, elapsed, created_at in cursor.execute(
            _NEWEST, (instant_text(since), limit)
        )
    ]
