"""Taking over a file: the copy first, then everything else in one transaction.

Until that is committed, the file is the original's, whatever happens; the copy and the report are complete before.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from twisted.logger import Logger

from gorev.domain.event import EventKind
from gorev.domain.values import Actor, ActorKind
from gorev.storage import events
from gorev.storage.adoption import context, links, projects, report, searches, tags, tasks, templates, watches
from gorev.storage.adoption.ledger import LEAVES_OUT, Ledger
from gorev.storage.adoption.original import TABLES, Original, recognise
from gorev.storage.adoption.rows import Source
from gorev.storage.copying import copy_aside
from gorev.storage.derived import indexes_later, postponed
from gorev.storage.interruption import Interruption
from gorev.storage.sqlite import Connection, Cursor
from gorev.storage.transaction import Transaction

# The copy is what was there before the first version of our schema.
_FIRST_VERSION: Final = 1
_ACTOR: Final = Actor(client="gorev", kind=ActorKind.SYSTEM)
_FOLDER: Final = ".gorev"
_NOTES_LOGGED: Final = 1_000

# Our tables whose rows are one each of theirs.
_SAME_ROWS: Final = {
    "projeler": "projects",
    "gorevler": "tasks",
    "etiketler": "tags",
    "gorev_etiketleri": "task_tags",
    "baglantilar": "links",
    "gorev_templateleri": "templates",
    "filter_profiles": "filter_profiles",
    "search_history": "search_history",
    "ai_interactions": "interactions",
    "task_file_paths": "file_watches",
}

_log = Logger()


def adopt(connection: Connection, path: Path, create_schema: Callable[[], None], interruption: Interruption) -> None:
    """Make the original's database at ``path`` ours, if it is still the original's.

    ``connection`` is to that file, outside a transaction. ``create_schema`` makes our tables within one.

    @raise WorkspaceUnavailable: it is of a release we do not know; nothing was written.
    @raise sqlite3.Error, OSError: it could not be copied or taken over; it is as it was.
    @raise ShuttingDown: it was interrupted; it is as it was.
    """
    # Tables are dropped and filled in an order that suits us; all references are checked in the end. SQLite ignores
    # this inside a transaction.
    connection.execute("PRAGMA foreign_keys = OFF")
    try:
        connection.execute("BEGIN IMMEDIATE")
        try:
            # Another process may have adopted it while this one waited for the lock.
            original = recognise(connection)
            if original is None:
                finish: Callable[[], None] = lambda: None  # noqa: E731
            else:
                finish = _take_over(connection, path, original, create_schema, interruption)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        finish()
    finally:
        connection.execute("PRAGMA foreign_keys = ON")


def _take_over(
    connection: Connection,
    path: Path,
    original: Original,
    create_schema: Callable[[], None],
    interruption: Interruption,
) -> Callable[[], None]:
    """Do it; what is returned logs it, once it is committed."""
    now = datetime.now(UTC)
    copy = copy_aside(path, _FIRST_VERSION, interruption)
    ledger = Ledger()
    derived = _drop_everything(connection)
    create_schema()
    cursor = connection.cursor()
    with closing(sqlite3.connect(f"{copy.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as reading:
        source = Source(reading, original, ledger, interruption)
        ledger.before = {table: source.count(table) for table in original.tables}
        _log.info("adopting {path}: {rows} rows", path=str(path), rows=sum(ledger.before.values()))
        # A child may come before its parent, and is counted by it.
        with indexes_later(cursor), postponed(cursor, emptied=False):
            _take_rows(cursor, source, ledger, path.absolute().parent, now)
        workspaces = source.workspaces()
    events.append(Transaction(cursor), time=now, actor=_ACTOR, kind=EventKind.WORKSPACE_SYNC)
    _check(cursor, ledger)
    written = report.write(
        report.Adoption(
            path=path,
            copy=copy,
            time=now,
            migration=original.migration,
            workspaces=workspaces,
            derived=derived,
            ledger=ledger,
        )
    )
    return lambda: _tell(path, copy, written, ledger)


def _drop_everything(connection: Connection) -> list[str]:
    """Take all away that is in the file; yields the names of what we do not read."""
    # SQLite opens a virtual table to drop it, and can open no broken one. Without it, its tables are like any others.
    virtual = [
        name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL%'")
    ]
    connection.execute("PRAGMA writable_schema = ON")
    connection.execute("DELETE FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL%'")
    connection.execute("PRAGMA writable_schema = RESET")
    # Views and triggers go first, since they may name what is no longer there.
    others = connection.execute(
        "SELECT name, type FROM sqlite_master WHERE type <> 'index' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        " ORDER BY type = 'table'"
    ).fetchall()
    for name, kind in others:
        connection.execute(f'DROP {kind} "{name.replace(chr(34), chr(34) * 2)}"')
    parts = tuple(f"{name}_" for name in virtual)
    return [*virtual, *(name for name, _ in others if name not in TABLES and not name.startswith(parts))]


def _take_rows(cursor: Cursor, source: Source, ledger: Ledger, folder: Path, now: datetime) -> None:
    workspace = folder.parent if folder.name == _FOLDER else folder
    taken_projects = projects.take(cursor, source, now)
    projects.take_active(cursor, source, taken_projects)
    taken = tasks.take(cursor, source, ledger, taken_projects, now)
    tags.take(cursor, source, taken.ids)
    links.take(cursor, source, taken, now)
    templates.take(cursor, source, now)
    searches.take_profiles(cursor, source, taken_projects, now)
    searches.take_history(cursor, source, taken_projects, now)
    context.take(cursor, source, taken.ids, now)
    context.take_interactions(cursor, source, taken.ids, now)
    watches.take(cursor, source, taken.ids, workspace, now)


def _check(cursor: Cursor, ledger: Ledger) -> None:
    """Hold what is there now against what was there before."""
    for theirs, ours in _SAME_ROWS.items():
        (rows,) = cursor.execute(f"SELECT count(*) FROM {ours}").fetchone()
        if rows != ledger.taken[theirs]:
            raise RuntimeError(f"{rows} rows in {ours}, {ledger.taken[theirs]} of {theirs} taken over")
    if not ledger.balances():
        raise RuntimeError(f"rows are missing: {ledger.before} {ledger.taken} {ledger.left_out}")
    broken = cursor.execute("PRAGMA foreign_key_check").fetchone()
    if broken is not None:
        raise RuntimeError(f"a reference leads nowhere: {broken}")


def _tell(path: Path, copy: Path, written: Path, ledger: Ledger) -> None:
    """Log which rows are not as they were; what stood in them is for the report alone (``lifecycle.md`` §6)."""
    notes = ((note, item) for note, items in ledger.notes.items() for item in items)
    for _, (note, item) in zip(range(_NOTES_LOGGED), notes, strict=False):
        what = "left out" if note in LEAVES_OUT else "changed"
        _log.warn("{what} ({note}): {table} {key}", what=what, note=note.value, table=item.table, key=item.key)
    if ledger.total > _NOTES_LOGGED:
        _log.warn("and {more} further rows: {report}", more=ledger.total - _NOTES_LOGGED, report=str(written))
    _log.info(
        "adopted {path}: {taken} rows taken over, {left_out} left out, {notes} notes; copy {copy}, report {report}",
        path=str(path),
        taken=ledger.taken.total(),
        left_out=ledger.left_out.total(),
        notes=ledger.total,
        copy=copy.name,
        report=written.name,
    )
