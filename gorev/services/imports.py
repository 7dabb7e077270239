"""Documents into a workspace (``behaviours.md`` §8.4): everything in one transaction, or nothing.

How a document looks is for the wire, which hands in what reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import attrs
from twisted.internet.defer import Deferred, DeferredLock
from twisted.internet.threads import deferToThreadPool

from gorev.domain import project as project_rules
from gorev.domain import task as task_rules
from gorev.domain.errors import GorevError, InvalidReference, ProjectNotFound
from gorev.domain.event import EventKind, TemplatesAdded
from gorev.domain.importing.document import Incoming
from gorev.domain.importing.plan import Change, ImportReport, Plan, Resolution, Terms
from gorev.domain.importing.planning import planned
from gorev.domain.importing.views import batched, new_views, outside
from gorev.domain.project import ProjectView
from gorev.domain.task import TaskView
from gorev.domain.template import Template
from gorev.domain.values import Actor
from gorev.services.lookup import require_project
from gorev.services.reach import Reach, reading
from gorev.services.store import Answer, Once, Store
from gorev.services.undertakings import Told, Undertaking, Undertakings, nobody
from gorev.storage import derived, events, exports, imports, projects, tags, tasks, templates
from gorev.storage.events import Entry
from gorev.storage.sqlite import Cursor
from gorev.storage.transaction import Transaction

T = TypeVar("T")


@attrs.frozen(kw_only=True)
class ImportOperations:
    """The imports of one workspace."""

    _reactor: Any
    _store: Store
    _reach: Reach
    _undertakings: Undertakings
    _workspace_id: str
    _turn: DeferredLock = attrs.Factory(DeferredLock)

    def from_file(
        self,
        actor: Actor,
        path: str,
        read: Callable[[Path, BinaryIO], Incoming],
        terms: Terms,
        once: Once | None = None,
        operation_id: str | None = None,
        told: Told = nobody,
    ) -> Deferred[Answer[ImportReport]]:
        """Import a file. Ids of projects in ``terms`` may be unique prefixes.

        @raise FileMissing, PathNotAllowed, FileUnusable: see `reading`.
        @raise InvalidFormat, InvalidValue, InvalidReference, ConflictingAlias: the document will not do.
        @raise ProjectNotFound, AmbiguousId: the project for tasks without one does not exist.
        @raise OperationTaken, Cancelled: see `Undertakings`.
        """

        def load() -> Incoming:
            with reading(self._reach, path) as (place, file):
                return read(place, file)

        return self.from_document(actor, load, terms, once, operation_id, told)

    def from_document(
        self,
        actor: Actor,
        load: Callable[[], Incoming],
        terms: Terms,
        once: Once | None = None,
        operation_id: str | None = None,
        told: Told = nobody,
    ) -> Deferred[Answer[ImportReport]]:
        """Import what ``load``, called on a thread, reads.

        @raise InvalidFormat, InvalidValue, InvalidReference, ConflictingAlias, ProjectNotFound, AmbiguousId,
            OperationTaken, Cancelled: as `from_file`.
        """

        def start(undertaking: Undertaking) -> Deferred[Answer[ImportReport]]:
            return Deferred.fromCoroutine(self._carry_out(actor, load, terms, once, undertaking))

        return self._undertakings.run(self._workspace_id, "import", operation_id, start, told)

    async def _carry_out(
        self, actor: Actor, load: Callable[[], Incoming], terms: Terms, once: Once | None, undertaking: Undertaking
    ) -> Answer[ImportReport]:
        if once is not None:
            known = await self._store.recall(ImportReport, once)
            if known is not None:
                return known
        # The document goes as soon as there is a plan: both together are large.
        loaded = [await deferToThreadPool(self._reactor, self._reactor.getThreadPool(), load)]

        def plan(cursor: Cursor, now: datetime) -> Plan:
            undertaking.check()
            whole = _whole_ids(cursor, terms)
            incoming = loaded.pop()
            met = imports.existing(
                cursor, replace=terms.replace, spared=_spared(whole), with_templates=incoming.has_templates
            )
            made = planned(incoming, met, whole, now, undertaking.check)
            incoming.let_go()
            return made

        def rehearsed(cursor: Cursor) -> ImportReport:
            made = plan(cursor, self._store.now())
            report = made.report()
            made.let_go()
            return report

        def work(transaction: Transaction, now: datetime) -> ImportReport:
            made = plan(transaction.cursor, now)
            with imports.room(transaction.cursor):
                done = _Doing(transaction.cursor, now, made, undertaking)
                events.append_folded(transaction, now, actor, done.batches())
            made.let_go()
            undertaking.settle()
            return made.report()

        if terms.dry_run:
            return await self._turn.run(self._store.read, rehearsed)
        try:
            return await self._store.write(work, ImportReport, once, large=True)
        finally:
            with suppress(GorevError):
                await self._store.write(lambda transaction, now: imports.leave_room(transaction.cursor), type(None))


def _whole_ids(cursor: Cursor, terms: Terms) -> Terms:
    mapping = {}
    for key, given in terms.mapping.items():
        try:
            mapping[key] = require_project(cursor, given).project.id
        except ProjectNotFound:
            raise InvalidReference(field="project_mapping", ids=[given], count=1) from None
    own = None if terms.project_id is None else require_project(cursor, terms.project_id).project.id
    return attrs.evolve(terms, mapping=mapping, project_id=own)


def _spared(terms: Terms) -> list[str]:
    """Projects that a replacement leaves alone, because the caller names them as targets."""
    return [*terms.mapping.values(), *([] if terms.project_id is None else [terms.project_id])]


class _Doing:
    """Carries a plan out, and tells what it does as entries of the event log."""

    def __init__(self, cursor: Cursor, now: datetime, made: Plan, undertaking: Undertaking) -> None:
        self._cursor = cursor
        self._now = now
        self._plan = made
        self._undertaking = undertaking
        self._done = 0
        self._total = 2 * len(made.tasks) + len(made.task_changes)

    def batches(self) -> Iterator[Sequence[Entry]]:
        """The entries; between them the work goes on."""
        if self._plan.terms.replace:
            yield from self._of_former_rows()
        with derived.postponed(self._cursor, emptied=self._plan.terms.replace):
            self._store_new()
        yield from self._of_projects()
        yield from self._of_templates()
        yield from self._of_changed_tasks()
        yield from self._of_new_tasks()
        if self._plan.links:  # they show in tasks that are not otherwise changed
            yield [Entry(kind=EventKind.WORKSPACE_SYNC)]

    def _step(self, rows: int) -> None:
        self._undertaking.advance(self._done, self._total)
        self._done += rows

    def _views(self, ids: Sequence[str]) -> Iterator[list[TaskView]]:
        for batch in exports.batches(ids):
            self._step(len(batch))
            yield tasks.by_ids(self._cursor, batch)

    def _of_former_rows(self) -> Iterator[Sequence[Entry]]:
        spared = _spared(self._plan.terms)
        former = imports.every_task(self._cursor)
        self._total += len(former.ids)
        for views in exports.task_batches(self._cursor, former):
            self._step(len(views))
            yield [Entry(kind=EventKind.TASK_DELETED, before=view) for view in views]
        yield [
            Entry(kind=EventKind.PROJECT_DELETED, before=view)
            for view in projects.every(self._cursor)
            if view.project.id not in spared
        ]

    def _store_new(self) -> None:
        made, cursor = self._plan, self._cursor
        if made.terms.replace:
            imports.clear(cursor, spared=_spared(made.terms), with_templates=made.replaces_templates)
        imports.insert_projects(cursor, made.projects)
        tags.insert_many(cursor, made.tags)
        for template in made.templates:
            templates.insert(cursor, template, self._now)
        every_task = list(made.tasks.values())
        for begin in range(0, len(every_task), exports.BATCH):
            batch = every_task[begin : begin + exports.BATCH]
            self._step(len(batch))
            tasks.insert_many(cursor, batch)
        imports.insert_links(cursor, made.links, self._now)
        if made.active_project_id is not None:
            projects.set_active(cursor, made.active_project_id)
        if made.context is not None:
            imports.add_context(cursor, made.context, self._now)

    def _of_projects(self) -> Iterator[Sequence[Entry]]:
        made = self._plan
        if not made.projects and not made.project_changes:
            return
        views = {view.project.id: view for view in projects.every(self._cursor)}
        yield [Entry(kind=EventKind.PROJECT_CREATED, after=views[project.id]) for project in made.projects]
        for change in made.project_changes:
            entry = self._changed_project(views[change.id], change.values)
            if entry is not None:
                yield [entry]

    def _changed_project(self, before: ProjectView, values: Mapping[str, Any]) -> Entry | None:
        after = attrs.evolve(before.project, **values)
        names = tuple(name for name in values if getattr(before.project, name) != getattr(after, name))
        if not names:
            return None
        after = project_rules.revised(after, self._now)
        projects.update(self._cursor, after)
        view = attrs.evolve(before, project=after)
        return Entry(kind=EventKind.PROJECT_UPDATED, before=before, after=view, changed=names)

    def _of_templates(self) -> Iterator[Sequence[Entry]]:
        made = self._plan
        if not made.templates and not made.template_changes:
            return
        present = {each.id: each for each in templates.every(self._cursor)}
        for template in made.template_changes:
            after = template
            if made.terms.resolution is Resolution.MERGE:
                after = _filled(present[template.id], template)
            imports.update_template(self._cursor, after, self._now)
        yield [Entry(kind=EventKind.TEMPLATE_CHANGED, after=TemplatesAdded(created=len(made.templates)))]

    def _of_changed_tasks(self) -> Iterator[Sequence[Entry]]:
        changes = self._plan.task_changes
        for views in self._views(list(changes)):
            changed = {view.task.id: names for view in views if (names := self._changed_task(view, changes))}
            after = {view.task.id: view for view in tasks.by_ids(self._cursor, list(changed))}
            yield [
                Entry(
                    kind=EventKind.TASK_UPDATED,
                    before=view,
                    after=after[view.task.id],
                    changed=changed[view.task.id],
                )
                for view in views
                if view.task.id in changed
            ]

    def _of_new_tasks(self) -> Iterator[Sequence[Entry]]:
        around = {view.task.id: view for batch in self._views(outside(self._plan)) for view in batch}
        names = {view.project.id: view.project.name for view in projects.every(self._cursor)}
        for views in batched(new_views(self._plan, around, names), exports.BATCH):
            self._step(len(views))
            yield [Entry(kind=EventKind.TASK_CREATED, after=view) for view in views]

    def _changed_task(self, view: TaskView, changes: Mapping[str, Change]) -> tuple[str, ...]:
        """Store what is new of a task; yields the names of the fields."""
        task = view.task
        values = dict(changes[task.id].values)
        if self._plan.terms.resolution is Resolution.MERGE:
            values = {name: value for name, value in values.items() if not getattr(task, name)}
        if "tags" in values and {tag.id for tag in values["tags"]} == {tag.id for tag in task.tags}:
            del values["tags"]
        after, names = task_rules.changed(task, **values)
        if names:
            tasks.update(self._cursor, task_rules.revised(after, self._now), names)
        return names


def _filled(present: Template, incoming: Template) -> Template:
    """A template with its empty fields taken from another one."""
    return attrs.evolve(
        present,
        **{
            field.name: getattr(incoming, field.name)
            for field in attrs.fields(Template)
            if not getattr(present, field.name) and field.name not in ("id", "active")
        },
    )
