"""Pages of tasks are what filtering and sorting every task would yield, and no statement of them does that."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gorev.domain.identifiers import new_id
from gorev.domain.project import Project
from gorev.domain.query import QuickFilter, Sort, TaskQuery
from gorev.domain.task import Task
from gorev.domain.text import caseless, folded
from gorev.domain.values import Priority, Status
from gorev.storage import derived, imports, projects, sqlite, tags, task_pages, tasks
from gorev.storage.opening import prepare
from tests.support.open_store import BEGIN

TODAY: Final = date(2025, 10, 6)
PROJECTS: Final = tuple(new_id() for _ in range(2))
WORDS: Final = ("api", "İş", "web")
RANKS: Final = {Priority.HIGH: 3, Priority.MEDIUM: 2, Priority.LOW: 1}
GROUPS: Final = (Status.IN_PROGRESS, Status.PENDING, Status.COMPLETED, Status.CANCELLED)


@attrs.frozen
class Made:
    """A task to be made: ``above`` is the place of its parent, if that comes before it."""

    status: Status
    priority: Priority
    due: int | None
    above: int
    project: str | None
    tags: frozenset[str]
    title: str
    second: int


@attrs.frozen
class Changed:
    """A change of the task at a place, or its deletion with all that is below it."""

    place: int
    status: Status | None = None
    priority: Priority | None = None
    above: int | None = None
    deleted: bool = False


some_tasks = st.lists(
    st.builds(
        Made,
        status=st.sampled_from(Status),
        priority=st.sampled_from(Priority),
        due=st.sampled_from([None, -2, 0, 3, 9]),
        above=st.integers(0, 60),
        project=st.sampled_from([*PROJECTS, None]),
        tags=st.frozensets(st.sampled_from(WORDS)),
        title=st.sampled_from(["Demo", "API işi", "ağ"]),
        second=st.integers(0, 4),
    ),
    max_size=30,
)
some_changes = st.lists(
    st.builds(
        Changed,
        place=st.integers(0, 29),
        status=st.none() | st.sampled_from(Status),
        priority=st.none() | st.sampled_from(Priority),
        above=st.none() | st.integers(0, 60),
        deleted=st.just(False) | st.booleans(),
    ),
    max_size=8,
)
some_queries = st.lists(
    st.builds(
        TaskQuery,
        statuses=st.just(()) | st.lists(st.sampled_from(Status), min_size=1, max_size=3, unique=True).map(tuple),
        priorities=st.just(()) | st.lists(st.sampled_from(Priority), min_size=1, max_size=2, unique=True).map(tuple),
        project_id=st.none() | st.sampled_from(PROJECTS),
        tag=st.none() | st.sampled_from(["api", "İŞ", "no"]),
        quick=st.none() | st.sampled_from(QuickFilter),
        search=st.none() | st.sampled_from(["api", "IS", "a"]),
        roots_only=st.just(False) | st.booleans(),
        sort=st.sampled_from(Sort),
        limit=st.integers(0, 6),
        offset=st.just(0) | st.integers(0, 9),
    ),
    min_size=12,
    max_size=12,
)


@pytest.fixture
def cursor(tmp_path: Path) -> Iterator[sqlite3.Cursor]:
    """A cursor on a database with two projects."""
    path = tmp_path / "gorev.db"
    prepare(path, 0o644)
    with closing(sqlite.connect(path)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        cursor = connection.cursor()
        for each in PROJECTS:
            project = Project(id=each, name=each, definition="", created_at=BEGIN, updated_at=BEGIN, rev=1)
            projects.insert(cursor, project)
        yield cursor


def built(cursor: sqlite3.Cursor, wanted: list[Made]) -> list[Task]:
    """The tasks, ready to be stored."""
    made: list[Task] = []
    for each in wanted:
        parent = made[each.above] if each.above < len(made) else None
        made.append(
            Task(
                id=new_id(),
                title=each.title,
                description="",
                status=each.status,
                priority=each.priority,
                project_id=each.project if parent is None else parent.project_id,
                parent_id=None if parent is None else parent.id,
                due_date=None if each.due is None else TODAY + timedelta(days=each.due),
                tags=tags.ensure(cursor, sorted(each.tags)),
                created_at=BEGIN + timedelta(seconds=each.second),
                updated_at=BEGIN,
                rev=1,
            )
        )
    return made


def change(cursor: sqlite3.Cursor, known: dict[str, Task], wanted: Changed) -> None:
    """Do it to the rows and to what is known of them."""
    if wanted.place >= len(known):
        return
    task = list(known.values())[wanted.place]
    if wanted.deleted:
        for id_ in [*reversed(tasks.descendants(cursor, [task.id])), task.id]:
            tasks.delete(cursor, id_)
            del known[id_]
        return
    values: dict[str, Any] = {"status": wanted.status or task.status, "priority": wanted.priority or task.priority}
    if wanted.above is not None:
        before = list(known.values())[: wanted.place]
        above = before[wanted.above] if wanted.above < len(before) else None
        fits = above is not None and above.project_id == task.project_id
        values["parent_id"] = above.id if fits and above is not None else None
    known[task.id] = attrs.evolve(task, **values)
    tasks.update(cursor, known[task.id], values)


def matches(task: Task, query: TaskQuery) -> bool:
    """What the query asks, asked of one task."""
    names = {tag.name for tag in task.tags}
    if query.quick is not None:
        first, last = query.quick.due_range(TODAY)
        due = task.due_date
        if not task.status.is_open or due is None or due > last or (first is not None and due < first):
            return False
    text = folded(query.search) if query.search else ""
    return (
        task.status in (query.statuses or Status)
        and task.priority in (query.priorities or Priority)
        and query.project_id in (None, task.project_id)
        and query.parent_id in (None, task.parent_id)
        and not (query.roots_only and task.parent_id is not None)
        and (query.tag is None or caseless(query.tag) in map(caseless, names))
        and (not text or any(text in folded(each) for each in (task.title, *names)))
    )


def ordered(found: list[Task], sort: Sort) -> list[Task]:
    """The tasks in an order, ties by id."""
    found = sorted(found, key=lambda task: task.id)
    match sort:
        case Sort.CREATED_ASC | Sort.CREATED_DESC:
            return sorted(found, key=lambda task: task.created_at, reverse=sort is Sort.CREATED_DESC)
        case Sort.PRIORITY_ASC | Sort.PRIORITY_DESC:
            return sorted(found, key=lambda task: RANKS[task.priority], reverse=sort is Sort.PRIORITY_DESC)
        case _:
            dated = [task for task in found if task.due_date]
            undated = [task for task in found if not task.due_date]
            return [*sorted(dated, key=lambda task: task.due_date or TODAY, reverse=sort is Sort.DUE_DESC), *undated]


def cut(found: list[Task], query: TaskQuery) -> list[str]:
    return [task.id for task in found[query.offset : query.offset + query.limit]]


def check(cursor: sqlite3.Cursor, known: dict[str, Task], query: TaskQuery) -> None:
    """Ask for the page in each of the forms that there are."""
    found = [task for task in known.values() if matches(task, query)]
    expected = cut(ordered(found, query.sort), query), len(found)
    assert task_pages.ids(cursor, query, TODAY) == expected
    grouped = sorted(ordered(found, query.sort), key=lambda task: GROUPS.index(task.status))
    assert task_pages.ids(cursor, query, TODAY, grouped_by_status=True) == (cut(grouped, query), len(found))
    matching = {task.id for task in found}
    topmost = ordered([task for task in found if task.parent_id not in matching], query.sort)
    views, total = task_pages.select_roots(cursor, query, TODAY)
    assert ([view.task.id for view in views], total) == (cut(topmost, query), len(topmost))


def below(cursor: sqlite3.Cursor) -> Counter[tuple[str, ...]]:
    """How many subtasks are counted, where there are any."""
    rows = cursor.execute(
        "SELECT project_id, status, priority, parent_status, parent_priority, number FROM subtask_counts"
    )
    return Counter({tuple(sort): number for *sort, number in rows if number})


def truly_below(known: dict[str, Task]) -> Counter[tuple[str, ...]]:
    """The same, told from every task."""
    return Counter(
        (task.project_id or "", task.status.value, task.priority.value, above.status.value, above.priority.value)
        for task in known.values()
        if task.parent_id is not None
        for above in [known[task.parent_id]]
    )


@given(at_once=st.booleans(), made=some_tasks, changes=some_changes, queries=some_queries)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_page_has_what_matches_in_order_whatever_was_done_before(
    cursor: sqlite3.Cursor, at_once: bool, made: list[Made], changes: list[Changed], queries: list[TaskQuery]
) -> None:
    cursor.execute("BEGIN")
    try:
        new = built(cursor, made)
        if at_once:
            with derived.postponed(cursor, emptied=False):
                tasks.insert_many(cursor, new)
        else:
            for task in new:
                tasks.insert(cursor, task)
        known = {task.id: task for task in new}
        for each in changes:
            change(cursor, known, each)
        assert below(cursor) == truly_below(known)
        for query in queries:
            check(cursor, known, query)
            check(cursor, known, TaskQuery(statuses=query.statuses, sort=query.sort, limit=3))
        for parent_id in list(known)[:3]:
            check(cursor, known, TaskQuery(parent_id=parent_id, limit=2))
        with derived.postponed(cursor, emptied=True):
            imports.clear(cursor, spared=PROJECTS, with_templates=False)
        assert not below(cursor)
    finally:
        cursor.execute("ROLLBACK")


def test_subtasks_are_not_counted_any_more_when_all_tasks_are_deleted_at_once(cursor: sqlite3.Cursor) -> None:
    one = Made(Status.PENDING, Priority.LOW, None, 9, None, frozenset(), "t", 0)
    root, child = built(cursor, [one, attrs.evolve(one, above=0)])
    tasks.insert_many(cursor, [root, child])
    assert below(cursor)
    cursor.execute("DELETE FROM tasks")
    assert not below(cursor)


SORTED: Final = [
    TaskQuery(sort=sort, limit=2, **scope)
    for sort in Sort
    for scope in (
        {},
        {"statuses": (Status.PENDING,)},
        {"statuses": (Status.PENDING, Status.IN_PROGRESS), "priorities": (Priority.HIGH,)},
        {"project_id": PROJECTS[0]},
        {"project_id": PROJECTS[0], "statuses": (Status.PENDING,)},
        {"roots_only": True},
        {"tag": "api"},
    )
]


@pytest.mark.parametrize("query", SORTED, ids=lambda query: f"{query.sort.value} {query.statuses} {query.tag}")
@pytest.mark.parametrize("read", [task_pages.ids, task_pages.select_roots])
def test_a_page_of_many_is_read_in_the_order_of_an_index(cursor: sqlite3.Cursor, query: TaskQuery, read: Any) -> None:
    every = [
        Made(status, priority, due, 999, PROJECTS[0], frozenset({"api"}), "t", 0)
        for status in Status
        for priority in Priority
        for due in (None, 1, 2)
        for _ in range(5)
    ]
    tasks.insert_many(cursor, built(cursor, every))
    asked: list[str] = []
    cursor.connection.set_trace_callback(asked.append)
    read(cursor, query, TODAY)
    cursor.connection.set_trace_callback(None)
    (page,) = [statement for statement in asked if "ORDER BY" in statement and "LIMIT" in statement]
    plan = [detail for *_, detail in cursor.execute(f"EXPLAIN QUERY PLAN {page}")]
    assert "USE TEMP B-TREE FOR ORDER BY" not in plan
    assert not [detail for detail in plan if detail.startswith("SCAN tasks") and "INDEX" not in detail]
