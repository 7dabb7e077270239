"""The assistants that ``gorev setup`` knows: where each keeps its settings, and what an MCP server looks like there.

Pure, so that every system's table can be looked at on any. The places are those that the programs' own documentation
names (2026).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath, PurePosixPath, PureWindowsPath
from typing import Any, Final, Literal

import attrs

NAME: Final = "gorev"

Form = Literal["json", "toml"]


@attrs.frozen(kw_only=True)
class Assistant:
    """A program that speaks MCP.

    Its settings are the ``file``, in which servers are members of what is at ``path``. ``marks`` are files or folders,
    and ``command`` is a program, of which one tells that it is installed. ``further`` is what a server needs beside
    command, arguments and environment. An assistant that works in no folder is ``homeless``.
    """

    name: str
    file: str
    path: tuple[str, ...]
    marks: tuple[str, ...]
    command: str | None = None
    form: Form = "json"
    further: Mapping[str, str] = attrs.Factory(dict)
    homeless: bool = False

    def entry(self, command: list[str], environment: Mapping[str, str], home: str) -> dict[str, Any]:
        """What is written for our bridge. One of an assistant that works in no folder keeps the user's own tasks."""
        given = dict(environment)
        if self.homeless:
            given["GOREV_WORKSPACE"] = home
        return {**self.further, "command": command[0], "args": command[1:], "env": given}


def assistants(system: str, home: str, environ: Mapping[str, str]) -> tuple[Assistant, ...]:
    """Those of a system (a value of ``sys.platform``), installed or not."""
    user: PurePath = PureWindowsPath(home) if system == "win32" else PurePosixPath(home)
    settings, zed = _settings(system, user, environ), _zed(system, user, environ)
    claude_home = environ.get("CLAUDE_CONFIG_DIR")
    claude = _beside(user, claude_home) / ".claude.json" if claude_home else user / ".claude.json"
    codex = _beside(user, environ.get("CODEX_HOME") or ".codex")
    return (
        Assistant(
            name="Claude Code",
            file=str(claude),
            path=("mcpServers",),
            marks=(str(claude), str(user / ".claude")),
            command="claude",
            further={"type": "stdio"},
        ),
        Assistant(
            name="Claude Desktop",
            file=str(settings / "Claude" / "claude_desktop_config.json"),
            path=("mcpServers",),
            marks=(str(settings / "Claude"),),
            homeless=True,
        ),
        Assistant(
            name="Cursor",
            file=str(user / ".cursor" / "mcp.json"),
            path=("mcpServers",),
            marks=(str(user / ".cursor"),),
            command="cursor",
        ),
        Assistant(
            name="Windsurf",
            file=str(user / ".codeium" / "windsurf" / "mcp_config.json"),
            path=("mcpServers",),
            marks=(str(user / ".codeium" / "windsurf"),),
            command="windsurf",
        ),
        Assistant(
            name="VS Code",
            file=str(settings / "Code" / "User" / "mcp.json"),
            path=("servers",),
            marks=(str(settings / "Code" / "User"),),
            command="code",
            further={"type": "stdio"},
        ),
        Assistant(
            name="Zed",
            file=str(zed / "settings.json"),
            path=("context_servers",),
            marks=(str(zed),),
            command="zed",
            further={"source": "custom"},
        ),
        Assistant(
            name="Codex",
            file=str(codex / "config.toml"),
            path=("mcp_servers",),
            marks=(str(codex),),
            command="codex",
            form="toml",
        ),
        Assistant(
            name="Gemini CLI",
            file=str(user / ".gemini" / "settings.json"),
            path=("mcpServers",),
            marks=(str(user / ".gemini"),),
            command="gemini",
        ),
    )


def _settings(system: str, user: PurePath, environ: Mapping[str, str]) -> PurePath:
    """Where programs with windows keep their settings."""
    if system == "win32":
        return PureWindowsPath(environ["APPDATA"]) if environ.get("APPDATA") else user / "AppData" / "Roaming"
    if system == "darwin":
        return user / "Library" / "Application Support"
    return _beside(user, environ.get("XDG_CONFIG_HOME") or ".config")


def _zed(system: str, user: PurePath, environ: Mapping[str, str]) -> PurePath:
    if system == "win32":
        return _settings(system, user, environ) / "Zed"
    if system == "darwin":
        return user / ".config" / "zed"
    return _settings(system, user, environ) / "zed"


def _beside(user: PurePath, path: str) -> PurePath:
    """A path as it is, or below the home directory if it is relative."""
    return user / path
