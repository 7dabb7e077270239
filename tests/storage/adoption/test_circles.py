"""Circles of parents and of blocking links are opened, each at one place."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gorev.domain.forest import on_circles, parents_first
from gorev.storage.adoption import circles

MOST = 12


@st.composite
def parents(draw: st.DrawFn) -> list[int | None]:
    number = draw(st.integers(0, MOST))
    return [draw(st.none() | st.integers(0, number - 1)) for _ in range(number)]


@given(parents())
def test_parents_make_trees_after_one_cut_in_each_circle(given_parents: list[int | None]) -> None:
    before = list(given_parents)
    found = circles.cut(given_parents)
    assert parents_first(given_parents)[1] == []
    changed = [task for task, parent in enumerate(given_parents) if parent != before[task]]
    assert changed == sorted(circle[0] for circle in found)
    for circle in found:
        assert circle[0] == min(circle)
        assert [before[task] for task in circle] == [*circle[1:], circle[0]]


@given(st.lists(st.tuples(st.integers(0, MOST), st.integers(0, MOST)), max_size=40, unique=True))
def test_every_link_that_goes_closed_a_circle_of_links_that_stay(links: list[tuple[int, int]]) -> None:
    gone = circles.closing(links)
    staying = [(str(a), str(b)) for place, (a, b) in enumerate(links) if place not in gone]
    assert on_circles(staying) == set()
    for place in gone:
        source, target = map(str, links[place])
        assert on_circles([*staying, (source, target)]) >= {source, target}


def test_of_a_simple_circle_the_last_link_goes() -> None:
    assert circles.closing([(1, 2), (2, 3), (3, 1), (3, 4)]) == [2]


def test_a_long_chain_is_no_matter() -> None:
    chain = [(number, number + 1) for number in range(50_000)]
    assert circles.closing([*chain, (50_000, 0)]) == [50_000]
