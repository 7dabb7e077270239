"""Many listeners of one change: from the request that makes it to the last of them having it whole.

The change is asked for on a connection of its own; its answer and the listeners' events are waited for, in whatever
order they come, before the next one is asked for.
"""

from __future__ import annotations

import base64
import os
import selectors
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from tests.bench.daemons import NoAnswer
from tests.bench.lanes import CHUNK_BYTES, is_success, is_whole_http
from tests.bench.slices import Slice

TEXT: Final = 0x1
PATIENCE_SECONDS: Final = 30.0


class FanOut:
    """A connection that changes and those that hear of it.

    ``events_in`` tells how many whole events bytes begin with, and how many bytes they take. ``is_answered`` tells
    whether bytes are the changing connection's whole answer; it has none where that is one of the listeners itself.
    """

    def __init__(
        self,
        asker: socket.socket,
        listeners: Sequence[socket.socket],
        questions: Iterator[bytes],
        events_in: Callable[[bytes], tuple[int, int]],
        cpu_seconds: Callable[[], float],
    ) -> None:
        self._asker = asker
        self._listeners = list(listeners)
        self._questions = questions
        self._events_in = events_in
        self._cpu_seconds = cpu_seconds
        self._kept: dict[int, bytes] = {}
        self._selector = selectors.DefaultSelector()
        for peer in self._listeners:
            self._selector.register(peer, selectors.EVENT_READ)
        self._has_answers = asker not in self._listeners
        if self._has_answers:
            self._selector.register(asker, selectors.EVENT_READ)

    def run(self, seconds: float) -> Slice:
        """Change for so long, one change after another."""
        done = Slice()
        with done.measured(self._cpu_seconds) as begun:
            while time.perf_counter() < begun + seconds:
                self._change(done)
        return done

    def close(self) -> None:
        """Hang up."""
        self._selector.close()
        for peer in {self._asker, *self._listeners}:
            peer.close()

    def _change(self, done: Slice) -> None:
        missing = len(self._listeners)
        is_answered = not self._has_answers
        answer = b""
        asked_at = last = time.perf_counter()
        self._asker.sendall(next(self._questions))
        done.requests += 1
        while missing or not is_answered:
            ready = self._selector.select(PATIENCE_SECONDS)
            if not ready:
                done.fail(b"nothing more came")
                return
            for key, _ in ready:
                received = os.read(key.fd, CHUNK_BYTES)
                if not received:
                    raise NoAnswer("a listener was dropped")
                if key.fileobj is self._asker and not is_answered:
                    answer += received
                    is_answered = is_whole_http(answer)
                    if is_answered and not is_success(answer):
                        done.fail(answer)
                    continue
                received = self._kept.pop(key.fd, b"") + received
                count, length = self._events_in(received)
                if length < len(received):
                    self._kept[key.fd] = received[length:]
                if count:
                    missing -= count
                    last = time.perf_counter()
        done.latencies.append(last - asked_at)


def frames_in(data: bytes) -> tuple[int, int]:
    """How many whole text frames data begin with, and the bytes of all whole frames (RFC 6455 §5.2)."""
    count = place = 0
    while len(data) >= place + 2:
        begin, length = place + 2, data[place + 1] & 0x7F
        if length >= 126:
            begin += 2 if length == 126 else 8
            length = int.from_bytes(data[place + 2 : begin])
        if len(data) < begin + length or len(data) < begin:
            break
        count += data[place] & 0xF == TEXT
        place = begin + length
    return count, place


def lines_in(data: bytes) -> tuple[int, int]:
    """The same of lines."""
    return data.count(b"\n"), data.rfind(b"\n") + 1


def connected(port: int) -> socket.socket:
    """A connection."""
    peer = socket.create_connection(("127.0.0.1", port))
    peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return peer


def listener(port: int) -> socket.socket:
    """A client of the event stream whose first frame, which greets, has been read."""
    peer = connected(port)
    key = base64.b64encode(os.urandom(16)).decode()
    peer.sendall(
        f"GET /ws HTTP/1.1\r\nHost: localhost:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    received = b""
    while not (b"\r\n\r\n" in received and frames_in(received.partition(b"\r\n\r\n")[2])[0]):
        part = peer.recv(1 << 16)
        if not part:
            raise NoAnswer(f"no event stream: {received[:200]!r}")
        received += part
    return peer
