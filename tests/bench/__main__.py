"""``python -m tests.bench``: how fast the program is beside what its parts can do; ``make bench`` runs all of it.

Everything is measured in real processes under temporary home directories, ours and its floor by turns in short slices,
so that the noise of the machine meets both. ``compare A.json B.json`` shows two runs side by side. The exit code is 1
when a target is missed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console

from tests.bench import comparison
from tests.bench.daemons import NoAnswer
from tests.bench.measuring import Plan
from tests.bench.operations import ALWAYS, LISTENERS, OPERATIONS
from tests.bench.report import WIDTH, Report
from tests.bench.run import OTHERS, run
from tests.bench.seeds import SIZES


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(each.replace("_", "")) for each in text.split(","))


def _names(known: Sequence[str]) -> Callable[[str], tuple[str, ...]]:
    def names(text: str) -> tuple[str, ...]:
        found = tuple(text.split(","))
        unknown = ", ".join(name for name in found if name not in known)
        if unknown:
            raise argparse.ArgumentTypeError(f"{unknown}: there is {', '.join(known)}")
        return found

    return names


def _plan(arguments: Sequence[str]) -> tuple[Plan, Path | None]:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    names = [*(operation.name for operation in OPERATIONS), *OTHERS]
    everywhere = tuple(sorted({*ALWAYS, *LISTENERS}))
    parser.add_argument(
        "--only", type=_names(names), default=tuple(names), metavar="NAME,…", help=f"of {', '.join(names)}"
    )
    parser.add_argument("--sizes", type=_numbers, default=SIZES, metavar="N,…", help="tasks (default: %(default)s)")
    parser.add_argument(
        "--in-flight",
        type=_numbers,
        default=everywhere,
        metavar="C,…",
        help="requests at once; 1, 100 and 1000 are also the listeners of websocket (default: %(default)s)",
    )
    parser.add_argument("--seconds", type=float, default=0.2, help="of a slice (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="slices of each of both (default: %(default)s)")
    parser.add_argument("--seeds", type=Path, help="folder to keep seeded databases in for later runs")
    parser.add_argument("--json", type=Path, help="file to write what was measured to")
    given = parser.parse_args(arguments)
    plan = Plan(
        names=given.only,
        sizes=given.sizes,
        in_flight=given.in_flight,
        seconds=given.seconds,
        rounds=given.rounds,
        seeds=given.seeds,
    )
    return plan, given.json


def main(arguments: Sequence[str]) -> int:
    """Measure and print, or compare."""
    console = Console(width=WIDTH)
    if arguments[:1] == ["compare"]:
        first, second = arguments[1:]
        comparison.show(console, Path(first), Path(second))
        return 0
    plan, file = _plan(arguments)
    report = Report()
    try:
        run(plan, report, console)
    except (NoAnswer, KeyboardInterrupt) as problem:
        console.print(f"not measured to the end: {problem or 'interrupted'}", markup=False)
        return 1
    finally:
        report.show_rest(console)
        if file is not None:
            file.write_text(json.dumps(report.document(), indent=1))
    console.print(f"{report.missed} targets missed")
    return int(report.missed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
