"""The daemon under ``twistd`` and ``twist``: real processes, found as a plugin."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from gorev.daemon.probe import health_on
from tests.daemon.programs import PATIENCE_SECONDS, ROOT, SCRIPTS, environment, lock_in, published, wait_for


@pytest.fixture
def folder(home: Path) -> Path:
    """An empty current directory."""
    folder = home / "here"
    folder.mkdir()
    return folder


def run(program: str, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [SCRIPTS / program, *arguments],
        env=environment(),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


def start(program: str, *arguments: str, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [SCRIPTS / program, *arguments],
        env=environment(),
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def end(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Exit status and standard error of a process that is told to end."""
    process.terminate()
    _, errors = process.communicate(timeout=PATIENCE_SECONDS)
    return process.returncode, errors


def test_the_plugin_s_help_is_printed_without_a_reactor(home: Path) -> None:
    script = (
        "import sys; sys.argv = ['twistd', 'gorev', '--help']\n"
        "from twisted.scripts.twistd import run\n"
        "try:\n    run()\n"
        "except SystemExit:\n"
        "    print([name for name in ('twisted.internet.reactor', 'klein') if name in sys.modules])"
    )
    printed = subprocess.run(
        [sys.executable, "-c", script], env=environment(), capture_output=True, text=True, check=True
    ).stdout
    assert "--api-port=" in printed
    assert printed.splitlines()[-1] == "[]"


def test_a_bare_twistd_daemonizes_and_writes_neither_pidfile_nor_log_into_the_folder(home: Path, folder: Path) -> None:
    started = run("twistd", "gorev", "--port", "0", folder=folder)
    assert (started.returncode, started.stderr) == (0, "")
    record = lock_in(home)
    assert record is not None, "the lock file is there when twistd returns"
    daemon = psutil.Process(record.pid)
    assert daemon.ppid() != os.getpid()
    assert daemon.terminal() is None
    health = health_on(int(record.port))
    assert health is not None
    assert health.is_of(record.pid)
    assert list(folder.iterdir()) == []
    assert "serving at" in (home / ".gorev-daemon" / "daemon.log").read_text()
    daemon.terminate()
    wait_for(lambda: lock_in(home) is None)


def test_twistd_exits_with_1_and_the_reason_when_a_daemon_runs(home: Path, folder: Path) -> None:
    run("twistd", "gorev", "--port", "0", folder=folder)
    record = lock_in(home)
    assert record is not None
    second = run("twistd", "gorev", "--port", "0", folder=folder)
    assert second.returncode == 1
    assert f"daemon already running (PID: {record.pid})" in second.stderr


def test_a_start_that_fails_under_twistd_in_the_foreground_is_told_in_one_line(home: Path, folder: Path) -> None:
    run("twistd", "gorev", "--port", "0", folder=folder)
    record = lock_in(home)
    assert record is not None
    second = run("twistd", "--nodaemon", "gorev", "--port", "0", folder=folder)
    assert second.returncode == 1
    assert f"daemon already running (PID: {record.pid})" in second.stderr
    assert "Traceback" not in second.stderr


def test_a_pidfile_that_was_asked_for_is_written(home: Path, folder: Path) -> None:
    process = start("twistd", "--nodaemon", "--pidfile=own.pid", "gorev", "--port", "0", folder=folder)
    record = published(home, process)
    assert (folder / "own.pid").read_text() == str(record.pid) == str(process.pid)
    end(process)


def test_a_log_that_was_asked_for_is_written_by_twistd(home: Path, folder: Path) -> None:
    process = start("twistd", "--nodaemon", "--logfile=own.log", "gorev", "--port", "0", folder=folder)
    published(home, process)
    end(process)
    assert "serving at" in (folder / "own.log").read_text()


def test_twistd_in_the_foreground_logs_lines_to_standard_error(home: Path, folder: Path) -> None:
    process = start("twistd", "-n", "gorev", "--port", "0", "--lang", "en", folder=folder)
    record = published(home, process)
    status, errors = end(process)
    assert status == -signal.SIGTERM
    assert f"http://localhost:{record.port}" in errors
    assert " info gorev.daemon.ready.Ready serving at " in errors
    assert list(folder.iterdir()) == []


def test_a_setting_that_is_wrong_is_a_usage_error(home: Path, folder: Path) -> None:
    refused = run("twistd", "-n", "gorev", "--host", "0.0.0.0", folder=folder)
    assert refused.returncode == 1
    assert "listening on 0.0.0.0 needs encryption" in refused.stdout.splitlines()[-1]


def test_twist_starts_it_and_ends_by_the_signal(home: Path, folder: Path) -> None:
    process = start("twist", "gorev", "--port", "0", folder=folder)
    record = published(home, process)
    health = health_on(int(record.port))
    assert health is not None
    assert health.is_of(process.pid)
    status, _ = end(process)
    assert status == -signal.SIGTERM
    assert lock_in(home) is None


def test_the_plugin_stands_where_twisted_looks_for_it() -> None:
    assert (ROOT / "twisted" / "plugins" / "gorev_plugin.py").is_file()
    assert not (ROOT / "twisted" / "__init__.py").exists()
    assert not (ROOT / "twisted" / "plugins" / "__init__.py").exists()
