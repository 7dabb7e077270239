"""What a run says: as tables, and as JSON to compare runs by."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import attrs
from rich.console import Console
from rich.table import Table

from tests.bench.figures import Figure
from tests.bench.slices import Cell
from tests.bench.targets import GROWTH_LIMIT, Cells, growths, verdicts

WIDTH: Final = 160
SMALL: Final = 1_000
LARGE: Final = 100_000


@attrs.define
class Report:
    """Cells and figures as they come."""

    cells: dict[tuple[str, int, int], Cell] = attrs.Factory(dict)
    figures: list[Figure] = attrs.Factory(list)
    notes: list[str] = attrs.Factory(list)

    def add(self, cell: Cell) -> None:
        """One more."""
        self.cells[cell.operation, cell.size, cell.in_flight] = cell

    @property
    def missed(self) -> int:
        """How many targets are not reached."""
        of_cells = (verdict.reached for cell in self.cells.values() for verdict in verdicts(cell, self.cells))
        of_figures = (figure.reached for figure in self.figures)
        of_growth = (growth.reached for growth in growths(self.cells, SMALL, LARGE))
        return sum(reached is False for group in (of_cells, of_figures, of_growth) for reached in group)

    def show_size(self, console: Console, size: int) -> None:
        """The cells of one size."""
        cells = [cell for cell in self.cells.values() if cell.size == size]
        table = Table(
            *(
                "operation",
                "c",
                "p50 ms",
                "p99 ms",
                "per s",
                "CPU ms",
                "floor p50",
                "floor /s",
                "floor CPU",
                "by CPU",
                "ratio",
            ),
            *("target", "", "errors"),
            title=f"{size:,} tasks",
        )
        for column in table.columns[1:11]:
            column.justify = "right"
        for cell in cells:
            table.add_row(*_row(cell, self.cells))
        console.print(table)

    def show_rest(self, console: Console) -> None:
        """Growth, figures and notes."""
        grown = growths(self.cells, SMALL, LARGE)
        if grown:
            table = Table("operation", "p50", "CPU", "target", "", title=f"{LARGE:,} tasks against {SMALL:,}, c=1")
            for growth in grown:
                target = "" if growth.reached is None else f"CPU ≤ {GROWTH_LIMIT:g} ×"
                table.add_row(
                    growth.operation,
                    f"{growth.median:.2f} ×",
                    f"{growth.cpu:.2f} ×",
                    target,
                    _word(growth.reached),
                )
            console.print(table)
        if self.figures:
            table = Table("figure", "value", "target", "", "detail")
            for figure in self.figures:
                target = "" if figure.target is None else f"≤ {figure.target:g} {figure.unit}"
                value = f"{figure.value:,.4g} {figure.unit}"
                table.add_row(figure.name, value, target, _word(figure.reached), figure.detail)
            console.print(table)
        for cell in self.cells.values():
            if cell.ours.errors:
                place = f"{cell.operation} at {cell.size:,}, c={cell.in_flight}"
                console.print(f"the first error of {place}: {cell.ours.first_error}", markup=False)
        for note in self.notes:
            console.print(note, markup=False)

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "made": datetime.now(UTC).isoformat(timespec="seconds"),
            "python": platform.python_version(),
            "machine": platform.platform(),
            "cells": [_encoded(cell, self.cells) for cell in self.cells.values()],
            "figures": [{**attrs.asdict(figure), "reached": figure.reached} for figure in self.figures],
            "growth": [{**attrs.asdict(each), "reached": each.reached} for each in growths(self.cells, SMALL, LARGE)],
            "notes": self.notes,
        }


def _row(cell: Cell, cells: Cells) -> Sequence[str]:
    ours, floor = cell.ours, cell.floor
    judged = [verdict for verdict in verdicts(cell, cells) if "errors" not in verdict.target]
    beside = ("", "", "", "", "")
    if floor is not None:
        beside = (
            f"{floor.quantile_ms(0.5):.2f}",
            f"{floor.per_second:,.0f}",
            f"{floor.cpu_ms:.3f}",
            f"{cell.cpu_ratio or 0:.2f}",
            f"{cell.ratio or 0:.2f}",
        )
    return (
        cell.operation,
        str(cell.in_flight),
        f"{ours.quantile_ms(0.5):.2f}",
        f"{ours.quantile_ms(0.99):.2f}",
        f"{ours.per_second:,.0f}",
        f"{ours.cpu_ms:.3f}",
        *beside,
        "\n".join(verdict.target for verdict in judged),
        "\n".join(_word(verdict.reached) for verdict in judged),
        f"[red]{ours.errors}[/]" if ours.errors else "0",
    )


def _word(reached: bool | None) -> str:
    return {None: "", True: "met", False: "[red]missed[/]"}[reached]


def _encoded(cell: Cell, cells: Cells) -> dict[str, Any]:
    ours, floor = cell.ours, cell.floor
    return {
        "operation": cell.operation,
        "size": cell.size,
        "in_flight": cell.in_flight,
        "answers": len(ours.latencies),
        "errors": ours.errors,
        "first_error": ours.first_error,
        "p50_ms": round(ours.quantile_ms(0.5), 4),
        "p99_ms": round(ours.quantile_ms(0.99), 4),
        "per_second": round(ours.per_second, 1),
        "cpu_ms": round(ours.cpu_ms, 4),
        "client_busy": round(ours.client_cpu_seconds / ours.seconds, 3) if ours.seconds else 0,
        "floor_p50_ms": None if floor is None else round(floor.quantile_ms(0.5), 4),
        "floor_per_second": None if floor is None else round(floor.per_second, 1),
        "floor_cpu_ms": None if floor is None else round(floor.cpu_ms, 4),
        "cpu_ratio": None if cell.cpu_ratio is None else round(cell.cpu_ratio, 3),
        "ratio": None if cell.ratio is None else round(cell.ratio, 3),
        "targets": [attrs.asdict(verdict) for verdict in verdicts(cell, cells)],
    }


def busy_clients(cells: Iterable[Cell], share: float = 0.9) -> list[str]:
    """Cells in which this process, which asks, was at work nearly all the time, so that it may be what is measured."""
    return [
        f"{cell.operation} at {cell.size:,}, c={cell.in_flight}"
        for cell in cells
        if cell.ours.client_cpu_seconds > share * cell.ours.seconds
    ]
