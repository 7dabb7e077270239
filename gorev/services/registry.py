"""The workspaces this user ever opened, by id and alias, remembered in one small JSON file over restarts of the daemon.

The file is a convenience: without it, or with a broken one, a workspace is known again as soon as a client names its
path. It is read before the reactor runs and written by threads.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final, TypeAlias

import attrs
import msgspec
from twisted.logger import Logger

from gorev.small_file import content

# How stale `last_accessed` in the file may become: reading a workspace must not mean writing a file.
ACCESS_RESOLUTION_SECONDS: Final = 60.0

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


class Roll:
    """All that are known. ``write`` is given them whenever something of that has changed."""

    def __init__(self, write: Callable[[list[KnownWorkspace]], None]) -> None:
        self._write = write
        self._known: dict[str, KnownWorkspace] = {}
        self._aliases: dict[str, str] = {}
        self._accesses: dict[str, float] = {}  # since they were last noted, in seconds of the epoch
        self._saved = time.time()

    def fill(self, known: Iterable[KnownWorkspace]) -> None:
        """Take in what the file says."""
        for each in known:
            self._remember(each)

    def every(self) -> list[KnownWorkspace]:
        """All of them, the most recently used first."""
        self._note_accesses()
        return sorted(self._known.values(), key=lambda each: each.last_accessed, reverse=True)

    def find(self, id_: str) -> KnownWorkspace | None:
        """The one whose own id this is."""
        return self._known.get(id_)

    def owner(self, alias: str) -> KnownWorkspace | None:
        """The one that an alias was saved for."""
        return self._known.get(self._aliases.get(alias, ""))

    def canonical(self, id_: str) -> str:
        """The id that an alias stands for; any other id itself, which may have been saved as an alias elsewhere."""
        return id_ if id_ in self._known else self._aliases.get(id_, id_)

    def names(self, id_: str) -> frozenset[str]:
        """A workspace's own id and those that are aliases of it."""
        known = self._known.get(id_)
        return frozenset((id_, *(alias for alias in (known.aliases if known else ()) if alias not in self._known)))

    def enter(self, known: KnownWorkspace) -> None:
        """Remember one, in the place of what was known of it."""
        self._remember(known)
        self.save()

    def strike(self, id_: str) -> None:
        """Forget one, and its aliases."""
        for alias in self._known.pop(id_).aliases:
            self._aliases.pop(alias, None)
        self.save()

    def mark(self, id_: str, has_watches: bool) -> None:
        """Remember whether the workspace must be opened when the daemon starts."""
        known = self._known.get(id_)
        if known is not None and known.has_watches is not has_watches:
            self.enter(attrs.evolve(known, has_watches=has_watches))

    def keep_alias(self, id_: str, alias: str) -> None:
        """Let ``alias`` mean this workspace and no other; its aliases, if it was one of its own, come along."""
        if alias == id_ or self._aliases.get(alias) == id_:
            return
        former = self.owner(alias)
        if former is not None:
            self._remember(attrs.evolve(former, aliases=tuple(each for each in former.aliases if each != alias)))
        merged = self._known.pop(alias, None)
        further = (alias, *(() if merged is None else merged.aliases))
        self.enter(attrs.evolve(self._known[id_], aliases=(*self._known[id_].aliases, *further)))

    def touch(self, id_: str) -> None:
        """The workspace is used now."""
        now = time.time()
        self._accesses[id_] = now
        if now - self._saved > ACCESS_RESOLUTION_SECONDS:
            self.save()

    def save(self) -> None:
        """Have all of it written."""
        self._saved = time.time()
        self._note_accesses()
        self._write(list(self._known.values()))

    def _remember(self, known: KnownWorkspace) -> None:
        self._known[known.id] = known
        for alias in known.aliases:
            self._aliases[alias] = known.id

    def _note_accesses(self) -> None:
        for id_, accessed in self._accesses.items():
            if id_ in self._known:
                at = datetime.fromtimestamp(accessed, UTC)
                self._known[id_] = attrs.evolve(self._known[id_], last_accessed=at)
        self._accesses.clear()
