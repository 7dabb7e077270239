"""Opening a database is given up where that is asked for, and leaves it as it was."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pytest

from gorev.domain.errors import ShuttingDown
from gorev.storage import opening
from gorev.storage.adoption import adopting
from gorev.storage.interruption import Interruption
from gorev.storage.opening import migrations, prepare
from tests.support.original_content import fill
from tests.support.original_database import Shape, original_database

TASKS: Final = 200
NEWEST: Final = max(number for number, _ in migrations())
# Takes minutes.
COUNTING: Final = """
    CREATE TABLE sums AS
    WITH RECURSIVE counter (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM counter LIMIT 1000000000)
    SELECT sum(number) AS sum FROM counter;
"""


def content(path: Path) -> list[str]:
    """Everything that a file holds, as SQL."""
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def requesting(interruption: Interruption, work: Callable[..., Any]) -> Callable[..., Any]:
    """The same work, at the end of which somebody asks to give up."""

    def worked(*arguments: Any) -> Any:
        result = work(*arguments)
        interruption.request()
        return result

    return worked


@pytest.fixture
def original(tmp_path: Path) -> Path:
    """A file of the original program."""
    path = tmp_path / "gorev.db"
    with original_database(path, Shape.V17) as database:
        fill(database, TASKS)
    return path


@pytest.mark.parametrize("step", ["copy_aside", "_drop_everything", "_take_rows"])
def test_an_adoption_that_is_interrupted_leaves_the_original_and_can_be_made_later(
    original: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    before = content(original)
    interruption = Interruption()
    with monkeypatch.context() as patched:
        patched.setattr(adopting, step, requesting(interruption, getattr(adopting, step)))
        patched.setattr("gorev.storage.interruption._STEPS", 1)
        with pytest.raises(ShuttingDown):
            prepare(original, 0o644, interruption=interruption)
    assert content(original) == before
    assert not list(original.parent.glob("*.partial"))
    assert prepare(original, 0o644) == NEWEST
    assert len(list(original.parent.glob("*.before-1*"))) == 1


def test_a_copy_that_is_interrupted_is_not_there(original: Path) -> None:
    interruption = Interruption()
    interruption.request()
    with pytest.raises(ShuttingDown):
        prepare(original, 0o644, interruption=interruption)
    assert not list(original.parent.glob("*.before*"))


def test_one_long_statement_of_a_migration_is_interrupted_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "gorev.db"
    prepare(path, 0o644)
    before = content(path)
    interruption = Interruption()

    apply = opening._apply

    def interrupted(*arguments: Any) -> None:
        interruption.request()
        apply(*arguments)

    further = [*migrations(), (NEWEST + 1, COUNTING)]
    monkeypatch.setattr(opening, "migrations", lambda: iter(further))
    monkeypatch.setattr(opening, "_apply", interrupted)
    with pytest.raises(ShuttingDown):
        prepare(path, 0o644, interruption=interruption)
    assert content(path) == before


def test_what_was_interrupted_elsewhere_does_not_end_later_work(tmp_path: Path) -> None:
    interruption = Interruption()
    interruption.request()
    path = tmp_path / "gorev.db"
    prepare(path, 0o644)
    with pytest.raises(ShuttingDown):
        interruption.check()
    assert prepare(path, 0o644, interruption=Interruption()) == NEWEST
