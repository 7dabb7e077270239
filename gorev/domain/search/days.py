"""Date expressions: what a user writes where a date filter is expected (``behaviours.md`` §1)."""

from __future__ import annotations

import enum
import re
from datetime import date
from typing import Final

import attrs

from gorev.domain.dates import calendar_date
from gorev.domain.text import folded


@attrs.frozen
class DayRange:
    """Days from ``first`` to ``last``, both included; an absent end is open. ``open_only``: of open tasks only."""

    first: date | None
    last: date | None
    open_only: bool = False


class Undated(enum.Enum):
    """The type of `UNDATED`: what has no date."""

    UNDATED = "undated"


UNDATED: Final = Undated.UNDATED


class Relative(enum.Enum):
    """A day or range named by its distance from today."""

    TODAY = "today"
    TOMORROW = "tomorrow"
    YESTERDAY = "yesterday"
    THIS_WEEK = "this_week"
    NEXT_WEEK = "next_week"
    LAST_WEEK = "last_week"
    THIS_MONTH = "this_month"
    NEXT_MONTH = "next_month"
    LAST_MONTH = "last_month"
    OVERDUE = "overdue"
    UPCOMING = "upcoming"

    def on(self, today: date) -> DayRange:
        """The days that it means today; weeks begin on Monday."""
        match self:
            case Relative.TODAY:
                return DayRange(today, today)
            case Relative.TOMORROW:
                return DayRange(_shifted(today, 1), _shifted(today, 1))
            case Relative.YESTERDAY:
                return DayRange(_shifted(today, -1), _shifted(today, -1))
            case Relative.THIS_WEEK:
                return _week(today)
            case Relative.NEXT_WEEK:
                return _week(_shifted(today, 7))
            case Relative.LAST_WEEK:
                return _week(_shifted(today, -7))
            case Relative.THIS_MONTH:
                return _month(today)
            case Relative.NEXT_MONTH:
                return _month(_shifted(today.replace(day=28), 7))
            case Relative.LAST_MONTH:
                return _month(_shifted(today.replace(day=1), -1))
            case Relative.OVERDUE:
                return DayRange(None, _shifted(today, -1), open_only=True)
            case Relative.UPCOMING:
                return DayRange(_shifted(today, 1), None)


_WORDS: Final = {
    "bugun": Relative.TODAY,
    "yarin": Relative.TOMORROW,
    "dun": Relative.YESTERDAY,
    "bu_hafta": Relative.THIS_WEEK,
    "gelecek_hafta": Relative.NEXT_WEEK,
    "gecen_hafta": Relative.LAST_WEEK,
    "bu_ay": Relative.THIS_MONTH,
    "gelecek_ay": Relative.NEXT_MONTH,
    "gecen_ay": Relative.LAST_MONTH,
    "gecikmis": Relative.OVERDUE,
    "yaklasan": Relative.UPCOMING,
} | {relative.value: relative for relative in Relative}
_UNDATED: Final = frozenset({"tarihsiz", "no_date"})
_ONLY_OF_DUE_DATES: Final = frozenset({Relative.OVERDUE, Relative.UPCOMING})


def due(expression: str, today: date) -> DayRange | Undated:
    """The due dates that an expression means today.

    @raise ValueError: it is none.
    """
    if _word(expression) in _UNDATED:
        return UNDATED
    return _range(expression, today)


def created(expression: str, today: date) -> DayRange:
    """The days of creation that an expression means today; words that only due dates can bear are not understood.

    @raise ValueError: it is none.
    """
    if _WORDS.get(_word(expression)) in _ONLY_OF_DUE_DATES:
        raise ValueError(expression)
    return _range(expression, today)


def day(expression: str) -> date:
    """A calendar date, or an instant cut to its date as written.

    @raise ValueError: it is none.
    """
    found = calendar_date(expression)
    if found is None:
        raise ValueError(expression)
    return found


def within(today: date, days: int) -> DayRange:
    """From today to so many days later."""
    return DayRange(today, _shifted(today, days))


def _range(expression: str, today: date) -> DayRange:
    relative = _WORDS.get(_word(expression))
    if relative is not None:
        return relative.on(today)
    given = expression.strip()
    if given.startswith(">="):
        return DayRange(day(given[2:]), None)
    if given.startswith("<="):
        return DayRange(None, day(given[2:]))
    first, dots, last = given.partition("..")
    if not dots:
        return DayRange(day(given), day(given))
    between = DayRange(day(first) if first.strip() else None, day(last) if last.strip() else None)
    if between == DayRange(None, None) or (between.first and between.last and between.first > between.last):
        raise ValueError(expression)
    return between


def _word(expression: str) -> str:
    return re.sub(r"[\s_-]+", "_", folded(expression.strip()))


def _shifted(day_: date, days: int) -> date:
    """So many days later, as far as the calendar goes."""
    ordinal = day_.toordinal() + days
    return date.fromordinal(min(max(ordinal, date.min.toordinal()), date.max.toordinal()))


def _week(day_: date) -> DayRange:
    monday = _shifted(day_, -day_.weekday())
    return DayRange(monday, _shifted(monday, 6))


def _month(day_: date) -> DayRange:
    first = day_.replace(day=1)
    return DayRange(first, _shifted(_shifted(first, 31).replace(day=1), -1))
