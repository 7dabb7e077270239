"""Exports and imports of whole seeds, and how long other clients wait meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from itertools import cycle
from typing import Final

import attrs

from tests.bench.daemons import Daemon, folder, running_daemon
from tests.bench.figures import Figure
from tests.bench.lanes import Lane, is_whole_http
from tests.bench.requests import http
from tests.bench.seeds import Seed, imported

LIMITS_SECONDS: Final[Mapping[int, float]] = {10_000: 2, 100_000: 15}
LONGEST_WAIT_MS: Final = 20
PAUSE_SECONDS: Final = 0.002


def figures(seed: Seed) -> Iterator[Figure]:
    """Of an import into an empty workspace and the export of it, to files."""
    limit = LIMITS_SECONDS.get(seed.size)
    with folder() as home, running_daemon(home) as daemon:
        before = daemon.memory_megabytes()
        yield from _told("import", seed, limit, daemon, lambda: imported(daemon, seed))
        detail = f"{before:.0f} before"
        yield Figure(f"memory after the import of {seed.size:,}", daemon.memory_megabytes(), "MiB", None, detail)
        target = {"output_path": "export.json", "format": "json"}
        yield from _told("export", seed, limit, daemon, lambda: daemon.ask("/api/export", target))


def _told(name: str, seed: Seed, limit: float | None, daemon: Daemon, work: Callable[[], object]) -> Iterator[Figure]:
    before, begun = daemon.cpu_seconds(), time.perf_counter()
    with Onlooker(daemon) as onlooker:
        work()
    seconds, cpu = time.perf_counter() - begun, daemon.cpu_seconds() - before
    yield Figure(
        f"{name} of {seed.size:,}", seconds, "s", limit, f"{cpu:.2f} s of the processor, health checks included"
    )
    waits = sorted(onlooker.waits_ms)
    slow = waits[int(len(waits) * 0.99)]
    detail = f"the longest of {len(waits)} health checks, p99 {slow:.3g} ms"
    yield Figure(f"wait during the {name} of {seed.size:,}", waits[-1], "ms", LONGEST_WAIT_MS, detail)


@attrs.define
class Onlooker:
    """A client that asks for the daemon's health all the time, in a thread of its own."""

    daemon: Daemon
    waits_ms: list[float] = attrs.Factory(list)
    _ended: threading.Event = attrs.Factory(threading.Event)
    _thread: threading.Thread = attrs.field(init=False)

    def __enter__(self) -> Onlooker:
        self._thread = threading.Thread(target=self._look)
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        lane = Lane.to_port(self.daemon.port)
        questions = cycle([http("GET", "/api/health")])
        while not (self.waits_ms and self._ended.is_set()):
            begun = time.perf_counter()
            lane.ask(next(questions))
            answer = lane.read()
            while not is_whole_http(answer):
                answer += lane.read()
            self.waits_ms.append((time.perf_counter() - begun) * 1000)
            time.sleep(PAUSE_SECONDS)
        lane.hang_up()
