"""Date expressions: every word, form and mistake of ``behaviours.md`` §1."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gorev.domain.search import days
from gorev.domain.search.days import UNDATED, DayRange, Relative

WEDNESDAY = date(2025, 10, 8)


def d(day: int, month: int = 10) -> date:
    return date(2025, month, day)


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        (("bugün", "bugun", "BUGÜN", "today", "Today"), d(8), d(8)),
        (("yarın", "yarin", "tomorrow"), d(9), d(9)),
        (("dün", "dun", "yesterday"), d(7), d(7)),
        (("bu_hafta", "this_week", "bu hafta", "this-week", " THIS WEEK "), d(6), d(12)),
        (("gelecek_hafta", "next_week"), d(13), d(19)),
        (("gecen_hafta", "geçen_hafta", "last_week"), d(29, 9), d(5)),
        (("bu_ay", "this_month"), d(1), d(31)),
    ],
)
def test_a_word_means_these_days(words: tuple[str, ...], first: date, last: date) -> None:
    for word in words:
        assert days.due(word, WEDNESDAY) == days.created(word, WEDNESDAY) == DayRange(first, last)


def test_only_due_dates_are_overdue_upcoming_or_absent() -> None:
    assert days.due("gecikmis", WEDNESDAY) == days.due("overdue", WEDNESDAY) == DayRange(None, d(7), open_only=True)
    assert days.due("yaklasan", WEDNESDAY) == days.due("upcoming", WEDNESDAY) == DayRange(d(9), None)
    assert days.due("tarihsiz", WEDNESDAY) is days.due("no_date", WEDNESDAY) is UNDATED
    for word in ("gecikmis", "overdue", "upcoming", "tarihsiz", "no_date"):
        with pytest.raises(ValueError, match=word):
            days.created(word, WEDNESDAY)


@pytest.mark.parametrize(
    ("expression", "first", "last"),
    [
        ("2025-10-31", d(31), d(31)),
        (" 2025-10-31 ", d(31), d(31)),
        ("2025-10-31T23:30:00+03:00", d(31), d(31)),
        ("2025-10-01..2025-10-05", d(1), d(5)),
        ("2025-10-05..2025-10-05", d(5), d(5)),
        ("2025-10-01..", d(1), None),
        ("..2025-10-05", None, d(5)),
        (">=2025-10-05", d(5), None),
        (">= 2025-10-05", d(5), None),
        ("<=2025-10-05", None, d(5)),
    ],
)
def test_dates_and_ranges_include_their_ends(expression: str, first: date | None, last: date | None) -> None:
    assert days.due(expression, WEDNESDAY) == DayRange(first, last)


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "..",
        "2025-02-30",
        "2025-13-01",
        "31.10.2025",
        "2025-10-05..2025-10-01",
        ">=",
        "soon",
        "2025-W40",
        "<2025-10-01",
    ],
)
def test_what_is_no_date_is_refused(expression: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        days.due(expression, WEDNESDAY)


@given(st.dates())
def test_weeks_begin_on_monday_and_months_on_their_first(today: date) -> None:
    week, month = Relative.THIS_WEEK.on(today), Relative.THIS_MONTH.on(today)
    for range_ in (week, month):
        assert range_.first is not None
        assert range_.last is not None
        assert range_.first <= today <= range_.last
    assert week.first is not None
    assert week.first.weekday() == 0 or week.first == date.min
    assert month.first == today.replace(day=1)


@given(st.dates(min_value=date(1, 3, 1), max_value=date(9999, 10, 1)))
def test_periods_follow_one_another_without_gaps(today: date) -> None:
    for last, this, following in (
        (Relative.LAST_WEEK, Relative.THIS_WEEK, Relative.NEXT_WEEK),
        (Relative.LAST_MONTH, Relative.THIS_MONTH, Relative.NEXT_MONTH),
        (Relative.YESTERDAY, Relative.TODAY, Relative.TOMORROW),
    ):
        for before, after in ((last, this), (this, following)):
            end, begin = before.on(today).last, after.on(today).first
            assert end is not None
            assert begin == end + timedelta(days=1)


@given(st.text(max_size=30), st.dates())
def test_no_text_does_anything_but_mean_days_or_be_refused(text: str, today: date) -> None:
    for meaning in (days.due, days.created):
        try:
            meaning(text, today)
        except ValueError:
            continue
