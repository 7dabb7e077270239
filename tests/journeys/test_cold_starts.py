"""Many starts at once, by assistants and by hand, come to one daemon that serves them all."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil

from tests.support.process import running_process
from tests.support.running_daemon import GOREV, PATIENCE_SECONDS, RunningDaemon, wait_for

INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}},
}


@contextmanager
def bridge(daemon: RunningDaemon) -> Iterator[subprocess.Popen[bytes]]:
    """A bridge that was sent one request."""
    command = [*GOREV, "mcp-proxy", "--workspace", str(daemon.workspace)]
    with running_process(
        command, env=daemon.environment, cwd=Path(__file__).parents[2], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as running:
        assert running.stdin is not None
        running.stdin.write(json.dumps(INITIALIZE).encode() + b"\n")
        running.stdin.flush()
        yield running


def start_by_hand(daemon: RunningDaemon) -> subprocess.Popen[bytes]:
    """``gorev daemon --detach``, not waited for."""
    command = [*GOREV, "daemon", "--detach", "--api-port", "0"]
    return subprocess.Popen(
        command, env=daemon.environment, cwd=Path(__file__).parents[2], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def daemons_of(home: Path) -> list[int]:
    """The processes that are daemons of this home."""
    found = []
    for process in psutil.process_iter():
        try:
            words = process.cmdline()
            if "daemon" in words and "--detach" not in words and process.environ().get("HOME") == str(home):
                found.append(process.pid)
        except psutil.Error:
            continue
    return found


def test_eight_simultaneous_starts_come_to_one_daemon(own_daemon: RunningDaemon) -> None:
    """Four bridges are answered; four starts by hand either made the daemon or say who did."""
    folder = own_daemon.home / ".gorev-daemon"
    folder.mkdir(mode=0o700)
    (folder / "config.toml").write_text("port = 0\n")
    with ExitStack() as stack:
        bridges, starters = [], []
        for _ in range(4):
            bridges.append(stack.enter_context(bridge(own_daemon)))
            starters.append(stack.enter_context(start_by_hand(own_daemon)))
        for each in bridges:
            assert each.stdout is not None
            assert json.loads(each.stdout.readline())["result"]["serverInfo"]["name"] == "gorev"
        outcomes = [(*each.communicate(timeout=PATIENCE_SECONDS), each.returncode) for each in starters]
        assert daemons_of(own_daemon.home) == [own_daemon.pid]
    running = str(own_daemon.pid).encode()
    assert all(running in (out if code == 0 else err) for out, err, code in outcomes)
    assert sum(code == 0 for _, _, code in outcomes) <= 1
    assert wait_for(lambda: own_daemon.get("/api/health").status == 200)
