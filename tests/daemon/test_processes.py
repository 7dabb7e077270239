"""What can be told of a process by its pid."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import psutil
import pytest

from gorev.daemon.processes import is_alive, is_gorev_command, listener_on, may_be_gorev


def test_this_process_is_alive() -> None:
    assert is_alive(os.getpid())
    assert is_alive(os.getpid(), datetime.now(UTC))


def test_a_process_younger_than_the_one_meant_is_not_that_one() -> None:
    created = datetime.fromtimestamp(psutil.Process().create_time(), UTC)
    assert is_alive(os.getpid(), created - timedelta(seconds=2))
    assert not is_alive(os.getpid(), created - timedelta(seconds=10))


def test_a_process_that_ended_is_not_alive() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        child.wait()
    assert not is_alive(child.pid)
    assert not may_be_gorev(child.pid)


@pytest.mark.parametrize(
    "command",
    [
        "gorev daemon --debug",
        "/home/u/.local/bin/gorev serve",
        "/usr/bin/python3 /home/u/bin/gorev daemon",
        "python -m gorev daemon",
        "python3.12 -X importtime -I -m gorev daemon --api-port 0",
        "/x/bin/python /x/bin/twistd -n gorev --port 0",
        "twist gorev",
    ],
)
def test_a_daemon_is_known_by_its_command_line(command: str) -> None:
    assert is_gorev_command(command.split())


@pytest.mark.parametrize(
    "command",
    ["", "vim gorev", "less gorev daemon", "python -m gorev mcp-proxy", "python -m http.server", "twistd web", "gorev"],
)
def test_what_is_no_daemon_is_not_taken_for_one(command: str) -> None:
    assert not is_gorev_command(command.split())


def test_the_listener_on_a_port_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        holder = listener_on(listening.getsockname()[1])
    assert holder == f"{psutil.Process().name()} (PID: {os.getpid()})"


def test_a_port_without_a_listener_has_no_name(free_port: int) -> None:
    assert listener_on(free_port) is None
