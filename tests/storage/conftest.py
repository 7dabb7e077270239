"""A database file of the test's own."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from gorev.storage import sqlite
from tests.support.open_store import OpenStore, store_of_fixture


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[OpenStore]:
    """An open database; its events are in ``committed``."""
    with store_of_fixture(tmp_path) as store:
        yield store


@pytest.fixture
def written_statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement that the writers of databases opened from now on execute."""
    statements: list[str] = []
    configure = sqlite.configure_writer

    def traced(connection: sqlite3.Connection, *, full: bool) -> None:
        configure(connection, full=full)
        connection.set_trace_callback(statements.append)

    monkeypatch.setattr(sqlite, "configure_writer", traced)
    return statements


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Databases opened from now on wait for a lock hardly at all."""
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_MS", 20)
