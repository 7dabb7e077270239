"""Times and dates as the original, its SQL and Go wrote them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gorev.storage.adoption.rows import read_day, read_instant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2025-10-06T10:30:00Z", "2025-10-06T10:30:00"),
        ("2025-10-06t10:30:00z", "2025-10-06T10:30:00"),
        ("2025-10-06T13:30:00+03:00", "2025-10-06T10:30:00"),
        ("2025-10-06T00:30:00.25-05:30", "2025-10-06T06:00:00.250000"),
        ("2025-10-06 10:30:00", "2025-10-06T10:30:00"),
        ("2025-10-06 10:30", "2025-10-06T10:30:00"),
        ("2025-10-06 10:30:00.123456789+03:00", "2025-10-06T07:30:00.123456"),
        ("2025-10-06 13:30:00 +0300 +03", "2025-10-06T10:30:00"),
        ("2025-10-06 13:30:00.1 +0300 +03 m=+12.345678901", "2025-10-06T10:30:00.100000"),
        ("2025-10-06 05:30:00.987654321 -0500 EST m=-0.5", "2025-10-06T10:30:00.987654"),
        ("2025-10-06 10:30:00 +0000 UTC", "2025-10-06T10:30:00"),
        (" 2025-10-06 ", "2025-10-06T00:00:00"),
        ("2024-12-31 23:30:00 -0100 -01", "2025-01-01T00:30:00"),
    ],
)
def test_every_form_of_an_instant_is_read_with_its_offset(written: str, meant: str) -> None:
    assert read_instant(written) == datetime.fromisoformat(meant).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        *("", "yesterday", "2025-02-30 10:00:00", "2025-10-06 25:00:00", "2025-10-06T10", "06.10.2025", "1759746600"),
        *("9999-12-31T23:59:59-10:00", "0001-01-01T00:00:00+03:00", "2025-10-06 10:30:00; DROP TABLE", "2025-10-06Z"),
    ],
)
def test_what_is_no_instant_is_none(written: str) -> None:
    assert read_instant(written) is None


@given(st.datetimes(datetime(1901, 1, 1), datetime(2199, 12, 31), timezones=st.timezones()))  # noqa: DTZ001
def test_an_instant_in_gos_form_is_read_back(instant: datetime) -> None:
    offset = instant.strftime("%z")
    if len(offset) == 5:  # Go writes no seconds of an offset
        written = f"{instant:%Y-%m-%d %H:%M:%S}.{instant.microsecond:06d}000 {offset} {instant.tzname()} m=+0.1"
        assert read_instant(written) == instant.astimezone(UTC)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2025-12-31", date(2025, 12, 31)),
        ("2025-12-31 00:00:00 +0000 UTC", date(2025, 12, 31)),
        ("2025-12-31T23:30:00-05:00", date(2025, 12, 31)),
        ("2025-12-31 00:00:00.5 +0300 +03 m=+1.5", date(2025, 12, 31)),
        ("2025-02-30", None),
        ("2025-12-31x", None),
        ("tomorrow", None),
    ],
)
def test_a_due_date_is_the_day_as_written(written: str, meant: date | None) -> None:
    assert read_day(written) == meant
