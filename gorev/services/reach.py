"""Which files a workspace's user may name, for reading and for writing (``rest-api.md`` §4.14).

What is allowed is decided on paths, once symlinks are resolved, and on the file that was really opened: between the
two, a part of the path may become a symlink to elsewhere. All of this touches the disk and is for threads. Errors name
the path as the caller gave it and never quote a file.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

import attrs

from gorev.domain.errors import FileMissing, FileUnusable, PathNotAllowed
from gorev.domain.text import clean

HEAD_BYTES: Final = 4_096
# Of a path that is resolved: its end is no symlink. Should it be a pipe, no writer is waited for.
_READING: Final = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC


@attrs.frozen(kw_only=True)
class Reach:
    """The places of one workspace's user. All are absolute.

    ``own_folder`` is the daemon's, with its lock and log; ``exports`` an extra folder for exports; ``databases`` are
    the files of the workspaces that are open.
    """

    root: Path
    home: Path
    own_folder: Path
    exports: Path | None = None
    databases: Callable[[], Collection[Path]] = tuple

    def resolved(self, given: str) -> Path:
        """The file that a path means: ``~`` is the home directory, what is relative starts at the workspace's root.

        @raise InvalidValue: it is no text that can be a path.
        @raise FileUnusable: it runs in a circle of symlinks, or is too long.
        """
        expanded = self.home / given[2:] if given == "~" or given.startswith("~/") else Path(clean("path", given))
        try:
            return Path(os.path.realpath(self.root / expanded))
        except OSError as error:
            raise FileUnusable(path=given, system=error.strerror) from None

    def check_inside(self, given: str, path: Path) -> None:
        """May something at a resolved path be used that belongs to the workspace?

        @raise PathNotAllowed: it is elsewhere.
        """
        if not _is_within(path, _real(self.root)):
            raise PathNotAllowed(path=given, reason="it is outside of the workspace")

    def check_readable(self, given: str, path: Path) -> None:
        """May the file at a resolved path be read?

        @raise PathNotAllowed: it is the daemon's own.
        """
        if self._is_own(path):
            raise PathNotAllowed(path=given, reason="it belongs to Gorev itself")

    def check_writable(self, given: str, path: Path, extensions: Sequence[str]) -> None:
        """May a file be written at a resolved path?

        @raise PathNotAllowed: the place or the name will not do.
        """
        if self._is_own(path):
            raise PathNotAllowed(path=given, reason="it belongs to Gorev itself")
        if not path.name.lower().endswith(tuple(extensions)):
            raise PathNotAllowed(path=given, reason="its name does not end as the format's files do")
        root, home = _real(self.root), _real(self.home)
        # A workspace that holds the home directory does not open up what is hidden in there.
        if _is_within(path, root) and not (_is_within(home, root) and _is_within(path, home)):
            return
        if _is_within(path, home):
            if any(part.startswith(".") for part in path.relative_to(home).parts):
                raise PathNotAllowed(path=given, reason="part of it is hidden")
            return
        if self.exports is None or not _is_within(path, _real(self.exports)):
            raise PathNotAllowed(
                path=given, reason="it is outside of the workspace, the home directory and the export directory"
            )

    def _is_own(self, path: Path) -> bool:
        if _is_within(path, _real(self.own_folder)):
            return True
        # A database has companions, named after it.
        if path.parent.name == ".gorev" and path.name.startswith("gorev") and ".db" in path.name:
            return True
        databases = [_real(each) for each in self.databases()]
        if any(path.parent == each.parent and path.name.startswith(each.name) for each in databases):
            return True
        with suppress(OSError):
            return self.holds(path.stat())
        return False

    def holds(self, status: os.stat_result) -> bool:
        """Whether a file is one of the daemon's own, by whatever name: a hard link has another one."""
        own = [_real(each) for each in self.databases()]
        with suppress(OSError):
            own += self.own_folder.iterdir()
        for each in own:
            with suppress(OSError):
                if os.path.samestat(status, each.stat()):
                    return True
        return False


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))


def _is_within(path: Path, folder: Path) -> bool:
    return path.is_relative_to(folder)


@contextmanager
def reading(reach: Reach, given: str) -> Iterator[tuple[Path, BinaryIO]]:
    """A file opened for reading, with its resolved path.

    @raise FileMissing: there is none.
    @raise PathNotAllowed: it is no regular file, or the daemon's own.
    @raise FileUnusable: the system cannot read it.
    """
    path = reach.resolved(given)
    reach.check_readable(given, path)
    try:
        # Opening alone does something to some devices.
        if not stat.S_ISREG(path.stat().st_mode):
            raise PathNotAllowed(path=given, reason="it is no regular file")
        descriptor = os.open(path, _READING)
    except (FileNotFoundError, NotADirectoryError):
        raise FileMissing(path=given) from None
    except OSError as error:
        raise FileUnusable(path=given, system=error.strerror) from None
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise PathNotAllowed(path=given, reason="it is no regular file")
        if _real(path) != path or reach.holds(status):
            raise PathNotAllowed(path=given, reason="it was changed meanwhile")
        try:
            yield path, file
        except OSError as error:
            raise FileUnusable(path=given, system=error.strerror) from None


@contextmanager
def writing(
    reach: Reach, given: str, extensions: Sequence[str], is_export: Callable[[bytes], bool]
) -> Iterator[tuple[Path, BinaryIO]]:
    """A file to write, with the resolved path under which it appears when all of it is there.

    @raise PathNotAllowed: it may not be written, or there is a file that is no export (``is_export`` looks at its
        beginning).
    @raise FileUnusable: the system cannot write it.
    """
    path = reach.resolved(given)
    reach.check_writable(given, path, extensions)
    fresh = f".gorev-{os.urandom(4).hex()}.new"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # From here on everything is done in the folder that was checked, wherever its path leads by then.
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            if _real(path.parent) != path.parent or not os.path.samestat(os.fstat(folder), path.parent.stat()):
                raise PathNotAllowed(path=given, reason="it was changed meanwhile")
            mode = _replaceable_mode(given, folder, path.name, is_export)
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666, dir_fd=folder)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    if mode is not None:
                        os.fchmod(descriptor, mode)
                    yield path, file
                    file.flush()
                    os.fsync(descriptor)
                _replaceable_mode(given, folder, path.name, is_export)
                os.replace(fresh, path.name, src_dir_fd=folder, dst_dir_fd=folder)
            except BaseException:
                with suppress(FileNotFoundError):
                    os.unlink(fresh, dir_fd=folder)
                raise
        finally:
            os.close(folder)
    except OSError as error:
        raise FileUnusable(path=given, system=error.strerror) from None


def _replaceable_mode(given: str, folder: int, name: str, is_export: Callable[[bytes], bool]) -> int | None:
    """The mode of the file of this name in an open folder, if there is one."""
    try:
        if not stat.S_ISREG(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
            raise PathNotAllowed(path=given, reason="it is no regular file")
        descriptor = os.open(name, _READING, dir_fd=folder)
    except FileNotFoundError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise PathNotAllowed(path=given, reason="it is no regular file")
        if status.st_size and not is_export(file.read(HEAD_BYTES)):
            raise PathNotAllowed(path=given, reason="a file that is no export is there")
    return status.st_mode & 0o777
