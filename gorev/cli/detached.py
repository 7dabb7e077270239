"""Starting a daemon that outlives this command and its terminal."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import attrs
import click

from gorev.cli.control import print_status
from gorev.cli.speech import Failed
from gorev.daemon import processes
from gorev.daemon.errors import AlreadyRunning, PortBusy, PortBusyBy
from gorev.daemon.probe import health_on, is_listening
from gorev.daemon.system import prepare_directory
from gorev.launcher import Launch, Reached, StartFailed, replace_daemon, start_daemon
from gorev.locale import text
from gorev.settings import Flags, Settings, exposure

LOG_LINES: Final = 20


def start_detached(flags: Flags, language: str, start_lock: int | None = None, *, as_json: bool) -> int:
    """Start one, wait until it answers, and tell of it as `print_running` does; returns 0.

    ``start_lock`` is that of `take_start_lock`, held since before the one to be replaced ended.

    One of an older version hands over to it first, and leaves it its port unless another one is given. Raises
    `StartError` for what is wrong beforehand or for a daemon that runs already, `Failed` with the end of the log for
    one that does not come up.
    """
    settings = Settings.resolve(flags, os.environ)
    launch = _launch(flags, settings)
    prepare_directory(settings.directory)
    log_size = size_of(settings.log_file)
    try:
        reached = start_daemon(launch, start_lock)
        if not reached.started and reached.lock.is_outdated:
            reached = _replace(reached, flags, settings)
    except StartFailed as error:
        raise start_failure(error, settings, log_size, language) from error
    reached.connection.close()
    lock = reached.lock
    if not reached.started:
        raise AlreadyRunning(pid=lock.pid, url=lock.url, port=lock.port)
    health = health_on(int(lock.port))
    if health is None or not health.is_of(lock.pid):
        reason = text(language, "the daemon (PID: {pid}) does not answer at {url}", pid=lock.pid, url=lock.url)
        raise Failed("\n".join([reason, *_lines_after(settings.log_file, log_size)]))
    print_running(lock.pid, lock.url, settings.lock_file, language, as_json=as_json)
    if settings.is_remote:
        click.echo(exposure(settings, language), err=True)
    return 0


def print_running(pid: int, url: str, lock_file: Path, language: str, *, as_json: bool) -> None:
    """Print where a daemon is that was started: its pid, URL and lock file, or what ``daemon status --json`` does."""
    if as_json:
        print_status(lock_file.parent, language, as_json=True)
        return
    click.echo(text(language, "Gorev is running (PID: {pid}).", pid=pid))
    click.echo(text(language, "Web and API: {url}", url=url))
    click.echo(text(language, "Lock file: {path}", path=lock_file))


def _launch(flags: Flags, settings: Settings) -> Launch:
    return Launch(str(settings.directory), arguments(flags, settings), by="cli")


def _replace(older: Reached, flags: Flags, settings: Settings) -> Reached:
    if flags.port is None and older.lock.port.isdecimal():
        flags = attrs.evolve(flags, port=int(older.lock.port))
    return replace_daemon(_launch(flags, settings), older)


_REASONS: Final = {
    "died": "the daemon did not start; its log, {path}, says:",
    "timeout": "the daemon was not ready in time; its log, {path}, says:",
    "draining": "an earlier daemon does not end; its log is {path}",
    "unusable": "the daemon directory cannot be used: {detail}",
}


def start_failure(error: StartFailed, settings: Settings, log_size: int, language: str) -> Failed:
    """What to say of a start that failed, with what was logged since the log had ``log_size`` bytes.

    The log is in English; the likeliest reason is told in the user's language before it.
    """
    log = settings.log_file
    told = [text(language, _REASONS[error.reason], detail=error.detail, path=log), *_lines_after(log, log_size)]
    if error.reason == "died" and settings.port and is_listening(settings.port):
        holder = processes.listener_on(settings.port)
        busy = PortBusyBy(port=settings.port, holder=holder) if holder else PortBusy(port=settings.port)
        told.insert(0, text(language, busy.message, **busy.fields))
    return Failed("\n".join(told))


def arguments(flags: Flags, settings: Settings) -> list[str]:
    """The flags of the new process, which runs in another folder: its default workspace is what it would be here."""
    workspace = settings.workspace
    given = {
        "--api-port": flags.port,
        "--host": flags.host,
        "--workspace": None if workspace.database_file else workspace.path,
        "--db-path": workspace.database_file,
        "--mcp-endpoint": flags.mcp_endpoint,
        "--lang": flags.lang,
    }
    written = [word for name, value in given.items() if value is not None for word in (name, str(value))]
    return [*written, *(["--debug"] if flags.debug else [])]


def size_of(file: Path) -> int:
    """Its size in bytes; 0 if there is none."""
    try:
        return file.stat().st_size
    except OSError:
        return 0


def _lines_after(file: Path, offset: int) -> list[str]:
    """The last lines that were appended to ``file`` since it had ``offset`` bytes."""
    if not file.is_file():  # a pipe would be waited for
        return []
    try:
        with file.open("rb") as log:
            log.seek(offset if offset <= size_of(file) else 0)
            return log.read().decode(errors="replace").splitlines()[-LOG_LINES:]
    except OSError:
        return []
