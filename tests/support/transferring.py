"""A workspace on a real file that documents go out of and into, and everything it holds, to be compared."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs

from gorev.domain.event import Progress
from gorev.domain.exporting import Format, Selection
from gorev.domain.importing.document import Incoming
from gorev.domain.importing.plan import ImportReport, Terms
from gorev.domain.task import TaskView
from gorev.services.context import ContextOperations
from gorev.services.exports import ExportOperations
from gorev.services.imports import ImportOperations
from gorev.services.reach import Reach
from gorev.services.undertakings import Undertakings
from gorev.storage import context, exports, projects, tags, tasks, templates
from gorev.storage.sqlite import Cursor
from gorev.wire import imports
from gorev.wire.exports import document
from tests.support.open_store import ACTOR, OpenStore


class TransferStore(OpenStore):
    """The operations that export and import besides the others; ``root`` is the workspace's folder."""

    def __init__(self, path: Path) -> None:
        from twisted.internet import reactor  # not at the head of the module: pytest-twisted chooses the reactor

        super().__init__(path)
        self.root = path.parent.resolve()
        self.progress: list[Progress] = []
        self.on_progress: Callable[[Progress], None] = self.progress.append
        self.undertakings = Undertakings(
            reactor,  # type: ignore[arg-type]  # mypy sees the module
            lambda id_, step: self.on_progress(step),
        )
        self.context = ContextOperations(self.store)
        reach = Reach(root=self.root, home=self.root, own_folder=self.root / ".gorev-daemon")
        self.exports = ExportOperations(
            store=self.store,
            reach=reach,
            undertakings=self.undertakings,
            workspace_id="0123456789abcdef",
            name="demo",
            schema_version=1,
        )
        self.imports = ImportOperations(
            reactor=reactor,
            store=self.store,
            reach=reach,
            undertakings=self.undertakings,
            workspace_id="0123456789abcdef",
        )

    async def exported(self, selection: Selection | None = None, format_: Format = Format.JSON) -> str:
        """The workspace as a document."""
        form = document(format_, "0123456789abcdef", "0.0.0", indented=False)
        done = (await self.exports.inline(ACTOR, selection or Selection(context=True, templates=True), form)).value
        assert done.content is not None
        return done.content.decode()

    async def imported(self, data: object, format_: Format | None = None, **terms: Any) -> ImportReport:
        """What came of an import."""

        def load() -> Incoming:
            return imports.read_data(data, format_)

        return (await self.imports.from_document(ACTOR, load, Terms(**terms))).value

    async def content(self) -> Content:
        """Everything that the workspace holds, apart from revisions."""
        return (await self.store.read(_content)).value

    async def all_tasks(self) -> dict[str, TaskView]:
        """Every task by its title, of which there must be one each."""
        views = (await self.store.read(_views)).value
        assert len({view.task.title for view in views}) == len(views)
        return {view.task.title: view for view in views}


@attrs.frozen(kw_only=True)
class Content:
    """What a workspace holds, under its ids."""

    projects: dict[str, Any]
    tasks: dict[str, Any]
    tags: dict[str, str]
    links: dict[str, Any]
    templates: dict[str, Any]
    context: Any

    def under(self, id_map: dict[str, str]) -> Content:
        """The same under other ids; those of links are left out, and so are those of templates."""
        written = json.dumps([self.projects, self.tasks, self.tags, self.context])
        for old, new in id_map.items():
            written = written.replace(old, new)
        projects_, tasks_, tags_, context_ = json.loads(written)
        links_ = json.loads(json.dumps(sorted(self.links.values())))
        for old, new in id_map.items():
            links_ = json.loads(json.dumps(links_).replace(old, new))
        return Content(
            projects=projects_,
            tasks=tasks_,
            tags=tags_,
            links={str(number): each for number, each in enumerate(sorted(links_))},
            templates={str(number): each for number, each in enumerate(sorted(map(str, self.templates.values())))},
            context=context_,
        )


def _views(cursor: Cursor) -> list[TaskView]:
    ids = [id_ for (id_,) in cursor.execute("SELECT id FROM tasks ORDER BY id")]
    return tasks.by_ids(cursor, ids)


def _content(cursor: Cursor) -> Content:
    views = _views(cursor)
    ids = frozenset(view.task.id for view in views)
    record = exports.context_of(cursor, ids)
    return Content(
        projects={
            view.project.id: [
                view.project.name,
                view.project.definition,
                view.project.created_at.isoformat(),
                view.project.updated_at.isoformat(),
                view.is_active,
                view.task_count,
            ]
            for view in projects.every(cursor)
        },
        tasks={
            view.task.id: [
                view.task.title,
                view.task.description,
                view.task.status.value,
                view.task.priority.value,
                view.task.project_id,
                view.task.parent_id,
                str(view.task.due_date),
                [tag.id for tag in view.task.tags],
                view.task.created_at.isoformat(),
                view.task.updated_at.isoformat(),
            ]
            for view in views
        },
        tags={tag.id: tag.name for tag in tags.every(cursor)},
        links={
            link.id: [link.source_id, link.target_id, link.kind.value]
            for batch in exports.link_batches(cursor, ids)
            for link in batch
        },
        templates={each.id: attrs.astuple(attrs.evolve(each, id="")) for each in templates.every(cursor)},
        context=[
            context.active_task_id(cursor),
            list(record.recent_tasks),
            dict(record.session_data),
            [
                [each.task_id, each.action.value, dict(each.context), each.time.isoformat()]
                for each in record.interactions
            ],
        ],
    )
