"""The bench in a short form: what it asks is answered. How fast that is no test can say; ``make bench`` does."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.console import Console

from tests.bench import transfers
from tests.bench.measuring import Plan
from tests.bench.operations import OPERATIONS
from tests.bench.report import WIDTH, Report
from tests.bench.run import run
from tests.bench.seeds import sown

ALONE = [operation.name for operation in OPERATIONS if 1 in operation.in_flight]
AT_ONCE = ["list", "update", "mcp_socket", "mix"]


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the seeded database is kept."""
    return tmp_path_factory.mktemp("seeds")


@pytest.mark.parametrize(("names", "in_flight"), [(ALONE, 1), (AT_ONCE, 16)])
def test_every_operation_and_its_floor_are_answered_without_an_error(
    names: list[str], in_flight: int, seeds: Path
) -> None:
    report = Report()
    plan = Plan(names=names, sizes=[1_000], in_flight=[in_flight], seconds=0.01, rounds=1, seeds=seeds)
    run(plan, report, Console(width=WIDTH, quiet=True))
    assert {cell.operation for cell in report.cells.values()} == set(names)
    for cell in report.cells.values():
        assert cell.ours.latencies, cell.operation
        assert not cell.ours.errors, (cell.operation, cell.ours.first_error)
        assert cell.floor is None or (cell.floor.latencies and not cell.floor.errors), cell.operation


def test_an_import_and_an_export_are_carried_out() -> None:
    figures = {figure.name: figure.value for figure in transfers.figures(sown(50))}
    assert figures["import of 50"]
    assert figures["export of 50"]
