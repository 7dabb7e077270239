"""What lies in the place of a file that the daemon reads: it starts, or says why not; it never waits or breaks."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from gorev import small_file
from gorev.cli.control import look
from gorev.configuration import Configuration
from gorev.daemon.errors import BrokenConfiguration
from gorev.daemon.lock import DaemonLock
from gorev.launcher import read_lock
from gorev.services.ides.settings import IdeSettingsFile
from gorev.services.registry import WorkspaceFile
from gorev.settings import Flags, Settings
from tests.support.running_daemon import GOREV, PATIENCE_SECONDS, RunningDaemon

NOBODY: Final = 65534


def _huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(3 * 1024**3)


def _elsewhere(path: Path) -> None:
    elsewhere = path.with_name(f"elsewhere-of-{path.name.strip('.')}")
    elsewhere.write_bytes(b"\x00elsewhere{[")
    path.symlink_to(elsewhere)


def _foreign(path: Path) -> None:
    path.write_bytes(b"x")
    path.chmod(0o600)
    os.chown(path, NOBODY, NOBODY)


KINDS: Final[dict[str, Callable[[Path], object]]] = {
    "nothing in it": lambda path: path.write_bytes(b""),
    "garbage": lambda path: path.write_bytes(b"\xff\x00garbage{[" * 1000),
    "deep": lambda path: path.write_bytes(b"[" * 100_000),
    "3 GiB": _huge,
    "a folder": lambda path: path.mkdir(),
    "a pipe": lambda path: os.mkfifo(path),
    "a link elsewhere": _elsewhere,
    "a link to nothing": lambda path: path.symlink_to("nowhere"),
    "a link to itself": lambda path: path.symlink_to(path),
    "a device": lambda path: path.symlink_to("/dev/zero"),
    "another user's": _foreign,
}

every_kind = pytest.mark.parametrize("kind", KINDS)


def put(path: Path, kind: str) -> None:
    """Put something in the place of a file."""
    if kind == "another user's" and os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    KINDS[kind](path)


# Each reader by itself


@every_kind
def test_reading_ends_with_the_content_or_an_error_of_the_system(tmp_path: Path, kind: str) -> None:
    put(tmp_path / "file", kind)
    try:
        content = small_file.content(tmp_path / "file")
    except OSError as error:
        assert kind in ("3 GiB", "a folder", "a pipe", "a link to nothing", "a link to itself", "a device")
        assert str(error)  # noqa: PT017  # either outcome is right
    else:
        assert len(content) <= small_file.LARGEST_BYTES


@every_kind
def test_a_lock_file_that_is_none_tells_of_no_daemon(tmp_path: Path, kind: str) -> None:
    put(tmp_path / ".lock", kind)
    assert DaemonLock(tmp_path).read() is None
    assert look(tmp_path).state == "absent"
    assert read_lock(str(tmp_path)) is None


@every_kind
def test_a_list_of_workspaces_that_is_none_is_empty(tmp_path: Path, kind: str) -> None:
    put(tmp_path / "workspaces.json", kind)
    assert WorkspaceFile(tmp_path / "workspaces.json").read() == []


@every_kind
def test_editors_settings_that_are_none_are_the_defaults(tmp_path: Path, kind: str) -> None:
    put(tmp_path / "ide-config.json", kind)
    assert IdeSettingsFile(tmp_path / "ide-config.json").read().auto_install is False


@every_kind
def test_a_configuration_that_is_none_is_told_or_empty(tmp_path: Path, kind: str) -> None:
    put(tmp_path / "config.toml", kind)
    try:
        assert Configuration.read(tmp_path / "config.toml").values == {}
    except BrokenConfiguration as error:
        assert "config.toml" in str(error)  # noqa: PT017
        assert kind not in ("nothing in it", "a link to nothing")


@every_kind
def test_the_original_s_settings_that_are_none_are_ignored(home: Path, kind: str) -> None:
    put(home / ".gorev" / "config.json", kind)
    settings = Settings.resolve(Flags(), {"HOME": str(home)}, home)
    assert settings.port == 5082
    assert kind == "a link to nothing" or "config.json" in settings.warnings[0]


# The whole daemon


def gorev(daemon: RunningDaemon, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*GOREV, *words],
        env=daemon.environment,
        cwd=daemon.home,
        capture_output=True,
        text=True,
        timeout=2 * PATIENCE_SECONDS,
        check=False,
    )


def start(daemon: RunningDaemon) -> subprocess.CompletedProcess[str]:
    return gorev(daemon, "daemon", "--detach", "--api-port", "0")


def log(daemon: RunningDaemon) -> str:
    file = daemon.home / ".gorev-daemon" / "daemon.log"
    return file.read_text() if file.is_file() else ""


@pytest.mark.parametrize("kind", ["a folder", "a pipe", "another user's"])
def test_the_daemon_serves_without_the_files_it_can_do_without(own_daemon: RunningDaemon, kind: str) -> None:
    directory, user = own_daemon.home / ".gorev-daemon", own_daemon.home / ".gorev"
    without = [directory / "workspaces.json", user / "config.json", user / "ide-config.json"]
    if kind != "a folder":
        without.append(directory / ".lock")
    if kind not in ("a folder", "a device"):  # one device in the place of both would be one lock
        without += [directory / ".lock.guard", directory / ".lock.start"]
    for path in without:
        put(path, kind)
    started = start(own_daemon)
    assert started.returncode == 0, started.stderr
    assert own_daemon.get("/api/gorevler").status == 200
    assert own_daemon.post("/api/v1/workspaces/register", {"path": str(own_daemon.workspace)}).status == 200
    assert own_daemon.post("/api/v1/mcp/ide_yonetimi", {"action": "config"}).status == 200
    assert "Traceback" not in log(own_daemon)
    assert json.loads(gorev(own_daemon, "doctor", "--json").stdout)["findings"]
    assert gorev(own_daemon, "daemon", "stop").returncode == 0


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("config.toml", "a pipe"),
        (".lock", "a folder"),
        (".lock.guard", "a folder"),
        (".lock.start", "a link to itself"),
        ("mcp.sock", "a pipe"),
        ("token", "a pipe"),
        ("daemon.log", "a pipe"),
    ],
)
def test_the_daemon_says_which_file_keeps_it_from_starting(own_daemon: RunningDaemon, name: str, kind: str) -> None:
    path = own_daemon.home / ".gorev-daemon" / name
    put(path, kind)
    if name == "token":
        path.with_name("config.toml").write_text("require_token = true")
    started = start(own_daemon)
    assert started.returncode == 1
    assert str(path) in started.stderr
    assert "Traceback" not in started.stderr
    assert "Traceback" not in log(own_daemon)
    assert "findings" in gorev(own_daemon, "doctor", "--json").stdout


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        (".gorev/gorev.db", "garbage"),
        (".gorev/gorev.db", "a pipe"),
        (".gorev/gorev.db-wal", "a folder"),
        (".gorev/gorev.db-shm", "a pipe"),
        (".gorev", "a pipe"),
    ],
)
def test_a_database_that_is_none_makes_its_workspace_unavailable_and_nothing_else(
    own_daemon: RunningDaemon, name: str, kind: str
) -> None:
    put(own_daemon.home / name, kind)
    assert start(own_daemon).returncode == 0
    answer = own_daemon.get("/api/gorevler")
    assert answer.status in (200, 503)
    if answer.status == 503:
        assert answer.json["code"] == "workspace_unavailable"
    elsewhere = own_daemon.get("/api/gorevler", X_Workspace_Path=str(own_daemon.workspace))
    assert elsewhere.status == 200
    assert "Traceback" not in log(own_daemon)
    assert "findings" in gorev(own_daemon, "doctor", "--json").stdout
    assert gorev(own_daemon, "daemon", "stop").returncode == 0
