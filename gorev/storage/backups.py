"""Backups of a database file: made while it is in use, checked, found again, and put back in its place.

Blocks; for threads, and for commands that run without a reactor. Nothing here deletes or overwrites a database.
"""

from __future__ import annotations

import errno
import sqlite3
import stat
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import attrs

from gorev.domain.errors import WorkspaceUnavailable
from gorev.storage import sqlite
from gorev.storage.copying import copy_to, sync
from gorev.storage.opening import migrations

FOLDER: Final = "backups"
# Few enough that a write waits no longer than some milliseconds.
_PAGES_AT_A_TIME: Final = 256


@attrs.frozen(kw_only=True)
class Inspection:
    """What is to be seen of a database file. ``problem`` is a reason of `WorkspaceUnavailable`, None for a sound file.

    ``schema_version`` and ``task_count`` are None where they cannot be told.
    """

    path: Path
    modified: datetime
    size_bytes: int
    schema_version: int | None = None
    task_count: int | None = None
    problem: str | None = None


def inspect(path: Path) -> Inspection:
    """Read the whole file for damage, and tell what it holds; nothing is changed.

    @raise OSError: there is none, it cannot be read, or it is no file.
    """
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):  # a pipe would be waited for
        raise OSError(errno.EINVAL, "Not a regular file", str(path))
    seen = Inspection(path=path, modified=datetime.fromtimestamp(status.st_mtime, UTC), size_bytes=status.st_size)
    with path.open("rb"):  # what may not be read is no damage
        pass
    try:
        with closing(_reading(path)) as connection:
            if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                return attrs.evolve(seen, problem="corrupt")
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if not tables:
                return attrs.evolve(seen, schema_version=0, task_count=0)
            if not {"schema_version", "workspace", "tasks"} <= tables:
                return attrs.evolve(seen, problem="foreign")
            (version,) = connection.execute("SELECT version FROM schema_version").fetchone()
            (count,) = connection.execute("SELECT count(*) FROM tasks").fetchone()
    except sqlite3.Error as error:
        known = sqlite.meaning(error)
        return attrs.evolve(seen, problem=str(known.details.get("reason", known.code)) if known else "corrupt")
    newest = max(number for number, _ in migrations())
    problem = "too_new" if version > newest else None
    return attrs.evolve(seen, schema_version=version, task_count=count, problem=problem)


def back_up(database: Path, target: Path | None = None) -> Inspection:
    """Copy ``database``, which may be in use, to ``target``, by default a new file in the folder ``backups`` beside it.

    The copy has been read back and is sound.

    @raise FileExistsError: there is a file at ``target`` already.
    @raise WorkspaceUnavailable: the database is damaged, or the disk full.
    @raise Busy: another process kept it locked.
    @raise OSError: it cannot be read, or the copy cannot be written.
    """
    if target is None:
        instant = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
        target = database.parent / FOLDER / f"{database.stem}-{instant}.db"
        target.parent.mkdir(mode=0o700, exist_ok=True)
    if target.exists():
        raise FileExistsError(17, "File exists", str(target))
    database.stat()
    partial = target.with_name(f"{target.name}.partial")
    try:
        copy_to(database, partial, _PAGES_AT_A_TIME)
        found = inspect(partial)
        if found.problem == "corrupt":
            raise WorkspaceUnavailable(reason="corrupt", path=str(database))
        partial.rename(target)
    except sqlite3.Error as error:
        raise sqlite.meaning(error) or WorkspaceUnavailable(reason="io", path=str(database)) from error
    finally:
        partial.unlink(missing_ok=True)
        for suffix in ("-wal", "-shm", "-journal"):
            partial.with_name(partial.name + suffix).unlink(missing_ok=True)
    sync(target.parent)
    return attrs.evolve(found, path=target)


def copies_of(database: Path) -> list[Path]:
    """Backups, and copies made before migrations, of a database, the newest first."""
    found = [
        *database.parent.glob(f"{database.name}.before-*"),
        *(database.parent / FOLDER).glob(f"{database.stem}-*.db"),
    ]
    dated = []
    for path in found:
        with suppress(OSError):
            if path.is_file() and not path.name.endswith((".partial", "-wal", "-shm")):
                dated.append((path.stat().st_mtime, path))
    return [path for _, path in sorted(dated, reverse=True)]


def restore(copy: Path, database: Path) -> Path | None:
    """Put ``copy`` in the place of ``database``, which nobody may have open; returns where that one was moved to.

    The copy stays where it is. Not done if it is damaged or no database of ours.

    @raise WorkspaceUnavailable: the copy cannot be used.
    @raise OSError: a file cannot be read, moved or written; the database is where it was.
    """
    found = inspect(copy)
    if found.problem is not None or not found.schema_version:
        raise WorkspaceUnavailable(reason=found.problem or "foreign", path=str(copy))
    partial = database.with_name(f"{database.name}.restored.partial")
    try:
        copy_to(copy, partial)
        aside = _set_aside(database) if database.exists() else None
        partial.replace(database)
    finally:
        partial.unlink(missing_ok=True)
    sync(database.parent)
    return aside


def _set_aside(database: Path) -> Path:
    """Give a database another name, and its write-ahead log, without which it is not whole.

    Where the file system has links the old name stays until another file takes it: a daemon that looks for it in
    between would make a new one.
    """
    instant = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    aside = database.with_name(f"{database.name}.set-aside-{instant}")
    for suffix in ("-wal", "-shm"):
        log = database.with_name(database.name + suffix)
        if log.exists():
            log.rename(aside.with_name(aside.name + suffix))
    try:
        aside.hardlink_to(database)
    except OSError:
        database.rename(aside)
    return aside


def _reading(path: Path) -> sqlite3.Connection:
    # Whoever has the file open has a log beside it. Without one it needs no locks, and no files are made for them.
    how = "mode=ro" if path.with_name(f"{path.name}-wal").exists() else "immutable=1"
    return sqlite3.connect(f"{path.resolve().as_uri()}?{how}", uri=True, isolation_level=None)
