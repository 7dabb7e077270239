"""Whatever stands in the tables, a database is adopted, and everything in it can be read and obeys the rules."""

from __future__ import annotations

import random
import sqlite3
import tempfile
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from hypothesis import given, settings
from hypothesis import strategies as st

from gorev.domain.forest import Lineage, circle_above, on_circles
from gorev.storage import context, exports, links, profiles, projects, search_history, tags, tasks, templates, watches
from gorev.storage.adoption.original import TABLES
from gorev.storage.opening import prepare
from tests.support.original_database import Shape, new_uuid, original_database

IDS: Final = [new_uuid(number) for number in range(5)]
LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)

SOME_IDS: Final = [*IDS, IDS[0].upper(), "1", 7, "task_1759", "", None, b"\xff\x00"]
VALUES: Final = [
    *(None, "", " ", 0, 1, -1, 2**63 - 1, -(2**63), 1.5, 1e300, float("inf"), b"", b"\xff\x00", "\0", "ş", "x" * 600),
    *("beklemede", "Tamamlandı", "yüksek", "HIGH", "depends_on", "onceki", "iliskili", "viewed", "silindi", "tr", "en"),
    *("2025-10-06 10:30:00.1 +0300 +03 m=+1.5", "2025-02-30", "0001-01-01 00:00:00 +0000 UTC"),
    *("9999-12-31T23:59:59-10:00", "2025-10-06", "bug", "BUG", " bug ", "a,b", ",", "/a/../b", "c.go"),
    *("{", "[]", "{}", "null", "3", '["a", 1, null]', '{"a": "\\ud800"}', '{"a": "\\u0000"}', "[" * 3_000),
    *('{"durum": ["iptal", 4], "x": {}}', '{"due_after": "2025-13-01", "fuzzy_threshold": "a"}'),
    *(
        '[{"isim": "x", "tip": "select"}]',
        '[{"name": null}, {"name": "y", "options": 3}]',
        '[{"name": "z", "type": "url"}]',
    ),
]
REFERENCES: Final = {"id", "parent_id", "project_id", "source_id", "target_id", "task_id", "tag_id", "active_task_id"}


def content(shape: Shape, seed: int, path: Path) -> int:
    """A database of up to eight rows in each table, with a cell of any kind anywhere; yields its number of tasks."""
    chance = random.Random(seed)
    with original_database(path, shape, strict=False) as database:
        counts = {table: chance.randrange(9) for table in TABLES}
        for table, count in counts.items():
            for _ in range(count):
                cells = {field: _cell(chance, field) for field in TABLES[table]}
                if database.is_numbered(table):
                    cells["id"] = chance.choice([None, chance.randrange(-5, 5_000)])
                with suppress(sqlite3.IntegrityError):  # a number that another row has
                    database.insert(table, **cells)
        return counts["gorevler"]


def _cell(chance: random.Random, field: str) -> Any:
    return chance.choice(SOME_IDS if field in REFERENCES and chance.random() < 0.9 else VALUES)


@settings(max_examples=25, deadline=None)
@given(shape=st.sampled_from(Shape), seed=st.integers(0, 2**32))
def test_any_content_is_adopted_and_obeys_the_rules(shape: Shape, seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "gorev.db"
        number = content(shape, seed, path)
        prepare(path, 0o644)
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            cursor = connection.cursor()
            assert cursor.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert cursor.execute("PRAGMA foreign_key_check").fetchall() == []
            check_tasks(cursor, number)
            check_the_rest(cursor)


def check_tasks(cursor: sqlite3.Cursor, number: int) -> None:
    ids = [id_ for (id_,) in cursor.execute("SELECT id FROM tasks")]
    found = {view.task.id: view.task for view in tasks.by_ids(cursor, ids)}
    assert len(found) == number
    parent_of = {task.id: task.parent_id for task in found.values()}
    assert circle_above(parent_of, ids) == []
    for task in found.values():
        assert task.title.strip() == task.title != ""
        if task.parent_id is not None:
            assert found[task.parent_id].project_id == task.project_id
        names = [tag.name for tag in task.tags]
        assert len(set(names)) == len(names)
        assert all("," not in name and name == name.strip() != "" for name in names)
    lineage = Lineage(parent_of)
    blocking = []
    for _, source, target, kind in cursor.execute("SELECT id, source_id, target_id, kind FROM links").fetchall():
        assert not lineage.joins(source, target)
        if kind == "blocks":
            blocking.append((source, target))
    assert on_circles(blocking) == set()


def check_the_rest(cursor: sqlite3.Cursor) -> None:
    """Everything can be read: what does not fit raises."""
    ids = frozenset(id_ for (id_,) in cursor.execute("SELECT id FROM tasks"))
    for id_ in ids:
        links.of_task(cursor, id_)
    exports.context_of(cursor, ids)
    assert len(context.recent_ids(cursor, 100)) <= 10
    projects.every(cursor)
    tags.every(cursor)
    templates.every(cursor)
    watches.every(cursor)
    profiles.every(cursor)
    search_history.newest(cursor, 100, LONG_AGO)
