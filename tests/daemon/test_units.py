"""Unit files: read by the managers' own tools where there are any, and by parsers of their formats."""

from __future__ import annotations

import os
import plistlib
import shutil
import subprocess
from pathlib import Path

import pytest

from gorev.daemon.units import LABEL, MARK, Unit, is_ours, unit_for

COMMAND = ("/opt/my tools/bin/twistd", "--nodaemon", "--pidfile=", "gorev")


def unit(home: Path, platform: str, command: tuple[str, ...] = COMMAND, **environ: str) -> Unit:
    made = unit_for(home, command, environ, platform)
    assert made is not None
    return made


def test_a_systemd_unit_lies_where_the_user_s_manager_looks(home: Path) -> None:
    assert unit(home, "linux").path == home / ".config/systemd/user/gorev.service"
    assert unit(home, "linux", XDG_CONFIG_HOME="/x").path == Path("/x/systemd/user/gorev.service")
    assert unit(home, "linux", XDG_CONFIG_HOME="relative").path == home / ".config/systemd/user/gorev.service"


def test_a_launchd_agent_is_a_property_list_that_runs_the_command_at_login(home: Path) -> None:
    agent = unit(home, "darwin")
    assert agent.path == home / "Library/LaunchAgents" / f"{LABEL}.plist"
    read = plistlib.loads(agent.content.encode())
    assert read["ProgramArguments"] == list(COMMAND)
    assert (read["Label"], read["RunAtLoad"], read["KeepAlive"]) == (LABEL, True, {"Crashed": True})


def test_there_is_none_for_another_system(home: Path) -> None:
    assert unit_for(home, COMMAND, {}, "win32") is None


@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_our_files_are_known_by_their_mark(home: Path, platform: str) -> None:
    content = unit(home, platform).content
    assert is_ours(content)
    assert not is_ours(content.replace(MARK, "Written by me"))
    assert not is_ours("")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="this system has no systemd")
@pytest.mark.parametrize("folder", ["plain", "with space", "100% $HOME"])
def test_systemd_finds_nothing_wrong_and_runs_the_very_file(home: Path, folder: str) -> None:
    program = home / folder / "twistd"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    made = unit(home, "linux", (str(program), *COMMAND[1:]))
    made.path.parent.mkdir(parents=True)
    made.path.write_text(made.content)
    verified = subprocess.run(
        ["systemd-analyze", "verify", "--user", "--man=no", made.path],
        env={**os.environ, "HOME": str(home), "XDG_RUNTIME_DIR": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (verified.returncode, verified.stderr) == (0, "")
    program.unlink()
    missing = subprocess.run(
        ["systemd-analyze", "verify", "--user", "--man=no", made.path],
        env={**os.environ, "HOME": str(home), "XDG_RUNTIME_DIR": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "is not executable" in missing.stderr
