"""Single figures, with the largest value that is good enough."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

import attrs


@attrs.frozen
class Figure:
    """One figure; without a ``target`` it is only told."""

    name: str
    value: float
    unit: str
    target: float | None = None
    detail: str = ""

    @property
    def reached(self) -> bool | None:
        """Whether it is good enough."""
        return None if self.target is None else self.value <= self.target


def median_of(name: str, values: Sequence[float], unit: str, target: float) -> Figure:
    """The median of several measurements, which the detail tells the least and the most of."""
    spread = f"{len(values)} runs, {min(values):.3g} to {max(values):.3g} {unit}"
    return Figure(name, statistics.median(values), unit, target, spread)
