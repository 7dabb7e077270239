"""Finding a daemon and starting one, with the fake daemon as the program."""

from __future__ import annotations

import fcntl
import json
import os
import pwd
import socket
import stat
import subprocess
import sys
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from gorev import launcher
from gorev.host_system import is_alive
from gorev.launcher import (
    Launch,
    NoHome,
    Reached,
    StartFailed,
    connect,
    daemon_directory,
    reach_daemon,
    read_lock,
    replace_daemon,
    start_daemon,
    take_start_lock,
)
from tests.fake_stage import CHECKOUT, Stage, until


@pytest.fixture
def stage(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A home whose Gorev program is the fake daemon."""
    stage = Stage(home)
    monkeypatch.setenv("GOREV_SERVER_PATH", str(stage.program))
    try:
        yield stage
    finally:
        stage.close()


@pytest.fixture
def launch(stage: Stage) -> Launch:
    """How a test starts the fake daemon."""
    return Launch(str(stage.directory))


def start(launch: Launch) -> Reached:
    """Start or find the daemon and let go of the connection."""
    reached = start_daemon(launch)
    reached.connection.close()
    return reached


def dead_pid() -> int:
    """A pid that no process has any more."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def lock_fields(**fields: object) -> str:
    """The text of a lock file."""
    return json.dumps({"pid": os.getpid(), "port": "5082", "daemon_url": "http://localhost:5082", **fields})


def take(directory: Path, name: str) -> int:
    """Hold a guard or start lock as another process would; returns its descriptor."""
    directory.mkdir(exist_ok=True)
    descriptor = os.open(directory / name, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return descriptor


@pytest.mark.parametrize(
    "content",
    ["", "{", '{"pid": 1', "null", "[1]", '"text"', "{}", '{"pid": true}', '{"pid": "1"}', '{"pid": 0}', "\x00\xff"],
)
def test_what_is_no_lock_file_reads_as_no_lock(tmp_path: Path, content: str) -> None:
    (tmp_path / ".lock").write_text(content)
    assert read_lock(str(tmp_path)) is None


def test_a_missing_lock_file_and_a_directory_in_its_place_read_as_no_lock(tmp_path: Path) -> None:
    assert read_lock(str(tmp_path)) is None
    (tmp_path / ".lock").mkdir()
    assert read_lock(str(tmp_path)) is None


def test_a_lock_file_is_read_with_all_its_fields(tmp_path: Path) -> None:
    added = {"start_time": "2026-01-01T00:00:00Z", "mcp_endpoint": "unix:/s", "mcp_token": "t", "instance": "i"}
    (tmp_path / ".lock").write_text(lock_fields(pid=7, version="1.2.3", **added))
    lock = read_lock(str(tmp_path))
    assert lock is not None
    assert (lock.pid, lock.port, lock.url, lock.version) == (7, "5082", "http://localhost:5082", "1.2.3")
    assert (lock.start_time, lock.mcp_endpoint, lock.mcp_token, lock.instance) == tuple(added.values())


def test_a_lock_file_without_our_additions_is_read_too(tmp_path: Path) -> None:
    (tmp_path / ".lock").write_text(lock_fields())
    lock = read_lock(str(tmp_path))
    assert lock is not None
    assert lock.mcp_endpoint == ""
    with pytest.raises(ConnectionRefusedError):
        connect(lock)


def test_a_process_is_alive_until_it_is_gone() -> None:
    assert is_alive(os.getpid())
    assert is_alive(1)
    assert not is_alive(dead_pid())
    assert not is_alive(2**40)


def test_the_daemon_directory_is_in_the_home_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/someone")
    assert daemon_directory() == "/home/someone/.gorev-daemon"


@pytest.mark.parametrize("home", [None, ""])
def test_without_home_the_account_database_is_asked(monkeypatch: pytest.MonkeyPatch, home: str | None) -> None:
    if home is None:
        monkeypatch.delenv("HOME")
    else:
        monkeypatch.setenv("HOME", home)
    assert daemon_directory() == f"{pwd.getpwuid(os.getuid()).pw_dir}/.gorev-daemon"


def test_a_home_that_is_no_absolute_path_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "somewhere")
    with pytest.raises(NoHome):
        daemon_directory()


def test_a_started_daemon_stands_on_its_own(stage: Stage, launch: Launch) -> None:
    """It has its own session, the root as its directory, files only its user may read, and the start lock is free."""
    launch.arguments = ["--api-port", "0"]
    reached = start(launch)
    assert reached.started
    assert reached.lock.pid != os.getpid()
    assert os.getsid(reached.lock.pid) != os.getsid(0)
    (only,) = stage.starts()
    assert only["argv"] == ["daemon", "--api-port", "0"]
    assert only["cwd"] == "/"
    assert only["environment"]["GOREV_STARTED_BY"] == "cli"
    assert stat.S_IMODE(stage.directory.stat().st_mode) == 0o700
    for name in ("daemon.log", ".lock.start", ".lock.guard"):
        assert stat.S_IMODE((stage.directory / name).stat().st_mode) == 0o600
    os.close(take(stage.directory, ".lock.start"))


def test_a_running_daemon_is_found_and_not_started_again(stage: Stage, launch: Launch) -> None:
    first = start(launch)
    second = start(launch)
    assert not second.started
    assert second.lock.pid == first.lock.pid
    assert len(stage.starts()) == 1


def test_a_daemon_on_tcp_is_found(stage: Stage, launch: Launch) -> None:
    stage.behave(tcp=True)
    reached = start(launch)
    assert reached.lock.mcp_endpoint.startswith("tcp:127.0.0.1:")
    assert reached.lock.mcp_token == "secret"


def test_a_daemon_started_by_a_bridge_inherits_no_workspace(
    stage: Stage, launch: Launch, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in launcher.BRIDGE_VARIABLES:
        monkeypatch.setenv(name, "x")
    launch.by = "bridge"
    start(launch)
    environment = stage.starts()[0]["environment"]
    assert environment["GOREV_STARTED_BY"] == "bridge"
    assert not set(launcher.BRIDGE_VARIABLES) & set(environment)


def test_a_relative_database_path_means_the_starter_s_directory(
    stage: Stage, launch: Launch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(stage.home)
    monkeypatch.setenv("GOREV_DB_PATH", "data/own.db")
    launch.environment = {"GOREV_LANG": "en"}
    start(launch)
    environment = stage.starts()[0]["environment"]
    assert environment["GOREV_DB_PATH"] == f"{stage.home}/data/own.db"
    assert environment["GOREV_LANG"] == "en"


def test_a_daemon_keeps_no_pipe_of_its_starter_open(stage: Stage, launch: Launch) -> None:
    reading, writing = os.pipe()
    os.set_inheritable(writing, True)
    start(launch)
    os.close(writing)
    assert os.read(reading, 1) == b""
    os.close(reading)


def test_a_left_over_lock_file_does_not_hinder_a_start(stage: Stage, launch: Launch) -> None:
    stage.directory.mkdir(mode=0o700)
    (stage.directory / ".lock").write_text(lock_fields(pid=dead_pid(), mcp_endpoint=f"unix:{stage.home}/gone"))
    assert start(launch).started


def test_a_lock_file_whose_pid_another_process_has_by_now_does_not_hinder_a_start(stage: Stage, launch: Launch) -> None:
    stage.directory.mkdir(mode=0o700)
    (stage.directory / ".lock").write_text(lock_fields(mcp_endpoint=f"unix:{stage.home}/gone"))
    assert start(launch).started


def test_a_daemon_that_ends_before_it_is_ready_is_reported_with_its_log(stage: Stage, launch: Launch) -> None:
    stage.behave(dies_at_start=True)
    with pytest.raises(StartFailed) as caught:
        start_daemon(launch)
    assert caught.value.reason == "died"
    assert caught.value.log == str(stage.log)
    assert str(stage.log) in str(caught.value)
    assert "as told" in stage.log.read_text()


def test_a_program_that_does_not_exist_is_named_in_the_log(
    stage: Stage, launch: Launch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOREV_SERVER_PATH", "/nowhere/gorev-server")
    with pytest.raises(StartFailed, match=r"died"):
        start_daemon(launch)
    assert "/nowhere/gorev-server" in stage.log.read_text()


def test_a_daemon_that_is_not_ready_in_time_is_reported(
    stage: Stage, launch: Launch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launcher, "START_SECONDS", 0.0)
    stage.behave(waits_for="never")
    with pytest.raises(StartFailed) as caught:
        start_daemon(launch)
    assert caught.value.reason == "timeout"


def test_a_daemon_directory_that_cannot_be_used_is_reported(stage: Stage, launch: Launch) -> None:
    stage.directory.write_text("in the way")
    with pytest.raises(StartFailed) as caught:
        start_daemon(launch)
    assert caught.value.reason == "unusable"
    assert str(stage.directory) in caught.value.detail


def test_an_earlier_daemon_that_is_ending_is_waited_for(stage: Stage, launch: Launch) -> None:
    guard = take(stage.directory, ".lock.guard")
    steps = reach_daemon(launch, lambda: True)
    assert [next(steps) for _ in range(3)] == [0.005, 0.01, 0.02]
    assert stage.starts() == []
    os.close(guard)
    reached = finish(steps)
    assert reached.started


def test_an_earlier_daemon_that_does_not_end_is_reported(
    stage: Stage, launch: Launch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launcher, "DRAIN_SECONDS", -1.0)
    guard = take(stage.directory, ".lock.guard")
    with pytest.raises(StartFailed) as caught:
        start_daemon(launch)
    assert caught.value.reason == "draining"
    assert stage.starts() == []
    os.close(guard)


def test_who_finds_the_start_lock_taken_starts_nothing(stage: Stage, launch: Launch) -> None:
    start_lock = take(stage.directory, ".lock.start")
    steps = reach_daemon(launch, lambda: True)
    for _ in range(5):
        next(steps)
    assert stage.starts() == []
    os.close(start_lock)
    assert finish(steps).started


def test_a_watch_starts_nothing_and_finds_what_others_start(stage: Stage, launch: Launch) -> None:
    steps = reach_daemon(launch, lambda: False)
    for _ in range(5):
        next(steps)
    assert stage.starts() == []
    start(launch)
    assert not finish(steps).started


def test_who_may_not_start_one_yet_finds_what_others_start(stage: Stage, launch: Launch) -> None:
    patient = reach_daemon(launch, lambda: True, revive=True, may_start=lambda: False)
    (stage.directory).mkdir()
    (stage.directory / ".lock").write_text(lock_fields(pid=dead_pid()))
    for _ in range(10):
        next(patient)
    assert stage.starts() == []
    start(launch)
    with pytest.raises(StopIteration) as found:
        next(patient)
    found.value.value.connection.close()
    assert not found.value.value.started


def test_who_holds_the_start_lock_starts_a_daemon_and_lets_others_at_it_only_then(stage: Stage, launch: Launch) -> None:
    start_lock = take_start_lock(launch)
    assert start_lock is not None
    assert take_start_lock(launch) is None
    search = reach_daemon(launch, lambda: True, start_lock=start_lock)
    others = reach_daemon(launch, lambda: True)
    next(others)
    next(search)
    assert len(stage.starts()) <= 1
    reached = finish(search)
    reached.connection.close()
    assert reached.started
    finish(others).connection.close()
    assert len(stage.starts()) == 1


def test_who_gives_up_lets_the_start_lock_go(stage: Stage, launch: Launch) -> None:
    search = reach_daemon(launch, lambda: False, start_lock=take_start_lock(launch))
    next(search)
    assert take_start_lock(launch) is None
    search.close()
    again = take_start_lock(launch)
    assert again is not None
    os.close(again)


def test_an_older_daemon_is_replaced_by_the_one_that_is_started_for_it(
    stage: Stage, launch: Launch, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.behave(version="0.0.9", hands_over=True)
    older = start_daemon(launch)
    stage.behave(version="9.9.9")
    newer = replace_daemon(launch.after(older.lock), older)
    newer.connection.close()
    assert (newer.started, newer.lock.version) == (True, "9.9.9")
    assert stage.starts()[1]["argv"] == ["daemon", "--api-port", "5082"]


def test_a_successor_is_started_as_its_predecessor_was_but_for_its_own_options(tmp_path: Path) -> None:
    options = ["--workspace", "/w", "--lang", "en"]
    (tmp_path / ".lock").write_text(lock_fields(port="6000", options=options))
    lock = read_lock(str(tmp_path))
    assert lock is not None
    after = Launch(str(tmp_path), ["--debug"], by="bridge").after(lock)
    assert after.arguments == ["--api-port", "6000", *options, "--debug"]
    assert after.by == "bridge"


def test_a_watch_that_is_to_revive_starts_a_daemon_again_that_left_its_lock_file(stage: Stage, launch: Launch) -> None:
    start(launch)
    stage.kill_daemon()
    assert finish(reach_daemon(launch, lambda: False, revive=True)).started


def test_a_watch_that_is_to_revive_leaves_a_daemon_alone_that_was_stopped(stage: Stage, launch: Launch) -> None:
    start(launch)
    stage.stop_daemon()
    steps = reach_daemon(launch, lambda: False, revive=True)
    for _ in range(5):
        next(steps)
    assert len(stage.starts()) == 1


def test_any_number_of_starts_at_once_start_one_daemon(stage: Stage) -> None:
    code = (
        "from gorev.launcher import *; r = start_daemon(Launch(daemon_directory())); print(r.lock.pid, int(r.started))"
    )
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    starters = [
        subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(8)
    ]
    outcomes = [starter.communicate()[0].split() for starter in starters]
    assert [starter.returncode for starter in starters] == [0] * 8
    assert {pid for pid, _ in outcomes} == {str(stage.daemon_pid())}
    assert sorted(started for _, started in outcomes) == ["0"] * 7 + ["1"]
    assert len(stage.starts()) == 1


def test_a_connection_that_nobody_accepts_does_not_count_as_a_daemon(stage: Stage, launch: Launch) -> None:
    """A socket file without a listener is a left-over, whatever the lock file says."""
    stage.directory.mkdir(mode=0o700)
    with socket.socket(socket.AF_UNIX) as left_over:
        left_over.bind(str(stage.directory / "mcp.sock"))
    (stage.directory / ".lock").write_text(lock_fields(mcp_endpoint=f"unix:{stage.directory}/mcp.sock"))
    assert start(launch).started


def finish(steps: Generator[float, None, Reached]) -> Reached:
    """Run the steps to their end, without the pauses they ask for."""
    found: list[Reached] = []

    def stepped() -> bool:
        try:
            next(steps)
        except StopIteration as end:
            found.append(end.value)
        return bool(found)

    until(stepped)
    found[0].connection.close()
    return found[0]
