"""What the launcher asks of the operating system: a lock on a file, whether a process lives, one that outlives us.

Standard library only, and of that only what is cheap to import: the bridge needs it at its start. Linux and macOS are
supported; the Windows branches are untried.
"""

from __future__ import annotations

import os
import sys

if sys.platform == "win32":
    import ctypes
    import msvcrt
else:
    import fcntl

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

HIGHEST_DESCRIPTOR = 65536


def account_home() -> str:
    """Return the home directory that the account database has for this user, or an empty text."""
    if sys.platform == "win32":
        return os.environ.get("USERPROFILE", "")
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_dir
    except KeyError:
        return ""


def is_alive(pid: int) -> bool:
    """Tell whether a process has this pid; one that may not be signalled counts as alive."""
    if sys.platform == "win32":  # os.kill would end it there
        synchronize, timed_out = 0x00100000, 0x102
        process = ctypes.windll.kernel32.OpenProcess(synchronize, False, pid)
        if not process:
            return False
        waited = ctypes.windll.kernel32.WaitForSingleObject(process, 0)
        ctypes.windll.kernel32.CloseHandle(process)
        return waited == timed_out
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except (ProcessLookupError, OverflowError):
        return False
    return True


def locked(path: str) -> int | None:
    """Open a file, made if need be with mode 0600, and lock it; None when another process holds it. Raises OSError."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
    try:
        if sys.platform == "win32":
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):  # the second is what Windows raises
        os.close(descriptor)
        return None
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def spawn(command: Sequence[str], environment: dict[str, str], log: str, start_lock: int) -> int:
    """Start a process in a session of its own, child of no one, in the root, its output appended to ``log``.

    It inherits ``start_lock``, whose number it finds in ``GOREV_START_LOCK_FD``, and 0 is returned. Locks cannot be
    inherited on Windows: there the caller has to keep it, and the pid of the new process is returned. Raises OSError.
    """
    # A pipe in the log's place is refused rather than waited for.
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)
    output = os.open(log, flags, 0o600)
    try:
        if sys.platform == "win32":
            import subprocess

            return subprocess.Popen(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                creationflags=subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP,
            ).pid
        child = os.fork()
        if not child:
            _become(command, environment, output, start_lock)
    finally:
        os.close(output)
    try:  # noqa: SIM105  # contextlib costs 3 ms
        os.waitpid(child, 0)
    except ChildProcessError:
        pass  # an ignored SIGCHLD, inherited from the client, reaps it before us
    return 0


def _become(command: Sequence[str], environment: dict[str, str], output: int, start_lock: int) -> None:
    """In the forked child: leave the session and become the command. Does not return."""
    try:
        os.setsid()
        if os.fork():
            os._exit(0)
        # Copies above 2, whatever standard descriptors the client had closed, that live on through exec.
        output, kept = (fcntl.fcntl(descriptor, fcntl.F_DUPFD, 3) for descriptor in (output, start_lock))
        environment["GOREV_START_LOCK_FD"] = str(kept)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.set_inheritable(0, True)  # dup2 leaves it as it was when the client had closed 0
        os.dup2(output, 1)
        os.dup2(output, 2)
        # A pipe leaked by the client must not stay open for as long as the daemon lives.
        os.closerange(3, kept)
        os.closerange(kept + 1, HIGHEST_DESCRIPTOR)
        os.chdir("/")
        os.execvpe(command[0], list(command), environment)
    except OSError as error:
        os.write(2, f"gorev: cannot run {command[0]}: {error.strerror}\n".encode())
    finally:
        os._exit(127)
