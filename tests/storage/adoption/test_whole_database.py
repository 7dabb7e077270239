"""A well-used database of either shape, in either journal mode, is taken over as it was."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Final

import pytest

from gorev.domain import default_templates
from gorev.domain.context import Action
from gorev.domain.event import EventKind
from gorev.domain.search.filters import Filters
from gorev.domain.template import Field, FieldKind
from gorev.domain.values import LinkKind, Priority, Status
from gorev.storage import context, events, links, profiles, projects, search_history, tasks, templates, watches
from gorev.storage.encoding import instant
from gorev.storage.opening import migrations, prepare
from tests.support.original_content import (
    FAMILY,
    PROJECTS,
    TAGS,
    fill,
    made_at,
    project_id,
    task_id,
)
from tests.support.original_database import Shape, new_uuid, original_database

TASKS: Final = 200
NEWEST: Final = max(number for number, _ in migrations())


@pytest.fixture(scope="module", params=[(shape, journal) for shape in Shape for journal in ("WAL", "DELETE")], ids=str)
def path(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The adopted file; what was in it before is in a file beside it."""
    shape, journal = request.param
    path = tmp_path_factory.mktemp("adopted") / "gorev.db"
    with original_database(path, shape, journal=journal) as database:
        fill(database, TASKS)
    path.with_name("before").write_text("\n".join(everything_in(path)))
    assert prepare(path, 0o644) == NEWEST
    return path


@pytest.fixture
def cursor(path: Path) -> Iterator[sqlite3.Cursor]:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection.cursor()


def everything_in(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def test_every_task_is_as_it_was(cursor: sqlite3.Cursor) -> None:
    found = tasks.by_ids(cursor, [task_id(number) for number in range(TASKS)])
    assert len(found) == TASKS
    for number, view in enumerate(found):
        task, family = view.task, number // FAMILY
        assert task.title == f"Görev {number}: giriş ekranı"
        assert task.description == f"Açıklama {number}. " * 12
        assert task.status == (Status.PENDING, Status.IN_PROGRESS, Status.COMPLETED, Status.CANCELLED)[number % 4]
        assert task.priority == (Priority.LOW, Priority.MEDIUM, Priority.HIGH)[number % 3]
        assert task.project_id == project_id(family % len(PROJECTS))
        assert task.parent_id == (None if number % FAMILY == 0 else task_id(family * FAMILY))
        assert task.due_date == (date(2025, 12, 31), date(2026, 1, 15), None)[number % 3]
        assert task.created_at.replace(microsecond=0) == made_at(number)
        assert task.updated_at.replace(microsecond=0) == made_at(number + 5)
        assert [tag.name for tag in task.tags] == [TAGS[(number + more) % len(TAGS)] for more in (0, 1)]
        assert task.rev == 1


def test_what_is_derived_is_true(cursor: sqlite3.Cursor) -> None:
    (first, second) = tasks.by_ids(cursor, [task_id(0), task_id(2)])
    assert (first.subtask_count, second.level, second.dependency_count) == (FAMILY - 1, 1, 1)
    found = cursor.execute("SELECT count(*) FROM task_text WHERE task_text MATCH 'giris'").fetchone()
    assert found == (TASKS,)
    blocked = cursor.execute("SELECT id FROM tasks WHERE blocked ORDER BY number").fetchall()
    open_firsts = [number for number in range(1, TASKS - 1, FAMILY) if number % 4 < 2]
    assert blocked == [(task_id(number + 1),) for number in open_firsts]


def test_hours_and_last_interactions_are_kept(cursor: sqlite3.Cursor) -> None:
    kept = "SELECT estimated_hours, actual_hours, last_interaction_at FROM tasks WHERE id = ?"
    assert cursor.execute(kept, (task_id(4),)).fetchone() == (3, None, None)
    ((hours, _, touched),) = cursor.execute(kept, (task_id(1),)).fetchall()
    assert hours is None
    assert instant(touched).replace(microsecond=0) == made_at(1)


def test_projects_are_as_they_were_and_the_active_one_is_active(cursor: sqlite3.Cursor) -> None:
    found = {view.project.id: view for view in projects.every(cursor)}
    assert [found[project_id(number)].project.name for number in range(3)] == list(PROJECTS)
    assert [view.is_active for view in found.values()].count(True) == 1
    assert found[project_id(1)].is_active
    assert sum(view.task_count for view in found.values()) == TASKS


def test_links_go_the_same_way(cursor: sqlite3.Cursor) -> None:
    (link,) = links.of_task(cursor, task_id(1))
    assert (link.id, link.source_id, link.target_id, link.kind) == (
        new_uuid(4_000_001),
        task_id(1),
        task_id(2),
        LinkKind.BLOCKS,
    )
    assert cursor.execute("SELECT count(*) FROM links").fetchone() == (TASKS // FAMILY,)


def test_the_context_and_the_interactions_are_kept(cursor: sqlite3.Cursor) -> None:
    assert context.active_task_id(cursor) == task_id(2)
    assert context.recent_ids(cursor, 10) == [task_id(2), task_id(1)]
    assert cursor.execute("SELECT session_data FROM workspace").fetchone() == ('{"tema":"koyu"}',)
    assert sum(context.counts(cursor).values()) == 50
    assert cursor.execute("SELECT task_id, action, context FROM interactions WHERE id = 2").fetchone() == (
        task_id(1),
        Action.CREATED.value,
        '{"from":"beklemede"}',
    )


def test_profiles_and_searches_are_kept(cursor: sqlite3.Cursor) -> None:
    found = {profile.name: profile for profile in profiles.every(cursor)}
    assert [name for name, profile in found.items() if profile.is_default] == sorted(
        ["Yüksek Öncelik", "Devam Ediyor", "Bekleyen", "Acil Görevler"]
    )
    assert found["Acil Görevler"].filters == Filters(statuses=(Status.PENDING,), priorities=(Priority.HIGH,))
    mine = found["Benim"]
    assert (mine.id, mine.use_count, mine.search_query) == (5, 7, "giriş")
    assert mine.filters == Filters(tags=("api",), fuzzy=True, fuzzy_threshold=0.7)
    (row,) = search_history.newest(cursor, 10, made_at(-1))
    assert (row.query, row.result_count, row.elapsed_ms) == ("giriş", 3, 12)


def test_the_users_templates_are_kept_and_missing_defaults_added(cursor: sqlite3.Cursor) -> None:
    found = {(each.alias, each.language): each for each in templates.every(cursor)}
    assert found.keys() == default_templates.names() | {("toplanti", "tr")}
    bug = found["bug", "tr"]
    assert (bug.id, bug.definition) == (new_uuid(5_000_000), "Kullanıcının değiştirdiği")
    assert bug.fields[1] == Field(
        name="ortam", kind=FieldKind.SELECT, required=True, default="test", options=("test", "canlı")
    )
    assert bug.sample_values == {"ortam": "test"}


def test_watches_are_kept(cursor: sqlite3.Cursor) -> None:
    (watch,) = watches.every(cursor)
    assert (watch.task_id, watch.path, watch.active) == (task_id(1), "/home/user/project/main.go", True)


def test_the_event_log_begins_with_one_sync(cursor: sqlite3.Cursor) -> None:
    (event,) = events.after(cursor, 0, 10)
    assert (event.seq, event.kind, events.current_seq(cursor)) == (1, EventKind.WORKSPACE_SYNC, 1)


def test_nothing_of_the_original_is_left_in_the_file(cursor: sqlite3.Cursor, tmp_path: Path) -> None:
    prepare(tmp_path / "new.db", 0o644)
    with closing(sqlite3.connect(tmp_path / "new.db")) as connection:
        new = connection.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
    found = cursor.execute("SELECT type, name, sql FROM sqlite_master WHERE name <> 'sqlite_sequence'").fetchall()
    assert sorted(found, key=str) == sorted(new, key=str)
    assert cursor.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert cursor.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_the_copy_holds_what_the_file_held(path: Path) -> None:
    assert "\n".join(everything_in(path.with_name("gorev.db.before-1"))) == path.with_name("before").read_text()


def test_the_report_counts_every_row_and_notes_no_repair(path: Path) -> None:
    report = path.with_name("gorev.db.adoption-report.txt").read_text(encoding="utf-8").splitlines()
    assert f"  {'gorevler':<20}{TASKS:>9}{TASKS:>9}{0:>9}" in report
    assert "== Değiştirilenler | Changed" not in report
    # The settings of its file watching have no place of ours.
    left_out = report[report.index("== Alınmayanlar | Left out") :]
    assert [line.split(":")[0] for line in left_out if line.startswith("  ")] == ["  file_watcher_config 1"]


def test_a_second_start_changes_nothing(path: Path) -> None:
    before = {each.name: each.read_bytes() for each in path.parent.iterdir()}
    assert prepare(path, 0o600) == NEWEST
    assert {each.name: each.read_bytes() for each in path.parent.iterdir()} == before
