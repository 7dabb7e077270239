"""How fast a daemon starts and a bridge answers, and what both take when nothing is asked of them."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from typing import Final

import psutil

from tests.bench import requests
from tests.bench.crowds import crowd_of_cold_starts
from tests.bench.daemons import GOREV, MEGABYTE, Daemon, NoAnswer, environment, folder, running_daemon
from tests.bench.figures import Figure, median_of

COLD_STARTS: Final = 7
BRIDGE_STARTS: Final = 20
CROWDS: Final = (8, 64)
SETTLING_SECONDS: Final = 2.0
IDLE_SECONDS: Final = 10.0


def figures() -> Iterator[Figure]:
    """All of them, one after another."""
    starts = []
    for _ in range(COLD_STARTS):
        with folder() as home, running_daemon(home) as daemon:
            starts.append(daemon.seconds_to_ready)
    yield median_of("cold start to ready", starts, "s", 0.8)
    with folder() as home, running_daemon(home) as daemon:
        time.sleep(SETTLING_SECONDS)
        yield Figure("memory when idle", daemon.memory_megabytes(), "MiB", 80)
        before = daemon.cpu_seconds()
        time.sleep(IDLE_SECONDS)
        used = 100 * (daemon.cpu_seconds() - before) / IDLE_SECONDS
        yield Figure("processor when idle", used, "%", 0.25, f"of one core, in {IDLE_SECONDS:g} s")
        bridges = [_first_answer(daemon) for _ in range(BRIDGE_STARTS)]
        yield median_of("bridge to first answer", [seconds * 1000 for seconds, _ in bridges], "ms", 60)
        yield median_of("memory of a bridge", [size / MEGABYTE for _, size in bridges], "MiB", 15)
    for count in CROWDS:
        with folder() as home:
            (home / ".gorev-daemon").mkdir(mode=0o700)
            (home / ".gorev-daemon" / "config.toml").write_text("port = 0\n")
            crowd = crowd_of_cold_starts(count, [GOREV, "mcp-proxy"], environment(home), home)
            detail = f"all answered after {crowd.seconds:.2g} s"
            yield Figure(f"daemons after {count} cold starts at once", crowd.daemons, "", 1, detail)
            subprocess.run([GOREV, "daemon", "stop"], env=environment(home), check=True, stdout=subprocess.DEVNULL)


def _first_answer(daemon: Daemon) -> tuple[float, int]:
    """Seconds from the start of a bridge to its answer to ``initialize``, and its resident bytes.

    :raises NoAnswer: it answered something else, or nothing
    """
    begun = time.perf_counter()
    with subprocess.Popen(
        [GOREV, "mcp-proxy"],
        cwd=daemon.workspace,
        env=environment(daemon.home),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as bridge:
        assert bridge.stdin is not None
        assert bridge.stdout is not None
        bridge.stdin.write(requests.rpc(0, "initialize", requests.HELLO))
        bridge.stdin.flush()
        line = bridge.stdout.readline()
        taken = time.perf_counter() - begun
        size = int(psutil.Process(bridge.pid).memory_info().rss)
        bridge.stdin.close()
    if "result" not in json.loads(line or b"{}"):
        raise NoAnswer(f"the bridge answered {line!r}")
    return taken, size
