"""What systemd or launchd are told and asked about the unit of `gorev service`. All of it blocks."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from typing import Final

import attrs

from gorev.cli.speech import Failed
from gorev.daemon.units import LABEL, SYSTEMD_NAME, Unit
from gorev.locale import text

_PATIENCE_SECONDS: Final = 60.0


@attrs.frozen
class Step:
    """A command of the service manager; one that is not ``needed`` may fail."""

    words: Sequence[str]
    needed: bool = True


def starting(unit: Unit) -> list[Step]:
    """Have the manager read the unit file, start it, and start it at every login."""
    if unit.manager == "systemd":
        return [_systemctl("daemon-reload"), _systemctl("enable", "--now", SYSTEMD_NAME)]
    return [
        Step(("launchctl", "bootout", f"{_domain()}/{LABEL}"), needed=False),
        Step(("launchctl", "bootstrap", _domain(), str(unit.path))),
    ]


def restarting(unit: Unit) -> Step:
    """End the unit's daemon in order and start the next one; launchd does not wait for that."""
    if unit.manager == "systemd":
        return _systemctl("restart", SYSTEMD_NAME)
    return Step(("launchctl", "kickstart", "-k", f"{_domain()}/{LABEL}"))


def stopping(unit: Unit) -> list[Step]:
    """End it, and do not start it at the next login."""
    if unit.manager == "systemd":
        return [_systemctl("disable", "--now", SYSTEMD_NAME, needed=False)]
    return [Step(("launchctl", "bootout", f"{_domain()}/{LABEL}"), needed=False)]


def forgetting(unit: Unit) -> list[Step]:
    """Have the manager see that the unit file is gone."""
    return [_systemctl("daemon-reload", needed=False)] if unit.manager == "systemd" else []


def run(step: Step, language: str) -> None:
    """Give a command. Raises `Failed` if it was needed and did not succeed."""
    shown = " ".join(step.words)
    try:
        done = _output(step)
        problem = (done.stderr or done.stdout).strip() if done.returncode else ""
        failed = done.returncode != 0
    except (OSError, subprocess.TimeoutExpired) as error:
        problem, failed = str(error), True
    if failed and step.needed:
        raise Failed(text(language, "{command} did not succeed: {reason}", command=shown, reason=problem or "?"))


def state(unit: Unit) -> str | None:
    """What the manager says of the service; None if it cannot be asked."""
    if unit.manager == "systemd":
        return _property("ActiveState")
    lines = _printed()
    return None if lines is None else lines.get("state", "not loaded")


def main_pid(unit: Unit) -> int | None:
    """The process that the manager runs as this unit; None if there is none or it cannot be asked."""
    found = _property("MainPID") if unit.manager == "systemd" else (_printed() or {}).get("pid")
    return int(found) if found and found.isdecimal() and int(found) else None


def _property(name: str) -> str | None:
    try:
        done = _output(_systemctl("show", f"--property={name}", "--value", SYSTEMD_NAME))
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _printed() -> dict[str, str] | None:
    """What launchd tells of the agent, the first of each name; nothing if it does not know it."""
    try:
        done = _output(Step(("launchctl", "print", f"{_domain()}/{LABEL}")))
    except (OSError, subprocess.TimeoutExpired):
        return None
    pairs = [line.split("=", 1) for line in reversed(done.stdout.splitlines()) if "=" in line]
    return {name.strip(): value.strip() for name, value in pairs}


def _systemctl(*words: str, needed: bool = True) -> Step:
    return Step(("systemctl", "--user", *words), needed)


def _domain() -> str:
    return f"gui/{os.getuid()}"


def _output(step: Step) -> subprocess.CompletedProcess[str]:
    return subprocess.run(step.words, capture_output=True, text=True, timeout=_PATIENCE_SECONDS, check=False)
