"""What ``gorev doctor`` looks at: the daemon, its files, its port, and every database it knows.

It only looks: nothing is created, changed or ended. Each finding has a code that stays the same in every language.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, Literal

import attrs

from gorev import __version__
from gorev.cli.control import Sighting, look
from gorev.daemon import processes, system
from gorev.daemon.errors import StartError
from gorev.daemon.probe import get_json, is_listening
from gorev.daemon.record import LockRecord
from gorev.daemon.token import TokenFile
from gorev.locale import counts
from gorev.services.folder import database_in
from gorev.services.registry import WorkspaceFile
from gorev.settings import Flags, Settings, home_directory
from gorev.storage.backups import Inspection, copies_of, inspect
from gorev.storage.file_systems import network_file_system_of

Level = Literal["ok", "warning", "problem"]

LOW_SPACE_BYTES: Final = 200 * 1000 * 1000


@attrs.frozen
class Finding:
    """What was found; ``message`` and ``remedy`` are English text keys with ``{fields}``."""

    level: Level
    code: str
    message: str
    remedy: str | None = None
    fields: dict[str, Any] = attrs.Factory(dict)


def _fine(code: str, message: str, **fields: Any) -> Finding:
    return Finding("ok", code, message, None, fields)


def _warning(code: str, message: str, remedy: str, **fields: Any) -> Finding:
    return Finding("warning", code, message, remedy, fields)


def _problem(code: str, message: str, remedy: str, **fields: Any) -> Finding:
    return Finding("problem", code, message, remedy, fields)


def examine() -> Iterator[Finding]:
    """Look at everything, one finding after the other."""
    try:
        yield from _of_directory(home_directory(os.environ) / ".gorev-daemon")
        settings = Settings.resolve(Flags(), os.environ)
    except StartError as error:
        yield _problem(
            "configuration",
            "the settings cannot be used: {reason}",
            "correct it: no daemon starts until then",
            reason=error,
        )
        return
    for warning in settings.warnings:
        yield _warning("configuration", "{warning}", "correct or remove it", warning=warning)
    if settings.log_file.exists() and not os.access(settings.log_file, os.W_OK):
        yield _problem("log", "{path} cannot be written", "check whose file it is", path=settings.log_file)
    sighting = look(settings.directory)
    yield from _of_daemon(settings, sighting)
    yield from _of_socket(settings, sighting)
    yield from _of_port(settings, sighting)
    yield from _of_token(settings)
    for name, database in _databases(settings):
        yield from _of_database(name, database)


def _of_directory(directory: Path) -> Iterator[Finding]:
    try:
        found = directory.stat()
    except FileNotFoundError:
        yield _fine("directory", "{path} is not there yet; the first start makes it", path=directory)
        return
    if not stat.S_ISDIR(found.st_mode):
        yield _problem("directory", "{path} is no directory", "move it out of the way", path=directory)
        return
    if hasattr(os, "getuid") and found.st_uid != os.getuid():
        remedy = "give it back to its user; a daemon that was started with sudo may have made it"
        yield _problem("directory", "{path} belongs to another user", remedy, path=directory)
    elif stat.S_IMODE(found.st_mode) & 0o077:
        remedy = "the next start of the daemon closes it"
        yield _warning("directory", "{path} can be entered by other users", remedy, path=directory)
    else:
        yield _fine("directory", "{path} is this user's alone", path=directory)


def _of_daemon(settings: Settings, sighting: Sighting) -> Iterator[Finding]:
    record = sighting.record
    if record is None:
        yield from _without_record(settings)
        return
    pid = record.pid
    match sighting.state:
        case "running":
            yield _fine("daemon", "the daemon runs (PID: {pid}) at {url}", pid=pid, url=record.daemon_url)
            yield from _of_running(settings, record)
        case "stopping":
            yield _warning("daemon", "the daemon (PID: {pid}) is stopping", "wait: it takes 30 s at most", pid=pid)
        case "silent":
            remedy = "look at the end of {log}; gorev daemon restart starts it anew and loses nothing that was saved"
            yield _problem(
                "daemon", "the daemon (PID: {pid}) lives but does not answer", remedy, pid=pid, log=settings.log_file
            )
        case _:
            remedy = "the next start cleans up after it; nothing needs to be done by hand"
            yield _warning("lock", "the daemon (PID: {pid}) ended without removing its lock file", remedy, pid=pid)


def _without_record(settings: Settings) -> Iterator[Finding]:
    guard = system.AdvisoryLock(settings.directory / ".lock.guard")
    held = False
    if guard.path.exists():
        try:
            held = not guard.take()
        except OSError as error:
            remedy = "check whose file it is"
            yield _problem("lock", "{path} cannot be used: {reason}", remedy, path=guard.path, reason=error.strerror)
            return
        guard.drop()
    if held:
        remedy = "wait some seconds and ask again: it is starting or stopping"
        yield _warning("daemon", "a daemon holds the lock but has not told where it is", remedy)
    else:
        yield _fine("daemon", "no daemon runs; any client starts one, and so does gorev daemon --detach")


def _of_running(settings: Settings, record: LockRecord) -> Iterator[Finding]:
    if record.version == __version__:
        yield _fine("version", "daemon and command are both of version {version}", version=__version__)
    else:
        yield _warning(
            "version",
            "the daemon is of version {running}, this command of {version}",
            "gorev daemon restart brings them together",
            running=record.version or "?",
            version=__version__,
        )
    port = int(record.port)
    token = TokenFile(settings.token_file).known()
    ready, sockets = get_json(port, "/api/health/ready"), get_json(port, "/api/health/ws", token)
    if ready is not None and sockets is not None:
        yield _fine(
            "clients",
            "connected: {assistants}, {sockets}",
            assistants=counts.assistants(ready.get("mcp_clients", 0)),
            sockets=counts.sockets(sockets.get("clients", 0)),
        )
    if ready is not None and not ready.get("ready"):
        remedy = "see the databases below"
        yield _problem("ready", "the daemon is not ready: {reason}", remedy, reason=ready.get("database"))


def _of_socket(settings: Settings, sighting: Sighting) -> Iterator[Finding]:
    path = settings.socket
    running = sighting.state == "running"
    try:
        found = path.lstat()
    except OSError:
        if running and sighting.record is not None and sighting.record.mcp_endpoint == f"unix:{path}":
            remedy = "gorev daemon restart makes it anew"
            yield _problem("socket", "{path}, where assistants connect, is missing", remedy, path=path)
        return
    if not stat.S_ISSOCK(found.st_mode):
        yield _problem("socket", "{path} is not a socket", "move it out of the way", path=path)
    elif stat.S_IMODE(found.st_mode) & 0o077:
        yield _warning("socket", "{path} is open to other users", "gorev daemon restart closes it", path=path)
    elif running:
        yield _fine("socket", "{path} is there", path=path)


def _of_port(settings: Settings, sighting: Sighting) -> Iterator[Finding]:
    if sighting.state in ("running", "stopping") or settings.port == 0 or not is_listening(settings.port):
        return
    yield _problem(
        "port",
        "port {port} is in use by {holder}",
        "end that program, or choose another port in {file}",
        port=settings.port,
        holder=processes.listener_on(settings.port) or "?",
        file=settings.directory / "config.toml",
    )


def _of_token(settings: Settings) -> Iterator[Finding]:
    file = TokenFile(settings.token_file)
    try:
        token = file.read()
    except StartError as error:
        level: Level = "problem" if settings.needs_token else "warning"
        remedy = "gorev token rotate makes one that is yours alone"
        yield Finding(level, "token", error.message, remedy, error.fields)
        return
    if token is not None:
        yield _fine("token", "{path} is this user's alone", path=file.path)
    elif settings.needs_token:
        remedy = "gorev token create makes one"
        yield _problem("token", "a token is required, but there is none in {path}", remedy, path=file.path)
    if settings.tls_key is not None and _is_exposed(settings.tls_key):
        yield _warning("token", "{path} can be read by other users", "close it to them", path=settings.tls_key)


def _is_exposed(file: Path) -> bool:
    try:
        return bool(stat.S_IMODE(file.stat().st_mode) & 0o077)
    except OSError:
        return False


def _databases(settings: Settings) -> Iterator[tuple[str, Path]]:
    """Name and file of each database that this user's daemon knows, and of the default one, each once."""
    seen = set()
    default = settings.workspace
    known = [(str(default.path), default.database_file or database_in(default.path))]
    known += [
        (each.path, Path(each.database) if each.database else database_in(Path(each.path)))
        for each in WorkspaceFile(settings.registry_file).read()
    ]
    for name, database in known:
        if database not in seen:
            seen.add(database)
            yield name, database


def _of_database(name: str, database: Path) -> Iterator[Finding]:
    where = {"workspace": name, "path": database}
    try:
        found = inspect(database)
    except FileNotFoundError:
        if Path(name).is_dir():
            yield _fine("database", "{workspace}: no database yet", **where)
        else:
            remedy = "bring the folder back, or ignore this: its tasks are where the folder is"
            yield _warning("database", "{workspace}: the folder is not there", remedy, **where)
        return
    except OSError as error:
        remedy = "check whose file it is"
        yield _problem("database", "{path} cannot be read: {reason}", remedy, reason=error.strerror, **where)
        return
    yield _of_content(found, where)
    if not os.access(database, os.W_OK) or not os.access(database.parent, os.W_OK):
        yield _problem("database", "{path} or its folder cannot be written", "check whose they are", **where)
    yield from _of_disk(database, where)


def _of_content(found: Inspection, where: dict[str, Any]) -> Finding:
    match found.problem:
        case None:
            message = "{workspace}: {tasks}, the database is sound"
            return _fine("database", message, tasks=counts.tasks(found.task_count or 0), **where)
        case "too_new":
            remedy = "use that newer version"
            return _problem("database", "{path} was written by a newer Gorev", remedy, **where)
        case "foreign":
            message = "{path} is not a database of this version; an earlier program's is taken over when it is opened"
            return _warning("database", message, "open the workspace with any client", **where)
        case "corrupt":
            return _of_damage(where)
        case reason:
            remedy = "ask again; if it stays, look at the disk"
            return _problem("database", "{path} cannot be read: {reason}", remedy, reason=reason, **where)


def _of_damage(where: dict[str, Any]) -> Finding:
    for copy in copies_of(where["path"]):
        found = inspect(copy)
        if found.problem is None:
            return _problem(
                "database",
                "{path} is damaged",
                "the newest sound copy is {copy}, of {time}, with {tasks}: gorev restore puts it in place"
                " and keeps the damaged file beside it",
                copy=copy,
                time=found.modified.astimezone().strftime("%Y-%m-%d %H:%M"),
                tasks=counts.tasks(found.task_count or 0),
                **where,
            )
    remedy = "there is no sound copy; keep the file: the program sqlite3 can often recover what is in it"
    return _problem("database", "{path} is damaged", remedy, **where)


def _of_disk(database: Path, where: dict[str, Any]) -> Iterator[Finding]:
    kind = network_file_system_of(database.parent)
    if kind is not None:
        yield _warning(
            "file_system",
            "{path} is on a network file system ({kind}), where SQLite's locks may not hold",
            "keep the workspace on a disk of this machine",
            kind=kind,
            **where,
        )
    free = shutil.disk_usage(database.parent).free
    if free < LOW_SPACE_BYTES:
        yield _warning(
            "disk", "{megabytes} MB left on the disk of {path}", "make room", megabytes=free // 1_000_000, **where
        )
