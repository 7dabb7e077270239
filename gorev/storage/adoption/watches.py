"""Files that tasks watch."""

from __future__ import annotations

import os.path
from datetime import datetime
from pathlib import Path
from typing import Final

from gorev.storage.adoption.ledger import Note
from gorev.storage.adoption.rows import Ids, Row, Source
from gorev.storage.encoding import instant_text
from gorev.storage.sqlite import Cursor

_INSERT: Final = """
    INSERT INTO file_watches (id, task_id, file_path, active, created_at, updated_at) VALUES (?, ?, ?, 1, ?, ?)
    ON CONFLICT (task_id, file_path) DO NOTHING
"""


def take(cursor: Cursor, source: Source, tasks: Ids, folder: Path, now: datetime) -> None:
    """Take over the watches; paths there may be relative, to the workspace's ``folder`` as far as anybody knows."""
    for row in source.rows("task_file_paths"):
        task_id = tasks.meant(row, "task_id")
        if task_id is None:
            row.note(Note.NOWHERE, "task_id", "file_path")
        elif (path := _path(row, folder)) is None:
            row.note(Note.BLANK, "file_path")
        else:
            created, updated = row.instants(now)
            values = (row.own_number(), task_id, path, instant_text(created), instant_text(updated))
            if cursor.execute(_INSERT, values).rowcount:
                row.taken()
            else:
                row.note(Note.TWICE, "task_id", "file_path")
    for row in source.rows("file_watcher_config"):
        row.note(
            Note.NOT_KEPT,
            "enabled",
            "watched_extensions",
            "ignore_patterns",
            "auto_update_status",
            "debounce_duration_ms",
            "max_file_size_bytes",
        )


def _path(row: Row, folder: Path) -> str | None:
    given = row.text("file_path")
    if not given.strip():
        return None
    path = os.path.normpath(folder / given)
    if path != given:
        row.note(Note.PATH_CHANGED, "file_path", became=path)
    return path
