"""Two versions on one machine: the newer one takes over, and nobody loses a call (``lifecycle.md`` §7 step 6)."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import attrs
import psutil
import pytest

from gorev.daemon.handover import RESTART_STATUS
from tests.fake_stage import INITIALIZE, Bridge, call, request
from tests.support.other_version import program_of
from tests.support.process import running_process
from tests.support.running_daemon import PATIENCE_SECONDS, McpClient, has_ended, wait_for

OLD, NEW = "0.17.9", "99.0.0"


@attrs.define
class Machine:
    """A home directory with both versions installed."""

    home: Path
    programs: dict[str, Path]
    bridges: list[Bridge] = attrs.Factory(list)

    @property
    def workspace(self) -> Path:
        """The folder everyone works in."""
        return self.home / "workspace"

    def environment(self, version: str) -> dict[str, str]:
        """That in which this version is the program, and no other variable of Gorev's is set."""
        return {"HOME": str(self.home), "PATH": os.environ["PATH"], "PYTHONPATH": str(self.programs[version])}

    def run(self, version: str, *words: str) -> subprocess.CompletedProcess[str]:
        """A command of this version, to its end."""
        command = [sys.executable, "-m", "gorev", "--lang", "en", *words]
        return subprocess.run(
            command, env=self.environment(version), cwd=self.home, capture_output=True, text=True, check=False
        )

    def bridge(self, version: str) -> Bridge:
        """A bridge of this version, for the workspace."""
        command = [sys.executable, "-m", "gorev", "mcp-proxy", "--lang", "en", "--workspace", str(self.workspace)]
        bridge = Bridge(command, self.environment(version), self.home)
        self.bridges.append(bridge)
        return bridge

    @property
    def lock(self) -> dict[str, Any]:
        """The lock file, empty while there is none."""
        with suppress(OSError, ValueError):
            content: dict[str, Any] = json.loads((self.home / ".gorev-daemon" / ".lock").read_text())
            return content
        return {}

    def daemons(self) -> list[int]:
        """The daemon processes of this home."""
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                words = process.cmdline()
                ours = process.environ().get("HOME") == str(self.home) and not has_ended(process)
                if ours and "daemon" in words and "--detach" not in words:
                    found.append(process.pid)
        return found

    def plain_client(self) -> McpClient:
        """A client that names no workspace."""
        return McpClient(self.lock["mcp_endpoint"], None)


@pytest.fixture
def machine(home: Path) -> Iterator[Machine]:
    """Both versions, neither running; daemons take any free port unless told otherwise."""
    (home / "workspace").mkdir()
    (home / ".gorev-daemon").mkdir(mode=0o700)
    (home / ".gorev-daemon" / "config.toml").write_text("port = 0\n")
    machine = Machine(home, {version: program_of(version, home) for version in (OLD, NEW)})
    try:
        yield machine
    finally:
        for bridge in machine.bridges:
            bridge.close()


def start_old(machine: Machine, *words: str) -> dict[str, Any]:
    """Start the older daemon; its lock file."""
    started = machine.run(OLD, "daemon", "--detach", *words)
    assert started.returncode == 0, started.stderr
    lock = machine.lock
    assert lock["version"] == OLD
    return lock


def runs(machine: Machine, version: str) -> Callable[[], bool]:
    """Whether the daemon is of this version."""
    return lambda: machine.lock.get("version") == version


def make_project(name: str, identity: int) -> dict[str, object]:
    return call(identity, "proje_olustur", isim=name)


def names_of_projects(machine: Machine) -> list[str]:
    """As the workspace's database has them."""
    (file,) = (machine.workspace / ".gorev").glob("*.db")
    with sqlite3.connect(file) as database:
        return [name for (name,) in database.execute("SELECT name FROM projects")]


def keep_making(bridge: Bridge, enough: Callable[[int], bool]) -> dict[object, str]:
    """Keep ten calls without a key in flight, each making a project, until the number answered is enough.

    Every answer must be the project of its own question; returns the names by id.
    """
    asked: dict[object, str] = {}
    answered: dict[object, str] = {}
    while not enough(len(answered)) or len(answered) < len(asked):
        while len(asked) - len(answered) < 10 and not enough(len(answered)):
            asked[len(asked)] = f"project {len(asked)}"
            bridge.send(make_project(asked[len(asked) - 1], len(asked) - 1))
        message = bridge.receive()
        if "id" in message:
            assert message["id"] not in answered
            answered[message["id"]] = message["result"]["structuredContent"]["proje"]["isim"]
        else:
            assert message["method"] == "notifications/tools/list_changed"
    assert answered == asked
    return answered


def test_a_newer_bridge_brings_its_daemon_and_no_call_of_an_older_one_is_lost(machine: Machine) -> None:
    """Writes without a key are on their way all the time: each is answered with success, and done once."""
    old_lock = start_old(machine)
    older = machine.bridge(OLD)
    older.initialize()
    taken_over_at: list[int] = []

    def enough(answered: int) -> bool:
        if answered >= 20 and len(machine.bridges) == 1:
            machine.bridge(NEW).send(INITIALIZE)
        if not taken_over_at and machine.lock.get("version") == NEW:
            taken_over_at.append(answered)
        return bool(taken_over_at) and answered >= taken_over_at[0] + 20

    made = keep_making(older, enough)
    assert sorted(names_of_projects(machine)) == sorted(made.values())
    assert "result" in machine.bridges[1].receive()
    lock = machine.lock
    assert (lock["version"], lock["port"]) == (NEW, old_lock["port"])
    wait_for(lambda: machine.daemons() == [lock["pid"]])


def test_clients_that_name_no_workspace_find_theirs_again(machine: Machine) -> None:
    start_old(machine, "--workspace", str(machine.workspace))
    before = machine.plain_client()
    before.call("proje_olustur", isim="of the default workspace")
    before.close()
    machine.bridge(NEW)
    wait_for(runs(machine, NEW))
    after = machine.plain_client()
    listed = after.call("proje_listele")["structuredContent"]["projeler"]
    assert [project["isim"] for project in listed] == ["of the default workspace"]
    after.close()


def test_an_older_bridge_goes_on_with_a_newer_daemon(machine: Machine) -> None:
    assert machine.run(NEW, "daemon", "--detach").returncode == 0
    lock = machine.lock
    older = machine.bridge(OLD)
    assert older.ask(INITIALIZE)["result"]["serverInfo"]["version"] == NEW
    assert older.ask(request(1, "ping"))["result"] == {}
    assert machine.lock == lock


def test_a_newer_command_that_starts_a_daemon_replaces_the_older_one_on_its_port(machine: Machine) -> None:
    old_lock = start_old(machine)
    older = machine.bridge(OLD)
    older.initialize()
    started = machine.run(NEW, "daemon", "--detach")
    assert started.returncode == 0, started.stderr
    lock = machine.lock
    assert f"(PID: {lock['pid']})" in started.stdout
    assert (lock["version"], lock["port"]) == (NEW, old_lock["port"])
    assert older.receive()["method"] == "notifications/tools/list_changed"
    assert "result" in older.ask(make_project("after", 1))
    wait_for(lambda: machine.daemons() == [lock["pid"]])


def test_an_older_command_leaves_a_newer_daemon_alone(machine: Machine) -> None:
    assert machine.run(NEW, "daemon", "--detach").returncode == 0
    lock = machine.lock
    refused = machine.run(OLD, "daemon", "--detach")
    assert refused.returncode == 1
    assert f"(PID: {lock['pid']})" in refused.stderr
    assert machine.lock == lock


def test_a_newer_daemon_in_the_foreground_takes_over_too(machine: Machine) -> None:
    old_lock = start_old(machine)
    command = [sys.executable, "-m", "gorev", "daemon"]
    with running_process(
        command, env=machine.environment(NEW), cwd=machine.home, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as foreground:
        wait_for(runs(machine, NEW))
        assert (machine.lock["pid"], machine.lock["port"]) == (foreground.pid, old_lock["port"])
        foreground.send_signal(signal.SIGTERM)
        foreground.communicate(timeout=PATIENCE_SECONDS)


@contextmanager
def supervised(machine: Machine) -> Iterator[subprocess.Popen[bytes]]:
    """The older daemon as a service. systemd tells a process its own pid, by which the daemon knows whose it is."""
    command = ["/bin/sh", "-c", 'SYSTEMD_EXEC_PID=$$ exec "$@"', "sh", sys.executable, "-m", "gorev", "daemon"]
    environment = machine.environment(OLD)
    with running_process(command, env=environment, cwd=machine.home, stderr=subprocess.PIPE) as service:
        wait_for(runs(machine, OLD))
        assert machine.lock["supervised"] is True
        yield service


def test_a_service_that_was_upgraded_ends_so_that_it_is_started_again(machine: Machine) -> None:
    with supervised(machine) as service:
        package = machine.programs[OLD] / "gorev" / "__init__.py"
        package.write_text(package.read_text().replace(OLD, NEW))
        client = machine.plain_client()
        client.write({"jsonrpc": "2.0", "method": "notifications/gorev/handover", "params": {"version": NEW}})
        service.communicate(timeout=PATIENCE_SECONDS)
        client.close()
    assert service.returncode == RESTART_STATUS
    assert machine.lock == {}


def test_a_service_that_would_start_as_old_as_it_is_goes_on(machine: Machine) -> None:
    """Otherwise each newer bridge would have it started over, until its manager gives it up."""
    with supervised(machine) as service:
        lock = machine.lock
        newer = machine.bridge(NEW)
        assert newer.ask(INITIALIZE)["result"]["serverInfo"]["version"] == OLD
        assert "result" in newer.ask(make_project("by a newer bridge", 1))
        refused = machine.run(NEW, "daemon", "--detach")
        assert (refused.returncode, f"(PID: {service.pid})" in refused.stderr) == (1, True)
        assert machine.lock == lock
        service.terminate()
        _, log = service.communicate(timeout=PATIENCE_SECONDS)
    assert f"version {NEW} is in use, but the service starts version {OLD}".encode() in log
