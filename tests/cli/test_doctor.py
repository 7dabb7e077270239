"""``gorev doctor``: each thing that can be wrong is found, said in the user's language, and given a remedy."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path
from typing import Any

import pytest

from gorev.cli.main import main
from gorev.storage.backups import back_up
from gorev.storage.opening import prepare
from tests.support.running_daemon import RunningDaemon


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
    assert "1 assistants" in said["clients"]
    assert "1 tasks" in said["database"]
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
    database = home / ".gorev" / "gorev.db"
    database.parent.mkdir()
    prepare(database, 0o600)
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


def test_it_speaks_turkish(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--lang", "tr", "doctor"]) == 0
    assert "Sorun bulunmadı." in capsys.readouterr().out
