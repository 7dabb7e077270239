"""Projects, and which one is active."""

from __future__ import annotations

from datetime import datetime

from gorev.domain.project import Project
from gorev.domain.text import DESCRIPTION_LIMIT, NAME_LIMIT
from gorev.storage import projects
from gorev.storage.adoption.ledger import Note
from gorev.storage.adoption.rows import Ids, Source
from gorev.storage.sqlite import Cursor


def take(cursor: Cursor, source: Source, now: datetime) -> Ids:
    """Take over the projects; yields their ids."""
    ids = Ids()
    for row in source.rows("projeler"):
        id_ = ids.give(row)
        created, updated = row.instants(now)
        projects.insert(
            cursor,
            Project(
                id=id_,
                name=row.name("name", NAME_LIMIT, id_),
                definition=row.long_text("definition", DESCRIPTION_LIMIT),
                created_at=created,
                updated_at=updated,
                rev=1,
            ),
        )
        row.taken()
    return ids


def take_active(cursor: Cursor, source: Source, ids: Ids) -> None:
    """Take over which project is active: one per workspace there, one in all here."""
    active: str | None = None
    for row in source.rows("aktif_proje"):
        meant = ids.meant(row, "project_id")
        if meant is None:
            row.note(Note.NOWHERE, "project_id")
        elif active is not None:
            row.note(Note.ONLY_ONE, "project_id")
        else:
            active = meant
            projects.set_active(cursor, active)
            row.taken()
