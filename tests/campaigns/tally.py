"""What a campaign reports: figures, and what must be nought."""

from __future__ import annotations

import attrs


@attrs.frozen
class Tally:
    """``figures`` are for the reader; each of ``losses`` is a count that must be 0."""

    name: str
    figures: dict[str, object]
    losses: dict[str, int]

    @property
    def lost(self) -> bool:
        """Whether anything that must not happen did."""
        return any(self.losses.values())

    def lines(self) -> list[str]:
        """The report, a line each."""
        figures = [f"  {name}: {value}" for name, value in self.figures.items()]
        losses = [f"  {name}: {count}{'' if count == 0 else '   <-- must be 0'}" for name, count in self.losses.items()]
        return [f"{self.name}: {'LOST' if self.lost else 'held'}", *figures, *losses]
