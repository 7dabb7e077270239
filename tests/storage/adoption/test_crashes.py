"""A process that is killed in the middle of an adoption leaves the original's database or ours, nothing between."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from gorev.storage.opening import prepare
from tests.support.original_content import fill
from tests.support.original_database import Shape, original_database

TASKS: Final = 60
INSTANTS: Final = 40

# Told a path and a number on each line, it adopts the database there in a child that kills itself at that step: a
# statement that SQLite executes, or a file that is opened, renamed or removed. It answers how the child ended and how
# many steps there were.
ADOPTING_PROCESS: Final = """
import os, signal, sys
from pathlib import Path
from gorev.storage import opening, sqlite

steps, last, result = 0, 0, -1

def step(*_):
    global steps
    steps += 1
    if steps == last:
        os.kill(os.getpid(), signal.SIGKILL)

def audit(event, arguments):
    if steps and event in ("open", "os.rename", "os.remove", "sqlite3.connect"):
        step()

def connect(path, connect=sqlite.connect):
    connection = connect(path)
    step()
    connection.set_trace_callback(step)
    return connection

sqlite.connect = connect
sys.addaudithook(audit)
for line in sys.stdin:
    path, last = line.rsplit(maxsplit=1)
    last = int(last)
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        opening.prepare(Path(path), 0o644)
        os.write(writing, str(steps).encode())
        os._exit(0)
    os.close(writing)
    _, status = os.waitpid(child, 0)
    print(os.waitstatus_to_exitcode(status), os.read(reading, 20).decode() or 0, flush=True)
    os.close(reading)
"""

Adopt = Callable[[Path, int], tuple[int, int]]


@pytest.fixture(scope="module")
def adopt() -> Iterator[Adopt]:
    """Adopt a file in another process, to be killed at a step; yields its exit code and the number of steps it took."""
    process = subprocess.Popen(
        [sys.executable, "-c", ADOPTING_PROCESS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    )

    def adopt(path: Path, last: int) -> tuple[int, int]:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{path} {last}\n")
        code, steps = process.stdout.readline().split()
        return int(code), int(steps)

    yield adopt
    process.communicate()


@pytest.fixture
def original(tmp_path: Path, journal: str) -> Path:
    path = tmp_path / "gorev.db"
    with original_database(path, Shape.V17, journal=journal) as database:
        fill(database, TASKS)
    return path


def another(original: Path, number: int) -> Path:
    folder = original.parent / str(number)
    folder.mkdir()
    return Path(shutil.copy(original, folder))


def everything_in(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def is_ours(path: Path) -> bool:
    with closing(sqlite3.connect(path)) as connection:
        return bool(connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'schema_version'").fetchall())


def check_finished(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        assert tables.isdisjoint({"gorevler", "projeler", "gorevler_fts", "schema_migrations"})
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("SELECT count(*), (SELECT last_seq FROM workspace) FROM tasks").fetchone() == (
            TASKS,
            1,
        )
    assert path.with_name("gorev.db.adoption-report.txt").exists()


@pytest.mark.parametrize("journal", ["WAL", "DELETE"])
def test_killed_at_any_step_it_leaves_the_one_or_the_other(original: Path, adopt: Adopt, journal: str) -> None:
    before = everything_in(original)
    code, steps = adopt(another(original, -1), 0)
    assert code == 0
    found = set()
    for number in range(INSTANTS):
        # The first steps, where the copy is made, and the last, where it is committed, are tried one by one.
        last = number + 1 if number < 12 else steps - number + 12 if number < 20 else steps * (number - 19) // 21
        path = another(original, number)
        assert adopt(path, last) == (-signal.SIGKILL, 0)
        copy = path.with_name("gorev.db.before-1")
        if copy.exists():
            assert everything_in(copy) == before
        found.add(is_ours(path))
        if not is_ours(path):
            assert everything_in(path) == before
        else:
            assert copy.exists()
        prepare(path, 0o644)
        check_finished(path)
        assert everything_in(copy) == before
        assert not list(path.parent.glob("*.partial"))
        assert len(list(path.parent.glob("*.before-*"))) == 1
    assert found == {True, False}


@pytest.mark.parametrize(("journal", "written"), [("WAL", "gorev.db-wal"), ("DELETE", "gorev.db-journal")])
@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 0.9])
def test_killed_while_pages_are_written_it_leaves_the_one_or_the_other(
    original: Path, journal: str, written: str, share: float
) -> None:
    before = everything_in(original)
    path = another(original, 0)
    growing = path.with_name(written)
    size = path.stat().st_size * share
    process = subprocess.Popen(
        [sys.executable, "-c", f"from gorev.storage.opening import *; prepare(Path({str(path)!r}), 0o644)"]
    )
    while process.poll() is None:
        try:
            if growing.stat().st_size > size:
                os.kill(process.pid, signal.SIGKILL)
        except FileNotFoundError:
            continue
    if not is_ours(path):
        assert everything_in(path) == before
    prepare(path, 0o644)
    check_finished(path)
