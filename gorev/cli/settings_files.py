"""The settings files of other programs: read as they are, written whole or not at all, with a copy of what was there.

What was written is noted in ``setup.json`` of the daemon directory: a file that nobody has changed since can be put
back exactly as it was.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeGuard

import attrs

from gorev.cli.server_entries import Unusable

_NOTES = "setup.json"


class Changed(Exception):
    """Another program has written the file meanwhile."""


@attrs.frozen
class Original:
    """What a file was before it was changed: its ``text``, None if there was no file."""

    text: str | None


@attrs.frozen
class SettingsFiles:
    """Knows, in the daemon ``directory``, what it wrote earlier."""

    directory: Path

    def read(self, path: Path) -> str:
        """The text of a file, empty if there is none. Raises `Unusable` for what is no text, and OSError."""
        try:
            return _decoded(path.read_bytes())
        except FileNotFoundError:
            return ""

    def write(self, path: Path, before: str, after: str) -> Path | None:
        """Put a text in the place of ``before``; returns the copy of what its owner wrote, None if there was nothing.

        What we wrote ourselves is not copied. Raises `Changed` and OSError; the file is then as it was.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        real = Path(os.path.realpath(path))  # a link to the file in somebody's collection of settings stays a link
        present = real.read_bytes() if real.exists() else None
        if _decoded(present or b"") != before:
            raise Changed
        note = self._notes().get(str(path))
        content = after.encode()
        if present is not None and present.startswith(_MARK):
            content = _MARK + content
        if present is not None and _is_of(note, present):
            _replace(real, content)
            backup = None if note["backup"] is None else Path(note["backup"])
            self._note(path, content, backup)
            return backup
        backup = None if present is None else _copy(real, present)
        _replace(real, content)
        # A file that its owner has changed since we wrote to it has our entry, and is no file to go back to.
        self._note(path, content if note is None else None, backup)
        return backup

    def as_it_was(self, path: Path) -> Original | None:
        """What was there before our `write`; None if that is not known, or somebody has changed the file since."""
        note = self._notes().get(str(path))
        if not _is_of(note, path.read_bytes()):
            return None
        backup = note["backup"]
        if backup is None:
            return Original(None)
        return Original(self.read(Path(backup))) if Path(backup).exists() else None

    def restore(self, path: Path, before: str, after: str | None) -> None:
        """Put a text back, or take the file away if there was none. Raises as `write`."""
        real = Path(os.path.realpath(path))
        present = real.read_bytes()
        if _decoded(present) != before:
            raise Changed
        if after is None:
            real.unlink()
        else:
            if self.as_it_was(path) is None:
                _copy(real, present)
            _replace(real, (_MARK if present.startswith(_MARK) else b"") + after.encode())
        self._note(path, None, None)

    def _notes(self) -> dict[str, Any]:
        try:
            notes = json.loads((self.directory / _NOTES).read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return notes if isinstance(notes, dict) else {}

    def _note(self, path: Path, content: bytes | None, backup: Path | None) -> None:
        notes = self._notes()
        notes.pop(str(path), None)
        if content is not None:
            notes[str(path)] = {"sha256": _digest(content), "backup": None if backup is None else str(backup)}
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        _replace(self.directory / _NOTES, json.dumps(notes, indent=2).encode())


_MARK = b"\xef\xbb\xbf"


def _is_of(note: Any, content: bytes) -> TypeGuard[dict[str, Any]]:
    """Whether it is noted that we wrote this content."""
    return isinstance(note, dict) and note.get("sha256") == _digest(content) and "backup" in note


def _decoded(content: bytes) -> str:
    try:
        return content.removeprefix(_MARK).decode()
    except UnicodeDecodeError:
        raise Unusable("it is not UTF-8") from None


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _copy(path: Path, content: bytes) -> Path:
    """A copy beside the file, with the file's mode, under a name that is not taken."""
    instant = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    mode = path.stat().st_mode & 0o777
    for number in range(1000):
        backup = path.with_name(f"{path.name}.before-gorev-{instant}{f'-{number}' if number else ''}")
        with suppress(FileExistsError):
            with os.fdopen(os.open(backup, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
                file.write(content)
            return backup
    raise FileExistsError(str(path))


def _replace(path: Path, content: bytes) -> None:
    """Write a file whole: its readers see the old text or the new one."""
    draft = path.with_name(f".{path.name}.gorev-{os.getpid()}")
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o600
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(mode)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
