"""The search index says what the tables say, whoever writes them."""

from __future__ import annotations

import sqlite3
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gorev.domain.identifiers import new_id
from gorev.domain.project import Project
from gorev.domain.task import Task
from gorev.domain.text import folded
from gorev.domain.values import Priority, Status
from gorev.storage import opening, projects, sqlite, tags, tasks
from gorev.storage.opening import migrations, prepare
from tests.support.open_store import BEGIN

SEARCH_MIGRATION: Final = 3
COMPOSING_MIGRATION: Final = 4


@pytest.fixture
def cursor(tmp_path: Path) -> Iterator[sqlite3.Cursor]:
    """A cursor on a new database."""
    path = tmp_path / "gorev.db"
    prepare(path, 0o644)
    with closing(sqlite.connect(path)) as connection:
        yield connection.cursor()


def task(title: str = "Demo", description: str = "") -> Task:
    return Task(
        id=new_id(),
        title=title,
        description=description,
        status=Status.PENDING,
        priority=Priority.MEDIUM,
        project_id=None,
        parent_id=None,
        due_date=None,
        tags=(),
        created_at=BEGIN,
        updated_at=BEGIN,
        rev=1,
    )


def project(name: str) -> Project:
    return Project(id=new_id(), name=name, definition="", created_at=BEGIN, updated_at=BEGIN, rev=1)


def matching(cursor: sqlite3.Cursor, expression: str) -> list[str]:
    """Titles that the index finds."""
    rows = cursor.execute(
        "SELECT title FROM task_text JOIN tasks ON tasks.number = task_text.rowid WHERE task_text MATCH ? ORDER BY 1",
        (expression,),
    )
    return [title for (title,) in rows]


def labels(cursor: sqlite3.Cursor) -> set[tuple[str, str, str]]:
    return set(cursor.execute("SELECT kind, label_id, name_folded FROM label_text"))


def check(cursor: sqlite3.Cursor) -> None:
    """The index and the tables agree; SQLite compares the one with every row of the other."""
    for table in ("task_text", "label_text"):
        cursor.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('integrity-check', 1)")
    wanted = {("tag", id_, folded(name)) for id_, name in cursor.execute("SELECT id, name FROM tags")}
    wanted |= {("project", id_, folded(name)) for id_, name in cursor.execute("SELECT id, name FROM projects")}
    assert labels(cursor) == wanted
    sorts = cursor.execute("SELECT number, status, priority FROM tasks ORDER BY 1").fetchall()
    assert cursor.execute("SELECT number, status, priority FROM task_sorts ORDER BY 1").fetchall() == sorts


STEPS: Final = st.lists(
    st.tuples(
        st.sampled_from(
            ["add", "title", "description", "status", "remove", "tag", "untag", "project", "rename", "drop"]
        ),
        st.integers(0, 5),
        st.text(alphabet="aıİşbğ -🐛", min_size=1, max_size=8),
    ),
    max_size=25,
)


@given(STEPS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_after_any_writes_the_index_agrees_with_the_tables(
    cursor: sqlite3.Cursor, steps: list[tuple[str, int, str]]
) -> None:
    own_tasks: list[Task] = []
    own_projects: list[Project] = []
    cursor.execute("BEGIN")
    try:
        for step, number, text in steps:
            one = own_tasks[number % len(own_tasks)] if own_tasks else None
            group = own_projects[number % len(own_projects)] if own_projects else None
            match step:
                case "add":
                    own_tasks.append(task(text))
                    tasks.insert(cursor, own_tasks[-1])
                case "project":
                    own_projects.append(project(text))
                    projects.insert(cursor, own_projects[-1])
                case "rename" if group:
                    projects.update(cursor, attrs.evolve(group, name=text))
                case "drop" if group:
                    projects.delete(cursor, group.id)
                    own_projects.remove(group)
                case "remove" if one:
                    tasks.delete(cursor, one.id)
                    own_tasks.remove(one)
                case "title" | "description" if one:
                    changed: dict[str, Any] = {step: text}
                    tasks.update(cursor, attrs.evolve(one, **changed), changed)
                case "status" if one:
                    tasks.update(cursor, attrs.evolve(one, status=Status.COMPLETED), ("status",))
                case "tag" if one:
                    tags.assign(cursor, {one.id: tags.ensure(cursor, [text])})
                case "untag" if one:
                    tags.assign(cursor, {one.id: ()})
        check(cursor)
    finally:
        cursor.execute("ROLLBACK")
    check(cursor)


def test_what_is_undone_is_not_in_the_index(cursor: sqlite3.Cursor) -> None:
    cursor.execute("BEGIN")
    tasks.insert(cursor, task("kept"))
    cursor.execute("SAVEPOINT attempt")
    tasks.insert(cursor, task("undone"))
    cursor.execute("ROLLBACK TO attempt")
    cursor.execute("COMMIT")
    assert matching(cursor, "kept OR undone") == ["kept"]
    check(cursor)


@pytest.mark.parametrize(
    "write",
    [
        lambda cursor, one: tasks.update(cursor, attrs.evolve(one, status=Status.CANCELLED, rev=9), ("status",)),
        lambda cursor, one: tasks.update(cursor, attrs.evolve(one, updated_at=BEGIN + timedelta(1)), ()),
        lambda cursor, one: tags.assign(cursor, {one.id: tags.ensure(cursor, ["frontend"])}),
        lambda cursor, one: cursor.execute("UPDATE tasks SET last_interaction_at = '2025-10-06'"),
        lambda cursor, one: projects.update(cursor, project("no such project")),
    ],
    ids=["status", "time", "tags", "interaction", "project"],
)
def test_a_write_that_changes_no_text_leaves_the_index_of_tasks_alone(
    cursor: sqlite3.Cursor, write: Callable[[sqlite3.Cursor, Task], object]
) -> None:
    one = task("login", "x" * 10_000)
    tasks.insert(cursor, one)
    before = cursor.execute("SELECT id, block FROM task_text_data").fetchall()
    write(cursor, one)
    assert cursor.execute("SELECT id, block FROM task_text_data").fetchall() == before


def test_rows_written_without_our_code_are_indexed_too(cursor: sqlite3.Cursor) -> None:
    cursor.execute(
        "INSERT INTO tasks (id, title, title_folded, description_folded, status, priority, created_at, updated_at, rev)"
        " VALUES ('x', 'Şifre', 'sifre', '', 'pending', 'low', '', '', 1)"
    )
    assert matching(cursor, "sif*") == ["Şifre"]
    cursor.execute("UPDATE tasks SET title_folded = 'odeme'")
    assert matching(cursor, "sif*") == []
    cursor.execute("DELETE FROM tasks")
    check(cursor)


def test_a_database_of_before_the_index_gets_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "gorev.db"
    every = list(migrations())
    older = [each for each in every if each[0] < SEARCH_MIGRATION]
    monkeypatch.setattr(opening, "migrations", lambda: iter(older))
    prepare(path, 0o644)
    with closing(sqlite.connect(path)) as connection:
        cursor = connection.cursor()
        one = task("Isparta İstanbul", "IŞIK")
        tasks.insert(cursor, one)
        cursor.execute(
            "INSERT INTO projects (id, name, created_at, updated_at, rev) VALUES ('p', 'ÇÖP Işığı', '', '', 1)"
        )
        tags.assign(cursor, {one.id: tags.ensure(cursor, ["Güvenlik"])})
    monkeypatch.setattr(opening, "migrations", lambda: iter(every))
    prepare(path, 0o644)
    with closing(sqlite.connect(path)) as connection:
        cursor = connection.cursor()
        assert matching(cursor, "isparta istanbul isik") == [one.title]
        assert {name for _, _, name in labels(cursor)} == {"cop isigi", "guvenlik"}
        check(cursor)


def test_a_database_of_before_letters_were_composed_finds_them_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both spellings of a tag's name stay where both were in use."""
    path = tmp_path / "gorev.db"
    every = list(migrations())
    monkeypatch.setattr(opening, "migrations", lambda: iter(each for each in every if each[0] < COMPOSING_MIGRATION))
    prepare(path, 0o644)
    parted = unicodedata.normalize("NFD", "Şifre Güvenliği")
    with closing(sqlite.connect(path)) as connection:
        cursor = connection.cursor()
        one = task(parted, f"IŞIK {parted}")
        tasks.insert(cursor, one)
        cursor.execute("UPDATE tasks SET title_folded = lower(title), description_folded = lower(description)")
        for id_, name in (("a", parted), ("b", "Şifre Güvenliği"), ("c", unicodedata.normalize("NFD", "ağ"))):
            cursor.execute("INSERT INTO tags VALUES (?, ?, ?, ?)", (id_, name, name.casefold(), name.casefold()))
    monkeypatch.setattr(opening, "migrations", lambda: iter(every))
    prepare(path, 0o644)
    with closing(sqlite.connect(path)) as connection:
        cursor = connection.cursor()
        assert matching(cursor, "sifre guvenligi isik") == [parted]
        assert [tag.id for tag in tags.ensure(cursor, ["AĞ", "şifre güvenliği"])] == ["c", "b"]
        check(cursor)
