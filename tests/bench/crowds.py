"""Many bridges that start at once where no daemon runs."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

import attrs
import psutil

from tests.bench import requests


@attrs.frozen
class Crowd:
    """How many daemons a crowd of bridges came to that all started cold, and the seconds until all were answered."""

    daemons: int
    seconds: float


def crowd_of_cold_starts(count: int, command: list[str], environment: Mapping[str, str], home: Path) -> Crowd:
    """Start so many bridges at once where no daemon runs; the daemon is left running."""
    initialize = requests.rpc(0, "initialize", requests.HELLO)
    pipe = subprocess.PIPE
    begun = time.perf_counter()
    pids = set()
    with ExitStack() as stack:
        bridges = [
            stack.enter_context(subprocess.Popen(command, cwd=home, env=environment, stdin=pipe, stdout=pipe))
            for _ in range(count)
        ]
        for bridge in bridges:
            assert bridge.stdin is not None
            bridge.stdin.write(initialize)
            bridge.stdin.flush()
        for bridge in bridges:
            assert bridge.stdout is not None
            assert b'"result"' in bridge.stdout.readline()
        seconds = time.perf_counter() - begun
        for process in psutil.process_iter():
            try:
                words = process.cmdline()
                if "daemon" in words and process.environ().get("HOME") == str(home):
                    pids.add(process.pid)
            except psutil.Error:
                continue
        for bridge in bridges:
            assert bridge.stdin is not None
            bridge.stdin.close()
    return Crowd(len(pids), seconds)
