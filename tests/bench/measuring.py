"""Goes through operations, sizes and requests in flight, a cell at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import attrs

from tests.bench.daemons import Daemon
from tests.bench.operations import OPERATIONS, Operation, Stage
from tests.bench.requests import answered, http
from tests.bench.slices import Cell, cell

# What would take longer than this for one answer to all that are in flight is left out; what takes longer than a slice
# is measured in one slice alone.
PATIENCE_SECONDS: Final = 5.0


@attrs.frozen(kw_only=True)
class Plan:
    """What is to be measured, and for how long each. ``seeds`` is a folder where seeded databases outlive the run."""

    names: Sequence[str]
    sizes: Sequence[int]
    in_flight: Sequence[int]
    seconds: float
    rounds: int
    seeds: Path | None = None

    def wanted(self, size: int) -> Iterator[tuple[Operation, list[int]]]:
        """The operations of a size, each with how many in flight."""
        for operation in OPERATIONS:
            if operation.name in self.names and size >= operation.from_size:
                yield operation, [number for number in operation.in_flight if number in self.in_flight]


def cells(stage: Stage, plan: Plan) -> Iterator[Cell]:
    """Of one size."""
    for operation, numbers in plan.wanted(stage.seed.size):
        work_seconds = 0.0
        for in_flight in numbers:
            expected_seconds = work_seconds * (1 if operation.listens else in_flight)
            if expected_seconds > PATIENCE_SECONDS:
                continue
            rounds = 1 if expected_seconds > plan.seconds else plan.rounds
            measured = _cell(stage, operation, in_flight, plan.seconds, rounds)
            work_seconds = measured.ours.cpu_ms / 1000
            yield measured


def _cell(stage: Stage, operation: Operation, in_flight: int, seconds: float, rounds: int) -> Cell:
    with ExitStack() as stack:
        ours = operation.ours(stage, in_flight)
        stack.callback(ours.close)
        floor = None
        if operation.floor is not None:
            floor = operation.floor(stage, in_flight)
            stack.callback(floor.close)
        return cell(operation.name, stage.seed.size, in_flight, (ours, floor), seconds=seconds, rounds=rounds)


_LAG: Final = re.compile(rb'^gorev_loop_lag_seconds_bucket\{le="([^"]+)"\} ([0-9.e+]+)', re.MULTILINE)


def late_beats(daemon: Daemon) -> dict[float, float]:
    """How many of the reactor's beats so far were at most so many seconds late, by the daemon's own account."""
    answer = answered(daemon.port, http("GET", "/api/metrics"))
    return {float(limit.decode()): float(count) for limit, count in _LAG.findall(answer)}


def lag_quantile_ms(beats: dict[float, float], share: float) -> float:
    """The limit below which so large a share of beats stays."""
    total = beats.get(float("inf"), 0.0)
    return next((limit * 1000 for limit in sorted(beats) if beats[limit] >= share * total), float("inf"))
