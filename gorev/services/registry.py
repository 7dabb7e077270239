"""The workspaces this user ever opened, remembered in one small JSON file across restarts of the daemon.

The file is a convenience: without it, or with a broken one, a workspace is known again as soon as a client names its
path. It is read before the reactor runs and written by threads.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, TypeAlias

import attrs
import msgspec
from twisted.logger import Logger

from gorev.small_file import content

Instant: TypeAlias = Annotated[datetime, msgspec.Meta(tz=True)]


@attrs.frozen(kw_only=True)
class KnownWorkspace:
    """What is remembered of a workspace. ``aliases`` are ids that clients saved for it (``rest-api.md`` §4.15).

    One that ``has_watches`` is opened when the daemon starts.
    """

    id: str
    path: str
    name: str
    database: str | None
    created_at: Instant
    last_accessed: Instant
    aliases: tuple[str, ...] = ()
    has_watches: bool = False


class WorkspaceFile:
    """The file itself."""

    _log = Logger()

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> list[KnownWorkspace]:
        """What the file says; nothing if it is missing or broken, which is logged."""
        try:
            return msgspec.json.decode(content(self._path), type=list[KnownWorkspace])
        except FileNotFoundError:
            return []
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            self._log.warn("cannot read {path}, starting without it: {error}", path=str(self._path), error=error)
            return []

    def write(self, known: Sequence[KnownWorkspace]) -> None:
        """Replace the file.

        @raise OSError: it cannot be written.
        """
        fresh = self._path.with_name(f"{self._path.name}.new")
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(list(known)), indent=2))
        fresh.replace(self._path)
