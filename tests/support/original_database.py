"""Databases as the original program leaves them: both shapes, with its tables, index, view, triggers and first rows.

Cells are given under our names of the columns (`gorev.storage.adoption.original`), so that one set of rows makes a file
of either shape.
"""

from __future__ import annotations

import enum
import json
import sqlite3
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from gorev.storage.adoption.original import TABLES


class Shape(enum.Enum):
    """A release, by its newest migration."""

    V16 = 10
    V17 = 13


# Keys, constraints and column types as the original declares them; all else is plain text.
_DECLARED: Final[Mapping[str, Mapping[str, str]]] = {
    "gorevler": {
        "title": "TEXT NOT NULL",
        "status": "TEXT NOT NULL DEFAULT 'beklemede'",
        "priority": "TEXT NOT NULL DEFAULT 'orta'",
        "project_id": "TEXT REFERENCES projeler (id)",
        "parent_id": "TEXT REFERENCES gorevler (id) ON DELETE RESTRICT",
        "estimated_hours": "INTEGER",
        "actual_hours": "INTEGER",
        "last_ai_interaction": "DATETIME",
        "due_date": "DATETIME",
    },
    "projeler": {"name": "TEXT NOT NULL"},
    "baglantilar": {
        "source_id": "TEXT NOT NULL REFERENCES gorevler (id)",
        "target_id": "TEXT NOT NULL REFERENCES gorevler (id)",
        "kind": "TEXT NOT NULL",
    },
    "aktif_proje": {"id": "INTEGER PRIMARY KEY CHECK (id = 1)", "project_id": "TEXT NOT NULL REFERENCES projeler (id)"},
    "etiketler": {"name": "TEXT NOT NULL UNIQUE"},
    "gorev_etiketleri": {
        "task_id": "TEXT NOT NULL REFERENCES gorevler (id) ON DELETE CASCADE",
        "tag_id": "TEXT NOT NULL REFERENCES etiketler (id) ON DELETE CASCADE",
    },
    "gorev_templateleri": {
        "name": "TEXT NOT NULL UNIQUE",
        "fields": "TEXT NOT NULL",
        "sample_values": "TEXT NOT NULL",
        "active": "BOOLEAN NOT NULL DEFAULT 1",
        "language_code": "VARCHAR(2) NOT NULL DEFAULT 'tr'",
    },
    "ai_context": {
        "id": "INTEGER PRIMARY KEY CHECK (id = 1)",
        "active_task_id": "INTEGER REFERENCES gorevler (id) ON DELETE SET NULL",
        "last_updated": "DATETIME DEFAULT CURRENT_TIMESTAMP",
    },
    "ai_interactions": {
        "id": "INTEGER PRIMARY KEY AUTOINCREMENT",
        "task_id": "INTEGER NOT NULL REFERENCES gorevler (id) ON DELETE CASCADE",
        "action_type": "TEXT NOT NULL",
        "timestamp": "DATETIME DEFAULT CURRENT_TIMESTAMP",
    },
    "filter_profiles": {
        "id": "INTEGER PRIMARY KEY AUTOINCREMENT",
        "name": "TEXT NOT NULL",
        "filters": "TEXT NOT NULL",
        "is_default": "BOOLEAN DEFAULT FALSE",
        "use_count": "INTEGER DEFAULT 0",
        "last_used_at": "DATETIME",
    },
    "search_history": {
        "id": "INTEGER PRIMARY KEY AUTOINCREMENT",
        "query": "TEXT NOT NULL",
        "result_count": "INTEGER DEFAULT 0",
        "execution_time_ms": "INTEGER DEFAULT 0",
    },
    "task_file_paths": {
        "id": "INTEGER PRIMARY KEY AUTOINCREMENT",
        "task_id": "TEXT NOT NULL REFERENCES gorevler (id) ON DELETE CASCADE",
        "file_path": "TEXT NOT NULL",
    },
    "file_watcher_config": {
        "id": "INTEGER PRIMARY KEY DEFAULT 1 CHECK (id = 1)",
        "enabled": "BOOLEAN DEFAULT TRUE",
        "auto_update_status": "BOOLEAN DEFAULT TRUE",
        "debounce_duration_ms": "INTEGER DEFAULT 500",
        "max_file_size_bytes": "INTEGER DEFAULT 10485760",
    },
}
_CONSTRAINTS: Final = {
    "gorev_etiketleri": "PRIMARY KEY ({task_id}, {tag_id})",
    "task_file_paths": "UNIQUE (task_id, file_path)",
}
_TYPES: Final = {
    "id": "TEXT PRIMARY KEY",
    "created_at": "DATETIME DEFAULT CURRENT_TIMESTAMP",
    "updated_at": "DATETIME DEFAULT CURRENT_TIMESTAMP",
    "workspace_id": "TEXT NOT NULL DEFAULT 'default'",
}
_ADDED_LATER: Final = {"workspace_id", "language_code", "base_template_id"}  # by migrations 12 and 13

_PROFILES: Final = {
    "Yüksek Öncelik": {"priority": ["yuksek"]},
    "Devam Ediyor": {"status": ["devam_ediyor"]},
    "Bekleyen": {"status": ["beklemede"]},
    "Acil Görevler": {"status": ["beklemede"], "priority": ["yuksek"]},
}


def new_uuid(number: int) -> str:
    """A UUID v4 that is the same in every run."""
    return str(uuid.UUID(int=number * 0x1_0001_0001_0001_0001 + 1, version=4))


class OriginalDatabase:
    """A file of the original, open to be filled. ``strict`` tables refuse what only a broken program would leave."""

    def __init__(self, connection: sqlite3.Connection, shape: Shape, *, strict: bool) -> None:
        self.shape = shape
        self._connection = connection
        for table in TABLES:
            connection.execute(self._table(table, strict))
        connection.execute(
            "CREATE TABLE schema_migrations (version INTEGER PRIMARY KEY, dirty INTEGER NOT NULL DEFAULT 0)"
        )
        connection.executemany(
            "INSERT INTO schema_migrations (version) VALUES (?)", [(each,) for each in range(1, shape.value + 1)]
        )
        self._make_derived()
        if strict:
            self._insert_first_rows()

    def columns(self, table: str) -> dict[str, str]:
        """Our names of a table's columns, and its own."""
        place = 0 if self.shape is Shape.V16 else -1
        return {
            ours: theirs[place]
            for ours, theirs in TABLES[table].items()
            if self.shape is Shape.V17 or ours not in _ADDED_LATER
        }

    def _table(self, table: str, strict: bool) -> str:
        declared = _DECLARED[table]
        columns = self.columns(table)
        parts = [
            f"{name} {declared.get(field, _TYPES.get(field, 'TEXT')) if strict else _loose(table, field)}"
            for field, name in columns.items()
        ]
        if strict and table in _CONSTRAINTS:
            parts.append(_CONSTRAINTS[table].format(**columns))
        return f"CREATE TABLE {table} ({', '.join(parts)})"

    def _make_derived(self) -> None:
        task = self.columns("gorevler")
        title, description = task["title"], task["description"]
        self._connection.execute(
            f"CREATE VIRTUAL TABLE gorevler_fts USING fts5 (task_id UNINDEXED, {title}, {description}, tags)"
        )
        self._connection.execute("CREATE TABLE gorevler_search (id TEXT PRIMARY KEY, search_text TEXT)")
        self._connection.execute(
            f"CREATE TRIGGER gorevler_ai AFTER INSERT ON gorevler BEGIN INSERT INTO gorevler_fts"
            f" (task_id, {title}, {description}) VALUES (new.id, new.{title}, coalesce(new.{description}, '')); END"
        )
        self._connection.execute(
            f"""CREATE VIEW gorev_hiyerarsi AS WITH RECURSIVE tree AS (
                SELECT id, {title}, 0 AS level FROM gorevler WHERE parent_id IS NULL
                UNION ALL SELECT g.id, g.{title}, tree.level + 1 FROM gorevler AS g JOIN tree ON g.parent_id = tree.id
            ) SELECT * FROM tree"""
        )
        self._connection.execute("CREATE INDEX idx_gorev_parent ON gorevler (parent_id)")
        self._connection.execute(f"CREATE INDEX idx_gorev_durum ON gorevler ({task['status']})")

    def _insert_first_rows(self) -> None:
        self.insert("ai_context", id=1, recent_tasks="[]", session_data="{}", last_updated="2025-01-01 08:00:00")
        self.insert("file_watcher_config", watched_extensions='["\\.go"]', ignore_patterns='["\\.git"]')
        for name, filters in _PROFILES.items():
            self.insert("filter_profiles", name=name, description=name, filters=json.dumps(filters), is_default=1)

    def is_numbered(self, table: str) -> bool:
        """Whether its rows have numbers for ids."""
        return _DECLARED[table].get("id", "").startswith("INTEGER")

    def insert(self, table: str, **cells: Any) -> None:
        """Add a row; cells that are not named are as the table declares, of columns that it lacks left away."""
        self.insert_many(table, [cells])

    def insert_many(self, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Add rows with the same cells each."""
        columns = self.columns(table)
        iterator: Iterator[Mapping[str, Any]] = iter(rows)
        first = next(iterator)
        fields = [field for field in first if field in columns]
        statement = (
            f"INSERT INTO {table} ({', '.join(columns[field] for field in fields)})"
            f" VALUES ({', '.join('?' * len(fields))})"
        )
        self._connection.execute(statement, [first[field] for field in fields])
        self._connection.executemany(statement, ([row[field] for field in fields] for row in iterator))

    def execute(self, statement: str, *values: Any) -> None:
        """Anything else."""
        self._connection.execute(statement, values)


def _loose(table: str, field: str) -> str:
    """Numbered rows are numbered in any table; of the rest, only what the type of a column does to values is kept."""
    declared = _DECLARED[table].get(field, "")
    if not declared.startswith("INTEGER"):
        return ""
    return "INTEGER PRIMARY KEY" if field == "id" else "INTEGER"


@contextmanager
def original_database(
    path: Path, shape: Shape, *, journal: str = "WAL", strict: bool = True
) -> Iterator[OriginalDatabase]:
    """A new file at ``path``; committed and closed in the end."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA journal_mode = {journal}")
        connection.execute("BEGIN")
        yield OriginalDatabase(connection, shape, strict=strict)
        connection.execute("COMMIT")
