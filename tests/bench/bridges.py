"""What a bridge costs: the time it adds to a call, the memory it takes, and what a crowd of cold starts comes to."""

from __future__ import annotations

import json
import socket
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import attrs
import psutil

CALLS: Final = 2_000
WARM_UP: Final = 200


def _message(identity: int, method: str, **params: Any) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": identity, "method": method, "params": params}).encode() + b"\n"


def _median_milliseconds(ask: Callable[[bytes], bytes]) -> float:
    """Of one call after another of a tool that reads a page which is not changed meanwhile."""
    taken = []
    for number in range(WARM_UP + CALLS):
        question = _message(number, "tools/call", name="proje_listele", arguments={})
        begun = time.perf_counter()
        answer = ask(question)
        taken.append(time.perf_counter() - begun)
        assert b'"isError":false' in answer, answer
    return statistics.median(taken[WARM_UP:]) * 1000


@attrs.frozen
class BridgeCost:
    """Medians in ms of a call over the daemon's socket and through a bridge, and the bridge's resident bytes."""

    direct_ms: float
    bridged_ms: float
    memory_bytes: int


def bridge_cost(command: list[str], environment: Mapping[str, str], home: Path) -> BridgeCost:
    """Measure them, with the daemon of ``home``."""
    lock = json.loads((home / ".gorev-daemon" / ".lock").read_text())
    hello = {
        "jsonrpc": "2.0",
        "method": "notifications/gorev/hello",
        "params": {"workspace": str(home / "workspace"), "lang": "en"},
    }
    initialize = _message(
        0, "initialize", protocolVersion="2025-11-25", capabilities={}, clientInfo={"name": "bench", "version": "1"}
    )
    with socket.socket(socket.AF_UNIX) as direct:
        direct.connect(lock["mcp_endpoint"].partition(":")[2])
        lines = direct.makefile("rb")
        direct.sendall(json.dumps(hello).encode() + b"\n" + initialize)
        lines.readline(), lines.readline()

        def ask_directly(question: bytes) -> bytes:
            direct.sendall(question)
            return lines.readline()

        direct_ms = _median_milliseconds(ask_directly)
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=home / "workspace", env=environment, stdin=pipe, stdout=pipe) as bridge:
        stdin, stdout = bridge.stdin, bridge.stdout
        assert stdin is not None
        assert stdout is not None

        def ask_bridge(question: bytes) -> bytes:
            stdin.write(question)
            stdin.flush()
            return stdout.readline()

        ask_bridge(initialize)
        bridged_ms = _median_milliseconds(ask_bridge)
        memory = psutil.Process(bridge.pid).memory_info().rss
        stdin.close()
    return BridgeCost(direct_ms, bridged_ms, memory)


@attrs.frozen
class Crowd:
    """How many daemons a crowd of bridges came to that all started cold, and the seconds until all were answered."""

    daemons: int
    seconds: float


def crowd_of_cold_starts(count: int, command: list[str], environment: Mapping[str, str], home: Path) -> Crowd:
    """Start so many bridges at once where no daemon runs; the daemon is left running."""
    initialize = _message(
        0, "initialize", protocolVersion="2025-11-25", capabilities={}, clientInfo={"name": "bench", "version": "1"}
    )
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
