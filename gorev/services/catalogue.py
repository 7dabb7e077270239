"""What there is in a workspace, page by page, and ids for those who remember a title."""

from __future__ import annotations

import enum
import re
from typing import Final

import attrs
from twisted.internet.defer import Deferred

from gorev.domain.project import ProjectView
from gorev.domain.search.words import plain, tokens
from gorev.domain.task import TaskView
from gorev.services.store import Answer, Store
from gorev.storage import attention, catalogue, projects, tasks
from gorev.storage.sqlite import Cursor

# Of a word of a title and of an id; more is not looked for.
_WORDS_LIMIT: Final = 8
_ID: Final = re.compile(r"[0-9a-f-]{1,36}", re.ASCII)


class Section(enum.Enum):
    """The parts of a catalogue, in their order."""

    PROJECTS = "p"
    TASKS = "t"


@attrs.frozen
class Place:
    """Where a page of a catalogue ended: the last entry's section, creation as it is stored, and id."""

    section: Section
    created: str
    id: str


@attrs.frozen(kw_only=True)
class Page:
    """Projects, newest first, then open tasks, newest first; ``end`` is absent on the last page."""

    projects: tuple[ProjectView, ...]
    tasks: tuple[TaskView, ...]
    end: Place | None


@attrs.frozen(kw_only=True)
class Suggested:
    """The first ids that fit, and how many there are."""

    ids: tuple[str, ...]
    total: int


class CatalogueOperations:
    """The catalogue of one workspace."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def page(self, after: Place | None, limit: int) -> Deferred[Answer[Page]]:
        """The entries that follow a place."""

        def work(cursor: Cursor) -> Page:
            found: list[Place] = []
            if after is None or after.section is Section.PROJECTS:
                place = None if after is None else (after.created, after.id)
                found += (Place(Section.PROJECTS, *row) for row in catalogue.projects_before(cursor, place, limit + 1))
            if len(found) <= limit:
                place = None if after is None or after.section is Section.PROJECTS else (after.created, after.id)
                rows = catalogue.open_tasks_before(cursor, place, limit + 1 - len(found))
                found += (Place(Section.TASKS, *row) for row in rows)
            shown = found[:limit]
            views = (projects.one(cursor, each.id) for each in shown if each.section is Section.PROJECTS)
            return Page(
                projects=tuple(view for view in views if view is not None),
                tasks=tuple(tasks.by_ids(cursor, [each.id for each in shown if each.section is Section.TASKS])),
                end=shown[-1] if len(found) > limit else None,
            )

        return self._store.read(work)

    def suggest_tasks(self, typed: str, limit: int) -> Deferred[Answer[Suggested]]:
        """Tasks by what was typed of their id or title; without a letter of it, the open ones, newest first."""

        def work(cursor: Cursor) -> Suggested:
            words = tokens(typed)[:_WORDS_LIMIT]
            if not words:
                newest = catalogue.open_tasks_before(cursor, None, limit)
                return Suggested(ids=tuple(id_ for _, id_ in newest), total=_open_count(cursor))
            prefix = typed.strip().lower()
            ids, total = catalogue.by_prefix(cursor, prefix, limit) if _ID.fullmatch(prefix) else ([], 0)
            titled, more = catalogue.by_title(cursor, words, limit)
            together = tuple(dict.fromkeys((*ids, *titled)))
            # One that fits by both is counted twice, unless all are here.
            whole = total <= len(ids) and more <= len(titled)
            return Suggested(ids=together[:limit], total=len(together) if whole else total + more)

        return self._store.read(work)

    def suggest_projects(self, typed: str, limit: int) -> Deferred[Answer[Suggested]]:
        """Projects by what was typed of their id or name, newest first."""

        def work(cursor: Cursor) -> Suggested:
            wanted, prefix = plain(typed).strip(), typed.strip().lower()
            fitting = [
                view.project.id
                for view in projects.every(cursor)
                if view.project.id.startswith(prefix) or wanted in plain(view.project.name)
            ]
            return Suggested(ids=tuple(fitting[:limit]), total=len(fitting))

        return self._store.read(work)

    def ancestors(self, task_ids: tuple[str, ...]) -> Deferred[Answer[frozenset[str]]]:
        """Everything above these tasks."""

        def work(cursor: Cursor) -> frozenset[str]:
            return frozenset(above for task_id in task_ids for above in tasks.ancestors(cursor, task_id))

        return self._store.read(work)


def _open_count(cursor: Cursor) -> int:
    by_status, _ = attention.sorts(cursor)
    return sum(number for status, number in by_status.items() if status.is_open)
