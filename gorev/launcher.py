"""Finding the running daemon, and starting one when there is none: shared by the bridge and the command line.

Standard library only, and of that only what is cheap to import. Three files in the daemon directory decide
(architecture.md §5): ``.lock``, whose presence means that every wire answers; ``.lock.guard``, locked by a daemon for
its whole life; ``.lock.start``, locked by whoever is starting one. The daemon inherits the start lock, its number
in ``GOREV_START_LOCK_FD``, and closes it when ready, so the kernel frees it when the daemon is ready or dies.

Who asks an older daemon to hand over (lifecycle.md §7 step 6) holds the start lock from then on until the newer one
starts: nobody may start the older program again in between.
"""

from __future__ import annotations

import _socket
import os
import sys
import time

from gorev import __version__
from gorev.host_system import account_home, is_alive, locked, spawn
from gorev.jsontext import decode, notification

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence

START_SECONDS = 15.0
DRAIN_SECONDS = 35.0  # lifecycle.md §2 rule 1: a stop may take 30
CONNECT_SECONDS = 2.0
POLL_SECONDS = (0.005, 0.1)
WATCH_SECONDS = 5.0
SUPERVISOR_SECONDS = 6.0  # a service manager is given to start the next daemon; ours waits 2 and starts it within 1
READ_BYTES = 65536

HELLO = "notifications/gorev/hello"
HANDOVER = "notifications/gorev/handover"
DECLINED = b"notifications/gorev/handover_declined"

# What belongs to one bridge alone must not become the setting of a daemon that serves them all.
BRIDGE_VARIABLES = ("GOREV_WORKSPACE", "GOREV_WORKSPACE_ID", "GOREV_WORKSPACE_NAME", "CLAUDE_PROJECT_DIR")


class NoHome(Exception):
    """The user running this process has no home directory, so there is no place for the daemon directory."""


class StartFailed(Exception):
    """No daemon could be reached or started.

    ``reason`` is ``died`` (ended before it was ready), ``timeout`` (not ready in time), ``draining`` (an earlier one
    does not end) or ``unusable`` (the daemon directory cannot be used; ``detail`` says why). ``log`` is the path of the
    daemon's log.
    """

    def __init__(self, reason: str, log: str, detail: str = "") -> None:
        super().__init__(f"the Gorev daemon could not be started ({detail or reason}); its log is {log}")
        self.reason = reason
        self.log = log
        self.detail = detail


class Lock:
    """The lock file of a daemon (lifecycle.md §2); fields absent from the file are empty.

    ``options`` are those with which a successor serves the same as this daemon, its port apart. ``supervised`` tells
    that a service manager starts the next one.
    """

    __slots__ = (
        "instance",
        "mcp_endpoint",
        "mcp_token",
        "options",
        "pid",
        "port",
        "start_time",
        "supervised",
        "url",
        "version",
    )

    def __init__(self, pid: int, fields: Mapping[str, object]) -> None:
        self.pid = pid
        self.port, self.url, self.version, self.start_time, self.mcp_endpoint, self.mcp_token, self.instance = (
            str(fields.get(name) or "")
            for name in ("port", "daemon_url", "version", "start_time", "mcp_endpoint", "mcp_token", "instance")
        )
        options = fields.get("options")
        self.options = [str(word) for word in options] if isinstance(options, list) else []
        self.supervised = fields.get("supervised") is True

    @property
    def is_outdated(self) -> bool:
        """Whether this program is of a newer version than the daemon."""
        return is_older(self.version, __version__)


class Launch:
    """How to start a daemon: options for ``gorev daemon``, who starts it (``bridge`` or ``cli``), extra environment."""

    __slots__ = ("arguments", "by", "directory", "environment")

    def __init__(
        self,
        directory: str,
        arguments: Sequence[str] = (),
        by: str = "cli",
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.directory = directory
        self.arguments = list(arguments)
        self.by = by
        self.environment = dict(environment or {})

    @property
    def log(self) -> str:
        """Path of the daemon's log."""
        return os.path.join(self.directory, "daemon.log")

    def after(self, lock: Lock) -> Launch:
        """Return how to start the successor of this daemon: as it was started, on its port, but for our own options."""
        port = ["--api-port", lock.port] if lock.port else []
        return Launch(self.directory, [*port, *lock.options, *self.arguments], self.by, self.environment)


class Reached:
    """A live daemon, an open connection to its MCP endpoint, and whether this process started it."""

    __slots__ = ("connection", "lock", "started")

    def __init__(self, lock: Lock, connection: _socket.socket, started: bool) -> None:
        self.lock = lock
        self.connection = connection
        self.started = started


def home_directory() -> str:
    """Return the absolute home directory: ``HOME``, else the account database's; raises NoHome."""
    home = os.environ.get("HOME", "")
    if not home:
        home = account_home()
    if not os.path.isabs(home):
        raise NoHome("there is no home directory: HOME is not set and the account database names none")
    return home


def daemon_directory() -> str:
    """Return the path of the daemon directory, ``~/.gorev-daemon``, existing or not; raises NoHome."""
    return os.path.join(home_directory(), ".gorev-daemon")


def read_lock(directory: str) -> Lock | None:
    """Read the lock file; None when it is missing, empty, half-written, unreadable or no lock file."""
    try:
        flags = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)  # Windows has neither
        descriptor = os.open(os.path.join(directory, ".lock"), flags)
        try:
            fields = decode(os.read(descriptor, 65536).decode())
        finally:
            os.close(descriptor)
    except (OSError, ValueError):
        return None
    pid = fields.get("pid") if isinstance(fields, dict) else None
    return Lock(pid, fields) if type(pid) is int and pid > 0 else None


def is_older(version: str, than: str) -> bool:
    """Compare the numbers of two semantic versions; one that is not readable is never older."""
    try:
        theirs, ours = (
            tuple(int(part) for part in text.split("+")[0].split("-")[0].split(".")) for text in (version, than)
        )
    except ValueError:
        return False
    return theirs < ours


def connect(lock: Lock) -> _socket.socket:
    """Connect to the MCP endpoint of a daemon; the socket is non-blocking. Raises OSError."""
    kind, _, place = lock.mcp_endpoint.partition(":")
    address: str | tuple[str, int]
    if kind == "unix":
        family, address = _socket.AF_UNIX, place
    elif kind == "tcp" and place.rpartition(":")[2].isdecimal():
        host, _, port = place.rpartition(":")
        family, address = _socket.AF_INET, (host, min(int(port), 65535))
    else:
        raise ConnectionRefusedError(f"no MCP endpoint: {lock.mcp_endpoint!r}")
    connection = _socket.socket(family, _socket.SOCK_STREAM)
    try:
        connection.settimeout(CONNECT_SECONDS)
        connection.connect(address)
        connection.settimeout(0)
    except BaseException:
        connection.close()
        raise
    return connection


def start_daemon(launch: Launch, start_lock: int | None = None) -> Reached:
    """Return the running daemon, starting one if there is none; blocks until it is ready. Raises StartFailed.

    ``start_lock`` is the one of `take_start_lock`; it is closed here.
    """
    return _to_the_end(reach_daemon(launch, lambda: True, start_lock=start_lock))


def replace_daemon(launch: Launch, older: Reached) -> Reached:
    """Have a daemon end in good order and start its successor with ``launch``; blocks until that is ready.

    ``older.connection`` is closed. One that another process or a service manager started first is returned as not
    started, and so is the same one if it does not end. Raises StartFailed.
    """
    start_lock = hand_over(launch, older)
    not_before = time.monotonic() + (SUPERVISOR_SECONDS if older.lock.supervised else 0.0)
    steps = reach_daemon(launch, lambda: True, start_lock=start_lock, may_start=lambda: time.monotonic() >= not_before)
    return _to_the_end(steps)


def hand_over(launch: Launch, older: Reached) -> int | None:
    """Ask a daemon to make room for this version; blocks until it has ended or declined, 35 s at most.

    ``older.connection`` is closed. Returns the start lock, None if another process has it. Raises StartFailed.
    """
    start_lock = take_start_lock(launch)
    connection = older.connection
    try:
        connection.settimeout(DRAIN_SECONDS)
        hello = notification(HELLO, {"workspace": None, "token": older.lock.mcp_token or None})
        connection.sendall(hello + notification(HANDOVER, {"version": __version__}))
        told = b""
        while DECLINED not in told and (data := connection.recv(READ_BYTES)):  # it hangs up when its work is done
            told = told[-len(DECLINED) :] + data
    except OSError:
        pass
    finally:
        connection.close()
    return start_lock


def _to_the_end(steps: Generator[float, None, Reached]) -> Reached:
    while True:
        try:
            time.sleep(next(steps))
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]


def take_start_lock(launch: Launch) -> int | None:
    """Keep others from starting a daemon; None when another process does so already. Raises StartFailed."""
    return _lock_file(launch, ".lock.start")


def reach_daemon(
    launch: Launch,
    wanted: Callable[[], bool],
    revive: bool = False,
    start_lock: int | None = None,
    may_start: Callable[[], bool] = lambda: True,
) -> Generator[float, None, Reached]:
    """Find the running daemon, or start one, in steps that do not block; yields the seconds until the next step.

    Any number of these at the same time, in any number of processes, start one process and end on one daemon. As long
    as ``wanted()`` is false it only watches for a daemon that others start; with ``revive`` one that ended without
    removing its lock file is started again all the same: it was not stopped on purpose. ``start_lock`` is the one of
    `take_start_lock`; it is closed here. As long as ``may_start()`` is false nothing is started in any case. Raises
    StartFailed.
    """
    search = _Search(launch, start_lock)
    pause = POLL_SECONDS[0]
    watching = False
    try:
        while True:
            reached = search.look()
            if reached is not None:
                return reached
            needed = wanted()
            wished = needed or (revive and read_lock(launch.directory) is not None)
            if not (search.started or (wished and may_start())):
                watching = True
                yield pause
                pause = min(pause * 2, POLL_SECONDS[1] if needed else WATCH_SECONDS)
                continue
            if watching:
                watching = False
                pause = POLL_SECONDS[0]
                search.progress = 0.0
            reached = search.go_on(time.monotonic(), needed)
            if reached is not None:
                return reached
            yield pause
            pause = min(pause * 2, POLL_SECONDS[1])
    finally:
        search.close()


class _Search:
    """What `reach_daemon` knows between two steps; ``progress`` is when something was last seen to go on, or 0."""

    def __init__(self, launch: Launch, start_lock: int | None) -> None:
        self.started = False
        self.progress = 0.0
        self._launch = launch
        self._start_lock = start_lock
        self._child = 0  # where the new process cannot inherit the lock
        self._wanted_since = 0.0

    def look(self) -> Reached | None:
        """Return the daemon that lives, if one does."""
        lock = read_lock(self._launch.directory)
        if lock is None or not is_alive(lock.pid):
            return None
        try:
            return Reached(lock, connect(lock), self.started)
        except OSError:
            return None

    def go_on(self, now: float, needed: bool) -> Reached | None:
        """Start a daemon if this is the moment, and return one that has come up meanwhile. Raises StartFailed."""
        self.progress = self.progress or now
        if needed:
            self._wanted_since = self._wanted_since or now
        if self._start_lock is None:
            self._start_lock = take_start_lock(self._launch)
            if self._start_lock is None:
                self._wait_for_starter(now)
                return None
            kept = False
        else:
            kept = True
        try:
            # A daemon writes the lock file before it frees the start lock, so this second look is decisive.
            reached = self.look()
            if reached is not None:
                return reached
            if self._is_guarded():
                self.progress = now
                if self._wanted_since and now > self._wanted_since + DRAIN_SECONDS:
                    raise StartFailed("draining", self._launch.log)
            elif self.started:
                self._wait_for_child(now)
            else:
                self._spawn(self._start_lock)
                self.progress = now
                kept = self._child != 0
        finally:
            if not kept:
                self.close()
        return None

    def close(self) -> None:
        """Let others start a daemon."""
        if self._start_lock is not None:
            os.close(self._start_lock)
            self._start_lock = None

    def _wait_for_starter(self, now: float) -> None:
        """Give the one that holds the start lock its time; one that waits for an older daemon to end needs more."""
        lock = read_lock(self._launch.directory)
        if lock is not None and is_alive(lock.pid) and now < self._wanted_since + DRAIN_SECONDS:
            self.progress = now
        if now > self.progress + START_SECONDS:
            raise StartFailed("timeout", self._launch.log)

    def _wait_for_child(self, now: float) -> None:
        if not (self._child and is_alive(self._child)):
            raise StartFailed("died", self._launch.log)
        if now > self.progress + START_SECONDS:
            raise StartFailed("timeout", self._launch.log)

    def _is_guarded(self) -> bool:
        """Tell whether a daemon lives, ready or not. Asked with the start lock held only, as asking takes the guard."""
        guard = _lock_file(self._launch, ".lock.guard")
        if guard is None:
            return True
        os.close(guard)
        return False

    def _spawn(self, start_lock: int) -> None:
        launch = self._launch
        try:
            self._child = spawn(_command(launch), _environment(launch), launch.log, start_lock)
        except OSError as error:
            raise StartFailed("unusable", launch.log, str(error)) from error
        self.started = True


def _lock_file(launch: Launch, name: str) -> int | None:
    """Open and lock a file of the daemon directory, making both if need be; None when another process holds it."""
    try:
        os.makedirs(launch.directory, 0o700, exist_ok=True)
        return locked(os.path.join(launch.directory, name))
    except OSError as error:
        raise StartFailed("unusable", launch.log, str(error)) from error


def _command(launch: Launch) -> list[str]:
    program = os.environ.get("GOREV_SERVER_PATH", "")
    if not program:
        return [sys.executable, "-m", "gorev", "daemon", *launch.arguments]
    if os.sep in program:
        program = os.path.abspath(program)
    return [program, "daemon", *launch.arguments]


def _environment(launch: Launch) -> dict[str, str]:
    environment = dict(os.environ)
    if launch.by == "bridge":
        for name in BRIDGE_VARIABLES:
            environment.pop(name, None)
    for name in ("GOREV_DB_PATH", "GOREV_ROOT"):
        if environment.get(name):
            environment[name] = os.path.abspath(environment[name])  # the daemon's directory is the root
    environment["GOREV_STARTED_BY"] = launch.by
    environment.update(launch.environment)
    return environment
