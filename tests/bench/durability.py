"""``python -m tests.bench.durability``: what `durability` "normal" gains over "full", in writes a second.

Two daemons differ in that setting alone and are asked by turns, so that the noise of the machine meets both. What the
gain costs is told in the README: "full" survives a loss of power, "normal" only the end of the process.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from tests.bench.daemons import Daemon, folder, running_daemon
from tests.bench.lanes import Lane, Lanes, Script, is_success, is_whole_http
from tests.bench.requests import Asked
from tests.bench.seeds import Seed, imported, sown
from tests.bench.slices import Cell, cell

SIZE: Final = 1_000
IN_FLIGHT: Final = (1, 16, 64)
WRITES: Final[dict[str, Callable[[Asked], Iterator[bytes]]]] = {
    "create": Asked.create,
    "update": Asked.update,
    "bulk of 10": Asked.bulk,
}


def measured(seed: Seed, in_flight: Sequence[int], seconds: float, rounds: int) -> Iterator[Cell]:
    """Each kind of write with so many in flight: "normal" as ours, "full" as what it is held against."""
    with ExitStack() as stack:
        relaxed, safe = (_daemon(stack, seed, durability) for durability in ("normal", "full"))
        for name, questions in WRITES.items():
            for number in in_flight:
                with ExitStack() as lanes:
                    sides = (
                        _lanes(lanes, relaxed, seed, questions, number),
                        _lanes(lanes, safe, seed, questions, number),
                    )
                    yield cell(name, seed.size, number, sides, seconds=seconds, rounds=rounds)


def _daemon(stack: ExitStack, seed: Seed, durability: str) -> Daemon:
    home: Path = stack.enter_context(folder())
    own_folder = home / ".gorev-daemon"
    own_folder.mkdir(mode=0o700)
    (own_folder / "config.toml").write_text(f'durability = "{durability}"\n')
    daemon = stack.enter_context(running_daemon(home))
    imported(daemon, seed)
    return daemon


def _lanes(
    stack: ExitStack, daemon: Daemon, seed: Seed, questions: Callable[[Asked], Iterator[bytes]], in_flight: int
) -> Lanes:
    script = Script(questions=questions(Asked(seed)), is_whole=is_whole_http, is_good=is_success)
    lanes = Lanes([Lane.to_port(daemon.port) for _ in range(in_flight)], script, daemon.cpu_seconds)
    stack.callback(lanes.close)
    return lanes


def main(arguments: Sequence[str]) -> int:
    """Measure and print; returns 1 if anything was answered wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.durability", description=__doc__)
    parser.add_argument("--seconds", type=float, default=1.0, help="of a slice (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="slices of each (default: %(default)s)")
    given = parser.parse_args(arguments)
    table = Table("write", "in flight", "normal/s", "p99 ms", "full/s", "p99 ms", "normal to full", "errors")
    errors = 0
    for each in measured(sown(SIZE), IN_FLIGHT, given.seconds, given.rounds):
        relaxed, safe = each.ours, each.floor
        assert safe is not None
        errors += relaxed.errors + safe.errors
        table.add_row(
            each.operation,
            str(each.in_flight),
            f"{relaxed.per_second:.0f}",
            f"{relaxed.quantile_ms(0.99):.1f}",
            f"{safe.per_second:.0f}",
            f"{safe.quantile_ms(0.99):.1f}",
            f"{each.ratio or 0:.2f}",
            str(relaxed.errors + safe.errors),
        )
    Console(width=100).print(table)
    return int(errors > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
