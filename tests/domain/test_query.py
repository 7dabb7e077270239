"""Named due-date ranges."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gorev.domain.query import QuickFilter

days = st.dates(date(1900, 1, 1), date(2200, 1, 1))
# A Monday to a Sunday, one of them across a year's end and one with a leap day.
WEEKDAYS = [monday + timedelta(days=each) for monday in (date(2024, 12, 30), date(2024, 2, 26)) for each in range(7)]


def belongs(quick: QuickFilter, due: date, today: date) -> bool:
    first, last = quick.due_range(today)
    return (first is None or first <= due) and due <= last


@pytest.mark.parametrize("today", WEEKDAYS, ids=lambda day: day.strftime("%a-%Y"))
def test_this_week_is_what_is_left_of_it_until_sunday(today: date) -> None:
    around = [today + timedelta(days=each) for each in range(-10, 11)]
    found = [due for due in around if belongs(QuickFilter.THIS_WEEK, due, today)]
    assert found[0] == today
    assert found[-1].isoweekday() == 7
    assert len(found) == 8 - today.isoweekday()


@given(days, st.integers(-400, 400))
def test_urgent_is_due_today_or_on_one_of_the_next_six_days(today: date, distance: int) -> None:
    assert belongs(QuickFilter.URGENT, today + timedelta(days=distance), today) is (0 <= distance <= 6)


@given(days, st.integers(-400, 400))
def test_overdue_is_any_day_before_today(today: date, distance: int) -> None:
    assert belongs(QuickFilter.OVERDUE, today + timedelta(days=distance), today) is (distance < 0)


@given(days, st.integers(-400, 400))
def test_today_is_today_only(today: date, distance: int) -> None:
    assert belongs(QuickFilter.TODAY, today + timedelta(days=distance), today) is (distance == 0)
