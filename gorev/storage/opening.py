"""Making a database file fit to be used: created, recognised, copied aside, migrated.

Runs in a thread of its own, before the workspace serves. A file that cannot be used stays as it is.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Final

from gorev.domain.errors import WorkspaceUnavailable
from gorev.storage import sqlite

_ORIGINAL_TABLE: Final = "gorevler"


def prepare(path: Path, mode: int) -> int:
    """Create or upgrade the database at ``path`` and return its schema version.

    A new file gets ``mode``. Each migration is one transaction; before the first one on a file that holds data, the
    file is copied beside itself.

    @raise WorkspaceUnavailable: if the file is corrupt, newer than this program, of the original program's making, or
        cannot be read or written. It has then not been changed.
    """
    try:
        if not path.exists():
            path.touch(mode=mode)
            path.chmod(mode)
        connection = sqlite.connect(path)
        try:
            return _migrate(connection, path)
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise sqlite.meaning(error) or WorkspaceUnavailable(reason="io") from error
    except OSError as error:
        raise WorkspaceUnavailable(reason="io", path=str(path), system=error.strerror) from error


def migrations() -> Iterator[tuple[int, str]]:
    """Number and text of each migration, in order."""
    folder = resources.files("gorev.storage") / "migrations"
    for entry in sorted(folder.iterdir(), key=lambda each: each.name):
        if entry.name.endswith(".sql"):
            yield int(entry.name[:4]), entry.read_text(encoding="utf-8")


def _migrate(connection: sqlite.Connection, path: Path) -> int:
    version = _version(connection)
    pending = [(number, script) for number, script in migrations() if number > version]
    newest = pending[-1][0] if pending else max(number for number, _ in migrations())
    if version > newest:
        raise WorkspaceUnavailable(reason="too_new", path=str(path), found=version, known=newest)
    if pending and version:
        _copy_aside(connection, path, version)
    for number, script in pending:
        connection.execute("BEGIN IMMEDIATE")
        try:
            # Another process may have migrated while this one waited for the lock.
            if _version(connection) < number:
                for statement in _statements(script):
                    connection.execute(statement)
                connection.execute("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)")
                connection.execute("DELETE FROM schema_version")
                connection.execute("INSERT INTO schema_version (version) VALUES (?)", (number,))
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
    return newest


def _version(connection: sqlite.Connection) -> int:
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if "schema_version" in tables:
        (version,) = connection.execute("SELECT version FROM schema_version").fetchone()
        return int(version)
    if _ORIGINAL_TABLE in tables:
        raise WorkspaceUnavailable(reason="original")
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


def _copy_aside(connection: sqlite.Connection, path: Path, version: int) -> None:
    target = sqlite3.connect(path.with_name(f"{path.name}.before-{version + 1}"))
    try:
        connection.backup(target)
    finally:
        target.close()
