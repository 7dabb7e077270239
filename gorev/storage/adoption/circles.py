"""Circles where there must be none: which parents and which blocking links have to go. Tasks are numbers here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gorev.domain.forest import parents_first


def cut(parents: list[int | None]) -> list[list[int]]:
    """Take its parent from the first task of every circle, in place; yields the circles, each upwards from that one."""
    _, circular = parents_first(parents)
    left = set(circular)
    circles = []
    for first in sorted(circular):
        if first in left:
            circle = [first]
            while (above := parents[circle[-1]]) is not None and above != first:
                circle.append(above)
            left.difference_update(circle)
            circles.append(circle)
    for circle in circles:
        parents[circle[0]] = None
    return circles


def closing(links: Sequence[tuple[int, int]]) -> list[int]:
    """Places of the links that close circles, in ascending order; without them there is none.

    A walk along the links, in their order, meets each task once; a link that leads back to a task on the way to it
    closes a circle of which all the others stay.
    """
    onward: dict[int, list[int]] = {}
    for place, (source, _) in enumerate(links):
        onward.setdefault(source, []).append(place)
    on_the_way: dict[int, bool] = {}  # met and left again: False
    found = []
    for start in onward:
        if start in on_the_way:
            continue
        on_the_way[start] = True
        walk: list[tuple[int, Iterator[int]]] = [(start, iter(onward[start]))]
        while walk:
            task, leading = walk[-1]
            for place in leading:
                target = links[place][1]
                if target not in on_the_way:
                    on_the_way[target] = True
                    walk.append((target, iter(onward.get(target, ()))))
                    break
                if on_the_way[target]:
                    found.append(place)
            else:
                on_the_way[task] = False
                walk.pop()
    return sorted(found)
