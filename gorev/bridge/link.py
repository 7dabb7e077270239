"""The daemon's side of the bridge: finding a daemon, speaking with it, going on with the next one when it is gone."""

from __future__ import annotations

import _socket
import os

from gorev.bridge.cutter import LineCutter
from gorev.bridge.readiness import POLLIN, POLLOUT
from gorev.bridge.session import ENDING, GREETED, OPEN, REPLAYING
from gorev.bridge.texts import say
from gorev.launcher import DRAIN_SECONDS, SUPERVISOR_SECONDS, StartFailed, reach_daemon, take_start_lock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator

    from gorev.bridge.invocation import Invocation
    from gorev.bridge.session import Session
    from gorev.launcher import Lock, Reached

READ_BYTES = 65536
CLIENT_BACKLOG_BYTES = 1024 * 1024  # what waits for the client beyond this stops reading the daemon
WELCOME_SECONDS = 15.0
STEADY_SECONDS = 10.0  # a connection that lasted so long, or brought any answer, is followed by the next at once
PAUSES = (0.05, 5.0)  # seconds after other ones, doubling
FAILURE_PAUSES = (1.0, 30.0)  # seconds without a new attempt after a failed one, doubling
DRAINING_CODE = "shutting_down"  # rest-api.md §2; the next daemon comes when this one has ended
NEVER = float("inf")


class Link:
    """The connection to whichever daemon there is. ``due`` is when, on the monotonic clock, ``step`` is needed next."""

    def __init__(self, invocation: Invocation, session: Session) -> None:
        self.due = 0.0
        self._now = 0.0  # of the last step
        self._not_before = 0.0  # the next attempt to reach a daemon
        self._start_not_before = 0.0  # until then a service manager may
        self._invocation = invocation
        self._launch = invocation.launch
        self._language = invocation.language
        self._session = session
        self._socket: _socket.socket | None = None
        self._lock: Lock | None = None  # of the daemon that was reached last
        self._start_lock: int | None = None  # while that one is asked to hand over
        self._cutter = LineCutter()
        self._offset = 0  # in the first line for the daemon
        self._deaf = False
        self._said_all = False
        self._hands_over = False
        self._opened = 0.0
        self._pause = 0.0
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
        mask = POLLIN if len(self._session.for_client) < CLIENT_BACKLOG_BYTES else 0
        if self._session.for_daemon and not self._deaf:
            mask |= POLLOUT
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
        self._now = now
        if now < self.due:
            return
        self.due = NEVER
        if self._socket is not None:
            if self._session.phase in (GREETED, REPLAYING):
                code, text = self._session.refusal or ("", say(self._language, "silent", log=self._launch.log))
                self._close(now)
                self._fail(now, text, code)
            elif self._session.phase == ENDING:
                self._close(now)  # it does not end in time
            else:
                self._let_others_start()  # the older daemon goes on
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
        if self._session.refusal is not None and not self._session.asked_to_end:
            code, text = self._session.refusal
            if code != DRAINING_CODE and self._lock is not None:
                self._session.ask_to_end(self._lock.version)  # it may be its age for which it refuses
            if not self._session.asked_to_end:
                self._close(now)
                if code != DRAINING_CODE:
                    self._fail(now, text, code)
                return
        if self._session.asked_to_end and not self._hands_over:
            self._prepare_handover(now)
        if self._session.phase == OPEN:
            self._failure_pause = 0.0
        elif self._session.phase == ENDING and not self._said_all:
            self._said_all = True
            self._session.stop_sending(begun=self._offset > 0)
            self.due = now + DRAIN_SECONDS
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
        if self._said_all and not queue and self._socket is not None and not self._deaf:
            self._deaf = True
            try:  # noqa: SIM105  # contextlib costs 3 ms
                self._socket.shutdown(_socket.SHUT_WR)
            except OSError:
                pass  # it has hung up already

    def _reach(self, revive: bool) -> Generator[float, None, Reached]:
        start_lock, self._start_lock = self._start_lock, None
        launch = self._launch.after(self._lock) if self._must_start and self._lock is not None else self._launch
        return reach_daemon(
            launch,
            lambda: self._must_start or self._session.waiting,
            revive,
            start_lock,
            may_start=lambda: self._now >= self._start_not_before,
        )

    def _prepare_handover(self, now: float) -> None:
        """Keep everyone else, programs of the older version too, from starting a daemon between the two."""
        self._hands_over = True
        try:
            self._start_lock = take_start_lock(self._launch)
        except StartFailed as error:
            self._debug(str(error))
        self.due = now + DRAIN_SECONDS

    def _let_others_start(self) -> None:
        if self._start_lock is not None:
            os.close(self._start_lock)
            self._start_lock = None

    def _greet(self, now: float, reached: Reached) -> None:
        lock = reached.lock
        self._debug(f"{'started' if reached.started else 'found'} daemon {lock.pid}, version {lock.version}")
        self._socket = reached.connection
        self._lock = lock
        self._reaching = None
        self._must_start = False
        self._said_all = False
        self._hands_over = False
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
        proven = self._session.served or now - self._opened >= STEADY_SECONDS
        self._pause = 0.0 if proven else min(max(PAUSES[0], 2 * self._pause), PAUSES[1])
        self.due = self._not_before = now + self._pause
        self._must_start = self._session.asked_to_end
        self._session.lost()
        supervised = self._lock is not None and self._lock.supervised
        self._start_not_before = now + SUPERVISOR_SECONDS if supervised else 0.0
        self._reaching = self._reach(revive=not supervised)

    def _fail(self, now: float, text: str, code: str = "") -> None:
        """Answer with this error until a request comes late enough for another attempt."""
        self._debug(text)
        self._reaching = None
        self._must_start = False
        self._let_others_start()
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
