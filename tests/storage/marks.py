"""Writes to be told apart: each leaves a row and an event under a name of its own."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

from gorev.domain.event import EventKind
from gorev.domain.project import Project
from gorev.storage import events, projects
from gorev.storage.sqlite import Cursor
from gorev.storage.transaction import Transaction
from tests.support.open_store import ACTOR, BEGIN


def mark(name: str, failure: Exception | None = None, times: int = 1) -> Callable[[Transaction], str]:
    """A write of ``times`` rows with an event each, which then raises ``failure``, if any."""

    def work(transaction: Transaction) -> str:
        for number in range(times):
            id_ = f"{name}-{number}"
            project = Project(id=id_, name=name, definition="", created_at=BEGIN, updated_at=BEGIN, rev=1)
            projects.insert(transaction.cursor, project)
            events.append(
                transaction,
                time=BEGIN,
                actor=ACTOR,
                kind=EventKind.PROJECT_CREATED,
                after=projects.one(transaction.cursor, id_),
            )
        if failure is not None:
            raise failure
        return name

    return work


def marks(cursor: Cursor) -> list[str]:
    """The rows that are there."""
    return [each for (each,) in cursor.execute("SELECT id FROM projects ORDER BY rowid")]


def marks_in(path: Path) -> list[str]:
    """The rows that another connection to the file sees."""
    connection = sqlite3.connect(path)
    try:
        return marks(connection.cursor())
    finally:
        connection.close()
