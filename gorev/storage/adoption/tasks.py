"""Tasks, each in its project and under its parent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

import attrs

from gorev.domain.forest import Lineage, parents_first
from gorev.domain.task import Task
from gorev.domain.text import DESCRIPTION_LIMIT, TITLE_LIMIT
from gorev.domain.values import Priority, Status
from gorev.storage import tasks
from gorev.storage.adoption import circles, words
from gorev.storage.adoption.ledger import Ledger, Note
from gorev.storage.adoption.rows import Ids, Row, Source
from gorev.storage.encoding import instant_text
from gorev.storage.sqlite import Cursor

TABLE: Final = "gorevler"
_BATCH: Final = 500
_CIRCLE_SHOWN: Final = 10

_Further = tuple[str | None, float | None, float | None, str]

_FURTHER: Final = """
    UPDATE tasks SET last_interaction_at = ?, estimated_hours = ?, actual_hours = ? WHERE id = ?
"""


@attrs.define
class TakenTasks:
    """The ids of the tasks that were taken over; of each, in their order, the place of its parent and its project."""

    ids: Ids = attrs.Factory(Ids)
    parents: list[int | None] = attrs.Factory(list)
    projects: list[str | None] = attrs.Factory(list)

    def lineage(self) -> Lineage:
        """Who is whose ancestor."""
        ids = list(self.ids.places)
        return Lineage(
            {id_: None if parent is None else ids[parent] for id_, parent in zip(ids, self.parents, strict=True)}
        )


def take(cursor: Cursor, source: Source, ledger: Ledger, projects: Ids, now: datetime) -> TakenTasks:
    """Take over the tasks, without their tags."""
    taken = TakenTasks()
    for row in source.rows(TABLE, "id"):
        taken.ids.give(row)
    for row in source.rows(TABLE, "id", "parent_id", "project_id"):
        parent = taken.ids.meant_or_noted(row, "parent_id")
        taken.parents.append(None if parent is None else taken.ids.places[parent])
        taken.projects.append(projects.meant_or_noted(row, "project_id"))
    ids = list(taken.ids.places)
    _repair(taken, ids, ledger)
    batch: list[Task] = []
    further: list[_Further] = []
    for place, row in enumerate(source.rows(TABLE)):
        above = taken.parents[place]
        task = _task(row, ids[place], taken.projects[place], None if above is None else ids[above], now)
        batch.append(task)
        further += _further(row, task.id)
        row.taken()
        if len(batch) == _BATCH:
            _insert(cursor, batch, further)
    _insert(cursor, batch, further)
    return taken


def _repair(taken: TakenTasks, ids: Sequence[str], ledger: Ledger) -> None:
    """Give every task a line of ancestors that ends, all of its own project (``data-model.md`` §9)."""
    parents, projects = taken.parents, taken.projects
    for circle in circles.cut(parents):
        line = [ids[each] for each in (*circle[:_CIRCLE_SHOWN], circle[0])]
        ledger.note(Note.CIRCLE_CUT, TABLE, line[0], f"{len(circle)}: {' → '.join(line)}")
    order, _ = parents_first(parents)
    for place in order:
        parent = parents[place]
        if parent is None or projects[place] == projects[parent]:
            continue
        if projects[place] is None:
            ledger.note(Note.PROJECT_OF_PARENT, TABLE, ids[place], f"parent_id = {ids[parent]}")
            projects[place] = projects[parent]
        else:
            ledger.note(Note.OTHER_PROJECT, TABLE, ids[place], f"parent_id = {ids[parent]}")
            parents[place] = None


def _task(row: Row, id_: str, project_id: str | None, parent_id: str | None, now: datetime) -> Task:
    created, updated = row.instants(now)
    return Task(
        id=id_,
        title=row.name("title", TITLE_LIMIT, id_),
        description=row.long_text("description", DESCRIPTION_LIMIT),
        status=row.word("status", words.STATUS, Status.PENDING),
        priority=row.word("priority", words.PRIORITY, Priority.MEDIUM),
        project_id=project_id,
        parent_id=parent_id,
        due_date=row.day("due_date"),
        tags=(),
        created_at=created,
        updated_at=updated,
        rev=1,
    )


def _further(row: Row, id_: str) -> Iterator[_Further]:
    """What a task has beside what every task has, if anything."""
    touched = row.instant("last_ai_interaction")
    hours = row.number("estimated_hours"), row.number("actual_hours")
    if touched is not None or hours != (None, None):
        yield None if touched is None else instant_text(touched), *hours, id_


def _insert(cursor: Cursor, batch: list[Task], further: list[_Further]) -> None:
    """Store what has gathered, and begin anew."""
    tasks.insert_many(cursor, batch)
    cursor.executemany(_FURTHER, further)
    batch.clear()
    further.clear()
