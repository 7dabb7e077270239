"""Which tasks a list shows, in which order, and how it is paged."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, TypeVar

import pytest
import pytest_twisted

from gorev.domain.errors import ProjectNotFound, TaskNotFound
from gorev.domain.query import QuickFilter, Sort, TaskQuery
from gorev.domain.task import Branch
from gorev.domain.values import Priority, Status
from tests.support.open_store import ACTOR, BEGIN, OpenStore

Test = TypeVar("Test", bound=Callable[..., object])
in_reactor: Callable[[Test], Test] = pytest_twisted.ensureDeferred

NOBODY = "00000000-0000-4000-8000-000000000000"
TODAY = BEGIN.date()  # a Monday


async def page(store: OpenStore, **query: Any) -> list[str]:
    """The titles of a page."""
    return titles((await store.tasks.page(TaskQuery(**query))).value.rows)


async def trees(store: OpenStore, **query: Any) -> list[str]:
    """The titles of the topmost tasks of a page of trees."""
    return titles((await store.tasks.trees(TaskQuery(**query))).value.rows)


def titles(rows: tuple[Branch, ...]) -> list[str]:
    return [row.view.task.title for row in rows]


@in_reactor
async def test_a_list_is_of_the_project_named_else_all_else_the_active_one_else_all(store: OpenStore) -> None:
    active, other = await store.project(), await store.project()
    for title, project_id in (("none", None), ("active", active.id), ("other", other.id)):
        store.later()
        await store.task(title, project_id=project_id)
    assert await page(store) == ["other", "active", "none"]
    await store.projects.activate(ACTOR, active.id)
    assert await page(store) == ["active"]
    assert await page(store, all_projects=True) == ["other", "active", "none"]
    assert await page(store, project_id=other.id) == ["other"]
    assert await page(store, project_id=other.id, all_projects=True) == ["other"]
    assert await trees(store) == ["active"]
    scopes = [
        (await store.tasks.page(TaskQuery(**query))).value.project
        for query in ({}, {"all_projects": True}, {"project_id": other.id})
    ]
    assert [scope and scope.project.id for scope in scopes] == [active.id, None, other.id]
    await store.projects.deactivate(ACTOR)
    assert await page(store) == ["other", "active", "none"]


@in_reactor
async def test_what_is_named_must_exist(store: OpenStore) -> None:
    with pytest.raises(ProjectNotFound):
        await page(store, project_id=NOBODY)
    with pytest.raises(TaskNotFound):
        await page(store, parent_id=NOBODY)
    with pytest.raises(ProjectNotFound):
        await trees(store, project_id=NOBODY)


@in_reactor
async def test_values_of_one_filter_are_alternatives_and_filters_hold_together(store: OpenStore) -> None:
    for status in Status:
        for priority in Priority:
            await store.task(f"{status.value} {priority.value}", status=status, priority=priority)
    assert len(await page(store, statuses=(Status.PENDING,))) == 3
    assert len(await page(store, statuses=(Status.PENDING, Status.CANCELLED))) == 6
    assert len(await page(store, priorities=(Priority.LOW,))) == 4
    assert sorted(await page(store, statuses=(Status.PENDING, Status.COMPLETED), priorities=(Priority.HIGH,))) == [
        "completed high",
        "pending high",
    ]


@in_reactor
@pytest.mark.parametrize(
    ("quick", "due"),
    [
        (QuickFilter.URGENT, range(7)),
        (QuickFilter.OVERDUE, range(-9, 0)),
        (QuickFilter.TODAY, range(1)),
        (QuickFilter.THIS_WEEK, range(7)),
    ],
)
async def test_a_quick_filter_shows_open_tasks_by_their_due_date(
    store: OpenStore, quick: QuickFilter, due: range
) -> None:
    for days in range(-9, 10):
        for status in Status:
            await store.task(f"{days}", due_date=TODAY + timedelta(days=days), status=status)
    await store.task("never")
    found = await page(store, quick=quick, limit=100, sort=Sort.DUE_ASC)
    assert found == [str(days) for days in due for _ in range(2)]


@in_reactor
@pytest.mark.parametrize(
    "today", [TODAY + timedelta(days=each) for each in range(7)], ids=lambda day: day.strftime("%a")
)
async def test_this_week_ends_on_sunday(store: OpenStore, today: date) -> None:
    for day in range(14):
        await store.task(str(day), due_date=TODAY + timedelta(days=day))
    store.time = BEGIN + (today - TODAY)
    found = await page(store, quick=QuickFilter.THIS_WEEK, sort=Sort.DUE_ASC)
    assert found == [str(day) for day in range(today.weekday(), 7)]


@in_reactor
@pytest.mark.parametrize("tag", ["acil iş", " ACİL İŞ ", "Acil Iş"])
async def test_a_tag_is_found_whatever_its_case(store: OpenStore, tag: str) -> None:
    await store.task("tagged", tags=("api", "Acil İş"))
    await store.task("otherwise", tags=("acil", "acil is"))
    assert await page(store, tag=tag) == ["tagged"]


@in_reactor
@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("ışık", ["title"]),
        ("ISIK", ["title"]),
        ("İSTANBUL", ["description"]),
        ("gunluk", ["tag"]),
        ("I", ["title", "description", "nothing", "tag"]),
        ("%", []),
        ("_", []),
        ("'\"", []),
        ("", ["title", "description", "nothing", "tag"]),
    ],
)
async def test_a_search_finds_a_part_of_title_description_or_tag(
    store: OpenStore, search: str, found: list[str]
) -> None:
    """Without regard to case and diacritics of either language; no character means anything special."""
    texts = [("Işıklar", "", ()), ("x", "Istanbul'da", ()), ("in", "", ()), ("y", "", ("Günlük iş",))]
    names = {}
    for name, (title, description, tags) in zip(["title", "description", "nothing", "tag"], texts, strict=True):
        names[title] = name
        await store.task(title, description=description, tags=tags)
        store.later()
    assert [names[title] for title in await page(store, search=search, sort=Sort.CREATED_ASC)] == found


@in_reactor
async def test_a_list_may_be_of_roots_or_of_children_only(store: OpenStore) -> None:
    top = await store.task("top")
    store.later()
    child = await store.task("child", parent_id=top.id)
    await store.task("grandchild", parent_id=child.id)
    assert await page(store, roots_only=True) == ["top"]
    assert await page(store, parent_id=top.id) == ["child"]
    assert await page(store, parent_id=child.id) == ["grandchild"]


ORDERS = {
    Sort.CREATED_DESC: ["e", "d", "c", "b", "a"],
    Sort.CREATED_ASC: ["a", "b", "c", "d", "e"],
    Sort.DUE_ASC: ["c", "a", "e"],
    Sort.DUE_DESC: ["e", "a", "c"],
    Sort.PRIORITY_ASC: ["d", "b", "a"],
    Sort.PRIORITY_DESC: ["a", "b", "d"],
}


@in_reactor
@pytest.mark.parametrize(("sort", "expected"), ORDERS.items())
async def test_a_list_is_in_the_order_asked_for(store: OpenStore, sort: Sort, expected: list[str]) -> None:
    """Undated tasks come last in both directions."""
    by_due = sort in (Sort.DUE_ASC, Sort.DUE_DESC)
    priority = {"a": Priority.HIGH, "b": Priority.MEDIUM, "d": Priority.LOW}
    due = {"a": date(2025, 2, 1), "c": date(2025, 1, 31), "e": date(2026, 1, 1)}
    chosen = priority if sort in (Sort.PRIORITY_ASC, Sort.PRIORITY_DESC) else due if by_due else "abcde"
    for title in chosen:
        await store.task(title, priority=priority.get(title, Priority.MEDIUM), due_date=due.get(title))
        store.later()
    if by_due:
        undated = sorted([(await store.task("undated")).id for _ in range(2)])
        rows = (await store.tasks.page(TaskQuery(sort=sort))).value.rows
        assert [row.view.task.id for row in rows[-2:]] == undated
        assert titles(rows[:-2]) == expected
    else:
        assert await page(store, sort=sort) == expected
    assert (await trees(store, sort=sort))[: len(expected)] == expected


@in_reactor
@pytest.mark.parametrize("sort", Sort)
async def test_ties_go_by_id_so_that_pages_fit_together(store: OpenStore, sort: Sort) -> None:
    ids = sorted([(await store.task(due_date=TODAY)).id for _ in range(25)])
    found: list[str] = []
    for offset in range(0, 30, 4):
        answer = (await store.tasks.page(TaskQuery(sort=sort, limit=4, offset=offset))).value
        assert answer.total == 25
        found += [row.view.task.id for row in answer.rows]
    assert found == ids


@in_reactor
async def test_beyond_the_end_there_is_nothing_but_the_total(store: OpenStore) -> None:
    await store.task()
    for listed in (store.tasks.page, store.tasks.trees, store.tasks.of_project):
        answer = (await listed(TaskQuery(offset=5))).value
        assert (answer.rows, answer.total) == ((), 1)


@in_reactor
async def test_trees_count_and_page_their_topmost_tasks(store: OpenStore) -> None:
    """A task whose parent is filtered out is shown as a root; a shown root brings everything below it."""
    for title in ("a", "b", "c"):
        store.later()
        root = await store.task(title, status=Status.PENDING)
        child = await store.task(f"{title}1", parent_id=root.id, status=Status.IN_PROGRESS)
        await store.task(f"{title}2", parent_id=child.id, status=Status.PENDING)
    answer = (await store.tasks.trees(TaskQuery(limit=2))).value
    assert (titles(answer.rows), answer.total) == (["c", "b"], 3)
    assert titles(answer.rows[0].children) == ["c1"]
    assert titles(answer.rows[0].children[0].children) == ["c2"]
    assert await trees(store, limit=2, offset=2) == ["a"]
    filtered = (await store.tasks.trees(TaskQuery(statuses=(Status.IN_PROGRESS,)))).value
    assert (sorted(titles(filtered.rows)), filtered.total) == (["a1", "b1", "c1"], 3)
    assert titles(filtered.rows[0].children) == ["c2"]


@in_reactor
async def test_a_page_of_rows_may_bring_the_subtrees_of_its_roots(store: OpenStore) -> None:
    root = await store.task("root")
    store.later()
    child = await store.task("child", parent_id=root.id)
    store.later()
    await store.task("grandchild", parent_id=child.id)
    answer = (await store.tasks.page(TaskQuery(), with_subtrees=True)).value
    assert titles(answer.rows) == ["grandchild", "child", "root"]
    assert [titles(row.children) for row in answer.rows] == [[], [], ["child"]]
    assert titles(answer.rows[2].children[0].children) == ["grandchild"]


@in_reactor
async def test_the_tasks_of_a_project_are_grouped_by_status(store: OpenStore) -> None:
    project = await store.project()
    for status in (*Status, *Status):
        store.later()
        await store.task(status.value, project_id=project.id, status=status)
    await store.task("elsewhere")
    answer = (await store.tasks.of_project(TaskQuery(project_id=project.id))).value
    expected = [each for each in ("in_progress", "pending", "completed", "cancelled") for _ in range(2)]
    assert (titles(answer.rows), answer.total) == (expected, 8)
    rest = (await store.tasks.of_project(TaskQuery(project_id=project.id, limit=3, offset=3))).value
    assert (titles(rest.rows), rest.total) == (expected[3:6], 8)
