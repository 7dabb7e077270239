"""Watched files: which changes matter to which tasks (``behaviours.md`` §7, ``data-model.md`` §14).

Paths are absolute and clean, in the manner of the system the daemon runs on. A watch is of a file, of a folder with all
that is below it, or of the names in a folder that fit the pattern in its last component.
"""

from __future__ import annotations

import enum
import fnmatch
import os.path
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

import attrs

DEBOUNCE_MS: Final = 500
SIZE_LIMIT: Final = 10 * 1024 * 1024
EXTENSIONS: Final = (
    *(".go", ".js", ".ts", ".py", ".java", ".cpp", ".c", ".h", ".md", ".txt", ".json", ".yaml", ".yml"),
)
# The last two are Gorev's own: what it writes itself must not become a change.
IGNORED: Final = (
    *("node_modules", ".git", ".vscode", "vendor", "build", "dist", "*.tmp", "*.log", "*.swp"),
    *(".gorev", ".gorev-daemon"),
)

_IGNORED: Final = re.compile("|".join(fnmatch.translate(pattern) for pattern in IGNORED))
_PATTERN_SIGNS: Final = frozenset("*?[")


class FileOperation(enum.Enum):
    """What happened to a file."""

    CREATE = "create"
    WRITE = "write"
    REMOVE = "remove"
    RENAME = "rename"

    @property
    def leaves_content(self) -> bool:
        """Whether there is something to work with afterwards: only then a task is begun."""
        return self in (FileOperation.CREATE, FileOperation.WRITE)


@attrs.frozen(kw_only=True)
class Watch:
    """A path that a task is told of."""

    id: int
    task_id: str
    path: str
    active: bool
    created_at: datetime
    updated_at: datetime


@attrs.frozen
class Watches:
    """Several watches, oldest first."""

    watches: tuple[Watch, ...]


@attrs.frozen(kw_only=True)
class FileChange:
    """What happened to a file that tasks are told of: the events of half a second as one."""

    path: str
    operation: FileOperation
    time: datetime
    task_ids: frozenset[str]


class WatchState(enum.Enum):
    """How far watching works: nothing to do, all of it, not every folder, not at all."""

    IDLE = "idle"
    WATCHING = "watching"
    DEGRADED = "degraded"
    UNAVAILABLE = "unavailable"


@attrs.frozen(kw_only=True)
class WatchStatistics:
    """What is watched in a workspace, and what came of it since the daemon started.

    ``events`` were seen, ``changes`` recorded after merging. Of the whole daemon are ``dropped``, events that were too
    many at once, and ``state``.
    """

    watches: int
    paths: int
    tasks: int
    events: int
    changes: int
    dropped: int
    state: WatchState


def merged(earlier: FileOperation, later: FileOperation) -> FileOperation:
    """Two events of one path as one, as somebody would see it who looked before and after."""
    if not later.leaves_content:
        return later
    if earlier is FileOperation.CREATE:
        return earlier
    return FileOperation.WRITE


def is_ignored(part: str) -> bool:
    """Whether nothing below a path component of this name matters."""
    return _IGNORED.fullmatch(part) is not None


def has_watched_extension(path: str) -> bool:
    """Whether the file is of a kind that matters in a watched folder."""
    return os.path.splitext(path)[1].lower() in EXTENSIONS


def _upwards(path: str) -> Iterator[str]:
    """The path and each folder above it."""
    while True:
        yield path
        above = os.path.dirname(path)
        if above == path:
            return
        path = above


@attrs.frozen
class _Pattern:
    """Names in a folder. One that spells its extension out takes every file that fits, as a full path does."""

    names: re.Pattern[str]
    is_explicit: bool
    task_ids: frozenset[str]

    def fits(self, name: str) -> bool:
        if self.names.fullmatch(name) is None:
            return False
        return self.is_explicit or (has_watched_extension(name) and not is_ignored(name))


@attrs.frozen
class WatchIndex:
    """Finds the tasks that a change matters to, in a time that does not depend on the number of watches."""

    tasks_by_path: Mapping[str, frozenset[str]]
    _patterns: Mapping[str, tuple[_Pattern, ...]]

    @classmethod
    def of(cls, watches: Iterable[Watch]) -> WatchIndex:
        """The index of those that are active."""
        tasks: dict[str, set[str]] = {}
        for watch in watches:
            if watch.active:
                tasks.setdefault(watch.path, set()).add(watch.task_id)
        by_path = {path: frozenset(ids) for path, ids in tasks.items()}
        patterns: dict[str, tuple[_Pattern, ...]] = {}
        for path, ids in by_path.items():
            folder, name = os.path.split(path)
            if _PATTERN_SIGNS & set(name):
                extension = os.path.splitext(name)[1]
                pattern = _Pattern(
                    re.compile(fnmatch.translate(name)), bool(extension) and not _PATTERN_SIGNS & set(extension), ids
                )
                patterns[folder] = (*patterns.get(folder, ()), pattern)
        return cls(by_path, patterns)

    def tasks_of(self, path: str, *, is_folder: bool) -> frozenset[str]:
        """The tasks to tell of a change at ``path``; of a folder only those that watch this very path."""
        found = self.tasks_by_path.get(path, frozenset())
        if is_folder:
            return found
        folder, name = os.path.split(path)
        for pattern in self._patterns.get(folder, ()):
            if pattern.fits(name):
                found |= pattern.task_ids
        if not has_watched_extension(path):
            return found
        for below in _upwards(path):
            if is_ignored(os.path.basename(below)):
                break
            found |= self.tasks_by_path.get(os.path.dirname(below), frozenset())
        return found


@attrs.frozen
class WatchPlan:
    """The folders that have to be looked at for some watches.

    ``anchors`` are existing folders, from which the watched paths are reached along ``routes``; so what does not exist
    yet is found when it appears, and what is replaced is found again. ``trees`` are the watched paths themselves.
    """

    anchors: frozenset[str]
    routes: frozenset[str]
    trees: frozenset[str]

    @classmethod
    def of(cls, anchors: Mapping[str, str]) -> WatchPlan:
        """The plan for watched paths, each with its anchor."""
        routes: set[str] = set()
        for path, anchor in anchors.items():
            for folder in _upwards(os.path.dirname(path)):
                if len(folder) < len(anchor):
                    break
                routes.add(folder)
        return cls(frozenset(anchors.values()), frozenset(routes), frozenset(anchors))

    def names(self, path: str) -> bool:
        """Whether the path is watched itself or on the way to one that is."""
        return path in self.routes or path in self.trees

    def wants(self, folder: str) -> bool:
        """Whether changes directly in ``folder`` may matter."""
        if folder in self.routes:
            return True
        for above in _upwards(folder):
            if above in self.trees:
                return True
            if is_ignored(os.path.basename(above)):
                return False
        return False
