"""Editors as far as their command lines go: small scripts that keep what is installed in files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import attrs

_SCRIPT: Final = """#!/bin/sh
state="{state}"
echo "$*" >>"$state/calls"
while test -e "$state/$1.waits"; do sleep 0.02; done
test -e "$state/$1.slow" && {{ sleep 600 & echo $! >"$state/child"; wait; }}
if test -e "$state/$1.broken"; then cat "$state/$1.broken" >&2; exit 1; fi
case "$1" in
--version) printf '%s\\n' 1.95.3 0123456789abcdef x64 ;;
--list-extensions) cat "$state/installed" ;;
--install-extension)
    test -e "$state/offered" || {{ echo "Error while fetching extensions. getaddrinfo ENOTFOUND" >&2; exit 1; }}
    grep -iv "^$2@" "$state/installed" >"$state/new"
    echo "$2@$(cat "$state/offered")" >>"$state/new"
    mv "$state/new" "$state/installed"
    echo "Extension '$2' was successfully installed." ;;
--uninstall-extension)
    grep -iv "^$2@" "$state/installed" >"$state/new"
    mv "$state/new" "$state/installed" ;;
*) exit 2 ;;
esac
"""


@attrs.frozen
class FakeEditor:
    """One editor, as an executable in ``folder`` of this name; without an ``offered`` version it is offline."""

    folder: Path
    name: str

    @classmethod
    def make(cls, folder: Path, name: str, offered: str | None = "1.2.0", installed: str | None = None) -> FakeEditor:
        """A new one."""
        editor = cls(folder, name)
        editor.state.mkdir(parents=True)
        (folder / name).write_text(_SCRIPT.format(state=editor.state))
        (folder / name).chmod(0o755)
        lines = ["ms-python.python@2025.1.0\n"]
        if installed is not None:
            lines.append(f"Mehmetsenol.gorev-vscode@{installed}\n")
        (editor.state / "installed").write_text("".join(lines))
        (editor.state / "calls").touch()
        if offered is not None:
            (editor.state / "offered").write_text(offered)
        return editor

    @property
    def state(self) -> Path:
        """Where it keeps its files."""
        return self.folder / f".{self.name}-state"

    @property
    def calls(self) -> list[str]:
        """The command lines that it was called with, in order."""
        return (self.state / "calls").read_text().splitlines()

    @property
    def installed(self) -> list[str]:
        """What it has, ``id@version``."""
        return (self.state / "installed").read_text().splitlines()

    def break_(self, option: str, complaint: str = "something is wrong") -> None:
        """Let a command fail with these words."""
        (self.state / f"{option}.broken").write_text(complaint)

    def slow_down(self, option: str) -> None:
        """Let a command take for ever, with a process of its own below it."""
        (self.state / f"{option}.slow").touch()

    @contextmanager
    def waiting(self, option: str) -> Iterator[None]:
        """Let a command take until the end of the block."""
        (self.state / f"{option}.waits").touch()
        try:
            yield
        finally:
            (self.state / f"{option}.waits").unlink()

    @property
    def child(self) -> int | None:
        """The process that a slow command has started."""
        file = self.state / "child"
        return int(file.read_text()) if file.exists() and file.read_text().strip() else None
