"""The content of the lock file."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from gorev.daemon.record import LockRecord, rfc3339


def test_a_record_survives_being_written_and_read() -> None:
    record = LockRecord(
        pid=7,
        port="5082",
        start_time=datetime(2025, 10, 6, 10, 30, 0, 123000, tzinfo=UTC),
        daemon_url="http://localhost:5082",
        version="1.2.3",
        mcp_endpoint="tcp:127.0.0.1:9",
        mcp_token="t",
        instance="i",
    )
    assert LockRecord.decode(record.encode()) == record


def test_the_original_s_five_fields_are_enough() -> None:
    """Go writes nanoseconds and a local offset."""
    content = b"""{"pid": 7, "port": "5082", "start_time": "2025-10-06T13:30:00.123456789+03:00",
    "daemon_url": "http://localhost:5082", "version": "0.17.0"}"""
    record = LockRecord.decode(content)
    assert record is not None
    assert record.start_time == datetime(2025, 10, 6, 10, 30, 0, 123456, tzinfo=UTC)
    assert (record.mcp_endpoint, record.mcp_token, record.instance) == ("", None, "")


def test_a_start_time_that_cannot_be_read_is_unknown() -> None:
    record = LockRecord.decode(b'{"pid": 7, "port": 5082, "start_time": "yesterday"}')
    assert record is not None
    assert record.start_time is None
    assert record.daemon_url == "http://localhost:5082"


@given(st.binary() | st.text().map(str.encode))
def test_no_content_makes_reading_raise(content: bytes) -> None:
    record = LockRecord.decode(content)
    assert record is None or record.pid > 0


def test_nesting_that_is_too_deep_is_no_record() -> None:
    """No daemon would start again as long as such a file lay there."""
    assert LockRecord.decode(b"[" * 100_000) is None


def test_an_instant_is_written_in_utc() -> None:
    instant = datetime(2025, 1, 1, 3, 0, 0, 5000, tzinfo=timezone(timedelta(hours=3)))
    assert rfc3339(instant) == "2025-01-01T00:00:00.005Z"
