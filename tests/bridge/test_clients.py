"""How real clients start and end their servers (``mcp-protocol.md`` §1.3), with the real daemon from a cold start."""

from __future__ import annotations

import os
import pwd
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import anyio
import psutil
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from gorev.host_system import is_alive
from gorev.launcher import read_lock
from tests.fake_stage import INITIALIZE, Bridge, request
from tests.support.running_daemon import has_ended, wait_for

META = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": {},
    "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
}
COMMAND = [sys.executable, "-m", "gorev", "mcp-proxy"]


@pytest.fixture
def place(home: Path) -> Path:
    """A project in a home where no daemon runs; one that is started takes any free port."""
    (home / ".gorev-daemon").mkdir(mode=0o700)
    (home / ".gorev-daemon" / "config.toml").write_text("port = 0\n")
    project = home / "project"
    (project / ".git").mkdir(parents=True)
    return project


def reduced_environment(home: Path) -> dict[str, str]:
    """All that the official SDKs pass on."""
    user = pwd.getpwuid(os.getuid()).pw_name
    return {
        "HOME": str(home),
        "LOGNAME": user,
        "PATH": os.environ["PATH"],
        "SHELL": "/bin/sh",
        "TERM": "dumb",
        "USER": user,
    }


def daemon_of(home: Path) -> int:
    """The pid of the live daemon, 0 if there is none."""
    lock = read_lock(str(home / ".gorev-daemon"))
    return lock.pid if lock is not None and is_alive(lock.pid) else 0


def processes_of(home: Path) -> list[int]:
    """Every process of this home that has not ended."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get("HOME") == str(home) and not has_ended(process):
                found.append(process.pid)
    return found


def modern(identity: int, method: str, **params: Any) -> dict[str, object]:
    """A request of the stateless era."""
    return request(identity, method, **params, _meta=META)


def test_six_variables_are_enough(home: Path, place: Path) -> None:
    """The workspace is the project of the current directory, wherever the daemon was started."""
    bridge = Bridge(COMMAND, reduced_environment(home), place)
    try:
        assert bridge.ask(modern(1, "server/discover"))["result"]["supportedVersions"] == ["2026-07-28"]
        called = bridge.ask(modern(2, "tools/call", name="proje_olustur", arguments={"isim": "here"}))
        assert called["result"]["isError"] is False
        assert (place / ".gorev").is_dir()
        assert bridge.end() == (0, b"")
    finally:
        bridge.close()
    wait_for(lambda: processes_of(home) == [daemon_of(home)])


def test_a_throw_away_sibling_only_probes_and_the_next_one_needs_no_opening(home: Path, place: Path) -> None:
    """TypeScript v2 in its mode ``auto``: a process for ``server/discover`` alone, ended by a signal."""
    sibling = Bridge(COMMAND, reduced_environment(home), place)
    sibling.ask(modern(0, "server/discover"))
    daemon = daemon_of(home)
    sibling.process.send_signal(signal.SIGTERM)
    bridge = Bridge(COMMAND, reduced_environment(home), place)
    try:
        assert bridge.ask(modern(0, "tools/list"))["result"]["tools"]
        assert sibling.exit_status() == 0
        assert daemon_of(home) == daemon
    finally:
        sibling.close()
        bridge.close()


@pytest.mark.parametrize("asks", [False, True])
def test_a_signal_to_the_whole_group_of_a_client_s_server_does_not_reach_the_daemon(
    home: Path, place: Path, asks: bool
) -> None:
    """Python's SDK ends the group; the daemon may be on its way by then, or not yet begun."""
    first = Bridge(COMMAND, reduced_environment(home), place, start_new_session=True)
    if asks:
        first.ask(INITIALIZE)
    os.killpg(first.process.pid, signal.SIGTERM)
    status = first.exit_status()
    assert status == 0 or (not asks and status == -signal.SIGTERM)  # before it had begun to work
    second = Bridge(COMMAND, reduced_environment(home), place, start_new_session=True)
    try:
        assert "result" in second.ask(INITIALIZE)
        assert second.end() == (0, b"")
    finally:
        first.close()
        second.close()
    wait_for(lambda: processes_of(home) == [daemon_of(home)])


def test_the_official_client_leaves_the_daemon_and_nothing_else_behind(home: Path, place: Path) -> None:
    parameters = StdioServerParameters(command=COMMAND[0], args=COMMAND[1:], env={"HOME": str(home)}, cwd=str(place))

    async def visit() -> int:
        async with Client(stdio_client(parameters)) as client:
            return len((await client.list_tools()).tools)

    assert anyio.run(visit) > 20
    assert anyio.run(visit) > 20
    wait_for(lambda: processes_of(home) == [daemon_of(home)])
