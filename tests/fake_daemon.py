"""A small real daemon for tests of the bridge and the launcher: plain sockets, the lock files, a few methods.

``GOREV_SERVER_PATH`` names a program that runs it. ``fake_daemon.json`` in the home directory says
how it behaves, read at its start; ``starts`` and ``received`` there tell a test what has happened: a JSON line for each
process started, and for each line received, with the pid that did.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import socket
import sys
import threading
import time
from pathlib import Path
from types import FrameType
from typing import Any

POLL_SECONDS = 0.01
WAIT_SECONDS = 30.0


class Behaviour:
    """How this process behaves: the fields of ``fake_daemon.json``, each with its default."""

    def __init__(self, home: Path) -> None:
        fields: dict[str, Any] = {}
        file = home / "fake_daemon.json"
        if file.exists():
            fields = json.loads(file.read_text())
        self.version: str = fields.get("version", "9.9.9")
        self.repeatable: list[str] = fields.get("repeatable", [])
        self.refused: dict[str, str] | None = fields.get("refused")
        self.dies_at_start: bool = fields.get("dies_at_start", False)
        self.waits_for: str | None = fields.get("waits_for")  # a file in the home, before it becomes ready
        self.is_silent: bool = fields.get("is_silent", False)
        self.dies_on: str | None = fields.get("dies_on")  # a method
        self.tcp: bool = fields.get("tcp", False)
        self.hands_over: bool = fields.get("hands_over", False)
        self.supervised: bool = fields.get("supervised", False)


class FakeDaemon:
    """One daemon process."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.directory = home / ".gorev-daemon"
        self.behaviour = Behaviour(home)
        self._note("starts", {"argv": sys.argv[1:], "environment": dict(os.environ), "cwd": str(Path.cwd())})

    def run(self) -> None:
        """Live until told to end."""
        if self.behaviour.dies_at_start:
            sys.exit("as told")
        self.directory.mkdir(mode=0o700, exist_ok=True)
        guard = os.open(self.directory / ".lock.guard", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(guard, fcntl.LOCK_EX)
        if self.behaviour.waits_for is not None:
            wait_for(self.home / self.behaviour.waits_for)
        listener, endpoint = self._listen()
        self._publish(endpoint)
        start_lock = os.environ.get("GOREV_START_LOCK_FD")
        if start_lock is not None:
            os.close(int(start_lock))
        signal.signal(signal.SIGTERM, self._end)
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _listen(self) -> tuple[socket.socket, str]:
        if self.behaviour.tcp:
            listener = socket.create_server(("127.0.0.1", 0))
            return listener, f"tcp:127.0.0.1:{listener.getsockname()[1]}"
        path = self.directory / "mcp.sock"
        path.unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(path))
        listener.listen(64)
        return listener, f"unix:{path}"

    def _publish(self, endpoint: str) -> None:
        fields = {
            "pid": os.getpid(),
            "port": "5082",
            "start_time": "2026-01-01T00:00:00Z",
            "daemon_url": "http://localhost:5082",
            "version": self.behaviour.version,
            "mcp_endpoint": endpoint,
            "mcp_token": "secret" if self.behaviour.tcp else "",
            "instance": "fake",
            "supervised": self.behaviour.supervised,
        }
        temporary = self.directory / ".lock.new"
        temporary.write_text(json.dumps(fields, indent=2))
        temporary.replace(self.directory / ".lock")

    def _end(self, _signal: int, _frame: FrameType | None) -> None:
        (self.directory / "mcp.sock").unlink(missing_ok=True)
        (self.directory / ".lock").unlink(missing_ok=True)
        os._exit(0)

    def _note(self, name: str, fields: dict[str, Any]) -> None:
        with (self.home / name).open("a") as file:
            file.write(json.dumps({"pid": os.getpid(), **fields}) + "\n")

    def _serve(self, connection: socket.socket) -> None:
        client = _Client(self, connection)
        with connection, connection.makefile("rb") as lines:
            for line in lines:
                self._note("received", {"line": line.decode(errors="replace")})
                client.take(line)


class _Client:
    """One connection, served one line after another; what hangs is left hanging in a thread of its own."""

    def __init__(self, daemon: FakeDaemon, connection: socket.socket) -> None:
        self._daemon = daemon
        self._connection = connection
        self._lock = threading.Lock()

    def take(self, line: bytes) -> None:
        try:
            message = json.loads(line)
        except ValueError:
            self._send({"jsonrpc": "2.0", "error": {"code": -32700, "message": "Parse error"}})
            return
        method = message.get("method")
        params = message.get("params") or {}
        if method is not None and method == self._daemon.behaviour.dies_on:
            os.kill(os.getpid(), signal.SIGKILL)
        if method == "notifications/gorev/hello":
            self._receive()
        elif method == "notifications/gorev/handover" and self._daemon.behaviour.hands_over:
            os.kill(os.getpid(), signal.SIGTERM)
        elif method == "subscriptions/listen":
            meta = {"io.modelcontextprotocol/subscriptionId": message["id"]}
            self._tell("notifications/subscriptions/acknowledged", {"notifications": {}, "_meta": meta})
        elif method == "tools/call":
            threading.Thread(target=self._call, args=(message, params), daemon=True).start()
        elif "id" in message and method is not None:
            self._answer(message, {"method": method, "pid": os.getpid(), "version": self._daemon.behaviour.version})

    def _receive(self) -> None:
        behaviour = self._daemon.behaviour
        if behaviour.is_silent:
            return
        if behaviour.refused is not None:
            self._tell("notifications/gorev/refused", behaviour.refused)
            return
        self._tell(
            "notifications/gorev/welcome",
            {
                "instance": "fake",
                "version": behaviour.version,
                "workspace": {"id": "w", "name": "w", "path": "/w"},
                "repeatable": behaviour.repeatable,
            },
        )

    def _call(self, message: dict[str, Any], params: dict[str, Any]) -> None:
        arguments = params.get("arguments") or {}
        match params.get("name"):
            case "die":
                os.kill(os.getpid(), signal.SIGKILL)
            case "die_once":
                if not (self._daemon.home / "died").exists():
                    (self._daemon.home / "died").touch()
                    os.kill(os.getpid(), signal.SIGKILL)
            case "half_answer":
                self._connection.sendall(b'{"jsonrpc":"2.0","id":')
                os.kill(os.getpid(), signal.SIGKILL)
            case "hang":
                return
            case "hold":
                wait_for(self._daemon.home / "release")
            case "subscription":
                self._tell("notifications/resources/updated", {"uri": arguments["uri"]})
            case "raw":
                with self._lock:
                    self._connection.sendall(arguments["line"].encode() + b"\n")
                return
        text = "x" * arguments.get("length", 0)
        self._answer(message, {"arguments": arguments, "pid": os.getpid(), "text": text})

    def _answer(self, message: dict[str, Any], result: dict[str, Any]) -> None:
        self._send({"jsonrpc": "2.0", "id": message["id"], "result": result})

    def _tell(self, method: str, params: dict[str, Any]) -> None:
        self._send({"jsonrpc": "2.0", "method": method, "params": params})

    def _send(self, message: dict[str, Any]) -> None:
        with self._lock:
            self._connection.sendall(json.dumps(message, separators=(",", ":")).encode() + b"\n")


def wait_for(file: Path) -> None:
    """Return when the file exists; ends the process when it never comes."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not file.exists():
        if time.monotonic() > deadline:
            os._exit(9)
        time.sleep(POLL_SECONDS)


if __name__ == "__main__":
    FakeDaemon(Path(os.environ["HOME"])).run()
