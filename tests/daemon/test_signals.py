"""How a real process ends: the first signal, the second, the limit, and the terminal's end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gorev.daemon.record import LockRecord
from tests.daemon.programs import (
    PATIENCE_SECONDS,
    environment,
    heed_interrupts,
    lock_in,
    published,
    start_gorev,
    wait_for,
)
from tests.support.process import exit_status

# A daemon, one of whose services does not stop; what it does is written to standard output.
STUBBORN = """
import sys
from pathlib import Path
from twisted.application.service import Service
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from gorev.daemon.lock import DaemonLock, LockService
from gorev.daemon.signals import Signals
from gorev.daemon.tree import OrderedServices

class Stubborn(Service):
    def stopService(self):
        print("stopping", flush=True)
        return Deferred()

lock = DaemonLock(Path(sys.argv[1]))
tree = OrderedServices(reactor)
signals = Signals(reactor, hang_up=None, withdraw=lock.release, limit_seconds=float(sys.argv[2]))
for service in (LockService(lock), Stubborn(), signals):
    service.setServiceParent(tree)
tree.startService()
lock.publish(port=1, mcp_endpoint="", mcp_token=None)
reactor.callWhenRunning(print, "running", flush=True)
reactor.addSystemEventTrigger("before", "shutdown", tree.stopService)
{before_running}
reactor.run()
"""
# Such a signal is noted by a handler that runs at once, and must not be acted upon before the reactor has its own.
SIGNALLED_EARLY = "import os, signal; os.kill(os.getpid(), signal.SIGTERM)"

StartStubborn = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start_stubborn(home: Path) -> StartStubborn:
    """Starts the stubborn daemon, whose end may take so many seconds, and waits until it runs."""

    def start(limit_seconds: float, before_running: str = "") -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [
                sys.executable,
                "-c",
                STUBBORN.replace("{before_running}", before_running),
                str(home / ".gorev-daemon"),
                str(limit_seconds),
            ],
            env=environment(),
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=heed_interrupts,
        )
        assert line(process) == "running"
        return process

    return start


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def start_daemon(home: Path) -> tuple[subprocess.Popen[str], LockRecord]:
    process = start_gorev("daemon", "--port", "0")
    return process, published(home, process)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_daemon_ends_by_the_signal_and_removes_its_lock(home: Path, number: signal.Signals) -> None:
    process, _ = start_daemon(home)
    process.send_signal(number)
    assert exit_status(process) == -number  # what a shell reports as 128 and more, 143 for SIGTERM
    left = {file.name for file in (home / ".gorev-daemon").iterdir()}
    assert ".lock.guard" in left
    assert left.isdisjoint({".lock", "mcp.sock"})


def test_a_signal_right_after_the_lock_has_appeared_is_an_orderly_end(home: Path) -> None:
    """Between the lock file and the reactor's own handlers lies a moment."""
    for _ in range(5):
        process = start_gorev("daemon", "--port", "0")
        while lock_in(home) is None:
            assert process.poll() is None
        process.terminate()
        assert exit_status(process) == -signal.SIGTERM
        assert lock_in(home) is None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_ends_the_process_at_once(
    home: Path, start_stubborn: StartStubborn, number: signal.Signals
) -> None:
    process = start_stubborn(PATIENCE_SECONDS)
    process.terminate()
    assert line(process) == "stopping"
    assert lock_in(home) is not None
    process.send_signal(number)
    assert exit_status(process) == 1
    assert lock_in(home) is None


def test_a_signal_before_the_reactor_runs_is_obeyed_once_it_does(home: Path, start_stubborn: StartStubborn) -> None:
    process = start_stubborn(PATIENCE_SECONDS, SIGNALLED_EARLY)
    assert line(process) == "stopping"
    process.terminate()
    assert exit_status(process) == 1
    assert lock_in(home) is None


def test_an_end_that_takes_too_long_is_cut_off(home: Path, start_stubborn: StartStubborn) -> None:
    process = start_stubborn(0.1)
    process.terminate()
    assert exit_status(process) == 1
    assert lock_in(home) is None


def test_a_terminal_that_goes_away_ends_the_foreground_daemon(home: Path) -> None:
    master, slave = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "gorev", "daemon", "--port", "0"],
        env=environment(),
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
    )
    os.close(slave)
    published(home)
    process.send_signal(signal.SIGHUP)
    process.send_signal(signal.SIGHUP)  # terminals often tell it twice
    assert exit_status(process) == -signal.SIGTERM
    os.close(master)
    assert lock_in(home) is None


def test_a_daemon_under_nohup_outlives_the_terminal(home: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "gorev", "daemon", "--port", "0"],
        env=environment(),
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),  # no threads here
    )
    published(home)
    process.send_signal(signal.SIGHUP)
    process.send_signal(signal.SIGTERM)
    assert exit_status(process) == -signal.SIGTERM


def test_hanging_up_reopens_the_log_of_a_background_daemon(home: Path) -> None:
    process = start_gorev("daemon", "--port", "0", GOREV_STARTED_BY="cli")
    published(home, process)
    log = home / ".gorev-daemon" / "daemon.log"
    log.rename(log.with_name("moved"))
    process.send_signal(signal.SIGHUP)
    process.terminate()
    assert exit_status(process) == -signal.SIGTERM
    assert "shutdown complete" in wait_for(log.read_text)
