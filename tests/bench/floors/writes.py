"""Raw SQLite through adbapi: one writer, the durability that ours has, an event row and the search index kept.

``python -m tests.bench.floors.writes FILE FULL|NORMAL``. Asked ``{"kind", "in_flight", "seconds"}``, of the kinds
``create``, ``update`` and ``bulk``, which updates ten tasks in one transaction; else each write is one of its own.
"""

from __future__ import annotations

import gc
import itertools
import json
import sqlite3
import sys
import time
from typing import Any, Final

from twisted.enterprise import adbapi
from twisted.internet import reactor as chosen
from twisted.internet import stdio
from twisted.internet.defer import Deferred, gatherResults
from twisted.protocols.basic import LineReceiver

ROWS: Final = 10_000
BULK: Final = 10
SCHEMA: Final = """
CREATE TABLE tasks (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, title TEXT, description TEXT, title_folded TEXT,
    description_folded TEXT, status TEXT, priority TEXT, created_at TEXT, updated_at TEXT, rev INTEGER
);
CREATE INDEX tasks_by_creation ON tasks (created_at, id);
CREATE TABLE events (
    seq INTEGER PRIMARY KEY, time TEXT, kind TEXT, entity_id TEXT, client TEXT, before TEXT, after TEXT, changed TEXT
);
CREATE VIRTUAL TABLE task_text USING fts5 (
    title_folded, description_folded, content = 'tasks', content_rowid = 'number',
    tokenize = 'unicode61 remove_diacritics 2'
);
CREATE TRIGGER tasks_index AFTER INSERT ON tasks BEGIN
    INSERT INTO task_text (rowid, title_folded, description_folded)
    VALUES (NEW.number, NEW.title_folded, NEW.description_folded);
END;
CREATE TRIGGER tasks_reindex AFTER UPDATE OF title_folded, description_folded ON tasks BEGIN
    INSERT INTO task_text (task_text, rowid, title_folded, description_folded)
    VALUES ('delete', OLD.number, OLD.title_folded, OLD.description_folded);
    INSERT INTO task_text (rowid, title_folded, description_folded)
    VALUES (NEW.number, NEW.title_folded, NEW.description_folded);
END;
"""
INSERT: Final = """
    INSERT INTO tasks (id, title, description, title_folded, description_folded, status, priority, created_at,
    updated_at, rev) VALUES (?, ?, ?, ?, ?, 'pending', 'medium', ?, ?, 1)
"""
READ: Final = "SELECT * FROM tasks WHERE id = ?"
UPDATE: Final = "UPDATE tasks SET title = ?, title_folded = ?, updated_at = ?, rev = rev + 1 WHERE id = ?"
EVENT: Final = "INSERT INTO events (time, kind, entity_id, client, before, after, changed) VALUES (?, ?, ?, ?, ?, ?, ?)"
NOW: Final = "2026-01-02T03:04:05.678901Z"
DESCRIPTION: Final = "müşteri toplantısı öncesinde hazırlanacak rapor ve sunum için notlar"
# Of about the size of a task as the event log keeps it.
ENTITY: Final = "x" * 600

_numbers: Final = itertools.count(ROWS)


def _create(cursor: Any, number: int) -> None:
    title = f"yeni görev {number}"
    id_ = f"{number:036d}"
    cursor.execute(INSERT, (id_, title, DESCRIPTION, title, DESCRIPTION, NOW, NOW))
    cursor.execute(EVENT, (NOW, "task_created", id_, "bench", None, ENTITY, "[]"))


def _update(cursor: Any, number: int) -> None:
    id_ = f"{number % ROWS:036d}"
    title = f"değişen görev {number}"
    cursor.execute(READ, (id_,)).fetchone()
    cursor.execute(UPDATE, (title, title, NOW, id_))
    cursor.execute(EVENT, (NOW, "task_updated", id_, "bench", ENTITY, ENTITY, '["title"]'))


def _bulk(cursor: Any, number: int) -> None:
    for place in range(BULK):
        _update(cursor, number * BULK + place)


KINDS: Final = {"create": _create, "update": _update, "bulk": _bulk}


def _write(connection: Any, kind: str, number: int) -> None:
    cursor = connection.cursor()
    cursor.execute("BEGIN IMMEDIATE")
    KINDS[kind](cursor, number)
    cursor.execute("COMMIT")
    cursor.close()


reactor: Any = chosen


class Floor(LineReceiver):
    """Standard input and output."""

    delimiter = b"\n"

    def __init__(self, pool: adbapi.ConnectionPool) -> None:
        self._pool = pool

    def connectionMade(self) -> None:
        """Say so."""
        self.sendLine(b"ready")

    def connectionLost(self, reason: object = None) -> None:
        """The bench is gone."""
        if reactor.running:
            reactor.stop()

    def lineReceived(self, line: bytes) -> None:
        """Write for a while and tell what came of it."""
        asked = json.loads(line)
        until = time.perf_counter() + asked["seconds"]
        latencies: list[float] = []

        async def chain() -> None:
            while (begun := time.perf_counter()) < until:
                await self._pool.runWithConnection(_write, asked["kind"], next(_numbers))
                latencies.append(time.perf_counter() - begun)

        done = gatherResults([Deferred.fromCoroutine(chain()) for _ in range(asked["in_flight"])])
        done.addCallback(lambda _: self.sendLine(json.dumps(latencies).encode()))
        done.addErrback(lambda failure: self.sendLine(json.dumps({"error": str(failure.value)}).encode()))


def main() -> None:
    """Make the file, and serve until standard input ends."""
    path, durability = sys.argv[1:]
    with sqlite3.connect(path) as connection:
        connection.executescript("PRAGMA journal_mode = WAL;" + SCHEMA)
        rows = ((f"{n:036d}", f"görev {n}", DESCRIPTION, f"görev {n}", DESCRIPTION, NOW, NOW) for n in range(ROWS))
        connection.executemany(INSERT, rows)
    connection.close()

    def configure(opened: sqlite3.Connection) -> None:
        opened.execute(f"PRAGMA synchronous = {durability}")

    pool = adbapi.ConnectionPool(
        "sqlite3",
        path,
        cp_min=1,
        cp_max=1,
        cp_openfun=configure,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=256,
    )
    stdio.StandardIO(Floor(pool))
    gc.freeze()
    reactor.run()


main()
