"""Trees and graphs of many tasks at once, checked in one pass each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence


def parents_first(parents: Sequence[int | None]) -> tuple[list[int], list[int]]:
    """Places of a list in an order in which each follows its parent, and those that are their own ancestors.

    ``parents`` are the place of each one's parent. The second value names one circle's members per circle; what is
    below a circle is in neither.
    """
    order: list[int] = []
    circles: list[int] = []
    unseen, on_the_way, ordered, lost = range(4)
    state = bytearray(len(parents))
    for start in range(len(parents)):
        line: list[int] = []
        above: int | None = start
        while above is not None and state[above] == unseen:
            state[above] = on_the_way
            line.append(above)
            above = parents[above]
        if above is not None and state[above] == on_the_way:
            circles += line[line.index(above) :]
        settled = ordered if above is None or state[above] == ordered else lost
        for place in line:
            state[place] = settled
        if settled == ordered:
            order += reversed(line)
    return order, circles


def circle_above(parent_of: Mapping[str, str | None], starts: Iterable[str]) -> list[str]:
    """A circle that the way up from one of ``starts`` runs into; empty if all ways end at a root."""
    settled: set[str] = set()
    for start in starts:
        line: dict[str, None] = {}
        above: str | None = start
        while above is not None and above not in settled and above not in line:
            line[above] = None
            above = parent_of.get(above)
        if above is not None and above in line:
            members = list(line)
            return members[members.index(above) :]
        settled.update(line)
    return []


def on_circles(edges: Iterable[tuple[str, str]]) -> set[str]:
    """The nodes of a directed graph that lie on circles, or on a way from one to another."""
    left = list(edges)
    for _ in ("forwards", "backwards"):
        left = [(target, source) for source, target in _without_beginnings(left)]
    return {source for source, _ in left}


def _without_beginnings(edges: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The edges left after nodes that no edge leads to were taken away until there was none."""
    after: dict[str, list[str]] = {}
    before: dict[str, int] = {}
    for source, target in edges:
        after.setdefault(source, []).append(target)
        before.setdefault(source, 0)
        before[target] = before.get(target, 0) + 1
    beginnings = [node for node, count in before.items() if not count]
    while beginnings:
        node = beginnings.pop()
        del before[node]
        for target in after.get(node, ()):
            before[target] -= 1
            if not before[target]:
                beginnings.append(target)
    return [(source, target) for source, target in edges if source in before and target in before]


class Lineage:
    """Who is whose ancestor in a forest, told at once for any two."""

    def __init__(self, parent_of: Mapping[str, str | None]) -> None:
        children: dict[str | None, list[str]] = {}
        for node, parent in parent_of.items():
            children.setdefault(parent if parent in parent_of else None, []).append(node)
        # Each node's numbers enclose those of everything below it.
        self._first: dict[str, int] = {}
        self._last: dict[str, int] = {}
        clock = 0
        waiting: list[tuple[str, bool]] = [(root, True) for root in children.get(None, ())]
        while waiting:
            node, entering = waiting.pop()
            clock += 1
            if entering:
                self._first[node] = clock
                waiting.append((node, False))
                waiting.extend((child, True) for child in children.get(node, ()))
            else:
                self._last[node] = clock

    def joins(self, one: str, other: str) -> bool:
        """Whether one of the two is the other's ancestor."""
        return self._encloses(one, other) or self._encloses(other, one)

    def _encloses(self, above: str, below: str) -> bool:
        return self._first[above] < self._first[below] and self._last[below] < self._last[above]
