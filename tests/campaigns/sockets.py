"""Crowds on the event stream: how soon the last of many hears of a change, and what it takes to have them.

A thousand clients that only listen, two hundred that talk as well, and one that never reads. The client side is bare
sockets, so that what is measured is the daemon.
"""

from __future__ import annotations

import json
import selectors
import socket
import statistics
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import count
from typing import Any, Final
from urllib.parse import urlsplit

import psutil

from tests.campaigns.homes import own_daemon
from tests.campaigns.tally import Tally
from tests.support.running_daemon import RunningDaemon, wait_for

IDLE: Final = 1_000
BUSY: Final = 200
CROWDS: Final = (1, 100, 1_000)
MIB: Final = 1 << 20
# numbers.md §3: commit to last client, p50.
TARGET_MS: Final = {1: 1.5, 100: 4.0, 1_000: 40.0}
PATIENCE_SECONDS: Final = 60.0
SIGN_OF_LIFE_SECONDS: Final = 20.0
# What clients may cost that do nothing, and what a storm may take that somebody does not read.
IDLE_KIB_EACH: Final = 64
STORM_MIB: Final = 64
LARGE: Final = "x" * 50_000


def frame(message: Any) -> bytes:
    """A text frame as a client sends it, masked by zeros."""
    payload = json.dumps(message).encode()
    length = len(payload)
    head = struct.pack("!BB", 0x81, 0x80 | length) if length < 126 else struct.pack("!BBH", 0x81, 0xFE, length)
    return head + bytes(4) + payload


class Crowd:
    """Sockets that were welcome, and how many bytes each was sent since it was last asked."""

    def __init__(self, daemon: RunningDaemon, size: int, query: str = "") -> None:
        self._port = urlsplit(daemon.url).port
        self._selector = selectors.EpollSelector()
        self._showed = time.monotonic()
        self.sockets = [self._connected(query) for _ in range(size)]
        for each in self.sockets:
            while b'"seq"' not in each.recv(65536):
                continue
            each.setblocking(False)
            self._selector.register(each, selectors.EVENT_READ)

    def _connected(self, query: str) -> socket.socket:
        peer = socket.create_connection(("127.0.0.1", self._port), timeout=PATIENCE_SECONDS)
        peer.sendall(
            f"GET /ws{query} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
        )
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += peer.recv(1)
        if not head.startswith(b"HTTP/1.1 101 "):
            raise ConnectionError(head)
        return peer

    def wait_for_all(self) -> None:
        """Until each was sent something, which is thrown away."""
        missing = set(self.sockets)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while missing:
            for key, _ in self._selector.select(1.0):
                peer: Any = key.fileobj
                if not peer.recv(65536):
                    raise ConnectionError("closed by the daemon")
                missing.discard(peer)
            if time.monotonic() > deadline:
                raise TimeoutError(f"{len(missing)} of {len(self.sockets)} were told nothing")

    def show_life(self) -> None:
        """Say something, as clients do that are not bare sockets: they answer the daemon's pings."""
        if time.monotonic() > self._showed + SIGN_OF_LIFE_SECONDS:
            self._showed = time.monotonic()
            for each in self.sockets:
                each.sendall(frame({"type": "ping", "timestamp": 0}))

    def drain(self, patience_seconds: float = 0.0) -> None:
        """Read what there is, until nothing came for so long."""
        while ready := self._selector.select(patience_seconds):
            for key, _ in ready:
                peer: Any = key.fileobj
                try:
                    ended = not peer.recv(1 << 20)
                except ConnectionResetError:
                    ended = True
                if ended:
                    self._selector.unregister(peer)

    def close(self) -> None:
        """Leave, without a word."""
        self._selector.close()
        for each in self.sockets:
            each.close()


class Writer:
    """Changes a task, over one connection that stays open."""

    def __init__(self, daemon: RunningDaemon) -> None:
        self._peer = socket.create_connection(("127.0.0.1", urlsplit(daemon.url).port), timeout=PATIENCE_SECONDS)
        self._numbers = count()
        task = daemon.post("/api/gorev", {"baslik": "Watched by many"}).json["data"]
        self._head = f"PUT /api/gorev/{task['id']} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"

    def send(self, **fields: Any) -> None:
        """Ask for a change."""
        body = json.dumps({"baslik": f"Change {next(self._numbers)}", **fields}).encode()
        self._peer.sendall(f"{self._head}Content-Length: {len(body)}\r\n\r\n".encode() + body)

    def answer(self) -> None:
        """Wait until it is made."""
        content = b""
        while b"\r\n\r\n" not in content:
            content += self._peer.recv(65536)
        head, _, body = content.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200 "):
            raise ConnectionError(content)
        (length,) = (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
        while len(body) < length:
            body += self._peer.recv(65536)

    def close(self) -> None:
        """Leave."""
        self._peer.close()


def mib(process: psutil.Process) -> float:
    """What a process has in memory."""
    return float(process.memory_info().rss) / MIB


def latencies_ms(daemon: RunningDaemon, size: int, rounds: int) -> list[float]:
    """From sending a change to the moment in which the last of so many has heard of it; without clients, to the answer.

    The answer leaves when all were told, so the difference between the two is a little more than commit to last client.
    """
    with crowd_of(daemon, size) as crowd, closing(Writer(daemon)) as writer:
        crowd.drain(0.2)  # the making of the task
        found = []
        for _ in range(rounds):
            begun = time.perf_counter()
            writer.send()
            if size:
                crowd.wait_for_all()
            else:
                writer.answer()
            found.append((time.perf_counter() - begun) * 1000)
            if size:
                writer.answer()
    return sorted(found)


def run(*, crowds: tuple[int, ...] = CROWDS, idle: int = IDLE, busy: int = BUSY, rounds: int = 200) -> Tally:
    """The campaign."""
    figures: dict[str, object] = {}
    losses: dict[str, int] = {}
    with own_daemon() as daemon:
        for size in (0, *crowds):
            times = latencies_ms(daemon, size, rounds)
            p50, p99 = statistics.median(times), times[int(len(times) * 0.99)]
            target = f" (target of commit to last client: p50 {TARGET_MS[size]} ms)" if size in TARGET_MS else ""
            name = f"change to the last of {size} clients" if size else "change to its answer, without clients"
            figures[name] = f"p50 {p50:.2f} ms, p99 {p99:.2f} ms{target}"
            wait_for(lambda: daemon.get("/api/health/ws").json["clients"] == 0)
    with own_daemon() as daemon:
        process = psutil.Process(daemon.pid)
        latencies_ms(daemon, 1, rounds)
        before = mib(process)
        with crowd_of(daemon, idle) as listeners:
            settled = mib(process)
            each = (settled - before) * 1024 / idle
            figures[f"memory without and with {idle} clients"] = f"{before:.1f}, {settled:.1f} MiB: {each:.0f} KiB each"
            losses["clients that cost too much"] = int(each > IDLE_KIB_EACH)
            peaks = [settled]
            figures[f"{busy} busy clients beside them"] = storm(
                daemon, listeners, busy, rounds, losses, lambda: peaks.append(mib(process))
            )
            after = mib(process)
            figures["memory in the storm and after it"] = f"{max(peaks):.1f}, {after:.1f} MiB"
            losses["memory taken by the storm"] = int(max(peaks) - settled > STORM_MIB)
        wait_for(lambda: daemon.get("/api/health/ws").json["clients"] == 0)
        figures["memory without clients again"] = f"{mib(process):.1f} MiB"
    return Tally("sockets", figures, losses)


def storm(
    daemon: RunningDaemon,
    listeners: Crowd,
    busy: int,
    rounds: int,
    losses: dict[str, int],
    look: Callable[[], None],
) -> str:
    """Changes, with talk of many, while one client reads nothing and is dropped; nobody else is."""
    dropped = daemon.get("/api/health/ws").json["dropped_clients"]
    with crowd_of(daemon, busy) as talkers, crowd_of(daemon, 1), closing(Writer(daemon)) as writer:
        begun = time.perf_counter()
        sent = 0
        changes = rounds + 256 + 5_000_000 // len(LARGE)  # past the buffers of both ends, and past the queue
        for number in range(changes):
            writer.send(aciklama=f"{number} {LARGE}" if number < changes - 256 - rounds else "small")
            for each in talkers.sockets:
                each.sendall(frame({"type": "ping", "timestamp": number}))
            sent += len(talkers.sockets)
            writer.answer()
            look()
            talkers.drain()
            listeners.show_life()
            listeners.drain()
        seconds = time.perf_counter() - begun
        health = wait_for(lambda: (found := daemon.get("/api/health/ws").json)["dropped_clients"] > dropped and found)
        losses["clients dropped though they read"] = health["dropped_clients"] - dropped - 1
        listeners.drain(0.5)
        talkers.drain(0.5)
        losses["clients lost"] = sum(not alive(each) for each in (*listeners.sockets, *talkers.sockets))
    return f"{changes} changes and {sent} pings in {seconds:.1f} s, one that never read was dropped"


def alive(peer: socket.socket) -> bool:
    """Whether the daemon has not closed a connection from which everything was read."""
    try:
        return peer.recv(1, socket.MSG_PEEK) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False


@contextmanager
def crowd_of(daemon: RunningDaemon, size: int) -> Iterator[Crowd]:
    """So many clients, for a while."""
    crowd = Crowd(daemon, size)
    try:
        yield crowd
    finally:
        crowd.close()


def campaign(seconds: float) -> Tally:
    """In its long form, whatever ``seconds`` says: a crowd takes its time."""
    return run()
