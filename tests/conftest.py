"""Fixtures of every test: what a test may not leave behind, a home of its own, and a free port."""

from __future__ import annotations

import errno
import gc
import os
import random
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import attrs
import hypothesis
import psutil
import pytest
import pytest_twisted
from twisted.internet.interfaces import IDelayedCall
from twisted.internet.task import deferLater
from twisted.logger import ILogObserver, LogEvent, formatEvent, globalLogPublisher
from twisted.python.failure import Failure
from zope.interface import implementer

from tests.support.running_daemon import RunningDaemon, has_ended

# A closed connection or a process that ended is noticed some turns of the reactor later, and only then its timers go.
REACTOR_GRACE_TURNS = 100
REACTOR_TURN_SECONDS = 0.01
# A daemon that is told to end has nothing in flight when its test is over.
DAEMON_STOP_SECONDS = 10.0
# Linux gives from 32768 on, other systems from 49152 on.
QUIET_PORTS = range(20_000, 32_000)

# How long an example takes on a machine that has other things to do says nothing about what is tested.
hypothesis.settings.register_profile("seeking", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
# The same examples each time, so that whoever sees a test fail knows that it is by the last change. Others are tried by
# pytest --hypothesis-profile seeking.
hypothesis.settings.register_profile("steady", hypothesis.settings.get_profile("seeking"), derandomize=True)
hypothesis.settings.load_profile("steady")


@implementer(ILogObserver)
@attrs.define
class LoggedFailures:
    """A log observer that keeps every event with a failure, `flush`ed by the test that expects them."""

    events: list[LogEvent] = attrs.field(factory=list)

    def __call__(self, event: LogEvent) -> None:
        """Keep ``event`` if it bears a failure, an unhandled error in a Deferred included."""
        if event.get("log_failure") is not None:
            self.events.append(event)

    def flush(self, *errors: type[BaseException]) -> list[Failure]:
        """Take out and return the failures of these types, or all when none is named."""
        gc.collect()  # a Deferred reports its unhandled error when it is collected
        taken = [event for event in self.events if not errors or event["log_failure"].check(*errors)]
        self.events = [event for event in self.events if event not in taken]
        return [event["log_failure"] for event in taken]


def pytest_collection_finish() -> None:
    """Keep what is imported by now out of every later collection, which makes one per test cheap."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def logged_failures() -> Iterator[LoggedFailures]:
    """What Twisted logs as a failure fails the test, unless the test flushes it."""
    failures = LoggedFailures()
    globalLogPublisher.addObserver(failures)
    try:
        yield failures
        gc.collect()
    finally:
        globalLogPublisher.removeObserver(failures)
    if failures.events:
        pytest.fail("\n\n".join(_described(event) for event in failures.events), pytrace=False)


def _described(event: LogEvent) -> str:
    return f"logged failure: {formatEvent(event)}\n{event['log_failure'].getTraceback()}"


@pytest.fixture(autouse=True)
def no_delayed_call_left() -> Iterator[None]:
    """A delayed call that the test leaves in the global reactor fails it; calls of wider fixtures are left alone."""
    from twisted.internet import reactor  # not at the head of the module: pytest-twisted chooses the reactor

    def left() -> list[IDelayedCall]:
        return [call for call in reactor.getDelayedCalls() if getattr(call, "func", None) not in known]

    known: list[object] = []
    known = [getattr(call, "func", None) for call in left()]
    yield
    for _ in range(REACTOR_GRACE_TURNS):
        if not left():
            return
        pytest_twisted.blockon(deferLater(reactor, REACTOR_TURN_SECONDS))
    remaining = left()
    descriptions = [str(call) for call in remaining]
    for call in remaining:
        call.cancel()
    if remaining:
        pytest.fail("\n".join(["left in the reactor:", *descriptions]), pytrace=False)


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty home directory and an environment without the user's settings; processes left under it are ended.

    Its path is short, because the daemon's local socket in it may have 103 bytes.
    """
    folder = Path(tempfile.mkdtemp(prefix="gorev-")).resolve()
    for name in os.environ:
        if name.startswith(("GOREV_", "XDG_")) or name in ("CLAUDE_PROJECT_DIR", "LANG"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(folder))
    try:
        yield folder
    finally:
        _end_processes_of(folder)
        shutil.rmtree(folder, ignore_errors=True)


def _end_processes_of(home: Path) -> None:
    """End what the test started under ``home`` and left there: a daemon outlives its clients.

    Asked again until nothing is left, because a bridge whose daemon goes first may have started another one.
    """
    while ours := [process for process in psutil.process_iter() if _is_under(home, process)]:
        for process in ours:
            with suppress(psutil.NoSuchProcess):
                process.terminate()
        for process in _still_running(ours):
            with suppress(psutil.NoSuchProcess):
                process.kill()
        _still_running(ours)


def _still_running(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that have not ended in good time; a zombie has, though nobody may have reaped it yet."""
    deadline = time.monotonic() + DAEMON_STOP_SECONDS
    while (running := [each for each in processes if not has_ended(each)]) and time.monotonic() < deadline:
        time.sleep(0.02)
    return running


def _is_under(home: Path, process: psutil.Process) -> bool:
    try:
        return process.pid != os.getpid() and Path(process.environ().get("HOME", "/")).is_relative_to(home)
    except psutil.Error:
        return False


@pytest.fixture(scope="module")
def daemon() -> Iterator[RunningDaemon]:
    """A running daemon, shared by the tests of a module, with a home and a default workspace of its own."""
    folder = Path(tempfile.mkdtemp(prefix="gorev-")).resolve()
    workspace = folder / "workspace"
    workspace.mkdir()
    running = RunningDaemon(folder, workspace)
    try:
        running.start()
        yield running
    finally:
        _end_processes_of(folder)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def own_daemon(home: Path) -> RunningDaemon:
    """A daemon of this test alone, in the home of the test, not yet started."""
    workspace = home / "workspace"
    workspace.mkdir()
    return RunningDaemon(home, workspace)


@pytest.fixture
def free_port() -> int:
    """A TCP port that nothing listened on a moment ago, on 127.0.0.1 and on ::1.

    It is none of those that systems give to who asks for any port, as tests that run beside this one do all the time.
    """
    while True:
        port = random.SystemRandom().choice(QUIET_PORTS)
        try:
            with socket.create_server(("127.0.0.1", port)), socket.create_server(("::1", port), family=socket.AF_INET6):
                return port
        except OSError as problem:
            if problem.errno != errno.EADDRINUSE:  # there is no IPv6 here
                return port
