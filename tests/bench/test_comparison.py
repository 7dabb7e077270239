"""Two runs beside each other."""

from __future__ import annotations

import io
import json
from pathlib import Path

from rich.console import Console

from tests.bench import comparison
from tests.bench.figures import Figure
from tests.bench.report import WIDTH, Report
from tests.bench.slices import Cell, Slice


def _written(path: Path, latency_seconds: float, memory: float) -> Path:
    def slices(seconds: float) -> Slice:
        return Slice(latencies=[seconds] * 100, requests=100, seconds=100 * seconds, cpu_seconds=0.05)

    report = Report(figures=[Figure("memory", memory, "MiB", 80)])
    ours, floor = slices(latency_seconds), slices(0.001)
    report.add(Cell("list", 1_000, 1, ours, floor, [ours.per_second / floor.per_second]))
    path.write_text(json.dumps(report.document()))
    return path


def test_what_two_runs_both_have_is_shown_with_what_it_changed_by(tmp_path: Path) -> None:
    first, second = _written(tmp_path / "first.json", 0.004, 100), _written(tmp_path / "second.json", 0.002, 50)
    shown = io.StringIO()
    comparison.show(Console(width=WIDTH, file=shown), first, second)
    assert "4 → 2 (-50 %)" in shown.getvalue()
    assert "0.25 → 0.5 (+100 %)" in shown.getvalue()
    assert "100 → 50 (-50 %) MiB" in shown.getvalue()
