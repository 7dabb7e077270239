"""Making a database file fit to be used: created, recognised, copied aside, adopted or migrated.

Runs in a thread of its own, before the workspace serves. A file that cannot be used stays as it is.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Final

from gorev.domain.errors import WorkspaceUnavailable
from gorev.storage import profiles, sqlite, templates
from gorev.storage.adoption.adopting import adopt
from gorev.storage.adoption.original import recognise
from gorev.storage.copying import copy_aside
from gorev.storage.interruption import NEVER_INTERRUPTED, Interruption

# The first alone would not tell: other programs number their schemas in a table of this name as well.
_OUR_TABLES: Final = {"schema_version", "workspace", "tasks"}


def prepare(
    path: Path,
    mode: int,
    language: str = "tr",
    interruption: Interruption = NEVER_INTERRUPTED,
    *,
    suspected: bool = False,
) -> int:
    """Create or upgrade the database at ``path``, with all it is shipped with, and return its schema version.

    A file that was not closed in order, or is ``suspected``, is read through for damage at first. A new file gets
    ``mode``, and filter profiles named in ``language``. Each migration is one transaction; before the
    first one on a file that holds data, the file is copied beside itself. A file of the original program is adopted
    (`gorev.storage.adoption`).

    @raise WorkspaceUnavailable: if the file is corrupt, newer than this program, of a release of the original program
        that we do not know, or cannot be read or written. It has then not been changed.
    @raise ShuttingDown: it was interrupted; the file is as it was, or as a migration left it that was complete.
    """
    try:
        if not path.exists():
            path.touch(mode=mode)
            path.chmod(mode)
        uncleanly_closed = _size(path.with_name(f"{path.name}-wal")) > 0
        connection = sqlite.connect(path)
        try:
            with interruption.of(connection):
                if uncleanly_closed or suspected:
                    check(connection, path)
                version = _migrate(connection, path, interruption)
                _add_defaults(connection, language)
            return version
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise sqlite.meaning(error) or WorkspaceUnavailable(reason="io") from error
    except OSError as error:
        raise WorkspaceUnavailable(reason="io", path=str(path), system=error.strerror) from error


def check(connection: sqlite.Connection, path: Path) -> None:
    """Read the whole file for damage; 0.25 s for 100,000 tasks.

    @raise WorkspaceUnavailable: it is damaged.
    """
    found = connection.execute("PRAGMA quick_check(1)").fetchone()
    if found != ("ok",):
        raise WorkspaceUnavailable(reason="corrupt", path=str(path))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def migrations() -> Iterator[tuple[int, str]]:
    """Number and text of each migration, in order."""
    folder = resources.files("gorev.storage") / "migrations"
    for entry in sorted(folder.iterdir(), key=lambda each: each.name):
        if entry.name.endswith(".sql"):
            yield int(entry.name[:4]), entry.read_text(encoding="utf-8")


def _migrate(connection: sqlite.Connection, path: Path, interruption: Interruption) -> int:
    if not _tables(connection) >= _OUR_TABLES and recognise(connection) is not None:
        adopt(connection, path, lambda: _apply(connection, migrations()), interruption)
    version = _version(connection)
    pending = [(number, script) for number, script in migrations() if number > version]
    newest = pending[-1][0] if pending else max(number for number, _ in migrations())
    if version > newest:
        raise WorkspaceUnavailable(reason="too_new", path=str(path), found=version, known=newest)
    sqlite.use_write_ahead_log(connection)
    if pending and version:
        connection.execute("BEGIN IMMEDIATE")
        try:
            if _version(connection) == version:
                copy_aside(path, version + 1, interruption)
        finally:
            connection.execute("ROLLBACK")
    for number, script in pending:
        connection.execute("BEGIN IMMEDIATE")
        try:
            # Another process may have migrated while this one waited for the lock.
            if _version(connection) < number:
                _apply(connection, [(number, script)])
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:  # a full disk, for example, makes SQLite roll back by itself
                connection.execute("ROLLBACK")
            raise
    return newest


def _add_defaults(connection: sqlite.Connection, language: str) -> None:
    cursor = connection.cursor()
    if not templates.lacks_defaults(cursor) and not profiles.lacks_shipped(cursor):
        return
    cursor.execute("BEGIN IMMEDIATE")
    try:
        templates.insert_defaults(cursor, datetime.now(UTC))
        if profiles.lacks_shipped(cursor):
            profiles.insert_shipped(cursor, language, datetime.now(UTC))
        cursor.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            cursor.execute("ROLLBACK")
        raise


def _apply(connection: sqlite.Connection, scripts: Iterable[tuple[int, str]]) -> None:
    """Migrate, within the transaction that is under way."""
    connection.execute("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)")
    for number, script in scripts:
        for statement in _statements(script):
            connection.execute(statement)
        connection.execute("DELETE FROM schema_version")
        connection.execute("INSERT INTO schema_version (version) VALUES (?)", (number,))


def _tables(connection: sqlite.Connection) -> set[str]:
    return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def _version(connection: sqlite.Connection) -> int:
    tables = _tables(connection)
    if tables >= _OUR_TABLES:
        (version,) = connection.execute("SELECT version FROM schema_version").fetchone()
        return int(version)
    if tables - {"sqlite_sequence"}:
        raise WorkspaceUnavailable(reason="foreign")
    return 0


def _statements(script: str) -> Iterator[str]:
    # executescript() would commit the transaction that the migration stands in.
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
