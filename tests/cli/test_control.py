"""Ending daemons that are not well: processes that only look like one."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import attrs
import psutil
import pytest

from gorev.cli import control
from gorev.cli.control import Sighting, look, stop
from gorev.cli.speech import Failed
from gorev.daemon import probe
from gorev.daemon.record import LockRecord
from gorev.daemon.system import AdvisoryLock
from tests.daemon.programs import PATIENCE_SECONDS

# Each prints its port, or 1 when it has none, once it is as it is to be; it ends when its standard input does.
HUNG = """
import signal, socket, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
listening = socket.create_server(("127.0.0.1", 0))
print(listening.getsockname()[1], flush=True)
sys.stdin.read()
"""
DRAINING = """
import sys
print(1, flush=True)
sys.stdin.read()
"""

Pretender = Callable[[str, str], "subprocess.Popen[str]"]


@pytest.fixture(autouse=True)
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """None of these programs ever answers, however long they are given."""
    monkeypatch.setattr(probe, "HEALTH_TIMEOUT_SECONDS", 0.2)


@pytest.fixture
def directory(home: Path) -> Path:
    """A daemon directory."""
    directory = home / ".gorev-daemon"
    directory.mkdir()
    return directory


@pytest.fixture
def pretend(directory: Path) -> Iterator[Pretender]:
    """Runs a script as a program of a given name, its argument ``daemon``, and leaves a lock file that names it."""
    running: list[subprocess.Popen[str]] = []

    def start(name: str, script: str) -> subprocess.Popen[str]:
        program = directory.parent / name
        program.write_text(script)
        process = subprocess.Popen(
            [sys.executable, program, "daemon"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        running.append(process)
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        started = datetime.fromtimestamp(psutil.Process(process.pid).create_time(), UTC)
        record = LockRecord(pid=process.pid, port=port, start_time=started, daemon_url=f"http://localhost:{port}")
        (directory / ".lock").write_bytes(record.encode())
        return process

    yield start
    for process in running:
        process.kill()
        process.communicate(timeout=PATIENCE_SECONDS)


def test_without_a_lock_file_there_is_nothing_to_see(directory: Path) -> None:
    assert look(directory) == Sighting("absent")


def test_a_daemon_that_listens_but_does_not_answer_is_silent(directory: Path, pretend: Pretender) -> None:
    pretend("gorev", HUNG)
    assert look(directory).state == "silent"


def test_a_daemon_that_no_longer_listens_is_stopping(directory: Path, pretend: Pretender) -> None:
    pretend("gorev", DRAINING)
    assert look(directory).state == "stopping"


def test_a_stranger_that_has_the_daemon_s_old_pid_is_left_alone(directory: Path, pretend: Pretender) -> None:
    stranger = pretend("editor", DRAINING)
    assert look(directory).state == "dead"
    with pytest.raises(Failed, match="no daemon is running"):
        stop(directory, "en")
    assert stranger.poll() is None


def test_a_daemon_that_is_hung_is_killed_and_its_lock_file_removed(
    directory: Path, pretend: Pretender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control, "STOP_PATIENCE_SECONDS", 0.0)
    hung = pretend("gorev", HUNG)
    stop(directory, "en")
    assert hung.wait(PATIENCE_SECONDS) == -9
    assert not (directory / ".lock").exists()


def test_a_daemon_that_is_stopping_is_waited_for_and_not_signalled_again(directory: Path, pretend: Pretender) -> None:
    """A second signal would cut off the requests it waits for."""
    draining = pretend("gorev", DRAINING)
    stop(directory, "en", lambda _: draining.communicate(timeout=PATIENCE_SECONDS) and None)
    assert draining.returncode == 0


def test_a_daemon_that_seems_younger_than_its_lock_file_is_one_while_it_has_the_guard(
    directory: Path, pretend: Pretender, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock was set forward since it started."""
    monkeypatch.setattr(control, "STOP_PATIENCE_SECONDS", 0.0)
    hung = pretend("gorev", HUNG)
    record = LockRecord.decode((directory / ".lock").read_bytes())
    assert record is not None
    assert record.start_time is not None
    earlier = attrs.evolve(record, start_time=record.start_time - timedelta(days=1))
    (directory / ".lock").write_bytes(earlier.encode())
    assert look(directory).state == "dead"
    guard = AdvisoryLock(directory / ".lock.guard")
    assert guard.take()
    assert look(directory).state == "silent"
    stop(directory, "en")
    assert hung.wait(PATIENCE_SECONDS) == -9
    guard.drop()


def test_the_lock_file_of_the_next_daemon_is_not_removed(directory: Path, pretend: Pretender) -> None:
    draining = pretend("gorev", DRAINING)

    def replace(_: float) -> None:
        draining.communicate(timeout=PATIENCE_SECONDS)
        (directory / ".lock").write_bytes(b'{"pid": 999999, "port": "1"}')

    stop(directory, "en", replace)
    assert (directory / ".lock").exists()
