"""Standard input and output on one side, the link to the daemon on the other: one thread, ``poll``.

Buffers are bounded both ways: a side is not read while what it said before cannot be passed on.
"""

from __future__ import annotations

import os
import sys
import time

from gorev import __version__
from gorev.bridge.cutter import LineCutter
from gorev.bridge.link import CLIENT_BACKLOG_BYTES, Link
from gorev.bridge.readiness import POLLERR, POLLHUP, POLLIN, POLLNVAL, POLLOUT, ClientPipes, Poll
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


class Pump:
    """One bridge at work: reads the client, writes to the client, and gives the link its turns."""

    def __init__(self, invocation: Invocation) -> None:
        self._session = Session(invocation.language, __version__)
        self._link = Link(invocation, self._session)
        self._cutter = LineCutter()
        self._output_open = True
        self._farewell: float | None = None  # when to leave at the latest, once the input has ended

    def run(self) -> int:
        """Work until the client leaves; returns the exit status."""
        parent = os.getppid()
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        sys.stdout = sys.stderr
        self._pipes = ClientPipes(os.dup(1))
        signal.signal(signal.SIGTERM, self._end_now)
        os.dup2(2, 1)  # nothing but the protocol may reach the client, whoever writes to 1
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
            self._pipes.restore()

    def _end_now(self, *_: object) -> None:
        self._pipes.restore()
        os._exit(0)

    def _wait(self, due: float) -> None:
        """Wait until something can be read or written, or ``due``, and do it."""
        poll = Poll()
        if self._farewell is None and self._has_room():
            poll.register(self._pipes.input, POLLIN)
        poll.register(self._pipes.output, POLLOUT if self._session.for_client else 0)
        if self._link.interest is not None:
            poll.register(*self._link.interest)
        for descriptor, events in poll.poll(max(0.0, due - time.monotonic()) * 1000):
            now = time.monotonic()
            if descriptor == self._pipes.input:
                self._read(now)
            elif descriptor == self._pipes.output:
                self._output_open = not events & (POLLERR | POLLHUP | POLLNVAL)
            else:
                if events & ~POLLOUT:
                    self._link.read(now)
                self._link.flush()

    def _has_room(self) -> bool:
        """Tell whether what the client says now, and what it may be answered at once, can be kept."""
        session = self._session
        return session.backlog < DAEMON_BACKLOG_BYTES and len(session.for_client) < CLIENT_BACKLOG_BYTES

    def _read(self, now: float) -> None:
        try:
            data = self._pipes.read(READ_BYTES)
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
                del waiting[: self._pipes.write(waiting)]
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
