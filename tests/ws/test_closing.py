"""The end of a connection: the daemon stops, or the client does not read (``websocket.md`` §6 and §7)."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from tests.support.process import running_process
from tests.support.raw_http import is_well, received
from tests.support.running_daemon import PATIENCE_SECONDS, RunningDaemon, wait_for
from tests.support.workspace_client import WorkspaceClient

QUEUE = 256
GOING_AWAY = 1001
STOP_SECONDS = 30  # the longest that any stop may take
LARGE = "ş" * 100_000  # 200 kB as UTF-8
FILLING = 40  # so many of them are more than the buffers of both ends hold


def test_a_stop_is_told_to_every_client_before_the_connection_closes_with_1001(own_daemon: RunningDaemon) -> None:
    own_daemon.start()
    with own_daemon.events() as simple, own_daemon.events("workspace_id=*") as change:
        own_daemon.stop()
        for stream in (simple, change):
            frame = stream.read()
            assert frame.keys() >= {"type", "reason", "timestamp"}
            assert (frame["type"], frame["reason"]) == ("shutdown", "daemon_stopping")
            assert stream.wait_until_closed() == 1001


def test_a_client_that_never_reads_does_not_hold_up_a_stop(own_daemon: RunningDaemon) -> None:
    own_daemon.start()
    client = WorkspaceClient(own_daemon, own_daemon.workspace)
    with deaf(own_daemon):
        for _ in range(FILLING):
            client.task(aciklama=LARGE)
        begun = time.monotonic()
        own_daemon.stop()
        assert time.monotonic() - begun < STOP_SECONDS
    assert not (own_daemon.home / ".gorev-daemon" / ".lock").exists()


def test_a_client_that_never_reads_is_dropped_while_the_others_get_everything(daemon: RunningDaemon) -> None:
    client = WorkspaceClient(daemon, daemon.workspace)
    before = daemon.get("/api/health/ws").json["dropped_clients"]
    with deaf(daemon) as idle, daemon.events(f"workspace_id={client.id}&format=simple") as reader:
        start = client.seq()
        count = FILLING + 1 + QUEUE
        with ThreadPoolExecutor(1) as pool:
            reading = pool.submit(lambda: [reader.read()["seq"] for _ in range(count)])
            for _ in range(FILLING):
                client.task(aciklama=LARGE)
            task = client.task("Small")
            for number in range(QUEUE):
                client.change(task["id"], baslik=f"Title {number}")
            assert reading.result() == list(range(start + 1, start + count + 1))
        wait_for(lambda: daemon.get("/api/health/ws").json["dropped_clients"] == before + 1)
        wait_for(lambda: daemon.get("/api/health/ws").json["clients"] == 1)
        assert idle.recv(1) != b""  # what had been sent to it is still there to read
    assert is_well(daemon)


IMPATIENT = """
import sys
from gorev.ws import hub
hub.PING_SECONDS = hub.SILENCE_SECONDS = 1
from gorev.cli.main import main
sys.exit(main(sys.argv[1:]))
"""


def test_a_client_that_gives_no_sign_of_life_is_told_1001_and_dropped(own_daemon: RunningDaemon) -> None:
    """In a daemon that waits for seconds where others wait for a minute and a half."""
    command = [sys.executable, "-c", IMPATIENT, "daemon", "--api-port", "0", "--workspace", str(own_daemon.workspace)]
    with running_process(command, env=own_daemon.environment, stderr=subprocess.DEVNULL):
        wait_for((own_daemon.home / ".gorev-daemon" / ".lock").exists)
        with own_daemon.events() as alive, deaf(own_daemon) as silent:
            said = received(silent)
            assert (GOING_AWAY).to_bytes(2, "big") in said[said.rindex(b"\x88") :]
            alive.send({"type": "ping", "timestamp": 1})
            assert alive.read() == {"type": "pong", "timestamp": 1}
        own_daemon.stop()


def test_a_client_that_leaves_without_a_word_is_forgotten(daemon: RunningDaemon) -> None:
    with deaf(daemon):
        wait_for(lambda: daemon.get("/api/health/ws").json["clients"] == 1)
    wait_for(lambda: daemon.get("/api/health/ws").json["clients"] == 0)
    WorkspaceClient(daemon, daemon.workspace).task()
    assert is_well(daemon)


def deaf(daemon: RunningDaemon) -> socket.socket:
    """A WebSocket client that has shaken hands and reads nothing."""
    peer = socket.socket()
    peer.settimeout(PATIENCE_SECONDS)
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    peer.connect(("127.0.0.1", urlsplit(daemon.url).port))
    peer.sendall(
        b"GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += peer.recv(1)
    assert head.startswith(b"HTTP/1.1 101 ")
    return peer
