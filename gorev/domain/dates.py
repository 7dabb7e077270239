"""Calendar dates as people and programs write them (``data-model.md`` §3)."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Final

# Python reads weeks, hours alone and forms without hyphens as well.
_WRITTEN: Final = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}.*)?", re.ASCII)


def calendar_date(text: str) -> date | None:
    """The date of ``YYYY-MM-DD`` or of an RFC 3339 instant, cut as written; nothing if there is no such day."""
    written = _WRITTEN.fullmatch(text.strip().upper())
    try:
        return datetime.fromisoformat(written[0]).date() if written else None
    except ValueError:
        return None
