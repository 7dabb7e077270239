"""Unit files by which systemd or launchd keep the daemon running (systemd.service(5), launchd.plist(5)).

Pure text and paths: who writes them is the command line. Each file begins with a mark, by which ours are told from
those that somebody else has written.
"""

from __future__ import annotations

import plistlib
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Literal

import attrs

MARK: Final = "Written by: gorev service install"
LABEL: Final = "dev.gorev.daemon"
SYSTEMD_NAME: Final = "gorev.service"
# A stop may take 30 s (lifecycle.md §4.3).
STOP_SECONDS: Final = 35

Manager = Literal["systemd", "launchd"]


@attrs.frozen
class Unit:
    """A unit file: whose it is, where it belongs, what stands in it."""

    manager: Manager
    path: Path
    content: str


def unit_for(
    home: Path, command: Sequence[str], environ: Mapping[str, str], platform: str = sys.platform
) -> Unit | None:
    """The unit that runs ``command`` for the user of ``home``; None where there is no such manager.

    Nothing of ``environ`` is handed on, so that what decides the daemon's settings is its configuration file.
    """
    if platform == "darwin":
        path = home / "Library" / "LaunchAgents" / f"{LABEL}.plist"
        return Unit("launchd", path, _plist(home, command))
    if platform.startswith("linux"):
        configured = environ.get("XDG_CONFIG_HOME", "")
        base = Path(configured) if configured.startswith("/") else home / ".config"
        return Unit("systemd", base / "systemd" / "user" / SYSTEMD_NAME, _systemd(command))
    return None


def is_ours(content: str) -> bool:
    """Whether this program wrote a file with this content."""
    return any(MARK in line for line in content.splitlines()[:3])


def _systemd(command: Sequence[str]) -> str:
    program, *arguments = command  # variables are expanded in the arguments only
    return f"""\
# {MARK}
[Unit]
Description=Gorev, the task daemon of this user
StartLimitIntervalSec=60
StartLimitBurst=5

[Service]
Type=notify
ExecStart={_quoted(program)} {" ".join(_quoted(word.replace("$", "$$")) for word in arguments)}
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
RestartSec=2
SuccessExitStatus=143
TimeoutStopSec={STOP_SECONDS}
UMask=0022
NoNewPrivileges=yes

[Install]
WantedBy=default.target
"""


def _quoted(word: str) -> str:
    """A word of a systemd command line, quoted where it must be; specifiers in it are not expanded."""
    word = word.replace("%", "%%")
    if re.fullmatch(r"[\w@%+=:,./$-]+", word, re.ASCII):
        return word
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _plist(home: Path, command: Sequence[str]) -> str:
    agent = {
        "Label": LABEL,
        "ProgramArguments": list(command),
        "RunAtLoad": True,
        "KeepAlive": {"Crashed": True},
        "ThrottleInterval": 5,
        "ExitTimeOut": STOP_SECONDS,
        "ProcessType": "Interactive",
        "StandardErrorPath": str(home / ".gorev-daemon" / "service.log"),
    }
    head, rest = plistlib.dumps(agent).decode().split("\n", 1)
    return f"{head}\n<!-- {MARK} -->\n{rest}"
