"""Where a workspace's database file is (``data-model.md`` §16, rules W1 and W2).

`identifier` and `cleaned` are pure; the rest touches the disk and is for threads.
"""

from __future__ import annotations

import hashlib
import os.path
from pathlib import Path

import attrs

from gorev.domain.errors import InvalidValue, WorkspaceUnavailable
from gorev.domain.text import clean
from gorev.storage.interruption import NEVER_INTERRUPTED, Interruption
from gorev.storage.opening import prepare

FOLDER = ".gorev"


@attrs.frozen(kw_only=True)
class Location:
    """A workspace folder; ``database`` names its file where rule W2 is not to choose; ``mode`` is for a new one."""

    path: Path
    database: Path | None = None
    mode: int = 0o644


@attrs.frozen(kw_only=True)
class Opened:
    """A database file that is ready: which one, what it is on disk, and its schema."""

    database: Path
    file: tuple[int, int]
    schema_version: int
    created_at: float


def cleaned(path: str) -> Path:
    """An absolute path without ``.``, ``..`` or trailing separator; symlinks are not followed.

    @raise InvalidValue: if it is not absolute, or cannot be written as UTF-8.
    """
    if not Path(clean("path", path)).is_absolute():
        raise InvalidValue(field="path", value=path, allowed="an absolute path of an existing folder")
    normal = os.path.normpath(path)
    return Path(normal[1:] if normal.startswith("//") else normal)  # POSIX lets two slashes mean something else


def identifier(path: Path) -> str:
    """The id of the workspace at a cleaned path (rule W1)."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:16]


def open_database(
    location: Location,
    language: str = "tr",
    interruption: Interruption = NEVER_INTERRUPTED,
    suspected: bool = False,
) -> Opened:
    """Find or create the database of a folder and bring it up to date; what a new one is shipped with is in a language.

    @raise InvalidValue: the path is no folder.
    @raise WorkspaceUnavailable: the file cannot be used, or cannot be made.
    @raise ShuttingDown: it was interrupted.
    """
    if location.database is None and not _is_folder(location.path):
        raise InvalidValue(field="path", value=str(location.path), allowed="an absolute path of an existing folder")
    try:
        database = location.database or database_in(location.path)
        database.parent.mkdir(mode=0o755, parents=location.database is not None, exist_ok=True)
    except OSError as error:
        raise WorkspaceUnavailable(reason="io", path=str(location.path), system=error.strerror) from error
    version = prepare(database, location.mode, language, interruption, suspected=suspected)
    status = database.stat()
    return Opened(
        database=database,
        file=(status.st_dev, status.st_ino),
        schema_version=version,
        created_at=status.st_ctime,
    )


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a name that is too long, or a folder above it that may not be entered
        return False


def file_of(location: Location) -> tuple[int, int] | None:
    """What the database of a folder is on disk, nothing if it is not there."""
    return None if (state := state_of(location)) is None else state[:2]


def state_of(location: Location) -> tuple[int, int, int, int] | None:
    """What the database of a folder is on disk, its size and when it was changed; nothing if it is not there."""
    try:
        status = (location.database or database_in(location.path)).stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def database_in(path: Path) -> Path:
    """The database file of a folder, existing or not (rule W2)."""
    folder = path / FOLDER
    own = folder / f"gorev-{identifier(path)}.db"
    if own.exists():
        return own
    if (folder / "gorev.db").exists():
        return folder / "gorev.db"
    others = list(folder.glob("gorev-*.db"))
    return others[0] if len(others) == 1 else own
