"""``gorev doctor``: each thing that can be wrong is found, said in the user's language, and given a remedy."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from gorev.cli import examination
from gorev.cli.main import main
from gorev.daemon.token import TokenFile
from gorev.storage import file_systems
from gorev.storage.backups import back_up
from gorev.storage.opening import prepare
from tests.support.running_daemon import GOREV, PATIENCE_SECONDS, RunningDaemon


@pytest.fixture(autouse=True)
def environment(home: Path, monkeypatch: pytest.MonkeyPatch, free_port: int) -> None:
    """A user who reads English, whose port is free."""
    monkeypatch.setenv("GOREV_LANG", "en")
    monkeypatch.setenv("GOREV_API_PORT", str(free_port))
    monkeypatch.chdir(home)


def examined(capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    code = main(["doctor", "--json"])
    return code, json.loads(capsys.readouterr().out)


def found(capsys: pytest.CaptureFixture[str], code: str) -> dict[str, Any]:
    """The one finding of a code."""
    (finding,) = [each for each in examined(capsys)[1]["findings"] if each["code"] == code]
    return dict(finding)


def own_folder(home: Path) -> Path:
    folder = home / ".gorev-daemon"
    folder.mkdir(mode=0o700)
    return folder


def make_database(home: Path) -> Path:
    """Of the default workspace, made."""
    database = home / ".gorev" / "gorev.db"
    database.parent.mkdir()
    prepare(database, 0o600)
    return database


def test_a_machine_on_which_nothing_ever_ran_is_healthy_and_stays_untouched(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, report = examined(capsys)
    assert (code, report["healthy"]) == (0, True)
    assert list(home.iterdir()) == []


def test_a_running_daemon_is_described(own_daemon: RunningDaemon, capsys: pytest.CaptureFixture[str]) -> None:
    own_daemon.start()
    own_daemon.post("/api/gorev", {"baslik": "One"})
    with own_daemon.mcp() as assistant:
        assistant.request("ping")
        code, report = examined(capsys)
    assert code == 0
    said = {finding["code"]: finding["message"] for finding in report["findings"]}
    assert str(own_daemon.pid) in said["daemon"]
    assert "1 assistant," in said["clients"]
    assert "1 task," in said["database"]
    assert {finding["level"] for finding in report["findings"]} == {"ok"}


def test_what_a_killed_daemon_left_is_no_problem(own_daemon: RunningDaemon, capsys: pytest.CaptureFixture[str]) -> None:
    own_daemon.start()
    own_daemon.kill()
    code, _ = examined(capsys)
    assert code == 0
    assert found(capsys, "lock")["level"] == "warning"


def test_the_holder_of_the_port_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", int(os.environ["GOREV_API_PORT"]))):
        finding = found(capsys, "port")
    assert finding["level"] == "problem"
    assert str(os.getpid()) in finding["message"]


def test_a_damaged_database_comes_with_the_newest_sound_copy(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    database = make_database(home)
    copy = back_up(database)
    newer = back_up(database)
    newer.path.write_bytes(b"damage" * 1000)
    database.write_bytes(b"damage" * 1000)
    finding = found(capsys, "database")
    assert (finding["level"], str(copy.path) in finding["remedy"]) == ("problem", True)
    assert examined(capsys)[0] == 1
    copy.path.unlink()
    assert "no sound copy" in found(capsys, "database")["remedy"]
    assert database.read_bytes() == b"damage" * 1000


@pytest.mark.parametrize("content", ["port = 'x'", "port = "])
def test_a_broken_configuration_is_told_first(home: Path, capsys: pytest.CaptureFixture[str], content: str) -> None:
    (own_folder(home) / "config.toml").write_text(content)
    code, report = examined(capsys)
    assert code == 1
    assert [finding["code"] for finding in report["findings"]] == ["directory", "configuration"]
    assert "config.toml" in report["findings"][1]["message"]


def test_what_lies_in_the_socket_s_place_is_named(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (own_folder(home) / "mcp.sock").write_text("")
    assert "not a socket" in found(capsys, "socket")["message"]


def test_a_folder_that_others_may_enter_is_told(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own_folder(home).chmod(0o755)
    assert found(capsys, "directory")["level"] == "warning"


def test_a_file_in_the_folder_s_place_is_told(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / ".gorev-daemon").write_text("")
    assert found(capsys, "directory")["level"] == "problem"


def test_a_workspace_whose_folder_is_gone_is_told(
    own_daemon: RunningDaemon, capsys: pytest.CaptureFixture[str]
) -> None:
    own_daemon.start()
    own_daemon.get("/api/gorevler")
    own_daemon.stop()
    own_daemon.workspace.rename(own_daemon.workspace.with_name("elsewhere"))
    findings = [each for each in examined(capsys)[1]["findings"] if each["code"] == "database"]
    assert [each["level"] for each in findings if "workspace" in each["message"]] == ["warning"]


def test_a_daemon_of_another_version_is_told(own_daemon: RunningDaemon, capsys: pytest.CaptureFixture[str]) -> None:
    own_daemon.start()
    lock = own_daemon.home / ".gorev-daemon" / ".lock"
    lock.write_text(json.dumps({**own_daemon.lock, "version": "0.1.0"}))
    finding = found(capsys, "version")
    assert (finding["level"], "0.1.0" in finding["message"]) == ("warning", True)
    assert "restart" in finding["remedy"]


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="there is no way to make a process silent")
def test_a_daemon_that_does_not_answer_is_told(own_daemon: RunningDaemon, capsys: pytest.CaptureFixture[str]) -> None:
    own_daemon.start()
    pid = own_daemon.pid
    os.kill(pid, signal.SIGSTOP)
    try:
        code, report = examined(capsys)
    finally:
        os.kill(pid, signal.SIGCONT)
    said = {finding["code"]: finding for finding in report["findings"]}
    assert (code, said["daemon"]["level"]) == (1, "problem")
    assert str(pid) in said["daemon"]["message"]


def test_a_disk_that_is_nearly_full_is_told(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nearly full is here what every disk is."""
    monkeypatch.setattr(examination, "LOW_SPACE_BYTES", sys.maxsize)
    make_database(home)
    assert found(capsys, "disk")["level"] == "warning"


def test_a_network_file_system_is_told(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = file_systems.file_system_of(home)
    assert kind is not None
    monkeypatch.setattr(file_systems, "NETWORK", {kind.lower()})
    make_database(home)
    finding = found(capsys, "file_system")
    assert (finding["level"], kind in finding["message"]) == ("warning", True)


@pytest.mark.skipif(sys.platform != "linux", reason="mounts are Linux's here")
def test_a_database_that_cannot_be_written_is_told(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    database = make_database(home)
    mounted = ["mount", "--bind", "-o", "ro", str(database.parent), str(database.parent)]
    if subprocess.run(mounted, capture_output=True, check=False).returncode:
        pytest.skip("only root can mount")
    try:
        code, report = examined(capsys)
    finally:
        subprocess.run(["umount", str(database.parent)], check=True)
    assert code == 1
    assert any("cannot be written" in each["message"] for each in report["findings"] if each["code"] == "database")


def test_a_database_of_a_newer_version_is_told(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(sqlite3.connect(make_database(home))) as connection:
        connection.execute("UPDATE schema_version SET version = 9999")
        connection.commit()
    finding = found(capsys, "database")
    assert (finding["level"], "newer" in finding["message"]) == ("problem", True)


def test_a_pipe_in_a_database_s_place_is_told_and_not_waited_for(home: Path) -> None:
    database = home / ".gorev" / "gorev.db"
    database.parent.mkdir()
    os.mkfifo(database)
    done = subprocess.run([*GOREV, "doctor", "--json"], capture_output=True, timeout=PATIENCE_SECONDS, check=False)
    assert done.returncode == 1
    (finding,) = [each for each in json.loads(done.stdout)["findings"] if each["code"] == "database"]
    assert (finding["level"], str(database) in finding["message"]) == ("problem", True)


def test_a_token_that_others_can_read_is_told(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = own_folder(home) / "token"
    TokenFile(file).create()
    file.chmod(0o644)
    assert found(capsys, "token")["level"] == "warning"
    (file.parent / "config.toml").write_text("require_token = true\n")
    assert found(capsys, "token")["level"] == "problem"
    file.unlink()
    assert "gorev token create" in found(capsys, "token")["remedy"]


def test_it_speaks_turkish(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--lang", "tr", "doctor"]) == 0
    assert "Sorun bulunmadı." in capsys.readouterr().out
