"""What can be told of another process from its pid: whether it lives, since when, and whether it is a Gorev daemon.

psutil is imported only when a question is asked: most starts ask none.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import PurePath
from typing import Final

# The lock's start time is taken by the daemon itself, a moment after the system created the process; a process that is
# younger than this has got the pid of one that ended (architecture.md §5).
START_TIME_TOLERANCE_SECONDS: Final = 3.0


def is_alive(pid: int, started: datetime | None = None) -> bool:
    """Whether ``pid`` exists, is no zombie and, where ``started`` is known, was created by then.

    A process that may not be looked at is alive (``lifecycle.md`` §2.2).
    """
    import psutil

    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        created = process.create_time()
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True
    return started is None or created <= started.timestamp() + START_TIME_TOLERANCE_SECONDS


def may_be_gorev(pid: int) -> bool:
    """Whether the command line of ``pid`` is that of a Gorev daemon, or may not be read."""
    import psutil

    try:
        arguments = psutil.Process(pid).cmdline()
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True
    return is_gorev_command(arguments)


def is_gorev_command(arguments: list[str]) -> bool:
    """Whether a command line runs the daemon: ``gorev daemon``, ``gorev serve``, ``twistd … gorev``, ``twist … gorev``.

    ``python -m gorev`` counts as ``gorev``; a bridge, or an editor that has a file of that name open, does not.
    """
    program, rest = _program(arguments)
    if program == "gorev":
        return "daemon" in rest or "serve" in rest
    return program in ("twistd", "twist") and "gorev" in rest


def _program(arguments: list[str]) -> tuple[str, list[str]]:
    """The program a command line runs, looking through a Python interpreter, and its arguments."""
    names = iter(arguments)
    name = PurePath(next(names, "")).stem
    if name.lower().startswith(("python", "pypy")):
        for argument in names:
            if argument in ("-X", "-W"):
                next(names, None)
            elif argument == "-m" or not argument.startswith("-"):
                name = PurePath(next(names, "") if argument == "-m" else argument).stem
                break
    return name, list(names)


def listener_on(port: int) -> str | None:
    """Name and pid of the process that listens on TCP ``port``, where the system tells."""
    import psutil

    try:
        for connection in psutil.net_connections(kind="tcp"):
            if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port and connection.pid:
                return f"{psutil.Process(connection.pid).name()} (PID: {connection.pid})"
    except psutil.Error:
        return None
    return None
