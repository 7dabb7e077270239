"""Copies of a database file, made beside it before anything in it is rewritten."""

from __future__ import annotations

import filecmp
import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from typing import Final

from gorev.storage.interruption import NEVER_INTERRUPTED, Interruption

_PAGES_BETWEEN_LOOKS: Final = 4_096


def copy_aside(path: Path, version: int, interruption: Interruption = NEVER_INTERRUPTED) -> Path:
    """Copy a database, its write-ahead log included, to ``<name>.before-<version>``, and return where that is.

    The copy is on the disk when this returns, and as private as the file. No earlier copy is overwritten: one of the
    same content is the copy, beside others it gets a number. The caller holds the write lock of the file, so that what
    is copied is what will be rewritten, and no other process makes the same copy.

    @raise sqlite3.Error, OSError: it cannot be made; nothing of it is left.
    @raise ShuttingDown: it was interrupted; nothing of it is left.
    """
    copy = path.with_name(f"{path.name}.before-{version}")
    partial = copy.with_name(f"{copy.name}.partial")
    try:
        copy_to(path, partial, _PAGES_BETWEEN_LOOKS, interruption)
        number = 1
        while copy.exists():
            if filecmp.cmp(partial, copy, shallow=False):
                partial.unlink()
                return copy
            number += 1
            copy = path.with_name(f"{path.name}.before-{version}-{number}")
        partial.rename(copy)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    sync(path.parent)
    return copy


def copy_to(path: Path, target: Path, pages: int = -1, interruption: Interruption = NEVER_INTERRUPTED) -> None:
    """Copy a database, its write-ahead log included, to ``target``, which is replaced if it exists.

    The copy is on the disk when this returns, and as private as the file. With ``pages`` that many are copied at a
    time, and writers get their turn in between.

    @raise sqlite3.Error, OSError, ShuttingDown: it cannot be made, or was interrupted; a part of it may be left.
    """
    target.unlink(missing_ok=True)
    target.touch()
    target.chmod(stat.S_IMODE(path.stat().st_mode))
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy, pages=pages, progress=lambda *_: interruption.check())
    sync(target)


def sync(path: Path) -> None:
    """Have the operating system write a file, or what a folder lists, to the disk."""
    folder = path.is_dir()
    if folder and os.name == "nt":  # Windows opens no folder, and needs not be told
        return
    descriptor = os.open(path, os.O_RDONLY if folder else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
