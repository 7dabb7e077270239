"""Looking at the running daemon, and ending it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

import attrs
import click

from gorev.cli.speech import Failed
from gorev.cli.tables import print_json
from gorev.daemon import processes, system
from gorev.daemon.lifecycle import duration_text
from gorev.daemon.probe import health_on, is_listening
from gorev.daemon.record import LockRecord, rfc3339
from gorev.locale import text
from gorev.small_file import content

NOT_RUNNING_CODE: Final = 3
# A stop may take 30 s (lifecycle.md §5.1).
STOP_PATIENCE_SECONDS: Final = 35.0
# A killed process is gone once the system has taken its memory back.
KILL_PATIENCE_SECONDS: Final = 5.0
# A lock file that was lost is there again after 5 s; a start takes less.
LOCK_PATIENCE_SECONDS: Final = 6.0
POLL_SECONDS: Final = 0.05

# running: answers; stopping: has closed its ports; silent: lives, but does not answer; dead: only its lock file is left
# over; absent: not even that.
State = Literal["running", "stopping", "silent", "dead", "absent"]


@attrs.frozen
class Sighting:
    """What is to be seen of the daemon; no ``record`` when it is absent."""

    state: State
    record: LockRecord | None = None


def look(directory: Path) -> Sighting:
    """Find out about the daemon of ``directory``. Blocks for 2 s at most."""
    try:
        record = LockRecord.decode(content(directory / ".lock"))
    except OSError:
        record = None
    if record is None:
        return Sighting("absent")
    health = health_on(int(record.port))
    if health is not None and health.is_of(record.pid):
        return Sighting("running", record)
    if not _lives(record, directory):
        return Sighting("dead", record)
    stopping = not is_listening(int(record.port)) if health is None else health.pid == record.pid
    return Sighting("stopping" if stopping else "silent", record)


def _lives(record: LockRecord, directory: Path) -> bool:
    """Whether the daemon of a lock file is still there.

    When the clock was set, all processes seem to have begun at another time; then it counts that someone has the guard.
    """
    if not processes.may_be_gorev(record.pid):
        return False
    if processes.is_alive(record.pid, record.start_time):
        return True
    return processes.is_alive(record.pid) and _is_guarded(directory)


def print_status(directory: Path, language: str, as_json: bool) -> int:
    """Print what is to be seen, as text or as one JSON object; returns 0 or `NOT_RUNNING_CODE`."""
    sighting = look(directory)
    record, running = sighting.record, sighting.state == "running"
    fields = _fields(record, directory) if record is not None and running else {"lock_file": str(directory / ".lock")}
    if as_json:
        reason = {} if running else {"reason": sighting.state}
        print_json({"running": running, **reason, **fields})
    elif running:
        lines = (
            text(language, "RUNNING"),
            text(language, "PID: {pid}", **fields),
            text(language, "URL: {daemon_url}", **fields),
            text(language, "Port: {port}", **fields),
            text(language, "Version: {version}", **fields),
            text(language, "Started: {start_time}", **fields),
            text(language, "Uptime: {uptime}", **fields),
            text(language, "Lock file: {lock_file}", **fields),
        )
        click.echo("\n".join(lines))
    else:
        click.echo(text(language, "NOT RUNNING: {reason}", reason=_reason(sighting, language)))
    return 0 if running else NOT_RUNNING_CODE


def _fields(record: LockRecord, directory: Path) -> dict[str, object]:
    started = record.start_time
    uptime_seconds = None if started is None else max(0.0, (datetime.now(UTC) - started).total_seconds())
    return {
        "pid": record.pid,
        "daemon_url": record.daemon_url,
        "port": record.port,
        "version": record.version,
        "start_time": None if started is None else rfc3339(started),
        "uptime": None if uptime_seconds is None else duration_text(uptime_seconds),
        "uptime_seconds": uptime_seconds,
        "mcp_endpoint": record.mcp_endpoint,
        "instance": record.instance,
        "lock_file": str(directory / ".lock"),
    }


def _reason(sighting: Sighting, language: str) -> str:
    record = sighting.record
    if record is None:
        return text(language, "there is no lock file")
    match sighting.state:
        case "stopping":
            return text(language, "the daemon (PID: {pid}) is stopping", pid=record.pid)
        case "silent":
            return text(
                language, "the daemon (PID: {pid}) does not answer at {url}", pid=record.pid, url=record.daemon_url
            )
        case _:
            return text(language, "the daemon (PID: {pid}) ended without removing its lock file", pid=record.pid)


def stop(directory: Path, language: str, sleep: Callable[[float], None] = time.sleep) -> LockRecord:
    """End the daemon of ``directory`` and wait until it is gone; returns what its lock file said.

    Raises `Failed` when none runs or it cannot be ended.
    """
    sighting = _look_patiently(directory, sleep)
    record = sighting.record
    if record is None or sighting.state == "dead":
        raise Failed(text(language, "no daemon is running: {reason}", reason=_reason(sighting, language)))
    try:
        if sighting.state != "stopping":  # a second signal would cut its requests off
            system.ask_to_end(record.pid)
        if not _is_gone_within(record, directory, STOP_PATIENCE_SECONDS, sleep):
            system.end_at_once(record.pid)
            if not _is_gone_within(record, directory, KILL_PATIENCE_SECONDS, sleep):
                raise Failed(text(language, "the daemon (PID: {pid}) does not end", pid=record.pid))
    except ProcessLookupError:
        pass
    except PermissionError as error:
        raise Failed(text(language, "the daemon (PID: {pid}) may not be ended by this user", pid=record.pid)) from error
    _remove_left_over(directory, record)
    return record


def _look_patiently(directory: Path, sleep: Callable[[float], None]) -> Sighting:
    """As `look`, but one without a lock file that holds the guard is starting, or about to write it again."""
    sighting = look(directory)
    deadline = time.monotonic() + LOCK_PATIENCE_SECONDS
    while sighting.record is None and time.monotonic() < deadline and _is_guarded(directory):
        sleep(POLL_SECONDS)
        sighting = look(directory)
    return sighting


def _is_guarded(directory: Path) -> bool:
    guard = system.AdvisoryLock(directory / ".lock.guard")
    try:
        free = guard.take()
    except OSError:
        return False
    guard.drop()
    return not free


def _is_gone_within(record: LockRecord, directory: Path, seconds: float, sleep: Callable[[float], None]) -> bool:
    deadline = time.monotonic() + seconds
    while _lives(record, directory):
        if time.monotonic() >= deadline:
            return False
        sleep(POLL_SECONDS)
    return True


def _remove_left_over(directory: Path, ended: LockRecord) -> None:
    """Remove the lock file of a daemon that could not do it itself, unless the next one lives already."""
    guard = system.AdvisoryLock(directory / ".lock.guard")
    with contextlib.suppress(OSError):
        if guard.take():
            found = LockRecord.decode(content(directory / ".lock"))
            if found is not None and found.pid == ended.pid:
                (directory / ".lock").unlink()
    guard.drop()
