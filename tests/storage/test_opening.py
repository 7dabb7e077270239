"""A database file is made, brought up to date, or refused and left as it is."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from gorev.domain.errors import Busy, WorkspaceUnavailable
from gorev.storage import opening, sqlite
from gorev.storage.opening import migrations, prepare

NEWEST: Final = max(number for number, _ in migrations())
NEXT: Final = NEWEST + 1

# Told an instant and a path on each line, it opens the database there as soon as it is that time.
OPENING_PROCESS: Final = """
import sys, time
from pathlib import Path
from gorev.storage.opening import prepare
print("ready", flush=True)
for line in sys.stdin:
    instant, path = line.strip().split(maxsplit=1)
    while time.time() < float(instant):
        pass
    try:
        print(prepare(Path(path), 0o644), flush=True)
    except Exception as error:
        print(repr(error), flush=True)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "gorev.db"


@pytest.fixture
def umask() -> Iterator[None]:
    """A umask that would take away more than it should."""
    before = os.umask(0o077)
    yield
    os.umask(before)


def run(path: Path, *statements: str, journal: str = "WAL") -> None:
    """Execute statements on a file in this journal mode."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA journal_mode = {journal}")
        for statement in statements:
            connection.execute(statement)


def ask(path: Path, question: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(question).fetchall()


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def everything_in(folder: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in folder.iterdir()}


def made(path: Path) -> Path:
    prepare(path, 0o644)
    return path


@pytest.mark.usefixtures("umask")
@pytest.mark.parametrize("mode", [0o644, 0o600])
def test_a_new_file_is_made_with_its_mode_whatever_the_umask(path: Path, mode: int) -> None:
    assert prepare(path, mode) == NEWEST
    assert mode_of(path) == mode


def test_a_new_file_uses_write_ahead_logging_and_has_no_changes(path: Path) -> None:
    made(path)
    assert ask(path, "PRAGMA journal_mode") == [("wal",)]
    assert ask(path, "SELECT count(*), (SELECT last_seq FROM workspace) FROM events") == [(0, 0)]


def test_an_empty_file_becomes_a_database(path: Path) -> None:
    path.touch()
    assert prepare(path, 0o644) == NEWEST


def test_opening_again_changes_nothing(path: Path) -> None:
    run(made(path), "UPDATE workspace SET last_seq = 7")
    before = everything_in(path.parent)
    assert prepare(path, 0o600) == NEWEST
    assert everything_in(path.parent) == before
    assert mode_of(path) == 0o644


def test_migrations_are_numbered_without_gaps() -> None:
    numbers = [number for number, _ in migrations()]
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.fixture
def further(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Add migrations after those that there are."""
    shipped = list(migrations())

    def add(*scripts: str) -> None:
        added = list(enumerate(scripts, NEXT))
        monkeypatch.setattr(opening, "migrations", lambda: iter([*shipped, *added]))

    return add


def test_an_older_file_is_upgraded_after_it_was_copied(path: Path, further: Callable[..., None]) -> None:
    run(made(path), "UPDATE workspace SET last_seq = 7")
    further("CREATE TABLE more (x);\nINSERT INTO more\n  VALUES ('a;b');\n", "ALTER TABLE more ADD COLUMN y;")
    assert prepare(path, 0o644) == NEWEST + 2
    assert ask(path, "SELECT x, y, (SELECT last_seq FROM workspace) FROM more") == [("a;b", None, 7)]
    copy = path.with_name(f"gorev.db.before-{NEXT}")
    assert ask(copy, "SELECT last_seq, (SELECT version FROM schema_version) FROM workspace") == [(7, NEWEST)]
    assert ask(copy, "SELECT name FROM sqlite_master WHERE name = 'more'") == []


@pytest.mark.usefixtures("umask")
@pytest.mark.parametrize("mode", [0o644, 0o600])
def test_the_copy_is_as_private_as_the_file(path: Path, further: Callable[..., None], mode: int) -> None:
    prepare(path, mode)
    further("CREATE TABLE more (x);")
    os.umask(0o022)
    prepare(path, 0o644)
    assert mode_of(path.with_name(f"gorev.db.before-{NEXT}")) == mode


def test_a_new_file_is_not_copied(path: Path, further: Callable[..., None]) -> None:
    further("CREATE TABLE more (x);")
    assert prepare(path, 0o644) == NEXT
    assert [each.name for each in path.parent.iterdir()] == ["gorev.db"]


def test_a_migration_that_fails_leaves_no_trace_of_its_own(path: Path, further: Callable[..., None]) -> None:
    made(path)
    further("CREATE TABLE more (x);", "CREATE TABLE half (x);\nINSERT INTO nowhere VALUES (1);")
    with pytest.raises(WorkspaceUnavailable):
        prepare(path, 0o644)
    assert ask(path, "SELECT name FROM sqlite_master WHERE name IN ('more', 'half')") == [("more",)]
    assert ask(path, "SELECT version FROM schema_version") == [(NEXT,)]
    further("CREATE TABLE more (x);", "CREATE TABLE half (x);")
    assert prepare(path, 0o644) == NEWEST + 2


def test_an_upgrade_for_which_the_disk_has_no_room_says_so(
    path: Path, further: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    run(made(path), "UPDATE workspace SET last_seq = 7")
    connect = sqlite.connect

    def with_little_room(path: Path) -> sqlite3.Connection:
        connection = connect(path)
        connection.execute("PRAGMA max_page_count = 60")
        return connection

    monkeypatch.setattr(sqlite, "connect", with_little_room)
    further("CREATE TABLE more (x);\nINSERT INTO more VALUES (zeroblob(1000000));")
    with pytest.raises(WorkspaceUnavailable) as refusal:
        prepare(path, 0o644)
    assert refusal.value.details["reason"] == "disk_full"
    assert ask(path, "SELECT last_seq, (SELECT version FROM schema_version) FROM workspace") == [(7, NEWEST)]


@pytest.mark.parametrize("journal", ["WAL", "DELETE"])
def test_a_file_of_a_newer_program_is_refused_and_unchanged(path: Path, journal: str) -> None:
    run(made(path), f"UPDATE schema_version SET version = {NEXT}", journal=journal)
    before = everything_in(path.parent)
    with pytest.raises(WorkspaceUnavailable) as refusal:
        prepare(path, 0o600)
    assert refusal.value.details["reason"] == "too_new"
    assert everything_in(path.parent) == before


@pytest.mark.parametrize("journal", ["WAL", "DELETE"])
@pytest.mark.parametrize(
    ("reason", "statements"),
    [
        ("original", ["CREATE TABLE gorevler (id TEXT)", "CREATE TABLE projeler (id TEXT)"]),
        ("original", ["CREATE TABLE schema_migrations (version)", "CREATE TABLE gorevler (id TEXT)"]),
        ("foreign", ["CREATE TABLE bookmarks (url TEXT)"]),
        ("foreign", ["CREATE TABLE tasks (id TEXT)", "CREATE TABLE workspace (id TEXT)"]),
        ("foreign", ["CREATE TABLE schema_version (version INTEGER)", "INSERT INTO schema_version VALUES (1)"]),
        ("foreign", ["CREATE TABLE schema_version (installed_rank INTEGER)"]),
    ],
)
def test_a_file_of_another_program_is_refused_and_unchanged(
    path: Path, journal: str, reason: str, statements: list[str]
) -> None:
    run(path, *statements, journal=journal)
    before = everything_in(path.parent)
    with pytest.raises(WorkspaceUnavailable) as refusal:
        prepare(path, 0o600)
    assert refusal.value.details["reason"] == reason
    assert everything_in(path.parent) == before


@pytest.mark.parametrize(
    "content",
    [b"hello", b"not a database\n" * 500, b"SQLite format 3\0", b"SQLite format 3\0" + b"\xff" * 8000],
    ids=["a word", "text", "a header's begin", "a header without a database"],
)
def test_what_is_no_database_is_refused_and_unchanged(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(WorkspaceUnavailable) as refusal:
        prepare(path, 0o644)
    assert refusal.value.details["reason"] == "corrupt"
    assert everything_in(path.parent) == {"gorev.db": content}


def test_a_damaged_database_is_refused_and_unchanged(path: Path) -> None:
    sound = made(path).read_bytes()
    damaged = sound[:100] + bytes(len(sound) - 100)
    path.write_bytes(damaged)
    with pytest.raises(WorkspaceUnavailable) as refusal:
        prepare(path, 0o644)
    assert refusal.value.details["reason"] == "corrupt"
    assert path.read_bytes() == damaged


def test_damage_beyond_the_header_is_found_after_an_unclean_end(path: Path) -> None:
    """A log that was left behind says that the end was unclean; without one nobody reads the whole file."""
    prepare(path, 0o644)
    writer = sqlite3.connect(path, isolation_level=None)
    for number in range(300):
        writer.execute(
            "INSERT INTO tags (id, name, name_caseless, name_folded) VALUES (?, ?, ?, ?)",
            (f"{number:036}", "x" * 60, str(number), str(number)),
        )
    writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    root = writer.execute("SELECT rootpage FROM sqlite_master WHERE name = 'tags'").fetchone()[0]
    (page_bytes,) = writer.execute("PRAGMA page_size").fetchone()
    writer.close()
    with path.open("r+b") as file:
        file.seek((root - 1) * page_bytes)
        file.write(b"\xff" * page_bytes)
    prepare(path, 0o644)
    path.with_name("gorev.db-wal").write_bytes(b"left over")
    with pytest.raises(WorkspaceUnavailable) as refused:
        prepare(path, 0o644)
    assert refused.value.details["reason"] == "corrupt"


def test_a_folder_in_the_place_of_the_file_is_refused(path: Path) -> None:
    path.mkdir()
    with pytest.raises(WorkspaceUnavailable) as refusal:
        prepare(path, 0o644)
    assert refusal.value.details["reason"] == "io"
    assert list(path.iterdir()) == []


@pytest.mark.parametrize("parent", ["file", "missing"])
def test_a_file_that_cannot_be_made_is_refused(tmp_path: Path, parent: str) -> None:
    (tmp_path / "file").write_text("a file")
    with pytest.raises(WorkspaceUnavailable) as refusal:
        prepare(tmp_path / parent / "gorev.db", 0o644)
    assert refusal.value.details["reason"] == "io"
    assert everything_in(tmp_path) == {"file": b"a file"}


def test_a_file_that_another_process_keeps_locked_is_busy(
    path: Path, monkeypatch: pytest.MonkeyPatch, further: Callable[..., None]
) -> None:
    made(path)
    further("CREATE TABLE more (x);")
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_MS", 20)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Busy):
            prepare(path, 0o644)
    assert prepare(path, 0o644) == NEXT


def test_processes_that_open_one_new_file_at_once_all_succeed(tmp_path: Path) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", OPENING_PROCESS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        for _ in range(2)
    ]
    try:
        told = [answers(each) for each in processes]
        assert [next(each) for each in told] == ["ready"] * 2
        for number in range(60):
            instant = time.time() + 0.002
            for process in processes:
                assert process.stdin is not None
                process.stdin.write(f"{instant} {tmp_path / str(number)}.db\n")
            assert [next(each) for each in told] == [str(NEWEST)] * 2
    finally:
        for process in processes:
            process.communicate()
    assert ask(tmp_path / "0.db", "SELECT count(*) FROM workspace") == [(1,)]


def answers(process: subprocess.Popen[str]) -> Iterator[str]:
    assert process.stdout is not None
    for line in process.stdout:
        yield line.strip()
