"""Connections: their settings, and what SQLite's errors mean.

Settings: ``architecture.md`` §3 and ``data-model.md`` §17. ``isolation_level=None`` leaves transactions to us; the
default would begin them late and lose updates.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any, Final

from gorev.domain.errors import Busy, GorevError, WorkspaceUnavailable

Cursor = sqlite3.Cursor
Connection = sqlite3.Connection
Error = sqlite3.Error

BUSY_TIMEOUT_MS: Final = 8_000

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


def connect(path: Path) -> Connection:
    """A connection for short synchronous work while a workspace is opened."""
    connection: Connection = sqlite3.connect(path, **CONNECT)
    configure_writer(connection)
    return connection


def configure_writer(connection: Connection) -> None:
    """Make a connection fit to write."""
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def configure_reader(connection: Connection) -> None:
    """Make a connection fit to read, and unfit to write."""
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA query_only = ON")


def meaning(error: sqlite3.Error) -> GorevError | None:
    """What a failure of SQLite means to the caller, or nothing if it can only be a bug of ours."""
    primary = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return Busy()
    reason = _REASON_OF.get(primary)
    return WorkspaceUnavailable(reason=reason) if reason else None
