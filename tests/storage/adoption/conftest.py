"""A database of the original, adopted."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

from gorev.storage.opening import prepare
from tests.support.original_database import OriginalDatabase, Shape, original_database


@attrs.define
class Adopted:
    """An adopted database: a cursor in it, and its report."""

    path: Path
    cursor: sqlite3.Cursor
    report: str

    def ask(self, question: str, *values: Any) -> list[tuple[Any, ...]]:
        """The rows that a SELECT yields."""
        return self.cursor.execute(question, values).fetchall()

    def noted(self, sentence: str) -> list[str]:
        """What the report lists below an English sentence."""
        lines = self.report.splitlines()
        found = []
        for line in lines[lines.index(sentence) + 1 :]:
            if not line.startswith("  "):
                break
            found.append(line.strip())
        return found

    def counts(self, table: str) -> tuple[int, int, int]:
        """How many rows a table of the original had, how many were taken over, and how many left out."""
        line = next(line for line in self.report.splitlines() if line.startswith(f"  {table} "))
        before, taken, left_out = map(int, line.split()[1:])
        return before, taken, left_out


Make = Callable[[Callable[[OriginalDatabase], None]], Adopted]


@pytest.fixture
def adopted(tmp_path: Path) -> Iterator[Callable[..., Adopted]]:
    """Fill a database of a shape, adopt it, and open it; ``strict`` tables refuse what only a broken one would hold."""
    opened: list[sqlite3.Connection] = []

    def make(fill: Callable[[OriginalDatabase], None], shape: Shape = Shape.V17, *, strict: bool = False) -> Adopted:
        path = tmp_path / "gorev.db"
        with original_database(path, shape, strict=strict) as database:
            fill(database)
        prepare(path, 0o644)
        connection = sqlite3.connect(path, isolation_level=None)
        opened.append(connection)
        report = path.with_name("gorev.db.adoption-report.txt").read_text(encoding="utf-8")
        return Adopted(path, connection.cursor(), report)

    yield make
    for connection in opened:
        connection.close()
