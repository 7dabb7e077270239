"""Where editors may be on each system."""

from __future__ import annotations

import pytest

from gorev.domain.ides import Ide
from gorev.services.ides.places import places


@pytest.mark.parametrize(
    ("ide", "executable", "config", "extensions"),
    [
        (Ide.VSCODE, "/usr/bin/code", "/h/.config/Code/User", "/h/.vscode/extensions"),
        (Ide.CURSOR, "/usr/bin/cursor", "/h/.config/Cursor/User", "/h/.cursor/extensions"),
        (Ide.WINDSURF, "/usr/bin/windsurf", "/h/.config/Windsurf/User", "/h/.windsurf/extensions"),
    ],
)
def test_on_linux(ide: Ide, executable: str, config: str, extensions: str) -> None:
    found = places(ide, "linux", "/h", {})
    assert executable in found.executables
    assert (found.config_path, found.extensions_path) == (config, extensions)
    assert places(ide, "linux", "/h", {"XDG_CONFIG_HOME": "/x"}).config_path == config.replace("/h/.config", "/x")


@pytest.mark.parametrize(
    ("ide", "bundle", "config"),
    [
        (Ide.VSCODE, "Visual Studio Code.app/Contents/Resources/app/bin/code", "Code"),
        (Ide.CURSOR, "Cursor.app/Contents/Resources/app/bin/cursor", "Cursor"),
        (Ide.WINDSURF, "Windsurf.app/Contents/Resources/app/bin/windsurf", "Windsurf"),
    ],
)
def test_on_macos(ide: Ide, bundle: str, config: str) -> None:
    found = places(ide, "darwin", "/Users/u", {})
    assert found.executables == (f"/Applications/{bundle}", f"/Users/u/Applications/{bundle}")
    assert found.config_path == f"/Users/u/Library/Application Support/{config}/User"


@pytest.mark.parametrize(
    ("ide", "command", "config"),
    [
        (Ide.VSCODE, r"Microsoft VS Code\bin\code.cmd", "Code"),
        (Ide.CURSOR, r"cursor\resources\app\bin\cursor.cmd", "Cursor"),
        (Ide.WINDSURF, r"Windsurf\bin\windsurf.cmd", "Windsurf"),
    ],
)
def test_on_windows(ide: Ide, command: str, config: str) -> None:
    environ = {"LOCALAPPDATA": r"D:\l", "APPDATA": r"D:\r", "ProgramFiles": r"C:\Program Files"}
    found = places(ide, "win32", r"C:\Users\u", environ)
    assert found.executables == (rf"D:\l\Programs\{command}", rf"C:\Program Files\{command}")
    assert found.config_path == rf"D:\r\{config}\User"
    bare = places(ide, "win32", r"C:\Users\u", {})
    assert bare.executables == (rf"C:\Users\u\AppData\Local\Programs\{command}",)
    assert bare.config_path == rf"C:\Users\u\AppData\Roaming\{config}\User"
