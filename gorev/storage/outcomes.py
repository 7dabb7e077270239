"""First outcomes of writes that named an idempotency key, kept for a day (``mcp-tools.md`` §1)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from gorev.storage.encoding import instant_text
from gorev.storage.sqlite import Cursor

KEPT_FOR: Final = timedelta(hours=24)


def find(cursor: Cursor, key: str, now: datetime) -> tuple[str, str] | None:
    """Request and outcome that ``key`` stands for, if it was used within a day."""
    row = cursor.execute(
        "SELECT request, outcome FROM outcomes WHERE idempotency_key = ? AND created_at > ?",
        (key, instant_text(now - KEPT_FOR)),
    ).fetchone()
    return None if row is None else (str(row[0]), str(row[1]))


def store(cursor: Cursor, key: str, request: str, outcome: str, now: datetime) -> None:
    """Keep an outcome, and forget those that are a day old."""
    cursor.execute("DELETE FROM outcomes WHERE created_at <= ?", (instant_text(now - KEPT_FOR),))
    cursor.execute(
        "INSERT INTO outcomes (idempotency_key, request, outcome, created_at) VALUES (?, ?, ?, ?)",
        (key, request, outcome, instant_text(now)),
    )
