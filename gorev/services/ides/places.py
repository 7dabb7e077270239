"""Where editors are, by system. Pure, so that every system's table can be looked at on any."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath, PureWindowsPath
from typing import Final

import attrs

from gorev.domain.ides import Ide

NAME: Final[Mapping[Ide, str]] = {Ide.VSCODE: "VS Code", Ide.CURSOR: "Cursor", Ide.WINDSURF: "Windsurf"}
COMMAND: Final[Mapping[Ide, str]] = {Ide.VSCODE: "code", Ide.CURSOR: "cursor", Ide.WINDSURF: "windsurf"}

_SETTINGS: Final = {Ide.VSCODE: "Code", Ide.CURSOR: "Cursor", Ide.WINDSURF: "Windsurf"}
_HIDDEN: Final = {Ide.VSCODE: ".vscode", Ide.CURSOR: ".cursor", Ide.WINDSURF: ".windsurf"}
_APPLICATION: Final = {Ide.VSCODE: "Visual Studio Code.app", Ide.CURSOR: "Cursor.app", Ide.WINDSURF: "Windsurf.app"}
_LINUX: Final[Mapping[Ide, tuple[str, ...]]] = {
    Ide.VSCODE: (
        "/usr/bin/code",
        "/usr/local/bin/code",
        "/snap/bin/code",
        "/usr/share/code/bin/code",
        "/opt/visual-studio-code/bin/code",
        "/var/lib/flatpak/exports/bin/com.visualstudio.code",
    ),
    Ide.CURSOR: ("/usr/bin/cursor", "/usr/local/bin/cursor", "/usr/share/cursor/bin/cursor", "/opt/cursor/bin/cursor"),
    Ide.WINDSURF: (
        "/usr/bin/windsurf",
        "/usr/local/bin/windsurf",
        "/usr/share/windsurf/bin/windsurf",
        "/opt/windsurf/bin/windsurf",
    ),
}
_WINDOWS: Final = {
    Ide.VSCODE: r"Microsoft VS Code\bin\code.cmd",
    Ide.CURSOR: r"cursor\resources\app\bin\cursor.cmd",
    Ide.WINDSURF: r"Windsurf\bin\windsurf.cmd",
}


@attrs.frozen(kw_only=True)
class IdePlaces:
    """Where one editor may be: its ``command`` in PATH, else one of ``executables``; and where it keeps its things."""

    command: str
    executables: tuple[str, ...]
    config_path: str
    extensions_path: str


def places(ide: Ide, system: str, home: str, environ: Mapping[str, str]) -> IdePlaces:
    """The places on a system (a value of ``sys.platform``)."""
    if system == "win32":
        return _on_windows(ide, home, environ)
    user = PurePosixPath(home)
    if system == "darwin":
        bundle = PurePosixPath("Applications", _APPLICATION[ide], "Contents/Resources/app/bin", COMMAND[ide])
        executables: tuple[str, ...] = (str("/" / bundle), str(user / bundle))
        config = user / "Library/Application Support"
    else:
        executables = (*_LINUX[ide], str(user / ".local/bin" / COMMAND[ide]))
        config = PurePosixPath(environ.get("XDG_CONFIG_HOME") or user / ".config")
    return IdePlaces(
        command=COMMAND[ide],
        executables=executables,
        config_path=str(config / _SETTINGS[ide] / "User"),
        extensions_path=str(user / _HIDDEN[ide] / "extensions"),
    )


def _on_windows(ide: Ide, home: str, environ: Mapping[str, str]) -> IdePlaces:
    user = PureWindowsPath(home)
    local = PureWindowsPath(environ.get("LOCALAPPDATA") or user / r"AppData\Local")
    roaming = PureWindowsPath(environ.get("APPDATA") or user / r"AppData\Roaming")
    programs = [local / "Programs", *(PureWindowsPath(environ[name]) for name in ("ProgramFiles",) if name in environ)]
    return IdePlaces(
        command=COMMAND[ide],
        executables=tuple(str(folder / _WINDOWS[ide]) for folder in programs),
        config_path=str(roaming / _SETTINGS[ide] / "User"),
        extensions_path=str(user / _HIDDEN[ide] / "extensions"),
    )
