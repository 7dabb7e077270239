"""``gorev daemon``: real daemons in a home of their own."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest
from websockets.sync.client import connect

from gorev import __version__
from gorev.daemon.probe import health_on
from gorev.daemon.record import LockRecord
from tests.daemon.programs import (
    PATIENCE_SECONDS,
    environment,
    lock_in,
    published,
    run_gorev,
    start_gorev,
    wait_for,
)
from tests.support.process import exit_status


def detach(home: Path, *arguments: str, cwd: Path | None = None, **variables: str) -> LockRecord:
    """A daemon in the background."""
    started = run_gorev("daemon", "--detach", "--port", "0", *arguments, cwd=cwd, **variables)
    assert (started.returncode, started.stderr) == (0, "")
    record = lock_in(home)
    assert record is not None
    return record


def is_healthy(record: LockRecord) -> bool:
    health = health_on(int(record.port))
    return health is not None and health.is_of(record.pid)


def test_a_detached_daemon_answers_when_the_command_returns(home: Path) -> None:
    started = run_gorev("daemon", "--detach", "--port", "0")
    record = lock_in(home)
    assert record is not None
    assert is_healthy(record)
    assert started.stdout.splitlines() == [
        f"Gorev is running (PID: {record.pid}).",
        f"Web and API: http://localhost:{record.port}",
        f"Lock file: {home / '.gorev-daemon' / '.lock'}",
    ]


def test_a_detached_daemon_has_left_terminal_session_and_folder(home: Path) -> None:
    daemon = psutil.Process(detach(home).pid)
    assert daemon.terminal() is None
    assert os.getsid(daemon.pid) != os.getsid(0)
    assert os.getpgid(daemon.pid) != os.getpgid(0)
    assert daemon.cwd() == "/"


def test_a_detached_daemon_keeps_nobody_s_pipe_open(home: Path) -> None:
    """Whoever reads the command's output to its end is not kept waiting by the daemon."""
    with start_gorev("daemon", "--detach", "--port", "0") as command:
        command.communicate(timeout=PATIENCE_SECONDS)
    record = lock_in(home)
    assert record is not None
    assert is_healthy(record)


def test_the_start_lock_is_free_once_the_daemon_is_ready(home: Path) -> None:
    record = detach(home)
    start_lock = home / ".gorev-daemon" / ".lock.start"
    held = [file.path for file in psutil.Process(record.pid).open_files()]
    assert str(start_lock) not in held


def test_the_start_is_an_alias_of_detach(home: Path) -> None:
    started = run_gorev("daemon", "start", "--api-port", "0")
    record = lock_in(home)
    assert started.returncode == 0
    assert record is not None
    assert is_healthy(record)


def test_programs_are_told_of_start_restart_and_stop_as_json(home: Path) -> None:
    def told(*arguments: str) -> Any:
        done = run_gorev("daemon", *arguments, "--json")
        assert (done.returncode, done.stderr) == (0, "")
        return json.loads(done.stdout)

    started = told("--detach", "--port", "0")
    assert started["running"] is True
    assert (started["pid"], started["port"]) == ((record := published(home)).pid, record.port)
    assert started.keys() == told("status").keys()
    restarted = told("restart")
    assert (restarted["pid"] != started["pid"], restarted["port"]) == (True, started["port"])
    assert told("stop") == {"stopped": True, "pid": restarted["pid"], "instance": restarted["instance"]}
    again = told("start", "--port", "0")
    assert told("--stop")["pid"] == again["pid"]
    failed = run_gorev("daemon", "stop", "--json")
    assert (failed.returncode, failed.stdout) == (1, "")


@pytest.mark.parametrize("arguments", [["--json"], ["--json", "status"]])
def test_a_daemon_in_the_foreground_has_no_answer_for_programs(home: Path, arguments: list[str]) -> None:
    refused = run_gorev("daemon", *arguments)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "--json" in refused.stderr
    assert lock_in(home) is None


@pytest.mark.parametrize("arguments", [["daemon", "--detach"], ["daemon"], ["daemon", "start"]])
def test_a_second_start_fails_and_names_the_first(home: Path, arguments: list[str]) -> None:
    record = detach(home)
    second = run_gorev(*arguments, "--port", "0")
    assert second.returncode == 1
    assert f"daemon already running (PID: {record.pid})" in second.stderr
    assert lock_in(home) == record


def test_of_eight_simultaneous_starts_one_wins(home: Path) -> None:
    starting = [start_gorev("daemon", "--detach", "--port", "0") for _ in range(8)]
    outcomes = [process.communicate(timeout=PATIENCE_SECONDS) for process in starting]
    codes = sorted(process.returncode for process in starting)
    record = lock_in(home)
    assert codes == [0] + [1] * 7, outcomes
    assert record is not None
    assert sum(f"already running (PID: {record.pid})" in errors for _, errors in outcomes) == 7
    assert daemons_of(home) == [record.pid]


def test_of_six_simultaneous_foreground_daemons_one_wins(home: Path) -> None:
    """They do not know of the start lock: the guard decides."""
    starting = [start_gorev("daemon", "--port", "0") for _ in range(6)]
    record = published(home)
    losers = [process for process in starting if process.pid != record.pid]
    errors = [process.communicate(timeout=PATIENCE_SECONDS)[1] for process in losers]
    assert [process.returncode for process in losers] == [1] * 5
    assert all(f"daemon already running (PID: {record.pid})" in error for error in errors)
    assert daemons_of(home) == [record.pid]
    for winner in set(starting) - set(losers):
        winner.terminate()
        winner.communicate(timeout=PATIENCE_SECONDS)


def daemons_of(home: Path) -> list[int]:
    """The pids of all live daemons of this home."""
    return [
        process.pid
        for process in psutil.process_iter()
        if process.pid != os.getpid() and home_of(process) == str(home) and process.status() != psutil.STATUS_ZOMBIE
    ]


def home_of(process: psutil.Process) -> str | None:
    try:
        home: str | None = process.environ().get("HOME")
    except psutil.Error:
        return None
    return home


def test_a_lock_file_deleted_under_a_live_daemon_comes_back(home: Path) -> None:
    record = detach(home)
    (home / ".gorev-daemon" / ".lock").unlink()
    assert published(home) == record


def test_a_guard_deleted_under_a_live_daemon_lets_no_second_one_in(home: Path) -> None:
    record = detach(home)
    (home / ".gorev-daemon" / ".lock.guard").unlink()
    second = run_gorev("daemon", "--port", "0")
    assert second.returncode == 1
    assert f"daemon already running (PID: {record.pid})" in second.stderr
    assert lock_in(home) == record


def test_after_a_kill_the_next_start_succeeds(home: Path) -> None:
    first = detach(home)
    psutil.Process(first.pid).kill()
    wait_for(lambda: not is_healthy(first))
    second = detach(home)
    assert second.instance != first.instance
    assert is_healthy(second)


def test_a_foreground_daemon_tells_the_terminal_where_it_is(home: Path) -> None:
    process = start_gorev("daemon", "--port", "0")
    record = published(home, process)
    process.terminate()
    output, errors = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == -signal.SIGTERM
    assert output == ""
    assert f"Web and API: http://localhost:{record.port}" in errors
    assert str(home / ".gorev-daemon" / ".lock") in errors
    assert not (home / ".gorev-daemon" / "daemon.log").exists()


def test_a_busy_port_is_one_clear_line_and_leaves_no_lock(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        failed = run_gorev("daemon", "--api-port", str(port))
    assert failed.returncode == 1
    last = failed.stderr.splitlines()[-1]
    assert last.startswith(f"gorev: port {port} is in use by ")
    assert f"PID: {os.getpid()}" in last
    assert "--api-port" in last
    assert "Traceback" not in failed.stderr
    assert lock_in(home) is None


def test_a_detached_start_that_fails_shows_the_end_of_the_log(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        failed = run_gorev("daemon", "--detach", "--api-port", str(port))
    assert failed.returncode == 1
    assert str(home / ".gorev-daemon" / "daemon.log") in failed.stderr
    assert f"port {port} is in use by " in failed.stderr
    assert lock_in(home) is None


def test_why_a_start_failed_is_told_in_the_user_s_language(home: Path) -> None:
    """The log, whose end is shown as well, is in English."""
    (home / "folder").mkdir()
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = str(busy.getsockname()[1])
        for command in (["daemon", "--detach", "--api-port", port], ["task", "list"]):
            failed = run_gorev(*command, cwd=home / "folder", GOREV_LANG="tr", GOREV_API_PORT=port)
            assert failed.returncode == 1
            assert failed.stderr.startswith(f"gorev: {port} portunu ")
    settings = home / ".gorev-daemon" / "config.toml"
    settings.write_text("port = 'x'\n")
    wrong = run_gorev("task", "list", cwd=home / "folder", GOREV_LANG="tr")
    assert wrong.stderr == f"gorev: port ({settings}) 0 ile 65535 arasında bir port numarası olmalı, x değil\n"


@pytest.mark.parametrize("arguments", [["daemon"], ["daemon", "--detach"]])
def test_a_home_that_is_missing_is_named(home: Path, arguments: list[str]) -> None:
    missing = home / "missing"
    failed = run_gorev(*arguments, "--port", "0", HOME=str(missing))
    assert failed.returncode == 1
    assert str(missing) in failed.stderr
    assert "Traceback" not in failed.stderr


def test_a_broken_configuration_is_one_clear_line(home: Path) -> None:
    (home / ".gorev-daemon").mkdir()
    (home / ".gorev-daemon" / "config.toml").write_text("port = ")
    failed = run_gorev("daemon")
    assert failed.returncode == 1
    assert len(failed.stderr.splitlines()) == 1
    assert "config.toml" in failed.stderr


def test_a_detached_daemon_gets_the_workspace_of_the_launching_folder(home: Path) -> None:
    """It runs in another folder itself."""
    (home / "project" / ".gorev").mkdir(parents=True)
    (home / "project" / "deep").mkdir()
    command = psutil.Process(detach(home, cwd=home / "project" / "deep").pid).cmdline()
    assert command[command.index("--workspace") + 1] == str(home / "project")


def test_a_relative_database_means_the_launching_folder(home: Path) -> None:
    command = psutil.Process(detach(home, cwd=home, GOREV_DB_PATH="data/tasks.db").pid).cmdline()
    assert command[command.index("--db-path") + 1] == str(home / "data" / "tasks.db")


def test_the_local_protocol_over_tcp_comes_with_a_token(home: Path) -> None:
    record = detach(home, "--mcp-endpoint", "tcp:127.0.0.1:0")
    assert record.mcp_endpoint.startswith("tcp:127.0.0.1:")
    assert record.mcp_token is not None
    assert len(record.mcp_token) == 64
    assert not (home / ".gorev-daemon" / "mcp.sock").exists()


def test_the_status_of_a_running_daemon(home: Path) -> None:
    record = detach(home)
    status = run_gorev("daemon", "status")
    assert status.returncode == 0
    assert status.stdout.splitlines()[0] == "RUNNING"
    assert {f"PID: {record.pid}", f"Port: {record.port}", f"Version: {__version__}"} <= set(status.stdout.splitlines())


def test_the_status_as_json(home: Path) -> None:
    record = detach(home)
    status = json.loads(run_gorev("daemon-status", "--json").stdout)
    assert status["running"] is True
    assert (status["pid"], status["port"], status["instance"]) == (record.pid, record.port, record.instance)
    assert status["lock_file"] == str(home / ".gorev-daemon" / ".lock")


def test_the_status_without_a_daemon_exits_with_3(home: Path) -> None:
    status = run_gorev("daemon", "status")
    assert (status.returncode, status.stdout) == (3, "NOT RUNNING: there is no lock file\n")
    as_json = run_gorev("daemon", "status", "--json")
    assert as_json.returncode == 3
    assert json.loads(as_json.stdout)["reason"] == "absent"


def test_the_status_after_a_kill_tells_so(home: Path) -> None:
    record = detach(home)
    psutil.Process(record.pid).kill()
    wait_for(lambda: not is_healthy(record))
    status = run_gorev("daemon", "status", "--json")
    assert status.returncode == 3
    assert json.loads(status.stdout)["reason"] == "dead"


@pytest.mark.parametrize("arguments", [["daemon", "stop"], ["daemon", "--stop"], ["daemon-stop"]])
def test_a_stop_waits_until_the_daemon_is_gone(home: Path, arguments: list[str]) -> None:
    record = detach(home)
    stopped = run_gorev(*arguments)
    assert (stopped.returncode, stopped.stdout) == (0, f"The daemon (PID: {record.pid}) has stopped.\n")
    assert daemons_of(home) == []
    assert lock_in(home) is None


def test_a_stop_without_a_daemon_fails(home: Path) -> None:
    stopped = run_gorev("daemon", "stop")
    assert (stopped.returncode, stopped.stdout) == (1, "")
    assert "no daemon is running" in stopped.stderr


def test_a_stop_finds_the_daemon_whose_lock_file_was_deleted(home: Path) -> None:
    record = detach(home)
    (home / ".gorev-daemon" / ".lock").unlink()
    assert run_gorev("daemon", "stop").returncode == 0
    assert not psutil.pid_exists(record.pid) or psutil.Process(record.pid).status() == psutil.STATUS_ZOMBIE


def test_a_restart_keeps_the_port(home: Path) -> None:
    first = detach(home)
    restarted = run_gorev("daemon", "restart")
    second = lock_in(home)
    assert restarted.returncode == 0
    assert second is not None
    assert second.port == first.port
    assert second.pid != first.pid


def test_a_restart_takes_the_port_that_is_given(home: Path, free_port: int) -> None:
    detach(home)
    assert run_gorev("daemon", "restart", "--port", str(free_port)).returncode == 0
    record = lock_in(home)
    assert record is not None
    assert record.port == str(free_port)


def test_nobody_else_can_start_a_daemon_in_the_middle_of_a_restart(home: Path) -> None:
    first = detach(home)
    start_file = home / ".gorev-daemon" / ".lock.start"
    with start_file.open() as start_lock, connect(f"{first.daemon_url.replace('http', 'ws')}/ws") as stream:
        restart = start_gorev("daemon", "restart")
        while json.loads(stream.recv(timeout=PATIENCE_SECONDS))["type"] != "shutdown":
            pass
        fcntl.flock(start_lock, fcntl.LOCK_EX)  # waits until whoever restarts it lets go
        second = lock_in(home)
        assert second is not None
        assert (second.pid != first.pid, second.port) == (True, first.port)
    assert restart.communicate(timeout=PATIENCE_SECONDS)[1] == ""
    assert restart.returncode == 0


@pytest.mark.parametrize(("setting", "told"), [("port = 'x'", "config.toml"), ("require_token = true", "token create")])
def test_a_restart_with_settings_that_no_daemon_can_use_ends_nothing(home: Path, setting: str, told: str) -> None:
    record = detach(home)
    (home / ".gorev-daemon" / "config.toml").write_text(f"{setting}\n")
    restarted = run_gorev("daemon", "restart")
    assert restarted.returncode == 1
    assert told in restarted.stderr
    assert lock_in(home) == record
    assert is_healthy(record)


def test_a_restart_without_a_daemon_starts_one(home: Path) -> None:
    assert run_gorev("daemon", "restart", "--port", "0").returncode == 0
    record = lock_in(home)
    assert record is not None
    assert is_healthy(record)


def test_serve_on_a_terminal_is_the_foreground_daemon(home: Path) -> None:
    master, slave = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "gorev", "serve", "--api-port", "0", "--no-api"],
        env=environment(),
        stdin=slave,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(slave)
    record = published(home)
    assert record.pid == process.pid
    process.terminate()
    assert exit_status(process) == -signal.SIGTERM
    os.close(master)
