"""Which files are adopted, and which are refused and left as they are."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gorev.domain.errors import WorkspaceUnavailable
from gorev.storage.opening import prepare
from tests.support.original_content import fill
from tests.support.original_database import Shape, original_database


@pytest.fixture(params=Shape)
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "gorev.db"
    with original_database(path, request.param) as database:
        fill(database, 20)
    return path


def run(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def tasks_in(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        (number,) = connection.execute("SELECT count(*) FROM tasks").fetchone()
        return int(number)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO schema_migrations (version) VALUES (14)",
        "CREATE TABLE ai_providers (id TEXT PRIMARY KEY, api_key_encrypted TEXT)",
        "ALTER TABLE gorevler ADD COLUMN assignee TEXT",
        "ALTER TABLE projeler RENAME COLUMN definition TO summary",
        "DROP TABLE aktif_proje",
        "CREATE TABLE notlar (id TEXT)",
    ],
)
@pytest.mark.parametrize("path", [Shape.V17], indirect=True)
def test_a_release_that_is_not_known_is_refused_and_unchanged(path: Path, statement: str) -> None:
    run(path, statement)
    before = {each.name: each.read_bytes() for each in path.parent.iterdir()}
    with pytest.raises(WorkspaceUnavailable) as refusal:
        prepare(path, 0o644)
    assert refusal.value.details["reason"] == "original"
    assert {each.name: each.read_bytes() for each in path.parent.iterdir()} == before


@pytest.mark.parametrize("path", [Shape.V16], indirect=True)
def test_a_file_whose_renaming_was_interrupted_is_adopted(path: Path) -> None:
    run(
        path,
        "DROP VIEW gorev_hiyerarsi",
        "DROP TRIGGER gorevler_ai",
        "ALTER TABLE gorevler RENAME COLUMN baslik TO title",
        "ALTER TABLE gorevler RENAME COLUMN aciklama TO description",
    )
    prepare(path, 0o644)
    assert tasks_in(path) == 20


@pytest.mark.parametrize("path", [Shape.V16], indirect=True)
def test_a_file_of_an_earlier_release_is_adopted(path: Path) -> None:
    later = ("ai_context", "ai_interactions", "filter_profiles", "search_history", "task_file_paths", "gorevler_search")
    run(
        path,
        "PRAGMA legacy_alter_table = ON",
        "DROP TRIGGER gorevler_ai",
        *(f"DROP TABLE {table}" for table in later),
        *(f"ALTER TABLE gorevler DROP COLUMN {column}" for column in ("last_ai_interaction", "estimated_hours")),
        "DELETE FROM schema_migrations WHERE version > 5",
    )
    prepare(path, 0o644)
    assert tasks_in(path) == 20


def test_an_index_of_its_own_that_is_broken_does_not_matter(path: Path) -> None:
    run(path, "DELETE FROM gorevler_fts_data", "DELETE FROM gorevler_fts_config")
    prepare(path, 0o644)
    assert tasks_in(path) == 20


def test_without_a_list_of_migrations_the_tables_tell(path: Path) -> None:
    run(path, "DROP TABLE schema_migrations")
    prepare(path, 0o644)
    assert tasks_in(path) == 20


def test_a_damaged_file_is_refused_and_unchanged(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'gorevler'").fetchone()
    content = bytearray(path.read_bytes())
    content[(page - 1) * 4096 : page * 4096] = b"\xff" * 4096
    path.write_bytes(content)
    with pytest.raises(WorkspaceUnavailable) as refusal:
        prepare(path, 0o644)
    assert refusal.value.details["reason"] == "corrupt"
    assert path.read_bytes() == content
