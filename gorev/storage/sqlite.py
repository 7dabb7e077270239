"""Connections: their settings, and what SQLite's errors mean.

Settings: ``architecture.md`` §3 and ``data-model.md`` §17. ``isolation_level=None`` leaves transactions to us; the
default would begin them late and lose updates.
"""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any, Final

from gorev.domain.errors import Busy, GorevError, WorkspaceUnavailable
from gorev.domain.text import caseless, folded

Cursor = sqlite3.Cursor
Connection = sqlite3.Connection
Error = sqlite3.Error

BUSY_TIMEOUT_MS: Final = 8_000
# Pages that a reader keeps. At 100,000 tasks those of a list are scattered over 150 MB, more than SQLite's own 2 MB;
# with 8 MB, which the processor does not keep near itself, a search that goes through all of them takes 15 % more.
READER_CACHE_KIB: Final = 4 * 1024

# Pages in the write-ahead log at which a write folds it into the file itself. `Database` has mostly done so before.
LOG_PAGES: Final = 8_000

CONNECT: Final[dict[str, Any]] = {
    "isolation_level": None,
    "check_same_thread": False,
    "cached_statements": 256,
    "timeout": BUSY_TIMEOUT_MS / 1000,
}

_REASON_OF: Final = {
    sqlite3.SQLITE_FULL: "disk_full",
    sqlite3.SQLITE_READONLY: "read_only",
    sqlite3.SQLITE_CORRUPT: "corrupt",
    sqlite3.SQLITE_NOTADB: "corrupt",
    sqlite3.SQLITE_IOERR: "io",
    sqlite3.SQLITE_CANTOPEN: "io",
    sqlite3.SQLITE_PERM: "io",
}
# An opened file has every table that is asked for: when one is missing, another file's content is in its place.
_NO_TABLE: Final = "no such table: "


def connect(path: Path) -> Connection:
    """A connection for short synchronous work while a workspace is opened.

    It leaves the file as it is until it is told to write, since that may turn out not to be ours.
    """
    connection: Connection = sqlite3.connect(path, **CONNECT)
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    for function in (folded, caseless):  # for migrations
        connection.create_function(function.__name__, 1, function, deterministic=True)
    return connection


def configure_writer(connection: Connection, *, full: bool = True) -> None:
    """Make a connection fit to write; ``full`` durability waits at each commit until the disk has it."""
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    use_write_ahead_log(connection)
    connection.execute(f"PRAGMA synchronous = {'FULL' if full else 'NORMAL'}")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA wal_autocheckpoint = {LOG_PAGES}")
    # Pages that are freed need not be written for that; within pages that are written, what was deleted is overwritten.
    connection.execute("PRAGMA secure_delete = FAST")
    keep_undo(connection, in_memory=True)


def keep_undo(connection: Connection | Cursor, *, in_memory: bool) -> None:
    """Where the pages are kept that a savepoint or a failed statement would put back, from the next transaction on.

    SQLite's way is a file beyond 64 KB, that is for nearly every write, which then takes a third longer. It is right
    for a write that may change the whole file.
    """
    connection.execute(f"PRAGMA temp_store = {'MEMORY' if in_memory else 'FILE'}")


def use_write_ahead_log(connection: Connection) -> None:
    """Let the file have a write-ahead log, if it has none.

    SQLite does not wait for this lock, whatever its timeout: of two processes that opened a new file at once, one was
    refused in 1 of 20 tries.

    @raise Error: as SQLite does; busy only after the time that every lock is waited for.
    """
    deadline = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except Error as error:
            if primary_code(error) != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def configure_reader(connection: Connection) -> None:
    """Make a connection fit to read, and unfit to write."""
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA cache_size = -{READER_CACHE_KIB}")
    connection.execute("PRAGMA query_only = ON")


def primary_code(error: sqlite3.Error) -> int:
    """SQLite's code of a failure, without what it adds to it; 0 if it has none."""
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF


def meaning(error: sqlite3.Error) -> GorevError | None:
    """What a failure of SQLite means to the caller, or nothing if it can only be a bug of ours."""
    primary = primary_code(error)
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return Busy()
    reason = "replaced" if str(error).startswith(_NO_TABLE) else _REASON_OF.get(primary)
    return WorkspaceUnavailable(reason=reason) if reason else None
