"""How values stand in columns: instants as fixed-width text that sorts, entities as JSON under domain names."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TypeVar

import msgspec

T = TypeVar("T")


def instant_text(value: datetime) -> str:
    """An aware instant as UTC text of one width, so that its order is the order of time."""
    text = (value if value.tzinfo is UTC else value.astimezone(UTC)).isoformat(timespec="microseconds")
    return text[:-6] + "Z"  # in place of +00:00


def instant(value: str) -> datetime:
    """The instant that `instant_text` wrote."""
    return datetime.fromisoformat(value)


def day(value: str | None) -> date | None:
    """A calendar date column."""
    return None if value is None else date.fromisoformat(value)


def day_text(value: date | None) -> str | None:
    """A calendar date as ``YYYY-MM-DD``."""
    return None if value is None else value.isoformat()


def packed(value: object) -> str:
    """Any frozen domain value as JSON text."""
    return msgspec.json.encode(value).decode()


def unpacked(value: str, type_: type[T]) -> T:
    """The value that `packed` wrote; text that does not fit the type raises, loudly."""
    return msgspec.json.decode(value, type=type_)
