"""Asks over connections that are already there, as many at once as there are connections, each as soon as it is free.

Whole requests are handed in as bytes and answers are looked at no more than needed to see where they end and whether
they are good, since a client that is slower than what it measures measures itself. One thread, no library.
"""

from __future__ import annotations

import os
import selectors
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Final

import attrs

from tests.bench.slices import Slice

CHUNK_BYTES: Final = 1 << 20


@attrs.define(eq=False)
class Lane:
    """A connection, or a pair of pipes; at most one request is under way on it."""

    reads: int
    writes: int
    hang_up: Callable[[], object]
    kept: bytes = b""
    asked_at: float = 0.0
    is_timed: bool = True

    @classmethod
    def of(cls, peer: socket.socket) -> Lane:
        """A connected socket."""
        return cls(peer.fileno(), peer.fileno(), peer.close)

    @classmethod
    def to_port(cls, port: int) -> Lane:
        """A new connection to a port of the loopback."""
        peer = socket.create_connection(("127.0.0.1", port))
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return cls.of(peer)

    def read(self) -> bytes:
        """What has come, or comes next; nothing if the other side has hung up."""
        try:
            return os.read(self.reads, CHUNK_BYTES)
        except ConnectionError:
            return b""

    def ask(self, question: bytes) -> None:
        """Write it all; that the other side has hung up will be read."""
        try:
            while question:
                question = question[os.write(self.writes, question) :]
        except ConnectionError:
            return


@attrs.frozen(kw_only=True)
class Script:
    """What is asked, and what of it is timed.

    :ivar questions: one after another, without end
    :ivar is_whole: whether bytes are a whole answer
    :ivar is_good: whether a whole answer is the one that is due
    :ivar before: what each lane asks before each question, not timed
    """

    questions: Iterator[bytes]
    is_whole: Callable[[bytes], bool]
    is_good: Callable[[bytes], bool]
    before: Iterator[bytes] | None = None


class Lanes:
    """Lanes that follow one script. ``cpu_seconds`` tells the processor time of who answers."""

    def __init__(self, lanes: Sequence[Lane], script: Script, cpu_seconds: Callable[[], float]) -> None:
        self._lanes = list(lanes)
        self._script = script
        self._cpu_seconds = cpu_seconds
        self._selector = selectors.DefaultSelector()
        for lane in lanes:
            self._selector.register(lane.reads, selectors.EVENT_READ, lane)

    def run(self, seconds: float) -> Slice:
        """Ask for so long, and wait for the answers that are due."""
        done = Slice()
        with done.measured(self._cpu_seconds) as begun:
            self._run(done, begun + seconds)
        return done

    def close(self) -> None:
        """Hang up."""
        self._selector.close()
        for lane in self._lanes:
            lane.hang_up()

    def _run(self, done: Slice, until: float) -> None:
        clock = time.perf_counter
        is_whole, is_good = self._script.is_whole, self._script.is_good
        keep = done.latencies.append
        busy = len(self._lanes)
        for lane in self._lanes:
            self._ask(lane, is_timed=self._script.before is None)
        while busy:
            for lane in self._ready():
                received = lane.read()
                if not received:
                    self._lose(lane)
                    done.fail(b"")
                    busy -= 1
                    continue
                if lane.kept:
                    received = lane.kept + received
                if not is_whole(received):
                    lane.kept = received
                    continue
                now = clock()
                lane.kept = b""
                done.requests += 1
                if not is_good(received):
                    done.fail(received)
                if lane.is_timed:
                    keep(now - lane.asked_at)
                if now < until or not lane.is_timed:
                    self._ask(lane, is_timed=self._script.before is None or not lane.is_timed)
                else:
                    busy -= 1

    def _ask(self, lane: Lane, *, is_timed: bool) -> None:
        before = self._script.before
        question = next(self._script.questions if is_timed or before is None else before)
        lane.is_timed = is_timed
        lane.asked_at = time.perf_counter()
        lane.ask(question)

    def _ready(self) -> list[Lane]:
        # With one lane alone its read may wait: a system call less.
        if len(self._lanes) == 1:
            return self._lanes
        return [key.data for key, _ in self._selector.select()]

    def _lose(self, lane: Lane) -> None:
        self._selector.unregister(lane.reads)
        self._lanes.remove(lane)
        lane.hang_up()


def is_whole_http(data: bytes) -> bool:
    """Whether an HTTP answer is here to its end, as the length in its head tells."""
    end = data.find(b"\r\n\r\n")
    return end >= 0 and len(data) >= end + 4 + body_length(data, end)


def body_length(data: bytes, end: int) -> int:
    """What the head, which ends at ``end``, says. Without a word of it the body is taken to be empty."""
    at = data.find(b"Content-Length:", 0, end)
    return 0 if at < 0 else int(data[at + 15 : data.index(b"\r\n", at)])


def is_success(data: bytes) -> bool:
    """Whether an HTTP answer has status 200 or 201."""
    return data[9:12] in (b"200", b"201")


def is_whole_line(data: bytes) -> bool:
    """Whether a line is here to its end."""
    return data.endswith(b"\n")
