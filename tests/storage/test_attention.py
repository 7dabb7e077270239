"""The counts and short lists that triggers keep are what a look at every row would yield."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gorev.domain.links import NewLink
from gorev.domain.project import Project
from gorev.domain.task import Task
from gorev.domain.values import LinkKind, Priority, Status
from gorev.storage import attention, links, projects, sqlite, tasks
from gorev.storage.encoding import instant_text
from gorev.storage.opening import migrations, prepare

TODAY = date(2025, 10, 6)
BEGIN = datetime(2025, 10, 6, 10, 30, tzinfo=UTC)
PROJECTS = ("p0", "p1")

# What may be done to the task of a number, or to it and the one of another number.
steps = st.lists(
    st.one_of(
        st.tuples(st.just("insert"), st.sampled_from(Status), st.sampled_from(Priority)),
        st.tuples(st.just("status"), st.integers(0, 9), st.sampled_from(Status)),
        st.tuples(st.just("priority"), st.integers(0, 9), st.sampled_from(Priority)),
        st.tuples(st.just("project_id"), st.integers(0, 9), st.sampled_from([*PROJECTS, None])),
        st.tuples(st.just("due_date"), st.integers(0, 9), st.sampled_from([-9, -1, 0, 1, 7, 8, None])),
        st.tuples(st.just("delete"), st.integers(0, 9), st.none()),
        st.tuples(st.sampled_from(LinkKind), st.integers(0, 9), st.integers(0, 9)),
        st.tuples(st.just("unlink"), st.integers(0, 9), st.integers(0, 9)),
    ),
    max_size=30,
)


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Cursor]:
    prepare(path, 0o644)
    with closing(sqlite.connect(path)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        cursor = connection.cursor()
        cursor.execute("BEGIN")
        for each in PROJECTS:
            if projects.one(cursor, each) is None:
                project = Project(id=each, name=each, definition="", created_at=BEGIN, updated_at=BEGIN, rev=1)
                projects.insert(cursor, project)
        yield cursor


class Workspace:
    """Tasks that steps are done to."""

    def __init__(self, cursor: sqlite3.Cursor) -> None:
        self._cursor = cursor
        self._clock = itertools.count()
        self.tasks: list[Task] = []

    def do(self, step: tuple[Any, Any, Any]) -> None:
        """Do one step, if there is a task to do it to."""
        kind, one, other = step
        now = BEGIN + timedelta(seconds=next(self._clock))
        if kind == "insert":
            self._insert(one, other, now)
        elif isinstance(kind, LinkKind) or kind == "unlink":
            if max(one, other) < len(self.tasks) and one != other:
                self._link(kind, self.tasks[one].id, self.tasks[other].id, now)
        elif one < len(self.tasks):
            if kind == "delete":
                tasks.delete(self._cursor, self.tasks.pop(one).id)
            else:
                value = TODAY + timedelta(days=other) if kind == "due_date" and other is not None else other
                changed = attrs.evolve(self.tasks[one], **{kind: value}, updated_at=now)
                self.tasks[one] = changed
                tasks.update(self._cursor, changed, (kind,))

    def _insert(self, status: Status, priority: Priority, now: datetime) -> None:
        task = Task(
            id=f"{next(self._clock):036}",
            title="t",
            description="",
            status=status,
            priority=priority,
            project_id=PROJECTS[0],
            parent_id=None,
            due_date=TODAY,
            tags=(),
            created_at=now,
            updated_at=now,
            rev=1,
        )
        tasks.insert(self._cursor, task)
        self.tasks.append(task)

    def _link(self, kind: LinkKind | str, one: str, other: str, now: datetime) -> None:
        between = links.between(self._cursor, one, other)
        if kind == "unlink":
            for link in between:
                links.delete(self._cursor, link.id)
        elif isinstance(kind, LinkKind) and not between:
            new = NewLink(source_id=one, target_id=other, kind=kind)
            links.insert(self._cursor, f"link {next(self._clock)}", new, now)


def seen(cursor: sqlite3.Cursor) -> dict[str, Any]:
    """What the module under test says."""
    by_status, by_priority = attention.sorts(cursor)
    return {
        "by_status": by_status,
        "by_priority": by_priority,
        "due": attention.due(cursor, TODAY, 7),
        "high": attention.high_priority_ids(cursor, 5),
        "startable": attention.startable_ids(cursor, 3),
        "overdue": attention.overdue_ids(cursor, TODAY, 5),
        "soon": attention.due_ids(cursor, TODAY, TODAY + timedelta(days=7), 3),
        "blocked": attention.blocked_ids(cursor, 5),
        "changed": attention.changed_ids(cursor, 5),
        "lingering": attention.lingering_ids(cursor, 2),
        "projects": {
            view.project.id: (view.task_count, view.pending_count, view.completed_count)
            for view in projects.every(cursor)
        },
    }


def expected(cursor: sqlite3.Cursor, all_tasks: list[Task]) -> dict[str, Any]:
    """The same, told from every row."""
    is_open = {task.id: task.status.is_open for task in all_tasks}
    pairs = cursor.execute("SELECT source_id, target_id FROM links WHERE kind = 'blocks'").fetchall()
    waiting = {target for source, target in pairs if is_open[source]}
    open_ = [task for task in all_tasks if task.status.is_open]
    dated = [(task.due_date - TODAY).days for task in open_ if task.due_date]
    high = sorted(
        (task for task in open_ if task.priority is Priority.HIGH),
        key=lambda task: (task.due_date is None, task.due_date or TODAY, task.created_at),
    )
    due = sorted((task for task in open_ if task.due_date), key=lambda task: (task.due_date, task.created_at))
    latest = sorted(all_tasks, key=lambda task: task.updated_at, reverse=True)
    return {
        "by_status": {each: sum(task.status is each for task in all_tasks) for each in Status},
        "by_priority": {each: sum(task.priority is each for task in all_tasks) for each in Priority},
        "due": (sum(day < 0 for day in dated), dated.count(0), sum(0 < day <= 7 for day in dated)),
        "high": [task.id for task in high][:5],
        "startable": [task.id for task in high if task.status is Status.PENDING and task.id not in waiting][:3],
        "overdue": [task.id for task in due if task.due_date and task.due_date < TODAY][:5],
        "soon": [task.id for task in due if task.due_date and 0 <= (task.due_date - TODAY).days <= 7][:3],
        "blocked": [task.id for task in latest if task.status.is_open and task.id in waiting][:5],
        "changed": [task.id for task in latest][:5],
        "lingering": [task.id for task in reversed(latest) if task.status is Status.IN_PROGRESS][:2],
        "projects": {
            each: (
                len([task for task in all_tasks if task.project_id == each]),
                len([task for task in all_tasks if task.project_id == each and task.status is Status.PENDING]),
                len([task for task in all_tasks if task.project_id == each and task.status is Status.COMPLETED]),
            )
            for each in PROJECTS
        },
    }


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_counts_and_lists_hold_whatever_is_done_to_tasks_and_links(
    tmp_path: Path, given_: list[tuple[Any, Any, Any]]
) -> None:
    with opened(tmp_path / "gorev.db") as cursor:
        workspace = Workspace(cursor)
        for step in given_:
            workspace.do(step)
        assert seen(cursor) == expected(cursor, workspace.tasks)
        cursor.execute("ROLLBACK")


def test_a_database_that_had_no_counts_gets_them_with_its_tasks_in_them(tmp_path: Path) -> None:
    path = tmp_path / "gorev.db"
    first, *_ = migrations()
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(first[1])
        connection.execute("CREATE TABLE schema_version (version INTEGER NOT NULL)")
        connection.execute("INSERT INTO schema_version VALUES (1)")
        connection.execute("INSERT INTO projects VALUES ('p0', 'P', '', ?, ?, 1)", (instant_text(BEGIN),) * 2)
        for place, status in enumerate(Status):
            created = instant_text(BEGIN + timedelta(seconds=place))
            connection.execute(
                "INSERT INTO tasks (id, title, title_folded, description_folded, status, priority, project_id,"
                " due_date, created_at, updated_at, rev)"
                " VALUES (?, 't', 't', '', ?, 'high', 'p0', '2025-10-01', ?, ?, 1)",
                (str(place), status.value, created, created),
            )
        connection.executemany(
            "INSERT INTO links VALUES (?, ?, ?, 'blocks', '')", [("one", "0", "1"), ("other", "2", "0")]
        )
        connection.commit()
    with opened(path) as cursor:
        everything = [view.task for view in tasks.by_ids(cursor, [str(place) for place in range(len(Status))])]
        assert seen(cursor) == expected(cursor, everything)
        assert attention.blocked_ids(cursor, 5) == ["1"]


@pytest.mark.parametrize(
    "read",
    [
        lambda cursor: attention.high_priority_ids(cursor, 5),
        lambda cursor: attention.startable_ids(cursor, 5),
        lambda cursor: attention.overdue_ids(cursor, TODAY, 5),
        lambda cursor: attention.blocked_ids(cursor, 5),
        lambda cursor: attention.changed_ids(cursor, 5),
        lambda cursor: attention.lingering_ids(cursor, 5),
        lambda cursor: attention.due(cursor, TODAY, 7),
        lambda cursor: attention.sorts(cursor),
    ],
)
def test_no_list_is_read_by_looking_at_every_task_or_sorting_them(tmp_path: Path, read: Any) -> None:
    with opened(tmp_path / "gorev.db") as cursor:
        cursor.execute("COMMIT")
        asked: list[str] = []
        cursor.connection.set_trace_callback(asked.append)
        read(cursor)
        cursor.connection.set_trace_callback(None)
        (statement,) = asked
        plan = [detail for *_, detail in cursor.execute(f"EXPLAIN QUERY PLAN {statement}")]
    assert "USE TEMP B-TREE FOR ORDER BY" not in plan
    assert not [detail for detail in plan if detail.startswith("SCAN tasks") and "INDEX" not in detail]
