"""What differs from one operating system to the next. Linux and macOS are supported; the Windows branches are untried.

Starting a detached process is the launcher's, which must not import this package.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import attrs

from gorev.daemon.errors import UnusableDirectory

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl
    import pwd
    import resource

# sockaddr_un.sun_path holds 104 bytes on macOS and 108 on Linux, the terminating NUL included.
LONGEST_SOCKET_PATH_BYTES: Final = 103


def account_home() -> str | None:
    """The home directory that the account database has for this user, if it has one."""
    if sys.platform == "win32":
        return os.environ.get("USERPROFILE")
    try:
        return pwd.getpwuid(os.getuid()).pw_dir or None
    except KeyError:
        return None


def under_service_manager(environ: Mapping[str, str]) -> bool:
    """Whether systemd or launchd started this very process.

    ``INVOCATION_ID`` would not do: a shell in a desktop session inherits it.
    """
    if environ.get("SYSTEMD_EXEC_PID") == str(os.getpid()):
        return True
    return sys.platform == "darwin" and os.getppid() == 1 and environ.get("XPC_SERVICE_NAME", "0") != "0"


def make_room_for_descriptors(count: int) -> int:
    """Let this process have ``count`` open files and sockets if the system allows; yields how many it may have."""
    if sys.platform == "win32":
        return count  # there is no such limit
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= count:
        return count
    wanted = count if hard == resource.RLIM_INFINITY else min(count, hard)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    except (OSError, ValueError):  # macOS has a lower limit that it does not tell
        return soft
    return wanted


def fits_local_socket(path: Path) -> bool:
    """Whether a local socket can be made at ``path`` on this system."""
    return hasattr(socket, "AF_UNIX") and len(os.fsencode(path)) <= LONGEST_SOCKET_PATH_BYTES


def ask_to_end(pid: int) -> None:
    """Have the daemon ``pid`` stop in its own time. Raises `OSError`.

    Windows knows no such signal between processes without a common console: there it ends at once, and SQLite's journal
    keeps what was committed.
    """
    os.kill(pid, signal.SIGTERM)


def end_at_once(pid: int) -> None:
    """End the process ``pid`` whatever it is doing. Raises `OSError`."""
    os.kill(pid, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)


def prepare_directory(directory: Path) -> None:
    """Make the daemon directory, mode 0700, unless it is there; not its parent. Raises `UnusableDirectory`."""
    try:
        directory.mkdir(mode=0o700, exist_ok=True)
        if directory.stat().st_mode & 0o077:
            directory.chmod(0o700)
    except OSError as error:
        raise UnusableDirectory(directory=directory, reason=error.strerror or str(error)) from error


@attrs.define
class AdvisoryLock:
    """An exclusive lock on a file that exists for nothing else; the system drops it when its process ends.

    The file (mode 0600) is created when missing and never deleted here. Children do not inherit the lock.
    """

    path: Path
    _descriptor: int | None = None

    def take(self) -> bool:
        """Take the lock if it is free, at once. Raises `OSError` if the file cannot be opened."""
        while True:
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
            if not _lock(descriptor):
                os.close(descriptor)
                return False
            if self._is_at_path(descriptor):
                self._descriptor = descriptor
                return True
            os.close(descriptor)

    def drop(self) -> None:
        """Give the lock up, if it is held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    @property
    def taken(self) -> bool:
        """Whether this object holds the lock."""
        return self._descriptor is not None

    def _is_at_path(self, descriptor: int) -> bool:
        # Someone may have deleted the file between the opening and the locking: then this lock excludes nobody.
        try:
            return os.path.samestat(os.fstat(descriptor), self.path.stat())
        except FileNotFoundError:
            return False


def is_taken(path: Path) -> bool:
    """Whether some process, perhaps this one, holds the advisory lock at ``path``."""
    lock = AdvisoryLock(path)
    try:
        was_free = lock.take()
    except OSError:
        return False
    lock.drop()
    return not was_free


def _lock(descriptor: int) -> bool:
    if sys.platform == "win32":
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
