"""What comes of asking for a while: how long each answer took, and what it cost."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final, Protocol, TypeAlias

import attrs

MILLISECONDS: Final = 1000.0
ERROR_BYTES: Final = 1_000


@attrs.define
class Slice:
    """Answers of some time; several slices of one thing are added up.

    ``latencies`` are in seconds, of the answers that are timed; ``requests`` are all. ``cpu_seconds`` is what the
    process that answered used of the processor, ``client_cpu_seconds`` what this one did. ``first_error`` is how the
    first answer begins that is none or not the one that was due.
    """

    latencies: list[float] = attrs.Factory(list)
    requests: int = 0
    errors: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    client_cpu_seconds: float = 0.0
    first_error: str = ""

    def fail(self, answer: bytes) -> None:
        """Count an error."""
        self.errors += 1
        self.first_error = self.first_error or answer[:ERROR_BYTES].decode(errors="replace") or "hung up"

    def __iadd__(self, other: Slice) -> Slice:
        self.latencies += other.latencies
        self.requests += other.requests
        self.errors += other.errors
        self.seconds += other.seconds
        self.cpu_seconds += other.cpu_seconds
        self.client_cpu_seconds += other.client_cpu_seconds
        self.first_error = self.first_error or other.first_error
        return self

    def quantile_ms(self, share: float) -> float:
        """The latency that so large a share stays below; 0 without any answer."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * MILLISECONDS if ordered else 0.0

    @property
    def per_second(self) -> float:
        """Timed answers a second."""
        return len(self.latencies) / self.seconds if self.seconds else 0.0

    @property
    def cpu_ms(self) -> float:
        """Of the answering process, for each timed answer."""
        return self.cpu_seconds / len(self.latencies) * MILLISECONDS if self.latencies else 0.0

    @contextmanager
    def measured(self, cpu_seconds: Callable[[], float]) -> Iterator[float]:
        """Count the time and the processor's work of what is done inside; yields the moment it began."""
        before, own_before = cpu_seconds(), time.process_time()
        begun = time.perf_counter()
        yield begun
        self.seconds += time.perf_counter() - begun
        self.client_cpu_seconds += time.process_time() - own_before
        self.cpu_seconds += cpu_seconds() - before


class Contender(Protocol):
    """Something that can be asked for a while, again and again."""

    def run(self, seconds: float) -> Slice:
        """Ask for so long, and wait for the answers that are due."""

    def close(self) -> None:
        """Hang up."""


Sides: TypeAlias = tuple[Contender, Contender | None]


@attrs.frozen
class Cell:
    """One operation at one size and with so many in flight, beside its floor if it has one.

    ``ratios`` are of our answers a second to those of the floor, of each pair of slices that were next to each other.
    """

    operation: str
    size: int
    in_flight: int
    ours: Slice
    floor: Slice | None
    ratios: Sequence[float] = ()

    @property
    def ratio(self) -> float | None:
        """The median of the ratios: a stall of the machine spoils one of them only."""
        return statistics.median(self.ratios) if self.ratios else None

    @property
    def cpu_ratio(self) -> float | None:
        """Of the floor's work for an answer to ours: what the ratio would be if nothing but the processor counted."""
        if self.floor is None or not self.ours.cpu_ms:
            return None
        return self.floor.cpu_ms / self.ours.cpu_ms


def cell(operation: str, size: int, in_flight: int, sides: Sides, *, seconds: float, rounds: int) -> Cell:
    """Slices of both sides by turns, so that the machine's noise meets both. What comes first is not kept."""
    ours, floor = sides
    contenders = [ours] if floor is None else [ours, floor]
    sums = [_errors_of(contender.run(seconds / 4)) for contender in contenders]
    ratios = []
    for _ in range(rounds):
        slices = [contender.run(seconds) for contender in contenders]
        for total, each in zip(sums, slices, strict=True):
            total += each
        if floor is not None and slices[1].per_second:
            ratios.append(slices[0].per_second / slices[1].per_second)
    return Cell(operation, size, in_flight, sums[0], None if floor is None else sums[1], ratios)


def _errors_of(warm_up: Slice) -> Slice:
    return Slice(errors=warm_up.errors, first_error=warm_up.first_error)
