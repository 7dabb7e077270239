"""Finding the running daemon, and starting one when there is none: shared by the bridge and the command line.

Standard library only, and of that only what is cheap to import. Three files in the daemon directory decide
(architecture.md §5): ``.lock``, whose presence means that every wire answers; ``.lock.guard``, locked by a daemon for
its whole life; ``.lock.start``, locked by whoever is starting one. The daemon inherits the start lock, its number
in ``GOREV_START_LOCK_FD``, and closes it when ready, so the kernel frees it when the daemon is ready or dies.
"""

from __future__ import annotations

import _socket
import fcntl
import os
import sys
import time

from gorev.jsontext import decode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence

START_SECONDS = 15.0
DRAIN_SECONDS = 35.0  # lifecycle.md §2 rule 1: a stop may take 30
CONNECT_SECONDS = 2.0
POLL_SECONDS = (0.005, 0.1)
WATCH_SECONDS = 5.0
HIGHEST_DESCRIPTOR = 65536

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
    """The lock file of a daemon (lifecycle.md §2); fields absent from the file are empty."""

    __slots__ = ("instance", "mcp_endpoint", "mcp_token", "pid", "port", "start_time", "url", "version")

    def __init__(self, pid: int, fields: Mapping[str, object]) -> None:
        self.pid = pid
        self.port, self.url, self.version, self.start_time, self.mcp_endpoint, self.mcp_token, self.instance = (
            str(fields.get(name) or "")
            for name in ("port", "daemon_url", "version", "start_time", "mcp_endpoint", "mcp_token", "instance")
        )


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
        import pwd

        try:
            home = pwd.getpwuid(os.getuid()).pw_dir
        except KeyError:
            home = ""
    if not os.path.isabs(home):
        raise NoHome("there is no home directory: HOME is not set and the account database names none")
    return home


def daemon_directory() -> str:
    """Return the path of the daemon directory, ``~/.gorev-daemon``, existing or not; raises NoHome."""
    return os.path.join(home_directory(), ".gorev-daemon")


def read_lock(directory: str) -> Lock | None:
    """Read the lock file; None when it is missing, empty, half-written, unreadable or no lock file."""
    try:
        descriptor = os.open(os.path.join(directory, ".lock"), os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        try:
            fields = decode(os.read(descriptor, 65536).decode())
        finally:
            os.close(descriptor)
    except (OSError, ValueError):
        return None
    pid = fields.get("pid") if isinstance(fields, dict) else None
    return Lock(pid, fields) if type(pid) is int and pid > 0 else None


def is_alive(pid: int) -> bool:
    """Tell whether a process has this pid; one that may not be signalled counts as alive."""
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except (ProcessLookupError, OverflowError):
        return False
    return True


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


def start_daemon(launch: Launch) -> Reached:
    """Return the running daemon, starting one if there is none; blocks until it is ready. Raises StartFailed."""
    steps = reach_daemon(launch, lambda: True)
    while True:
        try:
            time.sleep(next(steps))
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]


def reach_daemon(launch: Launch, wanted: Callable[[], bool], revive: bool = False) -> Generator[float, None, Reached]:
    """Find the running daemon, or start one, in steps that do not block; yields the seconds until the next step.

    Any number of these at the same time, in any number of processes, start one process and end on one daemon. As long
    as ``wanted()`` is false it only watches for a daemon that others start; with ``revive`` one that ended without
    removing its lock file is started again all the same: it was not stopped on purpose. Raises StartFailed.
    """
    pause = POLL_SECONDS[0]
    started = watching = False
    wanted_since = progress = 0.0
    while True:
        reached = _reach_live(launch, started)
        if reached is not None:
            return reached
        needed = wanted()
        if not (needed or started or (revive and read_lock(launch.directory) is not None)):
            watching = True
            yield pause
            pause = min(pause * 2, WATCH_SECONDS)
            continue
        now = time.monotonic()
        if watching or not progress:
            watching = False
            pause = POLL_SECONDS[0]
            progress = now
        if needed and not wanted_since:
            wanted_since = now
        start_lock = _lock_file(launch, ".lock.start")
        if start_lock is not None:
            try:
                # A daemon writes the lock file before it frees the start lock, so this second look is decisive.
                reached = _reach_live(launch, started)
                if reached is not None:
                    return reached
                if _is_guarded(launch):
                    progress = now
                    if wanted_since and now > wanted_since + DRAIN_SECONDS:
                        raise StartFailed("draining", launch.log)
                elif started:
                    raise StartFailed("died", launch.log)
                else:
                    _spawn(launch, start_lock)
                    started = True
                    progress = now
            finally:
                os.close(start_lock)
        elif now > progress + START_SECONDS:
            raise StartFailed("timeout", launch.log)
        yield pause
        pause = min(pause * 2, POLL_SECONDS[1])


def _reach_live(launch: Launch, started: bool) -> Reached | None:
    lock = read_lock(launch.directory)
    if lock is None or not is_alive(lock.pid):
        return None
    try:
        return Reached(lock, connect(lock), started)
    except OSError:
        return None


def _is_guarded(launch: Launch) -> bool:
    """Tell whether a daemon lives, ready or not. Asked with the start lock held only, as asking takes the guard."""
    guard = _lock_file(launch, ".lock.guard")
    if guard is None:
        return True
    os.close(guard)
    return False


def _lock_file(launch: Launch, name: str) -> int | None:
    """Open and lock a file of the daemon directory, making both if need be; None when another process holds it."""
    try:
        os.makedirs(launch.directory, 0o700, exist_ok=True)
        descriptor = os.open(os.path.join(launch.directory, name), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        except BaseException:
            os.close(descriptor)
            raise
    except OSError as error:
        raise StartFailed("unusable", launch.log, str(error)) from error
    return descriptor


def _spawn(launch: Launch, start_lock: int) -> None:
    """Start the daemon process in a session of its own, child of no one, holding ``start_lock``."""
    program, arguments = _command(launch)
    environment = _environment(launch)
    try:
        log = os.open(launch.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StartFailed("unusable", launch.log, str(error)) from error
    try:
        child = os.fork()
        if not child:
            _become_daemon(program, arguments, environment, log, start_lock)
    except OSError as error:
        raise StartFailed("unusable", launch.log, str(error)) from error
    finally:
        os.close(log)
    try:  # noqa: SIM105  # contextlib costs 3 ms
        os.waitpid(child, 0)
    except ChildProcessError:
        pass  # an ignored SIGCHLD, inherited from the client, reaps it before us


def _become_daemon(program: str, arguments: list[str], environment: dict[str, str], log: int, start_lock: int) -> None:
    """In the forked child: leave the session and become the daemon. Does not return."""
    try:
        os.setsid()
        if os.fork():
            os._exit(0)
        # Copies above 2, whatever standard descriptors the client had closed, that live on through exec.
        log, kept = (fcntl.fcntl(descriptor, fcntl.F_DUPFD, 3) for descriptor in (log, start_lock))
        environment["GOREV_START_LOCK_FD"] = str(kept)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.set_inheritable(0, True)  # dup2 leaves it as it was when the client had closed 0
        os.dup2(log, 1)
        os.dup2(log, 2)
        # A pipe leaked by the client must not stay open for as long as the daemon lives.
        os.closerange(3, kept)
        os.closerange(kept + 1, HIGHEST_DESCRIPTOR)
        os.chdir("/")
        os.execvpe(program, arguments, environment)
    except OSError as error:
        os.write(2, f"gorev: cannot run {program}: {error.strerror}\n".encode())
    finally:
        os._exit(127)


def _command(launch: Launch) -> tuple[str, list[str]]:
    program = os.environ.get("GOREV_SERVER_PATH", "")
    if program:
        if os.sep in program:
            program = os.path.abspath(program)
        return program, [program, "daemon", *launch.arguments]
    return sys.executable, [sys.executable, "-m", "gorev", "daemon", *launch.arguments]


def _environment(launch: Launch) -> dict[str, str]:
    environment = dict(os.environ)
    if launch.by == "bridge":
        for name in BRIDGE_VARIABLES:
            environment.pop(name, None)
    database = environment.get("GOREV_DB_PATH")
    if database:
        environment["GOREV_DB_PATH"] = os.path.abspath(database)  # the daemon's directory is the root
    environment["GOREV_STARTED_BY"] = launch.by
    environment.update(launch.environment)
    return environment
