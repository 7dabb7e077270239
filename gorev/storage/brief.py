"""Reads so short that the reactor does them itself, on a connection of its own.

To hand a read to another thread and have its result back takes longer than a page of tasks does (``numbers.md`` §2). A
read here is bounded by SQLite itself: one that takes more than `STEPS` is ended, and whoever asked reads in a thread
after all. Neither a lock is waited for, nor a file opened.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from gorev.storage import sqlite
from gorev.storage.known_rows import KnowingConnection

T = TypeVar("T")

READ: Final = sqlite.CONNECT | {"factory": KnowingConnection}
# Instructions of SQLite's machine. A page of 50 rows takes 5,000, in about 0.2 ms.
STEPS: Final = 24_000
# How often they are counted.
STRIDE: Final = 1_000


class TooLong(Exception):
    """The read does not belong here: it takes long, or something stands in its way that a thread may wait for."""


class BriefReader:
    """Reads on the thread that asks. Made in any thread, then used by one.

    ``file`` is opened by the constructor, which blocks.
    """

    def __init__(self, file: Path) -> None:
        self._connection = sqlite3.connect(file, **READ)
        sqlite.configure_reader(self._connection)
        self._connection.execute("PRAGMA busy_timeout = 0")
        self._connection.set_progress_handler(self._is_over, STRIDE)
        self._strides = 0
        self._cursor = self._connection.cursor()

    def version(self) -> int:
        """A number that is another one as soon as any connection has committed something to the file.

        @raise TooLong: it cannot be told now.
        """
        self._strides = 0
        try:
            (version,) = self._cursor.execute("PRAGMA data_version").fetchone()
        except sqlite3.Error:
            raise TooLong from None
        return int(version)

    def read(self, work: Callable[[sqlite.Cursor], T]) -> T:
        """What ``work`` makes of one consistent snapshot.

        @raise TooLong: it was not done.
        """
        cursor = self._cursor
        self._strides = 0
        try:
            cursor.execute("BEGIN")
            try:
                self._connection.known.catch_up(cursor)
                return work(cursor)
            finally:
                self._strides = 0  # the end must not be broken off too: the snapshot would stay the last one for good
                cursor.execute("ROLLBACK")
        except sqlite3.Error:
            raise TooLong from None

    def _is_over(self) -> bool:
        self._strides += 1
        return self._strides * STRIDE > STEPS

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()
