"""What each operation must reach, beside its floor of the same run; errors must be none anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Protocol

import attrs

from tests.bench.slices import Cell

# By operation, size and requests in flight.
Cells = Mapping[tuple[str, int, int], Cell]
GROWTH_LIMIT: Final = 1.5
GROWTH_FREE: Final = ("search", "search_worst", "mix")


@attrs.frozen
class Verdict:
    """A target in words, and whether it is reached."""

    target: str
    reached: bool


class Target(Protocol):
    """Says nothing where it is not meant."""

    def judged(self, cell: Cell, cells: Cells) -> Verdict | None:
        """What it says of a cell among the others of its run."""


@attrs.frozen
class OfFloor:
    """So large a share of the floor's answers a second, by requests in flight."""

    shares: Mapping[int, float]

    def judged(self, cell: Cell, cells: Cells) -> Verdict | None:
        """See `Target`."""
        share = self.shares.get(cell.in_flight)
        if share is None or cell.ratio is None:
            return None
        return Verdict(f"≥ {share:g} of floor", cell.ratio >= share)


@attrs.frozen
class MedianMs:
    """A median of so much at most, by requests in flight; ``by_size`` instead where that says something."""

    limits: Mapping[int, float]
    by_size: Mapping[int, float] = attrs.Factory(dict)

    def judged(self, cell: Cell, cells: Cells) -> Verdict | None:
        """See `Target`."""
        limit = self.limits.get(cell.in_flight)
        if self.by_size and limit is not None:
            limit = next((self.by_size[size] for size in sorted(self.by_size) if size >= cell.size), None)
        if limit is None:
            return None
        return Verdict(f"p50 ≤ {limit:g} ms", cell.ours.quantile_ms(0.5) <= limit)


@attrs.frozen
class SlowestMs:
    """99 of 100 within so much, with so many in flight."""

    limit: float
    in_flight: tuple[int, ...] = (1, 16)

    def judged(self, cell: Cell, cells: Cells) -> Verdict | None:
        """See `Target`."""
        if cell.in_flight not in self.in_flight:
            return None
        return Verdict(f"p99 ≤ {self.limit:g} ms", cell.ours.quantile_ms(0.99) <= self.limit)


@attrs.frozen
class OfItself:
    """So many times its own answers a second of one at a time, with 16 in flight."""

    times: float

    def judged(self, cell: Cell, cells: Cells) -> Verdict | None:
        """See `Target`."""
        alone = cells.get((cell.operation, cell.size, 1))
        if cell.in_flight != 16 or alone is None:
            return None
        reached = cell.ours.per_second >= self.times * alone.ours.per_second
        return Verdict(f"≥ {self.times:g} × c=1", reached)


@attrs.frozen
class AddedMs:
    """So much more than another operation at most, in the median, one at a time."""

    other: str
    limit: float

    def judged(self, cell: Cell, cells: Cells) -> Verdict | None:
        """See `Target`."""
        other = cells.get((self.other, cell.size, 1))
        if cell.in_flight != 1 or other is None:
            return None
        added = cell.ours.quantile_ms(0.5) - other.ours.quantile_ms(0.5)
        return Verdict(f"{self.other} {added:+.2f} ≤ {self.limit:g} ms", added <= self.limit)


_READ: Final = (OfFloor({1: 0.6, 16: 0.45}),)
_WRITE: Final = (OfFloor({1: 0.6}), OfItself(2.5), SlowestMs(30))
_WHOLE: Final = (MedianMs({1: 5}),)

TARGETS: Final[Mapping[str, tuple[Target, ...]]] = {
    "health": _READ,
    "list": _READ,
    "get": _READ,
    "ready": _WHOLE,
    "summary": _WHOLE,
    "hierarchy": _WHOLE,
    "search": (MedianMs({1: 0}, {10_000: 3, 100_000: 10}),),
    "search_worst": (MedianMs({1: 0}, {10_000: 20, 100_000: 80}),),
    "mcp_socket": (MedianMs({1: 0.5}),),
    "mcp_bridge": (AddedMs("mcp_socket", 0.3),),
    "list_after_write": (MedianMs({1: 2}),),
    "update": _WRITE,
    "create": _WRITE,
    "bulk": (MedianMs({1: 2}),),
    "websocket": (MedianMs({1: 1.5, 100: 4, 1_000: 40}),),
}


def verdicts(cell: Cell, cells: Cells) -> list[Verdict]:
    """All that is said of a cell."""
    found = [target.judged(cell, cells) for target in TARGETS.get(cell.operation, ())]
    errors = [Verdict(f"{cell.ours.errors} errors", False)] if cell.ours.errors else []
    return [*filter(None, found), *errors]


@attrs.frozen
class Growth:
    """How much more one operation costs at the larger size: in the median beside its floor, and of the processor."""

    operation: str
    in_flight: int
    median: float
    cpu: float

    @property
    def reached(self) -> bool | None:
        """Whether the processor's work stays in bounds; nothing where there are none."""
        return None if self.operation in GROWTH_FREE else self.cpu <= GROWTH_LIMIT


def growths(cells: Cells, small: int, large: int) -> list[Growth]:
    """Of every operation with one request in flight."""
    found = []
    for (operation, size, in_flight), cell in cells.items():
        base = cells.get((operation, small, in_flight))
        if size == large and in_flight == 1 and base is not None and base.ours.latencies and cell.ours.latencies:
            cpu = cell.ours.cpu_ms / base.ours.cpu_ms if base.ours.cpu_ms else 1.0
            found.append(Growth(operation, in_flight, _beside_floor(cell) / _beside_floor(base), cpu))
    return found


def _beside_floor(cell: Cell) -> float:
    """The median, in medians of the floor unless that is one that grows itself."""
    own = cell.ours.quantile_ms(0.5)
    floor = 0.0 if cell.floor is None or cell.operation in GROWTH_FREE else cell.floor.quantile_ms(0.5)
    return own / floor if floor else own
