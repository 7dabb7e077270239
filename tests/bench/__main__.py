"""``python -m tests.bench``: how fast the daemon starts and a bridge answers, and what an idle daemon takes.

Every figure comes from real processes under a temporary home directory. The targets are those of a quiet machine: on a
shared one a figure moves by up to half from run to run.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import attrs
import psutil
from rich.console import Console
from rich.table import Table

from tests.bench.bridges import bridge_cost, crowd_of_cold_starts

COLD_STARTS: Final = 7
BRIDGE_STARTS: Final = 20
CROWDS: Final = (8, 64)
SETTLING_SECONDS: Final = 3.0
IDLE_SECONDS: Final = 10.0
START_DEADLINE_SECONDS: Final = 30.0
STOP_DEADLINE_SECONDS: Final = 35.0
POLL_SECONDS: Final = 0.002
MEGABYTE: Final = 2**20

GOREV: Final = str(Path(sysconfig.get_path("scripts")) / "gorev")
DIRECT: Final = urllib.request.build_opener(urllib.request.ProxyHandler({}))
INITIALIZE: Final = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "gorev-bench", "version": "1"},
    },
}


class NoAnswer(Exception):
    """A process ended, or said nothing in time, where an answer was due."""


@attrs.frozen
class Figure:
    """One line of the table; ``target`` is the largest value that is good enough, in the same unit."""

    name: str
    value: float
    unit: str
    target: float
    detail: str = ""


@attrs.frozen
class Daemon:
    """A daemon in the foreground under ``home``, and how long it took from its start until it was ready."""

    process: psutil.Popen
    home: Path
    seconds_to_ready: float


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
def home_directory() -> Iterator[Path]:
    """An empty home directory with a short path, as the daemon's local socket in it may have 103 bytes."""
    folder = Path(tempfile.mkdtemp(prefix="gorev-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running_daemon() -> Iterator[Daemon]:
    """A daemon with an empty home and a workspace of its own, from its start until it has stopped."""
    with home_directory() as home:
        workspace = home / "workspace"
        workspace.mkdir()
        with (home / "output").open("wb") as output:
            begun = time.perf_counter()
            process = psutil.Popen(
                [GOREV, "daemon", "--api-port", str(free_port())],
                cwd=workspace,
                env=environment(home),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        try:
            wait_until(lambda: is_ready(home), process, home / "output")
            yield Daemon(process, home, time.perf_counter() - begun)
        finally:
            stop(process)


def wait_until(condition: Callable[[], bool], process: psutil.Popen, output: Path) -> None:
    """Poll until ``condition`` holds.

    :raises NoAnswer: the process ended first, or the deadline passed
    """
    deadline = time.monotonic() + START_DEADLINE_SECONDS
    while not condition():
        if process.poll() is not None or time.monotonic() > deadline:
            raise NoAnswer(f"the daemon is not ready:\n{output.read_text(errors='replace')[-2000:]}")
        time.sleep(POLL_SECONDS)


def is_ready(home: Path) -> bool:
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


def first_answer_seconds(daemon: Daemon) -> float:
    """From the start of a bridge to its answer to ``initialize``.

    :raises NoAnswer: it answered something else, or nothing
    """
    begun = time.perf_counter()
    with subprocess.Popen(
        [GOREV, "mcp-proxy"],
        cwd=daemon.home / "workspace",
        env=environment(daemon.home),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as bridge:
        assert bridge.stdin is not None
        assert bridge.stdout is not None
        bridge.stdin.write(json.dumps(INITIALIZE).encode() + b"\n")
        bridge.stdin.flush()
        line = bridge.stdout.readline()
        taken = time.perf_counter() - begun
        bridge.stdin.close()
    if "result" not in json.loads(line or b"{}"):
        raise NoAnswer(f"the bridge answered {line!r}")
    return taken


def spread(values: list[float], unit: str) -> str:
    """Least and most of several measurements."""
    return f"{len(values)} runs, {min(values):.3g} to {max(values):.3g} {unit}"


def measure() -> Iterator[Figure]:
    """Take all figures, one after another."""
    starts = []
    for _ in range(COLD_STARTS):
        with running_daemon() as daemon:
            starts.append(daemon.seconds_to_ready)
    yield Figure("cold start to ready, median", statistics.median(starts), "s", 0.8, spread(starts, "s"))

    with running_daemon() as daemon:
        time.sleep(SETTLING_SECONDS)
        yield Figure("memory when idle", daemon.process.memory_info().rss / MEGABYTE, "MiB", 80)
        before = daemon.process.cpu_times()
        time.sleep(IDLE_SECONDS)
        after = daemon.process.cpu_times()
        used = (after.user - before.user) + (after.system - before.system)
        # The system counts in ticks of 10 ms, 0.1 % of these 10 s; looking after the lock file may cost one or two.
        yield Figure("processor when idle", 100 * used / IDLE_SECONDS, "%", 0.25, f"of one core, in {IDLE_SECONDS:g} s")

        answers = [first_answer_seconds(daemon) * 1000 for _ in range(BRIDGE_STARTS)]
        yield Figure("bridge to first answer, median", statistics.median(answers), "ms", 60, spread(answers, "ms"))

        cost = bridge_cost([GOREV, "mcp-proxy"], environment(daemon.home), daemon.home)
        yield Figure("call over the socket, median", cost.direct_ms, "ms", 0.5)
        added = cost.bridged_ms - cost.direct_ms
        yield Figure("added to it by the bridge", added, "ms", 0.3, f"{cost.bridged_ms:.3g} ms through it")
        yield Figure("memory of a bridge", cost.memory_bytes / MEGABYTE, "MiB", 15)

    for count in CROWDS:
        with home_directory() as home:
            (home / ".gorev-daemon").mkdir(mode=0o700)
            (home / ".gorev-daemon" / "config.toml").write_text("port = 0\n")
            crowd = crowd_of_cold_starts(count, [GOREV, "mcp-proxy"], environment(home), home)
            detail = f"all answered after {crowd.seconds:.2g} s"
            yield Figure(f"daemons after {count} cold starts at once", crowd.daemons, "", 1, detail)
            subprocess.run([GOREV, "daemon", "stop"], env=environment(home), check=True, stdout=subprocess.DEVNULL)


def main() -> int:
    """Measure and print; exit code 1 when a figure misses its target or could not be taken."""
    table = Table("figure", "value", "target", "", "detail")
    console = Console(width=120)
    failed = False
    try:
        for figure in measure():
            good = figure.value <= figure.target
            failed = failed or not good
            value, target = f"{figure.value:.3g} {figure.unit}", f"≤ {figure.target:g} {figure.unit}"
            table.add_row(figure.name, value, target, "met" if good else "missed", figure.detail)
    except NoAnswer as problem:
        console.print(f"not measured to the end: {problem}", markup=False)
        failed = True
    console.print(table)
    return int(failed)


sys.exit(main())
