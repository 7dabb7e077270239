"""One run: the floors, then size after size, then what is measured of starts and transfers."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Final

from rich.console import Console

from tests.bench import starts, transfers
from tests.bench.daemons import cpu_seconds, folder, running_daemon
from tests.bench.figures import Figure
from tests.bench.lanes import Lane, Lanes, Script, is_success, is_whole_http
from tests.bench.measuring import PATIENCE_SECONDS, Plan, cells, lag_quantile_ms, late_beats
from tests.bench.operations import Stage
from tests.bench.parts import Parts, running_parts
from tests.bench.report import Report, busy_clients
from tests.bench.requests import Asked, http
from tests.bench.seeds import Store, sown

# What is no operation.
OTHERS: Final = ("starts", "transfers")
TRANSFER_SIZES: Final = (10_000, 100_000)
MEMORY_LIMITS: Final = {10_000: 130, 100_000: 200}
LAG_LIMIT_MS: Final = 20
CEILING_SECONDS: Final = 0.5


def run(plan: Plan, report: Report, console: Console) -> None:
    """Measure what is planned into ``report``, printing each size when it is done.

    :raises NoAnswer: a process ended, or said nothing, where an answer was due
    """
    with ExitStack() as stack:
        scratch = stack.enter_context(folder())
        if plan.seeds is not None:
            plan.seeds.mkdir(parents=True, exist_ok=True)
        store = Store(plan.seeds or Path(stack.enter_context(tempfile.TemporaryDirectory())))
        if set(plan.names) - set(OTHERS):
            parts = stack.enter_context(running_parts(scratch))
            report.notes.append(_ceiling(parts))
            for size in plan.sizes:
                _measure_size(size, plan, store, parts, report, console)
                report.show_size(console, size)
    if "transfers" in plan.names:
        for size in set(TRANSFER_SIZES) & set(plan.sizes):
            report.figures += transfers.figures(sown(size))
    if "starts" in plan.names:
        report.figures += starts.figures()
    report.notes += _remarks(plan, report)


def _remarks(plan: Plan, report: Report) -> Iterator[str]:
    busy = busy_clients(report.cells.values())
    if busy:
        yield f"the client itself was busy all the time: {'; '.join(busy)}"
    planned = ((each.name, size, number) for size in plan.sizes for each, all_ in plan.wanted(size) for number in all_)
    slow = [
        f"{name} at {size:,}, c={number}" for name, size, number in planned if (name, size, number) not in report.cells
    ]
    if slow:
        yield f"left out, as an answer to all takes more than {PATIENCE_SECONDS:g} s: {'; '.join(slow)}"


def _measure_size(size: int, plan: Plan, store: Store, parts: Parts, report: Report, console: Console) -> None:
    seed = sown(size)
    with folder() as home:
        console.print(f"{size:,} tasks …", style="dim")
        store.plant(seed, home)
        with running_daemon(home) as daemon:
            before = late_beats(daemon)
            for cell in cells(Stage(daemon, seed, parts, Asked(seed)), plan):
                report.add(cell)
            after = late_beats(daemon)
            memory = daemon.memory_megabytes()
    name = f"memory after the load, {size:,}"
    report.figures.append(Figure(name, memory, "MiB", MEMORY_LIMITS.get(size)))
    lag = lag_quantile_ms({limit: count - before.get(limit, 0) for limit, count in after.items()}, 0.99)
    beats = f"of {after[float('inf')] - before[float('inf')]:.0f} beats of the reactor"
    report.figures.append(Figure(f"lateness under load, p99, {size:,}: at most", lag, "ms", LAG_LIMIT_MS, beats))


def _ceiling(parts: Parts) -> str:
    """What the client that asks can do at most, by what it costs itself to ask bare twisted.web."""
    script = Script(questions=itertools.repeat(http("GET", "/2")), is_whole=is_whole_http, is_good=is_success)
    lanes = Lanes([Lane.to_port(parts.web_port) for _ in range(16)], script, partial(cpu_seconds, parts.web))
    lanes.run(CEILING_SECONDS / 4)
    done = lanes.run(CEILING_SECONDS)
    lanes.close()
    own_us = done.client_cpu_seconds / max(done.requests, 1) * 1e6
    return (
        f"the client takes {own_us:.1f} µs of the processor for a request, so asks {1e6 / own_us:,.0f}/s at most;"
        f" bare twisted.web answers {done.per_second:,.0f}/s at c=16 with 2 bytes"
    )
