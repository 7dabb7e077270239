"""The copy is whole before anything is written, and what there is beside the file is never overwritten."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from twisted.logger import capturedLogs, formatEvent

from gorev.domain.errors import Busy, WorkspaceUnavailable
from gorev.storage import sqlite
from gorev.storage.adoption import adopting
from gorev.storage.opening import prepare
from tests.support.original_content import fill, task_id
from tests.support.original_database import Shape, original_database

TASKS = 20


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return made(tmp_path / "gorev.db")


def made(path: Path, tasks: int = TASKS) -> Path:
    with original_database(path, Shape.V16) as database:
        fill(database, tasks)
    return path


def tasks_in(path: Path, table: str) -> int:
    with closing(sqlite3.connect(path)) as connection:
        (number,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        return int(number)


def test_what_stands_in_the_write_ahead_log_is_copied_and_taken_over(path: Path, tmp_path: Path) -> None:
    """As after the original was killed: its last changes are in the log alone."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("PRAGMA wal_autocheckpoint = 0")
    other.execute("INSERT INTO gorevler (id, baslik) VALUES (?, 'son')", (task_id(999),))
    killed = tmp_path / "killed"
    killed.mkdir()
    for each in tmp_path.glob("gorev.db*"):
        (killed / each.name).write_bytes(each.read_bytes())
    other.close()
    prepare(killed / "gorev.db", 0o644)
    assert tasks_in(killed / "gorev.db", "tasks") == TASKS + 1
    assert tasks_in(killed / "gorev.db.before-1", "gorevler") == TASKS + 1


@pytest.mark.parametrize("mode", [0o644, 0o600])
def test_copy_and_report_are_as_private_as_the_file(path: Path, mode: int) -> None:
    path.chmod(mode)
    before = os.umask(0o022)
    try:
        prepare(path, 0o644)
    finally:
        os.umask(before)
    for name in ("gorev.db", "gorev.db.before-1", "gorev.db.adoption-report.txt"):
        assert stat.S_IMODE(path.with_name(name).stat().st_mode) == mode


def test_an_earlier_copy_and_its_report_stay(path: Path) -> None:
    prepare(path, 0o644)
    path.unlink()
    report = path.with_name("gorev.db.adoption-report.txt").read_text()
    prepare(made(path, tasks=7), 0o644)
    assert tasks_in(path.with_name("gorev.db.before-1"), "gorevler") == TASKS
    assert tasks_in(path.with_name("gorev.db.before-1-2"), "gorevler") == 7
    assert path.with_name("gorev.db.adoption-report.txt").read_text() == report
    assert f"  {'gorevler':<20}{7:>9}" in path.with_name("gorev.db.adoption-report-2.txt").read_text()


def test_the_copy_put_back_is_adopted_again_and_copied_no_further(path: Path) -> None:
    prepare(path, 0o644)
    path.write_bytes(path.with_name("gorev.db.before-1").read_bytes())
    prepare(path, 0o644)
    assert tasks_in(path, "tasks") == TASKS
    assert sorted(each.name for each in path.parent.glob("*before*")) == ["gorev.db.before-1"]


def test_a_failure_leaves_the_file_as_it_was(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = path.read_bytes()

    def fail(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(adopting, "_check", fail)
        with pytest.raises(RuntimeError):
            prepare(path, 0o644)
    assert path.read_bytes() == before
    assert not path.with_name("gorev.db.adoption-report.txt").exists()
    prepare(path, 0o644)
    assert tasks_in(path, "tasks") == TASKS


def test_without_room_for_our_tables_it_stays_as_it_was(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connect = sqlite.connect

    def with_little_room(path: Path) -> sqlite3.Connection:
        connection = connect(path)
        connection.execute("PRAGMA max_page_count = 1")  # at least as many as there are
        return connection

    before = path.read_bytes()
    monkeypatch.setattr(sqlite, "connect", with_little_room)
    with pytest.raises(WorkspaceUnavailable) as refusal:
        prepare(path, 0o644)
    assert refusal.value.details["reason"] == "disk_full"
    assert path.read_bytes() == before


def test_where_no_copy_can_be_made_the_file_is_left_as_it_was(path: Path) -> None:
    before = path.read_bytes()
    (path.parent / f"{path.name}.before-1.partial" / "in the way").mkdir(parents=True)
    with pytest.raises(WorkspaceUnavailable):
        prepare(path, 0o644)
    assert path.read_bytes() == before


def test_a_file_that_another_process_writes_is_busy_and_unchanged(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_MS", 20)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Busy):
            prepare(path, 0o644)
        other.execute("INSERT INTO gorevler (id, baslik) VALUES (?, 'son')", (task_id(999),))
        other.execute("COMMIT")
        prepare(path, 0o644)
    assert tasks_in(path, "tasks") == TASKS + 1
    assert tasks_in(path.with_name("gorev.db.before-1"), "gorevler") == TASKS + 1


def test_of_processes_that_open_it_at_once_one_adopts_it(path: Path) -> None:
    program = f"from gorev.storage.opening import *; print(prepare(Path({str(path)!r}), 0o644))"
    processes = [subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) for _ in range(3)]
    answers = {process.communicate()[0] for process in processes}
    assert len(answers) == 1
    assert answers != {""}
    assert tasks_in(path, "tasks") == TASKS
    assert len(list(path.parent.glob("*before*"))) == 1


def test_repairs_are_logged_without_what_stood_there(tmp_path: Path) -> None:
    path = tmp_path / "gorev.db"
    with original_database(path, Shape.V17, strict=False) as database:
        database.insert("gorevler", id=task_id(1), title=" gizli ", status="ertelendi")
    with capturedLogs() as events:
        prepare(path, 0o644)
    lines = [formatEvent(event) for event in events]
    assert f"changed (trimmed): gorevler {task_id(1)}" in lines
    assert f"changed (unknown_replaced): gorevler {task_id(1)}" in lines
    assert any(line.startswith(f"adopted {path}: 1 rows taken over, 0 left out") for line in lines)
    assert not any("gizli" in line or "ertelendi" in line for line in lines)


def test_the_report_says_everything_in_both_languages(path: Path) -> None:
    prepare(path, 0o644)
    report = path.with_name("gorev.db.adoption-report.txt").read_text(encoding="utf-8")
    assert report.startswith("Bir Gorev veritabanının devralınması | Adoption of a Gorev database\n")
    assert (
        "Gorev bu ayarı başka yerde tutuyor. Alınmadı. (1)\nGorev keeps this setting elsewhere. It was left out.\n"
        in report
    )
