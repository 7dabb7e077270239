"""Filters: merged by key, and what they come to on a day."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from gorev.domain.errors import InvalidDate
from gorev.domain.query import QuickFilter
from gorev.domain.search.days import DayRange
from gorev.domain.search.filters import NO_FILTERS, Filters, Instants, Selection, check, selection
from gorev.domain.values import Priority, Status

TODAY = date(2025, 10, 8)


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def selected(filters: Filters, *, include_completed: bool = True) -> Selection:
    return selection(filters, TODAY, midnight, include_completed=include_completed)


def test_what_is_laid_over_wins_key_by_key() -> None:
    below = Filters(statuses=Status.PENDING, tags=("a", "b"), due="today")
    above = Filters(statuses=(Status.COMPLETED, Status.CANCELLED), created="today")
    assert below.overlaid(above) == Filters(
        statuses=(Status.COMPLETED, Status.CANCELLED), tags=("a", "b"), due="today", created="today"
    )
    assert below.overlaid(NO_FILTERS) == NO_FILTERS.overlaid(below) == below


def test_how_to_search_is_no_filter() -> None:
    assert not Filters(fuzzy=True, fuzzy_threshold=0.5).selects
    assert Filters(quick=QuickFilter.TODAY).selects


def test_finished_tasks_are_left_out_unless_asked_for() -> None:
    assert selected(NO_FILTERS, include_completed=False).statuses == (Status.PENDING, Status.IN_PROGRESS)
    assert selected(NO_FILTERS).statuses == ()
    for include in (True, False):
        assert selected(Filters(statuses=Status.CANCELLED), include_completed=include).statuses == (Status.CANCELLED,)


def test_one_value_or_several_make_any_of_them() -> None:
    wanted = selected(Filters(priorities=Priority.HIGH, tags=("a", "b"), due=("today", "2025-10-31"), parents="root"))
    assert wanted.priorities == (Priority.HIGH,)
    assert wanted.tags == ("a", "b")
    assert wanted.due == (DayRange(TODAY, TODAY), DayRange(date(2025, 10, 31), date(2025, 10, 31)))
    assert wanted.parents == ("root",)


def test_days_of_creation_become_instants_up_to_the_next_midnight() -> None:
    wanted = selected(Filters(created="yesterday", created_after="2025-10-01", created_before="2025-10-05"))
    assert wanted.created == (Instants(midnight(date(2025, 10, 7)), midnight(date(2025, 10, 8))),)
    assert wanted.created_between == Instants(midnight(date(2025, 10, 1)), midnight(date(2025, 10, 6)))
    assert selected(Filters(created_after="2025-10-01")).created_between == Instants(midnight(date(2025, 10, 1)), None)
    assert selected(Filters(created="<=9999-12-31")).created == (Instants(None, None),)


@pytest.mark.parametrize("field", ["due", "created", "due_after", "due_before", "created_after", "created_before"])
def test_a_wrong_date_is_refused_by_the_name_of_its_field(field: str) -> None:
    given: dict[str, Any] = {field: "2025-02-30"}
    with pytest.raises(InvalidDate) as refused:
        check(Filters(**given))
    assert refused.value.details["field"] == field
    assert refused.value.details["value"] == "2025-02-30"
