"""Standard input and output on one side, the link to the daemon on the other: one thread, ``poll``.

Buffers are bounded both ways: a side is not read while what it said before cannot be passed on.
"""

from __future__ import annotations

import os
import select
import sys
import time

from gorev import __version__
from gorev.bridge.cutter import LineCutter
from gorev.bridge.link import Link
from gorev.bridge.session import OPEN, Session

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal

    from gorev.bridge.invocation import Invocation
else:
    import _signal as signal  # signal imports enum, which costs 4 ms

READ_BYTES = 65536
DAEMON_BACKLOG_BYTES = 1024 * 1024  # what waits for a daemon beyond this stops reading the client
FAREWELL_SECONDS = 1.5  # clients wait 2 s for a server whose input they have closed
PARENT_SECONDS = 30.0  # between looks whether the parent lives: insurance against a client whose pipe end leaked

INPUT = 0  # the descriptor of standard input


class Pump:
    """One bridge at work: reads the client, writes to the client, and gives the link its turns."""

    def __init__(self, invocation: Invocation) -> None:
        self._session = Session(invocation.language, __version__)
        self._link = Link(invocation, self._session)
        self._cutter = LineCutter()
        self._output = -1
        self._output_open = True
        self._farewell: float | None = None  # when to leave at the latest, once the input has ended

    def run(self) -> int:
        """Work until the client leaves; returns the exit status."""
        parent = os.getppid()
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
        sys.stdout = sys.stderr
        self._output = os.dup(1)
        os.dup2(2, 1)  # nothing but the protocol may reach the client, whoever writes to 1
        blocking = [(descriptor, os.get_blocking(descriptor)) for descriptor in (INPUT, self._output)]
        for descriptor, _ in blocking:
            os.set_blocking(descriptor, False)
        parent_look = time.monotonic() + PARENT_SECONDS
        try:
            while True:
                now = time.monotonic()
                if now >= parent_look:
                    parent_look = now + PARENT_SECONDS
                    if os.getppid() != parent:
                        return 0
                self._link.step(now)
                self._write()
                if self._is_over(now):
                    return 0
                self._wait(min(parent_look, self._link.due, self._farewell or parent_look))
        finally:
            for descriptor, was_blocking in blocking:
                os.set_blocking(descriptor, was_blocking)

    def _wait(self, due: float) -> None:
        """Wait until something can be read or written, or ``due``, and do it."""
        poll = select.poll()
        if self._farewell is None and self._session.backlog < DAEMON_BACKLOG_BYTES:
            poll.register(INPUT, select.POLLIN)
        poll.register(self._output, select.POLLOUT if self._session.for_client else 0)
        if self._link.interest is not None:
            poll.register(*self._link.interest)
        for descriptor, events in poll.poll(max(0.0, due - time.monotonic()) * 1000):
            now = time.monotonic()
            if descriptor == INPUT:
                self._read(now)
            elif descriptor == self._output:
                self._output_open = not events & (select.POLLERR | select.POLLHUP | select.POLLNVAL)
            else:
                if events & ~select.POLLOUT:
                    self._link.read(now)
                self._link.flush()

    def _read(self, now: float) -> None:
        try:
            data = os.read(INPUT, READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._farewell = now + FAREWELL_SECONDS
            return
        self._link.before_lines(now)
        for line, over_limit in self._cutter.feed(data):
            (self._session.too_long_from_client if over_limit else self._session.from_client)(line)
        self._link.after_lines(now)

    def _write(self) -> None:
        waiting = self._session.for_client
        while waiting and self._output_open:
            try:
                del waiting[: os.write(self._output, waiting)]
            except BlockingIOError:
                return
            except OSError:
                self._output_open = False

    def _is_over(self, now: float) -> bool:
        """Tell whether the client has gone: its output closed, or its input ended and nothing is left to do for it."""
        if not self._output_open or self._farewell is None:
            return not self._output_open
        session = self._session
        on_its_way = session.waiting or session.for_client or (session.phase == OPEN and session.for_daemon)
        return now >= self._farewell or not on_its_way
