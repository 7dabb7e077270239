"""Where log events go: one line each, ``timestamp level component message`` (``lifecycle.md`` §6).

Lines are appended unbuffered from whatever thread logs, the reactor's included: an append to a local file takes
microseconds.
"""

from __future__ import annotations

import os
import re
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Protocol, TextIO

import attrs
from twisted.application.service import Service
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import ILogObserver, LogEvent, Logger, LogLevel, formatEvent
from twisted.python.failure import Failure
from twisted.python.logfile import BaseLogFile, LogFile
from zope.interface import implementer

ROTATE_BYTES: Final = 10 * 1000 * 1000
# Besides the file being written: three in all.
ROTATED_FILES: Final = 2

# How long a line about a request may wait for the next ones.
MOMENT_SECONDS: Final = 0.2

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


@attrs.frozen
class AnsweredRequest:
    """What the log tells of a request; ``time`` in seconds of the epoch."""

    time: float
    method: str
    path: str
    status: int


class RequestLog(Service):
    """A line for each request (``lifecycle.md`` §6), at info.

    The lines of a moment are appended together: alone each would cost a request more than a read of a task does.
    Without ``output`` they go where Twisted's log goes, each at once: that gives them its own time.
    """

    name = "request log"

    def __init__(self, clock: IReactorTime, output: Output | None, level: str) -> None:
        self._clock = clock
        self._output = output
        self._log = Logger(namespace="gorev.http")  # one of the class would be named after that
        self._is_wanted = LogLevel.levelWithName(level) <= LogLevel.info
        self._waiting: list[AnsweredRequest] = []
        self._due: IDelayedCall | None = None

    def answered(self, method: bytes, path: bytes, status: int) -> None:
        """A request was answered; never a body or a header, nor a query."""
        if not self._is_wanted:
            return
        request = AnsweredRequest(time.time(), method.decode("latin-1"), path.decode("latin-1"), status)
        if self._output is None:
            self._log.info("{method} {path} {status}", **attrs.asdict(request))
            return
        self._waiting.append(request)
        if not self.running:
            self._write(self._output)
        elif self._due is None:
            self._due = self._clock.callLater(MOMENT_SECONDS, self._write, self._output)

    def stopService(self) -> None:
        """Write what waits; from now on each line at once."""
        super().stopService()
        if self._due is not None and self._output is not None:
            self._due.cancel()
            self._write(self._output)

    def _write(self, output: Output) -> None:
        self._due = None
        requests, self._waiting = self._waiting, []
        output.write("".join(map(_request_line, requests)))


def _request_line(request: AnsweredRequest) -> str:
    path = _CONTROL.sub(_escaped, request.path)
    return f"{_timestamp(request.time)} info gorev.http {request.method} {path} {request.status}\n"


def _timestamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _level(event: LogEvent) -> Any:
    """The event's `LogLevel`. What Twisted says by its old interface, such as each port opened, is for debugging."""
    if event.get("log_namespace") == "log_legacy" and not event.get("isError"):
        return LogLevel.debug
    return event.get("log_level", LogLevel.info)


def line(event: LogEvent) -> str:
    """The event as one line, with control characters escaped, and its traceback, if it has one, indented below."""
    timestamp = _timestamp(event.get("log_time", 0.0))
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
