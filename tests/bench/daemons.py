"""Daemons to be measured: real processes under home directories of their own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import attrs
import psutil

START_DEADLINE_SECONDS: Final = 60.0
STOP_DEADLINE_SECONDS: Final = 35.0
POLL_SECONDS: Final = 0.002
MEGABYTE: Final = 2**20

GOREV: Final = str(Path(sysconfig.get_path("scripts")) / "gorev")
DIRECT: Final = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class NoAnswer(Exception):
    """A process ended, or said nothing in time, where an answer was due."""


@attrs.frozen
class Daemon:
    """A daemon in the foreground under ``home``, and how long it took from its start until it was ready."""

    process: psutil.Popen
    home: Path
    port: int
    seconds_to_ready: float

    @property
    def workspace(self) -> Path:
        """The folder of its default workspace."""
        return self.home / "workspace"

    @property
    def socket(self) -> str:
        """The path of its local socket."""
        lock = json.loads((self.home / ".gorev-daemon" / ".lock").read_text())
        return str(lock["mcp_endpoint"]).partition(":")[2]

    def cpu_seconds(self) -> float:
        """What it has used of the processor so far, in user and system mode, all threads together."""
        return cpu_seconds(self.process)

    def memory_megabytes(self) -> float:
        """Its resident memory."""
        return float(self.process.memory_info().rss / MEGABYTE)

    def ask(self, path: str, body: Any = None) -> Any:
        """The JSON that it answers to GET, or to POST if there is a body.

        @raise NoAnswer: it refused.
        """
        content = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", content, {"Content-Type": "application/json"}
        )
        try:
            with DIRECT.open(request, timeout=300) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refusal:
            raise NoAnswer(f"{path} is refused: {refusal.read(500).decode()}") from refusal


def cpu_seconds(process: psutil.Process) -> float:
    """Of a process, as `Daemon.cpu_seconds`."""
    if sys.platform == "linux":
        # The clock of clock_getcpuclockid(3), which Python has for threads only; psutil sees ticks of 10 ms.
        return time.clock_gettime(~process.pid << 3 | 2)
    times = process.cpu_times()
    return float(times.user + times.system)


def environment(home: Path) -> dict[str, str]:
    """This process's environment without the user's settings, with ``home`` as the home directory."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GOREV_", "XDG_", "CLAUDE_"))}
    return {**kept, "HOME": str(home)}


def free_port() -> int:
    """A TCP port of the loopback that nothing listened on a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def folder() -> Iterator[Path]:
    """An empty folder with a short path, as the daemon's local socket in it may have 103 bytes."""
    made = Path(tempfile.mkdtemp(prefix="gorev-")).resolve()
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


@contextmanager
def running_daemon(home: Path) -> Iterator[Daemon]:
    """A daemon under ``home`` with a workspace of its own, from its start until it has stopped."""
    (home / "workspace").mkdir(exist_ok=True)
    port = free_port()
    with (home / "output").open("wb") as output:
        begun = time.perf_counter()
        process = psutil.Popen(
            [GOREV, "daemon", "--api-port", str(port), "--workspace", str(home / "workspace")],
            cwd=home / "workspace",
            env=environment(home),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        _wait_until(lambda: _is_ready(home), process, home / "output")
        yield Daemon(process, home, port, time.perf_counter() - begun)
    finally:
        stop(process)


def _wait_until(condition: Callable[[], bool], process: psutil.Popen, output: Path) -> None:
    deadline = time.monotonic() + START_DEADLINE_SECONDS
    while not condition():
        if process.poll() is not None or time.monotonic() > deadline:
            raise NoAnswer(f"the daemon is not ready:\n{output.read_text(errors='replace')[-2000:]}")
        time.sleep(POLL_SECONDS)


def _is_ready(home: Path) -> bool:
    """Whether the lock file is there and the address in it answers that the daemon is ready."""
    try:
        address = json.loads((home / ".gorev-daemon" / ".lock").read_text())["daemon_url"]
        with DIRECT.open(f"{address}/api/health/ready", timeout=5) as answer:
            return bool(answer.status == 200)
    except (OSError, ValueError, KeyError):
        return False


def stop(process: psutil.Popen) -> None:
    """End a process as a service manager would, and by force if that takes too long."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_DEADLINE_SECONDS)
        except psutil.TimeoutExpired:
            process.kill()
            process.wait()
