"""Links between tasks, as far as they mean something (``data-model.md`` §7)."""

from __future__ import annotations

from datetime import datetime, timedelta

from gorev.domain.links import NewLink, Relation
from gorev.domain.values import LinkKind
from gorev.storage import links
from gorev.storage.adoption import words
from gorev.storage.adoption.circles import closing
from gorev.storage.adoption.ledger import Note
from gorev.storage.adoption.rows import Ids, Row, Source
from gorev.storage.adoption.tasks import TakenTasks
from gorev.storage.sqlite import Cursor


def take(cursor: Cursor, source: Source, tasks: TakenTasks, now: datetime) -> None:
    """Take over the links. They have no instants there; ours keep their order."""
    ids = Ids()
    lineage = tasks.lineage()
    kept: list[tuple[Row, NewLink]] = []
    joined: set[tuple[frozenset[str], LinkKind]] = set()
    for row in source.rows("baglantilar"):
        link = _link(row, tasks.ids)
        if link is None:
            row.note(Note.NOWHERE, "source_id", "target_id")
        elif link.source_id == link.target_id:
            row.note(Note.OWN_LINK, "source_id")
        elif lineage.joins(link.source_id, link.target_id):
            row.note(Note.LINK_LINEAGE, "source_id", "target_id", "kind")
        elif (pair := (frozenset((link.source_id, link.target_id)), link.kind)) in joined:
            row.note(Note.TWICE, "source_id", "target_id", "kind")
        else:
            joined.add(pair)
            kept.append((row, link))
    place_of = tasks.ids.places
    blocking = [each for each in kept if each[1].kind is LinkKind.BLOCKS]
    circular = closing([(place_of[link.source_id], place_of[link.target_id]) for _, link in blocking])
    closers = {id(blocking[place][0]) for place in circular}
    for number, (row, link) in enumerate(kept):
        if id(row) in closers:
            row.note(Note.LINK_CIRCLE, "source_id", "target_id")
        else:
            links.insert(cursor, ids.give(row), link, now + timedelta(microseconds=number))
            row.taken()


def _link(row: Row, tasks: Ids) -> NewLink | None:
    source, target = tasks.meant(row, "source_id"), tasks.meant(row, "target_id")
    if source is None or target is None:
        return None
    return NewLink.said(source, row.word("kind", words.RELATION, Relation.RELATES_TO), target)
