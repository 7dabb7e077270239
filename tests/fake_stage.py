"""A home directory with the fake daemon as its Gorev program, and bridges that run in it."""

from __future__ import annotations

import json
import os
import select
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

import gorev
from gorev.launcher import connect, read_lock

CHECKOUT = Path(gorev.__file__).parents[1]
FAKE_DAEMON = Path(__file__).with_name("fake_daemon.py")
DEADLINE_SECONDS = 30.0
POLL_SECONDS = 0.01

INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 0,
    "method": "initialize",
    "params": {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}},
}
INITIALIZED = {"jsonrpc": "2.0", "method": "notifications/initialized"}


def until(condition: Callable[[], object]) -> None:
    """Return when the condition holds; fails the test when it does not in good time."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "what was waited for did not happen"
        time.sleep(POLL_SECONDS)


def call(identity: int | str, tool: str, **arguments: object) -> dict[str, object]:
    """A tools/call request."""
    params = {"name": tool, "arguments": arguments}
    return {"jsonrpc": "2.0", "id": identity, "method": "tools/call", "params": params}


def request(identity: int | str, method: str, **params: object) -> dict[str, object]:
    """A request."""
    return {"jsonrpc": "2.0", "id": identity, "method": method, "params": params}


class Stage:
    """The fake daemon's home; `close` ends every process that was started on it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.directory = home / ".gorev-daemon"
        self.log = self.directory / "daemon.log"
        self.program = home / "gorev-server"
        self.program.write_text(f'#!/bin/sh\nexec {shlex.join([sys.executable, str(FAKE_DAEMON)])} "$@"\n')
        self.program.chmod(0o755)
        self.bridges: list[Bridge] = []

    def behave(self, **fields: object) -> None:
        """Say how daemons started from now on behave."""
        (self.home / "fake_daemon.json").write_text(json.dumps(fields))

    def starts(self) -> list[dict[str, Any]]:
        """What is known of each daemon process started, in order."""
        return self._noted("starts")

    def received(self) -> list[str]:
        """The lines that daemons have received, in order."""
        return [note["line"] for note in self._noted("received")]

    def requests(self, method: str) -> list[dict[str, Any]]:
        """The messages of this method that daemons have received, in order."""
        messages = []
        for line in self.received():
            with suppress(ValueError):
                messages.append(json.loads(line))
        return [message for message in messages if isinstance(message, dict) and message.get("method") == method]

    def _noted(self, name: str) -> list[dict[str, Any]]:
        try:
            lines = (self.home / name).read_text().split("\n")[:-1]
        except FileNotFoundError:
            return []
        return [json.loads(line) for line in lines]

    def daemon_pid(self) -> int:
        """The pid in the lock file."""
        lock = read_lock(str(self.directory))
        assert lock is not None
        return lock.pid

    def kill_daemon(self) -> None:
        """End the daemon as a crash would, and wait until it has gone: its lock file stays."""
        self._end_daemon(signal.SIGKILL)

    def stop_daemon(self) -> None:
        """End the daemon in order, and wait until it has gone."""
        self._end_daemon(signal.SIGTERM)

    def _end_daemon(self, how: signal.Signals) -> None:
        pid = self.daemon_pid()
        os.kill(pid, how)

        def has_gone() -> bool:
            with suppress(psutil.NoSuchProcess):
                process = psutil.Process(pid)
                # Until the last thread has ended its connections are open.
                if process.status() != psutil.STATUS_ZOMBIE or process.num_threads() > 1:
                    return False
            lock = read_lock(str(self.directory))
            if lock is None or lock.pid != pid:
                return True
            try:
                connect(lock).close()
            except OSError:
                return True
            return False

        until(has_gone)

    def bridge(self, *options: str, command: str = "mcp-proxy", cwd: Path | None = None, **variables: str) -> Bridge:
        """Start a bridge."""
        environment = {**os.environ, "PYTHONPATH": str(CHECKOUT), **variables}
        bridge = Bridge([sys.executable, "-m", "gorev", command, *options], environment, cwd or self.home)
        self.bridges.append(bridge)
        return bridge

    def close(self) -> None:
        """End all that was started."""
        for bridge in self.bridges:
            bridge.close()
        for start in self.starts():
            with suppress(ProcessLookupError):
                os.kill(start["pid"], signal.SIGKILL)


class Bridge:
    """A bridge process, and the client at its other end."""

    def __init__(
        self, command: list[str], environment: dict[str, str], cwd: Path, *, start_new_session: bool = False
    ) -> None:
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            command,
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            env=environment,
            cwd=cwd,
            start_new_session=start_new_session,
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self.stdin = self.process.stdin
        self.stdout = self.process.stdout
        self.stderr = self.process.stderr
        self._unread = b""

    def write(self, data: bytes) -> None:
        """Write raw bytes."""
        self.stdin.write(data)
        self.stdin.flush()

    def send(self, *messages: object) -> None:
        """Write each message as a line."""
        self.write(b"".join(json.dumps(message).encode() + b"\n" for message in messages))

    def line(self) -> bytes:
        """Read one line, its end included."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while b"\n" not in self._unread:
            ready, _, _ = select.select([self.stdout], [], [], max(0.0, deadline - time.monotonic()))
            assert ready, "the bridge says nothing"
            data = os.read(self.stdout.fileno(), 1 << 20)
            if not data:
                raise AssertionError(f"the bridge has ended: {self.stderr.read().decode()}")
            self._unread += data
        line, _, self._unread = self._unread.partition(b"\n")
        return line + b"\n"

    def receive(self) -> dict[str, Any]:
        """Read one message."""
        message = json.loads(self.line())
        assert isinstance(message, dict)
        return message

    def ask(self, message: dict[str, object]) -> dict[str, Any]:
        """Send a request and read the next message, which must be its answer; returns it."""
        self.send(message)
        answer = self.receive()
        assert answer["id"] == message["id"]
        assert type(answer["id"]) is type(message["id"])
        return answer

    def initialize(self) -> None:
        """Open a legacy session."""
        self.ask(INITIALIZE)
        self.send(INITIALIZED)

    def end(self) -> tuple[int, bytes]:
        """Close the input; returns the exit status and what was still said."""
        self.stdin.close()
        return self.exit_status(), self.rest()

    def exit_status(self) -> int:
        """Wait for the process."""
        return self.process.wait(DEADLINE_SECONDS)

    def rest(self) -> bytes:
        """Read the output to its end."""
        return self._unread + self.stdout.read()

    def close(self) -> None:
        """End the process if it has not ended."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(DEADLINE_SECONDS)
        for stream in (self.stdin, self.stdout, self.stderr):
            with suppress(BrokenPipeError):
                stream.close()
