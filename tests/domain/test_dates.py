"""Calendar dates as they are written."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gorev.domain.dates import calendar_date


@given(st.dates())
def test_a_written_day_is_read_back(day: date) -> None:
    assert calendar_date(f" {day.isoformat()} ") == day


@given(st.datetimes(), st.sampled_from(["", "Z", "+03:00", "-11:30"]))
def test_an_instant_is_cut_to_its_date_as_written(instant: datetime, zone: str) -> None:
    assert calendar_date(instant.isoformat() + zone) == instant.date()


@pytest.mark.parametrize("text", ["", "2025-02-30", "2025-13-01", "31.12.2025", "2025-1-1", "tomorrow", "٢٠٢٥-01-01"])
def test_what_is_no_day_is_not_read(text: str) -> None:
    assert calendar_date(text) is None


@given(st.text())
def test_any_text_is_a_day_or_none(text: str) -> None:
    assert calendar_date(text) is None or calendar_date(text) == date.fromisoformat(text.strip()[:10])
