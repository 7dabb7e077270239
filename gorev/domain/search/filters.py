"""Which tasks a search is about: filters as a caller gives them, and what they come to today (``behaviours.md`` §1)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, Final, TypeVar

import attrs

from gorev.domain.errors import InvalidDate
from gorev.domain.query import QuickFilter
from gorev.domain.search import days
from gorev.domain.search.days import DayRange, Undated
from gorev.domain.values import Priority, Status

T = TypeVar("T")

ROOT: Final = "root"


@attrs.frozen(kw_only=True)
class Filters:
    """Filters as given: of a value or a tuple, any will do; all fields given hold at once.

    ``projects`` are ids or names, ``parents`` ids or `ROOT`, ``due`` and ``created`` date expressions, which are kept
    as such because a stored filter means another day tomorrow. ``fuzzy`` and ``fuzzy_threshold`` are no filters: a
    profile keeps them here.
    """

    statuses: Status | tuple[Status, ...] | None = None
    priorities: Priority | tuple[Priority, ...] | None = None
    projects: str | tuple[str, ...] | None = None
    tags: str | tuple[str, ...] | None = None
    due: str | tuple[str, ...] | None = None
    created: str | tuple[str, ...] | None = None
    created_after: str | None = None
    created_before: str | None = None
    due_after: str | None = None
    due_before: str | None = None
    parents: str | tuple[str, ...] | None = None
    quick: QuickFilter | tuple[QuickFilter, ...] | None = None
    fuzzy: bool | None = None
    fuzzy_threshold: float | None = None

    def overlaid(self, other: Filters) -> Filters:
        """These, with those of ``other`` in place of what it gives as well."""
        given = {name: value for name, value in attrs.asdict(other, recurse=False).items() if value is not None}
        return attrs.evolve(self, **given)

    @property
    def selects(self) -> bool:
        """Whether there is any filter among them."""
        return attrs.evolve(self, fuzzy=None, fuzzy_threshold=None) != NO_FILTERS


NO_FILTERS: Final = Filters()


@attrs.frozen
class Instants:
    """From ``first`` up to, not including, ``end``; an absent end is open."""

    first: datetime | None
    end: datetime | None


@attrs.frozen(kw_only=True)
class Selection:
    """What filters come to today: of each tuple any will do, an empty one asks for nothing; all fields hold at once.

    The last ones are only asked for in sentences: ``blocked`` tasks are open and wait for open ones, ``touched`` ones
    were interacted with, ``due_or_touched`` is either, ``ids`` are beginnings of ids, ``titles`` stand in the title.
    """

    statuses: tuple[Status, ...] = ()
    priorities: tuple[Priority, ...] = ()
    projects: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    due: tuple[DayRange | Undated, ...] = ()
    due_between: DayRange | None = None
    created: tuple[Instants, ...] = ()
    created_between: Instants | None = None
    parents: tuple[str, ...] = ()
    quick: tuple[QuickFilter, ...] = ()
    blocked: bool = False
    touched: Instants | None = None
    due_or_touched: tuple[date, Instants] | None = None
    ids: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()


def selection(
    filters: Filters, today: date, midnight: Callable[[date], datetime], *, include_completed: bool
) -> Selection:
    """What ``filters`` mean today; ``midnight`` is the instant at which a local day begins.

    Finished tasks are left out unless a status is asked for or they are included.

    @raise InvalidDate: a date expression is none.
    """
    statuses = several(filters.statuses)
    if not statuses and not include_completed:
        statuses = tuple(status for status in Status if status.is_open)
    bounds = {name: _day(filters, name) for name in ("due_after", "due_before", "created_after", "created_before")}
    return Selection(
        statuses=statuses,
        priorities=several(filters.priorities),
        projects=several(filters.projects),
        tags=several(filters.tags),
        due=tuple(_expression(each, "due", today, days.due) for each in several(filters.due)),
        due_between=_between(bounds["due_after"], bounds["due_before"]),
        created=tuple(
            instants(_expression(each, "created", today, days.created), midnight) for each in several(filters.created)
        ),
        created_between=_instants_between(_between(bounds["created_after"], bounds["created_before"]), midnight),
        parents=several(filters.parents),
        quick=several(filters.quick),
    )


def check(filters: Filters) -> None:
    """Are the date expressions readable?

    @raise InvalidDate: one is not.
    """
    selection(
        filters,
        date(2000, 1, 1),
        lambda day: datetime(day.year, day.month, day.day, tzinfo=UTC),
        include_completed=True,
    )


def several(given: T | tuple[T, ...] | None) -> tuple[T, ...]:
    """A value or several as a tuple."""
    if given is None:
        return ()
    return given if isinstance(given, tuple) else (given,)


def instants(range_: DayRange, midnight: Callable[[date], datetime]) -> Instants:
    """The time that days take."""
    following = None if range_.last in (None, date.max) else date.fromordinal(range_.last.toordinal() + 1)
    return Instants(
        None if range_.first is None else midnight(range_.first), None if following is None else midnight(following)
    )


def _expression(given: str, field: str, today: date, meaning: Callable[[str, date], Any]) -> Any:
    try:
        return meaning(given, today)
    except ValueError:
        raise InvalidDate(
            field=field,
            value=given[:60],
            allowed="YYYY-MM-DD, a..b, >=date, <=date, or a word such as bu_hafta or this_week",
        ) from None


def _day(filters: Filters, name: str) -> date | None:
    given: str | None = getattr(filters, name)
    try:
        return None if given is None else days.day(given)
    except ValueError:
        raise InvalidDate(field=name, value=(given or "")[:60], allowed="a date that exists, as YYYY-MM-DD") from None


def _between(first: date | None, last: date | None) -> DayRange | None:
    return None if first is None and last is None else DayRange(first, last)


def _instants_between(range_: DayRange | None, midnight: Callable[[date], datetime]) -> Instants | None:
    return None if range_ is None else instants(range_, midnight)
