"""A workspace, or a part of it, as a document (``behaviours.md`` §8.1 to §8.3).

How a document looks is for the wire, which hands in what writes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import attrs
from twisted.internet.defer import Deferred, DeferredLock

from gorev.domain.errors import ProjectNotFound
from gorev.domain.exporting import Counts, Document, Export, Selection
from gorev.domain.task import TaskView
from gorev.domain.values import Actor
from gorev.services.lookup import require_project
from gorev.services.reach import Reach, writing
from gorev.services.store import Answer, Store
from gorev.services.undertakings import Told, Undertaking, Undertakings, nobody
from gorev.storage import exports, templates
from gorev.storage.sqlite import Cursor


@attrs.frozen(kw_only=True)
class Exported:
    """What was exported, and either where to or the document itself, if that was not too large."""

    counts: Counts
    path: str | None = None
    content: bytes | None = None


@attrs.frozen(kw_only=True)
class ExportOperations:
    """The exports of one workspace, of which one at a time occupies a reader. ``name`` is the workspace's."""

    _store: Store
    _reach: Reach
    _undertakings: Undertakings
    _workspace_id: str
    _name: str
    _schema_version: int
    _turn: DeferredLock = attrs.Factory(DeferredLock)

    def to_file(
        self,
        actor: Actor,
        selection: Selection,
        path: str,
        document: Document,
        operation_id: str | None = None,
        told: Told = nobody,
    ) -> Deferred[Answer[Exported]]:
        """Write a file, which is there when all of it is, or not at all.

        @raise InvalidDate, ProjectNotFound, AmbiguousId: the selection means nothing.
        @raise PathNotAllowed, FileUnusable: see `writing`.
        @raise OperationTaken, Cancelled: see `Undertakings`.
        """

        def work(cursor: Cursor, undertaking: Undertaking) -> Exported:
            with writing(self._reach, path, document.extensions, document.is_own) as (place, file):
                export = self._read(cursor, selection, actor, undertaking)
                for piece in document.write(export):
                    file.write(piece)
                undertaking.settle()
            return Exported(counts=export.counts, path=str(place))

        return self._run(work, operation_id, told)

    def inline(
        self,
        actor: Actor,
        selection: Selection,
        document: Document,
        limit_bytes: int | None = None,
        operation_id: str | None = None,
        told: Told = nobody,
    ) -> Deferred[Answer[Exported]]:
        """The document itself, unless it is larger than the limit: then its content is absent.

        @raise InvalidDate, ProjectNotFound, AmbiguousId: the selection means nothing.
        @raise OperationTaken, Cancelled: see `Undertakings`.
        """

        def work(cursor: Cursor, undertaking: Undertaking) -> Exported:
            export = self._read(cursor, selection, actor, undertaking)
            pieces = []
            size = 0
            for piece in document.write(export):
                size += len(piece)
                if limit_bytes is not None and size > limit_bytes:
                    return Exported(counts=export.counts)
                pieces.append(piece)
            return Exported(counts=export.counts, content=b"".join(pieces))

        return self._run(work, operation_id, told)

    def _run(
        self, work: Callable[[Cursor, Undertaking], Exported], operation_id: str | None, told: Told
    ) -> Deferred[Answer[Exported]]:
        async def settled(undertaking: Undertaking) -> Answer[Exported]:
            await self._store.database.settle()
            exported: Answer[Exported] = await self._store.read(lambda cursor: work(cursor, undertaking))
            return exported

        def start(undertaking: Undertaking) -> Deferred[Answer[Exported]]:
            return self._turn.run(lambda: Deferred.fromCoroutine(settled(undertaking)))

        return self._undertakings.run(self._workspace_id, "export", operation_id, start, told)

    def _read(self, cursor: Cursor, selection: Selection, actor: Actor, undertaking: Undertaking) -> Export:
        undertaking.check()
        selection = attrs.evolve(selection, projects=tuple(_whole_id(cursor, each) for each in selection.projects))
        projects = exports.chosen_projects(cursor, selection)
        chosen = exports.chosen_tasks(cursor, selection, [view.project.id for view in projects])
        ids = frozenset(chosen.ids)
        linked = ids if selection.dependencies else frozenset[str]()
        tags = exports.tags_of(cursor, chosen.ids)
        every_template = templates.every(cursor) if selection.templates else None
        return Export(
            time=self._store.now(),
            schema_version=self._schema_version,
            exported_by=actor.client,
            description=self._name,
            counts=Counts(
                tasks=len(ids),
                projects=len(projects),
                tags=len(tags),
                templates=len(every_template or ()),
                dependencies=sum(map(len, exports.link_batches(cursor, linked))),
            ),
            projects=projects,
            tags=tags,
            tasks=_told(exports.task_batches(cursor, chosen), len(ids), undertaking),
            task_tags=exports.task_tag_batches(cursor, chosen.ids),
            links=exports.link_batches(cursor, linked),
            templates=every_template,
            context=exports.context_of(cursor, ids) if selection.context else None,
        )


def _whole_id(cursor: Cursor, given: str) -> str:
    try:
        return require_project(cursor, given).project.id
    except ProjectNotFound:
        raise ProjectNotFound(id=given, field="project_filter") from None


def _told(batches: Iterable[Sequence[TaskView]], total: int, undertaking: Undertaking) -> Iterator[Sequence[TaskView]]:
    """The batches, with word of how far they are."""
    done = 0
    for batch in batches:
        undertaking.advance(done, total)
        done += len(batch)
        yield batch
