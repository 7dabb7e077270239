"""The daemon's side of the bridge: finding a daemon, speaking with it, going on with the next one when it is gone."""

from __future__ import annotations

import os
import select

from gorev.bridge.cutter import LineCutter
from gorev.bridge.session import OPEN
from gorev.bridge.texts import say
from gorev.launcher import StartFailed, reach_daemon

TYPE_CHECKING = False
if TYPE_CHECKING:
    import _socket
    from collections.abc import Generator

    from gorev.bridge.invocation import Invocation
    from gorev.bridge.session import Session
    from gorev.launcher import Reached

READ_BYTES = 65536
CLIENT_BACKLOG_BYTES = 1024 * 1024  # what waits for the client beyond this stops reading the daemon
WELCOME_SECONDS = 15.0
STEADY_SECONDS = 10.0  # a connection that lasted so long is followed by the next without a pause
PAUSES = (0.05, 5.0)  # seconds after shorter ones, doubling
FAILURE_PAUSES = (1.0, 30.0)  # seconds without a new attempt after a failed one, doubling
DRAINING_CODE = "shutting_down"  # rest-api.md §2; the next daemon comes when this one has ended
NEVER = float("inf")


class Link:
    """The connection to whichever daemon there is. ``due`` is when, on the monotonic clock, ``step`` is needed next."""

    def __init__(self, invocation: Invocation, session: Session) -> None:
        self.due = 0.0
        self._invocation = invocation
        self._launch = invocation.launch
        self._language = invocation.language
        self._session = session
        self._socket: _socket.socket | None = None
        self._cutter = LineCutter()
        self._offset = 0  # in the first line for the daemon
        self._deaf = False
        self._opened = 0.0
        self._pause = 0.0
        self._not_before = 0.0
        self._failure_pause = 0.0
        self._retry = 0.0
        # The first daemon is wanted before anything is asked, so that the first question does not wait for it.
        self._must_start = True
        self._reaching: Generator[float, None, Reached] | None = self._reach(revive=False)

    @property
    def interest(self) -> tuple[int, int] | None:
        """Descriptor and poll mask, or None while there is nothing to wait for."""
        if self._socket is None:
            return None
        mask = select.POLLIN if len(self._session.for_client) < CLIENT_BACKLOG_BYTES else 0
        if self._session.for_daemon and not self._deaf:
            mask |= select.POLLOUT
        return (self._socket.fileno(), mask) if mask else None

    def before_lines(self, now: float) -> None:
        """Let lines of the client that come now have a new attempt, if the last failure is old enough."""
        if self._session.failure is not None and now >= self._retry:
            self._session.failure = None

    def after_lines(self, now: float) -> None:
        """See to it that what the client has just said reaches a daemon."""
        if self._socket is not None:
            self.flush()
        elif self._session.waiting:
            if self._reaching is None:
                self._reaching = self._reach(revive=False)
            self.due = min(self.due, max(now, self._not_before))

    def step(self, now: float) -> None:
        """Do what is due: the next step towards a daemon, or giving up on one that does not welcome us."""
        if now < self.due:
            return
        self.due = NEVER
        if self._socket is not None:
            if self._session.phase != OPEN:
                self._close(now)
                self._fail(now, say(self._language, "silent", log=self._launch.log))
        elif self._reaching is not None:
            try:
                self.due = now + next(self._reaching)
            except StopIteration as end:
                self._greet(now, end.value)
            except StartFailed as error:
                self._fail(now, say(self._language, f"start_{error.reason}", log=error.log, detail=error.detail))

    def read(self, now: float) -> None:
        """Take what the daemon has sent."""
        if self._socket is None:
            return
        try:
            data = self._socket.recv(READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._close(now)
            return
        for line, over_limit in self._cutter.feed(data):
            (self._session.too_long_from_daemon if over_limit else self._session.from_daemon)(line)
        if self._session.refusal is not None:
            code, text = self._session.refusal
            self._close(now)
            if code != DRAINING_CODE:
                self._fail(now, text, code)
        elif self._session.phase == OPEN:
            self._failure_pause = 0.0
            self.flush()

    def flush(self) -> None:
        """Send as much as the daemon takes."""
        queue = self._session.for_daemon
        while queue and self._socket is not None and not self._deaf:
            rest = memoryview(queue[0].line)[self._offset :]
            try:
                sent = self._socket.send(rest)
            except BlockingIOError:
                return
            except OSError:
                self._deaf = True  # what it answered before is still to be read
                return
            self._offset += sent
            if sent == len(rest):
                self._offset = 0
                self._session.written()

    def _reach(self, revive: bool) -> Generator[float, None, Reached]:
        return reach_daemon(self._launch, lambda: self._must_start or self._session.waiting, revive)

    def _greet(self, now: float, reached: Reached) -> None:
        lock = reached.lock
        self._debug(f"{'started' if reached.started else 'found'} daemon {lock.pid}, version {lock.version}")
        self._socket = reached.connection
        self._reaching = None
        self._must_start = False
        self._opened = now
        self.due = now + WELCOME_SECONDS
        self._session.greet(self._invocation.hello(lock.mcp_token))
        self.flush()

    def _close(self, now: float) -> None:
        """End with this daemon and begin to look for the next, which is started if it is wanted or this one crashed."""
        self._debug("connection ended")
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        self._cutter = LineCutter()
        self._offset = 0
        self._deaf = False
        self._pause = 0.0 if now - self._opened >= STEADY_SECONDS else min(max(PAUSES[0], 2 * self._pause), PAUSES[1])
        self.due = self._not_before = now + self._pause
        self._must_start = self._session.asked_to_end
        self._session.lost()
        self._reaching = self._reach(revive=True)

    def _fail(self, now: float, text: str, code: str = "") -> None:
        """Answer with this error until a request comes late enough for another attempt."""
        self._debug(text)
        self._reaching = None
        self._must_start = False
        self._session.fail(text, code)
        self._failure_pause = min(max(FAILURE_PAUSES[0], 2 * self._failure_pause), FAILURE_PAUSES[1])
        self._retry = now + self._failure_pause
        self.due = NEVER

    def _debug(self, text: str) -> None:
        if self._invocation.debug:
            try:  # noqa: SIM105  # contextlib costs 3 ms
                os.write(2, f"gorev mcp-proxy: {text}\n".encode())
            except OSError:
                pass  # no one reads it
