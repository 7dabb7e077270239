"""Trees and graphs of many tasks at once."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

from hypothesis import given
from hypothesis import strategies as st

from gorev.domain.forest import Lineage, circle_above, on_circles, parents_first

SIZE = 8
nodes = st.integers(0, SIZE - 1)
any_parents = st.lists(st.none() | nodes, min_size=SIZE, max_size=SIZE)
forests = st.lists(st.none() | nodes, min_size=SIZE, max_size=SIZE).map(
    lambda parents: [None if parent is None or parent >= place else parent for place, parent in enumerate(parents)]
)
edges = st.lists(st.tuples(nodes, nodes).filter(lambda edge: edge[0] != edge[1]), max_size=14)


def line_up(parents: list[int | None], start: int) -> list[int]:
    """A node and everything above it, until the top or a repetition."""
    line = [start]
    while (above := parents[line[-1]]) is not None and above not in line:
        line.append(above)
    return line


@given(any_parents)
def test_parents_come_first_and_what_is_its_own_ancestor_is_named(parents: list[int | None]) -> None:
    order, circles = parents_first(parents)
    ends_well = {node for node in range(SIZE) if parents[line_up(parents, node)[-1]] is None}
    assert sorted(order) == sorted(ends_well)
    for node in order:
        above = parents[node]
        assert above is None or order.index(above) < order.index(node)
    reached = {node: {parents[each] for each in line_up(parents, node)} for node in range(SIZE)}
    assert sorted(circles) == [node for node in range(SIZE) if node in reached[node]]


@given(any_parents, st.lists(nodes, max_size=4))
def test_a_circle_above_is_found_if_there_is_one(parents: list[int | None], starts: list[int]) -> None:
    parent_of = {str(node): None if above is None else str(above) for node, above in enumerate(parents)}
    circle = circle_above(parent_of, [str(start) for start in starts])
    assert bool(circle) == any(parents[line_up(parents, start)[-1]] is not None for start in starts)
    assert all(parent_of[each] in circle for each in circle)


@given(edges)
def test_what_lies_on_circles_is_what_can_be_reached_from_itself_or_joins_such(edges: list[tuple[int, int]]) -> None:
    found = on_circles((str(source), str(target)) for source, target in edges)
    sorter = TopologicalSorter[int]()
    for source, target in edges:
        sorter.add(target, source)
    circle: list[int] = []
    try:
        sorter.prepare()
    except CycleError as error:
        circle = error.args[1]
    assert {str(node) for node in circle} <= found
    assert bool(circle) == bool(found)
    after = {node: {target for source, target in edges if source == node} for node in range(SIZE)}
    before = {node: {source for source, target in edges if target == node} for node in range(SIZE)}
    for node in found:
        assert any(str(each) in found for each in after[int(node)])
        assert any(str(each) in found for each in before[int(node)])


@given(forests, nodes, nodes)
def test_two_are_joined_if_one_is_the_others_ancestor(parents: list[int | None], one: int, other: int) -> None:
    lineage = Lineage({str(node): None if above is None else str(above) for node, above in enumerate(parents)})
    ancestors = [set(line_up(parents, node)[1:]) for node in range(SIZE)]
    assert lineage.joins(str(one), str(other)) == (one in ancestors[other] or other in ancestors[one])


def test_a_very_deep_line_is_no_trouble() -> None:
    depth = 50_000
    assert len(parents_first([None, *range(depth)])[0]) == depth + 1
    parent_of = {str(node): str(node - 1) if node else None for node in range(depth)}
    assert Lineage(parent_of).joins("0", str(depth - 1))
    assert circle_above(parent_of, [str(depth - 1)]) == []
