"""The best of a search are the first of all that it finds, however few are asked for and looked at."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gorev.domain.identifiers import new_id
from gorev.domain.project import Project
from gorev.domain.search.request import SearchSort
from gorev.domain.search.words import ALL_FIELDS, Atom, Field, TextQuery, pattern
from gorev.domain.task import Task
from gorev.domain.values import Priority, Status
from gorev.storage import projects, search_index, sqlite, tags, tasks
from gorev.storage.opening import prepare
from gorev.storage.search_ranking import Found, Order
from gorev.storage.task_selection import Condition
from tests.support.open_store import BEGIN

PROJECTS: Final = ("alfa beta", "beta", "gama")
# Of them some are found within another word only, which the index does not find and a title contains all the same.
TEXTS: Final = st.lists(st.sampled_from(["alfa", "beta", "xalfa", "alfabe", "gama"]), max_size=4).map(" ".join)
ALL: Final = 1_000
CONDITIONS: Final = (
    Condition("1", by_sort=True),
    Condition("tasks.status IN ('pending', 'in_progress')", by_sort=True),
    Condition("tasks.due_date IS NULL"),
)

Made = tuple[str, str, Status, Priority, int, date | None, list[str], int]

some_tasks: Final = st.lists(
    st.tuples(
        TEXTS,
        TEXTS,
        st.sampled_from(Status),
        st.sampled_from(Priority),
        st.integers(0, len(PROJECTS)),
        st.sampled_from([None, date(2025, 1, 1), date(2025, 1, 2)]),
        st.lists(st.sampled_from(["alfa", "beta", "delta"]), max_size=2, unique=True),
        st.integers(0, 3),
    ),
    max_size=25,
)
some_words: Final = st.lists(st.sampled_from(["alfa", "beta", "gama", "al"]), min_size=1, max_size=2, unique=True)


@pytest.fixture
def cursor(tmp_path: Path) -> Iterator[sqlite3.Cursor]:
    """A cursor on a new database with projects."""
    path = tmp_path / "gorev.db"
    prepare(path, 0o644)
    with closing(sqlite.connect(path)) as connection:
        cursor = connection.cursor()
        for name in PROJECTS:
            projects.insert(
                cursor, Project(id=name, name=name, definition="", created_at=BEGIN, updated_at=BEGIN, rev=1)
            )
        yield cursor


def built(cursor: sqlite3.Cursor, made: list[Made]) -> dict[str, Task]:
    """Tasks as they are described, stored, by their ids."""
    new = []
    for title, description, status, priority, project, due, names, later in made:
        time = BEGIN + timedelta(seconds=later)
        new.append(
            Task(
                id=new_id(),
                title=title,
                description=description,
                status=status,
                priority=priority,
                project_id=[*PROJECTS, None][project],
                parent_id=None,
                due_date=due,
                tags=tags.ensure(cursor, names),
                created_at=time,
                updated_at=time,
                rev=1,
            )
        )
    tasks.insert_many(cursor, new)
    return {task.id: task for task in new}


def matching(made: dict[str, Task], atoms: tuple[Atom, ...], fields: frozenset[Field], where: Condition) -> set[str]:
    """Ids of the tasks that have any of the atoms, told from their texts."""
    found = pattern(atoms)
    ids = set()
    for task in made.values():
        texts = {
            Field.TITLE: task.title,
            Field.DESCRIPTION: task.description,
            Field.TAGS: "; ".join(tag.name for tag in task.tags),
            Field.PROJECT: task.project_id or "",
        }
        is_wanted = {CONDITIONS[0]: True, CONDITIONS[1]: task.status.is_open, CONDITIONS[2]: task.due_date is None}
        if is_wanted[where] and any(found.search(texts[field]) for field in fields):
            ids.add(task.id)
    return ids


def in_order(found: list[Found], made: dict[str, Task], order: Order) -> list[Found]:
    """Found tasks as an order wants them."""
    rank = list(Priority)

    def key(each: Found) -> float:
        task = made[each.task_id]
        match order.sort:
            case SearchSort.RELEVANCE:
                return each.score
            case SearchSort.CREATED | SearchSort.UPDATED:
                return task.created_at.timestamp()
            case SearchSort.PRIORITY:
                return rank.index(task.priority)
            case SearchSort.DUE:
                return 0 if task.due_date is None else task.due_date.toordinal()

    newest = sorted(
        sorted(found, key=lambda each: each.task_id), key=lambda each: made[each.task_id].updated_at, reverse=True
    )
    by_key = sorted(newest, key=key, reverse=order.descending)
    if order.sort is SearchSort.DUE:
        return sorted(by_key, key=lambda each: made[each.task_id].due_date is None)
    return by_key


@given(
    some_tasks,
    some_words,
    st.sets(st.sampled_from(Field), min_size=1).map(frozenset) | st.just(ALL_FIELDS),
    st.sampled_from(CONDITIONS),
    st.builds(Order, st.sampled_from(SearchSort), st.booleans(), st.integers(1, 8)),
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_best_are_the_first_of_all(
    cursor: sqlite3.Cursor,
    described: list[Made],
    words: list[str],
    fields: frozenset[Field],
    where: Condition,
    order: Order,
) -> None:
    text = TextQuery(words=tuple(map(Atom, words)), whole=" ".join(words))
    cursor.execute("BEGIN")
    try:
        made = built(cursor, described)
        best, total = search_index.of_text(cursor, text, fields, where, order)
        every, all_of_them = search_index.of_text(cursor, text, fields, where, Order(order.sort, order.descending, ALL))
        assert {each.task_id for each in every} == matching(made, text.atoms, fields, where)
        assert total == all_of_them == len(every)
        assert every == in_order(every, made, order)
        assert best == every[: order.limit]
        assert all(each.whole == (text.whole in made[each.task_id].title) for each in best)
        other, _ = search_index.of_text(cursor, text, fields, where, Order(order.sort, not order.descending, ALL))
        assert {each.task_id: each.score for each in other} == {each.task_id: each.score for each in every}
    finally:
        cursor.execute("ROLLBACK")
