"""Log lines, and the file they go to."""

from __future__ import annotations

import io
import re
import stat
import time
from datetime import datetime
from pathlib import Path
from typing import cast

import pytest
from twisted.internet.task import Clock
from twisted.logger import ILogObserver, LogEvent, Logger, LogLevel, formatEvent, globalLogPublisher
from twisted.python.failure import Failure

from gorev import logs
from gorev.logs import LineObserver, RequestLog, RotatingFile, line


def event(message: str, **fields: object) -> LogEvent:
    """An event as `Logger` makes it."""
    return {
        "log_format": "{message}",
        "message": message,
        "log_level": LogLevel.info,
        "log_namespace": "gorev.room",
        "log_time": 1759746600.1234,
        **fields,
    }


def observed(level: str, *events: LogEvent) -> str:
    """What an observer of ``level`` writes."""
    output = io.StringIO()
    observer = LineObserver(output, level)
    for each in events:
        observer(each)
    return output.getvalue()


def test_a_line_is_timestamp_level_component_and_message() -> None:
    assert line(event("it began")) == "2025-10-06T10:30:00.123Z info gorev.room it began\n"


def test_a_message_of_many_lines_is_one_line() -> None:
    assert line(event("a\nb\r\nc\td\x1b[31m\u2028e")).endswith(r" a\nb\r\nc\td\x1b[31m\u2028e" + "\n")


def test_turkish_letters_stay_as_they_are() -> None:
    assert line(event("görev yükseltildi, İş")).endswith(" görev yükseltildi, İş\n")


def test_the_traceback_of_a_failure_stands_indented_below() -> None:
    try:
        raise ValueError("broken\nin two")
    except ValueError:
        written = line(event("it failed", log_failure=Failure()))
    first, *below = written.splitlines()
    assert first.endswith(" it failed")
    assert any("ValueError: broken" in each for each in below)
    assert all(each.startswith("    ") for each in below)


def test_an_event_that_cannot_be_formatted_is_a_line_all_the_same() -> None:
    written = line(event("x", log_format="{missing.field}"))
    assert written.startswith("2025-10-06T10:30:00.123Z info gorev.room ")
    assert written.count("\n") == 1


@pytest.mark.parametrize(
    ("level", "written"),
    [("debug", ["debug", "info", "warn", "error"]), ("info", ["info", "warn", "error"]), ("error", ["error"])],
)
def test_events_below_the_level_are_left_out(level: str, written: list[str]) -> None:
    events = [event(name, log_level=LogLevel.levelWithName(name)) for name in ("debug", "info", "warn", "error")]
    assert re.findall(r" gorev.room (\w+)\n", observed(level, *events)) == written


def test_what_twisted_says_by_its_old_interface_is_for_debugging() -> None:
    opened = event("Site starting on 5082", log_namespace="log_legacy")
    assert observed("info", opened) == ""
    assert " debug log_legacy Site starting on 5082" in observed("debug", opened)


def test_an_error_told_by_the_old_interface_is_no_debugging() -> None:
    broken = event("Unhandled", log_namespace="log_legacy", isError=1, log_level=LogLevel.critical)
    assert " critical log_legacy Unhandled" in observed("error", broken)


def test_a_logger_s_event_is_written() -> None:
    output = io.StringIO()
    Logger(namespace="gorev.room", observer=LineObserver(output, "info")).warn("{count} left", count=3)
    assert output.getvalue().endswith(" warn gorev.room 3 left\n")


def test_the_file_and_its_folder_are_private(home: Path) -> None:
    RotatingFile(home / "daemon" / "daemon.log").write("one\n")
    assert stat.S_IMODE((home / "daemon").stat().st_mode) == 0o700
    assert stat.S_IMODE((home / "daemon" / "daemon.log").stat().st_mode) == 0o600


def test_nothing_is_opened_before_the_first_line(home: Path) -> None:
    RotatingFile(home / "daemon.log")
    assert list(home.iterdir()) == []


def test_lines_are_appended_to_what_is_there(home: Path) -> None:
    first, second = RotatingFile(home / "daemon.log"), RotatingFile(home / "daemon.log")
    first.write("one\n")
    second.write("two\n")
    first.write("three\n")
    assert (home / "daemon.log").read_text() == "one\ntwo\nthree\n"


def test_three_files_of_the_given_size_are_kept(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "ROTATE_BYTES", 10)
    file = RotatingFile(home / "daemon.log")
    for number in range(5):
        file.write(f"line number {number}\n")
    assert {each.name: each.read_text() for each in home.iterdir()} == {
        "daemon.log": "line number 4\n",
        "daemon.log.1": "line number 3\n",
        "daemon.log.2": "line number 2\n",
    }
    assert {stat.S_IMODE(each.stat().st_mode) for each in home.iterdir()} == {0o600}


def test_a_reopened_log_goes_on_in_the_file_at_its_path(home: Path) -> None:
    file = RotatingFile(home / "daemon.log")
    file.write("old\n")
    (home / "daemon.log").rename(home / "moved")
    file.reopen()
    file.write("new\n")
    assert ((home / "moved").read_text(), (home / "daemon.log").read_text()) == ("old\n", "new\n")


def test_lines_that_cannot_be_written_go_to_standard_error(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Else nobody would learn why the daemon does not start."""
    (home / "file").write_text("")
    RotatingFile(home / "file" / "daemon.log").write("it cannot start\n")
    assert capfd.readouterr().err == "it cannot start\n"


def told(log: RequestLog, clock: Clock, *paths: bytes) -> None:
    """Requests, each a moment after the one before."""
    for path in paths:
        log.answered(b"GET", path, 200)
        clock.advance(0.01)


def test_lines_of_requests_are_appended_together_with_the_time_of_each() -> None:
    clock, output = Clock(), io.StringIO()
    log = RequestLog(clock, output, "info")
    log.startService()
    begun = time.time()
    told(log, clock, b"/api/a", b"/api/b\nc")
    assert output.getvalue() == ""
    clock.advance(1)
    lines = output.getvalue().splitlines()
    assert [line.split(" ", 1)[1] for line in lines] == [
        "info gorev.http GET /api/a 200",
        r"info gorev.http GET /api/b\nc 200",
    ]
    assert all(begun - 0.001 <= datetime.fromisoformat(line.split()[0]).timestamp() for line in lines)


def test_what_waits_is_written_at_the_stop_and_the_rest_at_once() -> None:
    clock, output = Clock(), io.StringIO()
    log = RequestLog(clock, output, "info")
    log.startService()
    told(log, clock, b"/a")
    log.stopService()
    assert output.getvalue().count("\n") == 1
    told(log, clock, b"/b")
    assert output.getvalue().count("\n") == 2
    assert clock.getDelayedCalls() == []


def test_requests_logged_elsewhere_bear_the_time_of_their_answer() -> None:
    seen: list[LogEvent] = []
    observe = cast("ILogObserver", seen.append)
    globalLogPublisher.addObserver(observe)
    try:
        clock = Clock()
        log = RequestLog(clock, None, "info")
        log.startService()
        told(log, clock, b"/a")
        before = time.time()
        clock.advance(1)
        log.stopService()
    finally:
        globalLogPublisher.removeObserver(observe)
    (event,) = [each for each in seen if each["log_namespace"] == "gorev.http"]
    assert event["log_time"] <= before
    assert formatEvent(event) == "GET /a 200"
