"""Where log events go: one line each, ``timestamp level component message`` (``lifecycle.md`` §6).

Lines are appended unbuffered from whatever thread logs, the reactor's included: an append to a local file takes
microseconds.
"""

from __future__ import annotations

import os
import re
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Protocol, TextIO

from twisted.logger import ILogObserver, LogEvent, LogLevel, formatEvent
from twisted.python.failure import Failure
from twisted.python.logfile import BaseLogFile, LogFile
from zope.interface import implementer

ROTATE_BYTES: Final = 10 * 1000 * 1000
# Besides the file being written: three in all.
ROTATED_FILES: Final = 2

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class Output(Protocol):
    """Takes whole lines."""

    def write(self, text: str, /) -> object:
        """Append ``text``."""


@implementer(ILogObserver)
class LineObserver:
    """Writes each event of ``level`` (``debug``, ``info``, ``warn``, ``error``) or above to ``output``."""

    def __init__(self, output: Output, level: str) -> None:
        self._output = output
        self._level = LogLevel.levelWithName(level)

    def __call__(self, event: LogEvent) -> None:
        if _level(event) >= self._level:
            self._output.write(line(event))


def _level(event: LogEvent) -> Any:
    """The event's `LogLevel`. What Twisted says by its old interface, such as each port opened, is for debugging."""
    if event.get("log_namespace") == "log_legacy" and not event.get("isError"):
        return LogLevel.debug
    return event.get("log_level", LogLevel.info)


def line(event: LogEvent) -> str:
    """The event as one line, with control characters escaped, and its traceback, if it has one, indented below."""
    instant = datetime.fromtimestamp(event.get("log_time", 0.0), UTC)
    timestamp = instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    level = _level(event).name
    message = _CONTROL.sub(_escaped, formatEvent(event))
    written = f"{timestamp} {level} {event.get('log_namespace', '-')} {message}\n"
    failure = event.get("log_failure")
    if isinstance(failure, Failure):
        written += "".join(f"    {below}\n" for below in failure.getTraceback().splitlines())
    return written


def _escaped(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode()


class _AppendedFile(LogFile):
    """A rotating file that several processes may append to: daemons that lose the race for the lock log as well."""

    def _openFile(self) -> None:
        self.closed = False
        # Not to wait for a reader, should it be a pipe.
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NONBLOCK", 0)
        descriptor = os.open(self.path, flags, 0o600)
        self._file = os.fdopen(descriptor, "ab", buffering=0)
        self.size = os.fstat(descriptor).st_size


class RotatingFile:
    """The log file at ``path`` (mode 0600, its directory 0700), opened when the first line comes.

    When it cannot be opened, lines go to standard error, so that the reason of a failed start is seen. Any thread may
    write, and so may a signal handler in the middle of another line.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BaseLogFile | None = None
        self._lock = threading.RLock()

    def write(self, text: str) -> None:
        """Append ``text``."""
        with self._lock:
            try:
                if self._file is None:
                    self._file = self._open()
                self._file.write(text.encode())
            except OSError:
                standard_error().write(text)

    def reopen(self) -> None:
        """Go on in the file that is at the path now."""
        with self._lock:
            if self._file is not None:
                self._file.close()
                self._file = None

    def _open(self) -> BaseLogFile:
        self._path.parent.mkdir(mode=0o700, exist_ok=True)
        return _AppendedFile(
            self._path.name,
            str(self._path.parent),
            rotateLength=ROTATE_BYTES,
            defaultMode=0o600,
            maxRotatedFiles=ROTATED_FILES,
        )


def standard_error() -> TextIO:
    """The stream that was standard error when the process began: twistd replaces ``sys.stderr`` by the log."""
    return sys.__stderr__ or sys.stderr
