"""One daemon per user: the guard that is held for life, and the lock file that tells the world (``lifecycle.md`` §2).

The guard decides who may run; the lock file is what clients read. The guard alone would do, were it not that someone
may delete it under a running daemon: therefore a lock file that is found once the guard is had is looked into before it
is replaced.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Protocol
from uuid import uuid4

import attrs
from twisted.application.service import Service
from twisted.logger import Logger

from gorev import __version__
from gorev.daemon import processes
from gorev.daemon.errors import AlreadyRunning, GuardHeld, Unresponsive, UnusableDirectory
from gorev.daemon.probe import Health, Probe, health_on
from gorev.daemon.record import LockRecord
from gorev.daemon.system import AdvisoryLock, prepare_directory
from gorev.small_file import content

# A stop takes 30 s at most, a start much less (lifecycle.md §2.1).
GUARD_PATIENCE_SECONDS: Final = 35.0
# How long a live daemon that does not answer is asked again (lifecycle.md §2.2).
HEALTH_PATIENCE_SECONDS: Final = 10.0
RETRY_SECONDS: Final = 0.05


class Processes(Protocol):
    """What the lock asks about other processes; the module ``processes`` answers it."""

    def is_alive(self, pid: int, started: datetime | None = None) -> bool:
        """Whether ``pid`` lives and is as old as it must be."""

    def may_be_gorev(self, pid: int) -> bool:
        """Whether ``pid`` looks like a Gorev daemon."""


@attrs.define
class DaemonLock:
    """The right to be this user's daemon, and its public record in ``directory``.

    Every method blocks for short file work, ``acquire`` for as long as 35 s: call it before the reactor runs, ``write``
    and ``restore`` from a thread.
    """

    directory: Path
    instance: str = attrs.field(factory=lambda: uuid4().hex)
    options: tuple[str, ...] = ()
    supervised: bool = False
    _probe: Probe = health_on
    _processes: Processes = processes
    _clock: Callable[[], float] = time.monotonic
    _sleep: Callable[[float], None] = time.sleep
    _guard: AdvisoryLock = attrs.field(init=False)
    _started: datetime | None = attrs.field(init=False, default=None)
    _record: LockRecord | None = attrs.field(init=False, default=None)

    _log = Logger()

    def __attrs_post_init__(self) -> None:
        self._guard = AdvisoryLock(self.directory / ".lock.guard")

    @property
    def path(self) -> Path:
        """The lock file."""
        return self.directory / ".lock"

    @property
    def acquired(self) -> bool:
        """Whether this process is the daemon."""
        return self._guard.taken

    def acquire(self) -> None:
        """Become the daemon, having waited for one that is starting or stopping.

        Raises `AlreadyRunning`, `GuardHeld`, `Unresponsive`, `UnusableDirectory`.
        """
        self._started = datetime.now(UTC)
        prepare_directory(self.directory)
        try:
            self._take_guard()
            self._examine_left_over()
        except OSError as error:
            self._guard.drop()
            raise UnusableDirectory(directory=self.directory, reason=_reason(error)) from error
        except BaseException:
            self._guard.drop()
            raise

    def publish(self, *, port: int, mcp_endpoint: str, mcp_token: str | None) -> LockRecord:
        """Tell the world that this daemon answers on ``port`` and ``mcp_endpoint``. Raises `UnusableDirectory`."""
        self._record = LockRecord(
            pid=os.getpid(),
            port=str(port),
            start_time=self._started,
            daemon_url=f"http://localhost:{port}",
            version=__version__,
            mcp_endpoint=mcp_endpoint,
            mcp_token=mcp_token,
            instance=self.instance,
            options=self.options,
            supervised=self.supervised,
        )
        try:
            self._write(self._record)
        except OSError as error:
            raise UnusableDirectory(directory=self.directory, reason=_reason(error)) from error
        return self._record

    def restore(self) -> bool:
        """Write the published record again if its file has disappeared or holds something else; whether that was so.

        The file of another daemon that lives, which may be there when somebody deleted the guard, is left alone.
        """
        record = self._record
        if record is None or self._is_in_place(record):
            return False
        self.directory.mkdir(mode=0o700, exist_ok=True)
        self._write(record)
        return True

    def release(self) -> None:
        """Remove the lock file if it is still this daemon's, and let the next one start. Harmless when not acquired."""
        if not self.acquired:
            return
        self._record = None
        found = self.read()
        if found is not None and found.pid == os.getpid():
            with contextlib.suppress(OSError):
                self.path.unlink()
        self._guard.drop()

    def read(self) -> LockRecord | None:
        """The record in the lock file, None when there is none or none that can be read."""
        try:
            return LockRecord.decode(content(self.path))
        except OSError:
            return None

    def _is_in_place(self, record: LockRecord) -> bool:
        try:
            written = content(self.path)
        except OSError:
            return False
        if written == record.encode():
            return True
        found = LockRecord.decode(written)
        return found is not None and found.pid != record.pid and self._processes.is_alive(found.pid, found.start_time)

    def _write(self, record: LockRecord) -> None:
        draft = self.directory / ".lock.new"
        with contextlib.suppress(FileNotFoundError):
            draft.unlink()
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(record.encode())
        draft.replace(self.path)

    def _take_guard(self) -> None:
        deadline = self._clock() + GUARD_PATIENCE_SECONDS
        while not self._guard.take():
            record = self.read()
            if record is not None and _is_healthy(record, self._health_of(record)):
                raise AlreadyRunning(pid=record.pid, url=record.daemon_url, port=record.port)
            if self._clock() >= deadline:
                raise GuardHeld(seconds=round(GUARD_PATIENCE_SECONDS))
            self._sleep(RETRY_SECONDS)

    def _examine_left_over(self) -> None:
        """Remove a lock file whose daemon is gone. Raises `AlreadyRunning` or `Unresponsive` when it is not."""
        if not self.path.exists():
            return
        record = self.read()
        deadline = self._clock() + HEALTH_PATIENCE_SECONDS
        while record is not None:
            if _is_healthy(record, self._health_of(record)):
                raise AlreadyRunning(pid=record.pid, url=record.daemon_url, port=record.port)
            if not self._processes.is_alive(record.pid, record.start_time):
                break
            if self._clock() >= deadline:
                if self._processes.may_be_gorev(record.pid):
                    raise Unresponsive(pid=record.pid, url=record.daemon_url)
                break
            self._sleep(RETRY_SECONDS)
            record = self.read()
        self._log.warn(
            "replacing a lock file that was left over: pid {pid}",
            pid=record.pid if record is not None else "unreadable",
        )
        with contextlib.suppress(FileNotFoundError):
            self.path.unlink()

    def _health_of(self, record: LockRecord) -> Health | None:
        return self._probe(int(record.port))


def _reason(error: OSError) -> str:
    return f"{error.strerror}: {error.filename}" if error.filename else error.strerror or str(error)


def _is_healthy(record: LockRecord, health: Health | None) -> bool:
    return health is not None and health.is_of(record.pid)


class LockService(Service):
    """Holds the lock while the service tree runs: first to start, last to stop."""

    def __init__(self, lock: DaemonLock) -> None:
        self.lock = lock

    def privilegedStartService(self) -> None:
        """Acquire; twistd has forked by now. Raises as `DaemonLock.acquire`."""
        self.lock.acquire()

    def startService(self) -> None:
        """Acquire where nobody called ``privilegedStartService``: ``twist`` does not."""
        if not self.lock.acquired:
            self.lock.acquire()
        super().startService()

    def stopService(self) -> None:
        """Release."""
        super().stopService()
        self.lock.release()
