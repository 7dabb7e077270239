"""The last frames: what was queued for a client reaches it before the daemon is gone (``websocket.md`` §6)."""

from __future__ import annotations

import socket
import subprocess
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
from websockets.sync.client import connect

from tests.support.running_daemon import GOREV, EventStream, RunningDaemon, wait_for
from tests.support.workspace_client import WorkspaceClient

LARGE = "ş" * 100_000  # 200 kB as UTF-8
TASKS = 60  # more than the buffers of both ends hold, fewer than the queue takes


def slow_socket(daemon: RunningDaemon) -> socket.socket:
    """A connection that takes little at a time."""
    peer = socket.socket()
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    peer.connect(("127.0.0.1", urlsplit(daemon.url).port))
    return peer


def test_a_client_that_is_behind_gets_what_was_queued_and_the_farewell(own_daemon: RunningDaemon) -> None:
    own_daemon.start()
    client = WorkspaceClient(own_daemon, own_daemon.workspace)
    address = f"{own_daemon.url.replace('http', 'ws')}/ws?format=simple"
    # max_queue: the library reads no more than that ahead of us
    with connect(address, sock=slow_socket(own_daemon), max_size=None, max_queue=1) as connection:
        stream = EventStream(connection)
        for _ in range(TASKS):
            client.task(aciklama=LARGE)
        with ThreadPoolExecutor(1) as pool:
            stopping = pool.submit(own_daemon.stop)
            frames = [stream.read() for _ in range(TASKS + 1)]
            assert stream.wait_until_closed() == 1001
            stopping.result()
    assert [frame["seq"] for frame in frames[:-1]] == list(range(1, TASKS + 1))
    assert frames[-1]["type"] == "shutdown"


@pytest.mark.parametrize(("format_", "kind"), [("simple", str), ("change", int)])
def test_the_farewell_bears_the_time_as_its_format_does(own_daemon: RunningDaemon, format_: str, kind: type) -> None:
    own_daemon.start()
    with own_daemon.events(f"format={format_}") as stream:
        own_daemon.stop()
        frame = stream.read()
    assert (frame["type"], frame["reason"]) == ("shutdown", "daemon_stopping")
    assert isinstance(frame["timestamp"], kind)


def test_a_client_that_is_slow_but_reads_gets_everything_in_order(daemon: RunningDaemon) -> None:
    """Small and large frames, through the queue and past it."""
    client = WorkspaceClient.of_new_folder(daemon)
    address = f"{daemon.url.replace('http', 'ws')}/ws?workspace_id={client.id}&format=simple"
    client.task()
    with connect(address, sock=slow_socket(daemon), max_size=None, max_queue=1) as connection:
        stream = EventStream(connection)
        for number in range(TASKS):
            client.task(f"Task {number}", aciklama=LARGE if number % 3 else "small")
        assert [stream.read()["seq"] for _ in range(TASKS)] == list(range(2, TASKS + 2))


def test_a_client_that_unsubscribes_in_the_middle_of_its_past_hears_no_more_of_it(daemon: RunningDaemon) -> None:
    client = WorkspaceClient.of_new_folder(daemon)
    for _ in range(TASKS):
        client.task(aciklama=LARGE)
    address = f"{daemon.url.replace('http', 'ws')}/ws?workspace_id={client.id}&since=0"
    with connect(address, sock=slow_socket(daemon), max_size=None, max_queue=1) as connection:
        stream = EventStream(connection)
        assert stream.read()["seq"] == 1
        stream.send({"type": "unsubscribe", "workspace_id": client.id})
        wait_for(lambda: daemon.get("/api/health/ws").json["clients_by_workspace"] == {})
        stream.until(lambda frame: frame["type"] == "subscribed")
        stream.send({"type": "ping", "timestamp": 1})
        assert stream.read() == {"type": "pong", "timestamp": 1}


def test_a_restart_is_told_as_one(own_daemon: RunningDaemon) -> None:
    own_daemon.start()
    with own_daemon.events() as stream:
        subprocess.run([*GOREV, "daemon", "restart"], env=own_daemon.environment, check=True, capture_output=True)
        assert stream.read()["reason"] == "daemon_restarting"
        assert stream.wait_until_closed() == 1001
    with own_daemon.events():
        own_daemon.stop()
