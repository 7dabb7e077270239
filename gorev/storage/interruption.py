"""Giving up long work on a database, for the daemon that has to stop."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import attrs

from gorev.domain.errors import ShuttingDown
from gorev.storage.sqlite import Connection

# Of SQLite's own steps, between two looks; a few milliseconds.
_STEPS: Final = 50_000


@attrs.frozen(eq=False)
class Interruption:
    """A request, which may come from any thread, that work on another one be given up."""

    _requested: threading.Event = attrs.Factory(threading.Event)

    def request(self) -> None:
        """Have the work end soon, if it is under way, and none begin."""
        self._requested.set()

    def check(self) -> None:
        """Go on, unless that is no longer wanted.

        @raise ShuttingDown: it is not.
        """
        if self._requested.is_set():
            raise ShuttingDown

    @contextmanager
    def of(self, connection: Connection) -> Iterator[None]:
        """Let the statements of a connection be interrupted as well.

        @raise ShuttingDown: one was.
        """
        connection.set_progress_handler(self._requested.is_set, _STEPS)
        try:
            yield
        except Exception:
            self.check()
            raise
        finally:
            connection.set_progress_handler(None, 0)


NEVER_INTERRUPTED: Final = Interruption()
