"""One open workspace: its database, and every operation on it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import attrs
from twisted.internet.defer import Deferred

from gorev.domain.errors import GorevError
from gorev.domain.event import Event
from gorev.services.advice import AdviceOperations
from gorev.services.briefing import BriefingOperations
from gorev.services.bulk import BulkOperations
from gorev.services.catalogue import CatalogueOperations
from gorev.services.context import ContextOperations
from gorev.services.exports import ExportOperations
from gorev.services.folder import Opened
from gorev.services.imports import ImportOperations
from gorev.services.kept import Kept
from gorev.services.links import LinkOperations
from gorev.services.profiles import ProfileOperations
from gorev.services.projects import ProjectOperations
from gorev.services.reach import Reach
from gorev.services.registry import KnownWorkspace
from gorev.services.retention import Retention, Trimming
from gorev.services.search import SearchOperations
from gorev.services.store import Answer, Store
from gorev.services.summary import SummaryOperations
from gorev.services.tasks import TaskOperations
from gorev.services.templates import TemplateOperations
from gorev.services.undertakings import Undertakings
from gorev.services.watches import WatchOperations
from gorev.services.watching.service import FileWatching
from gorev.storage import events
from gorev.storage.database import Database, Tuning
from gorev.storage.foreign import ForeignCommits
from gorev.storage.sqlite import Cursor


@attrs.frozen(kw_only=True)
class Replay:
    """Events after some ``seq``; ``oldest`` is the first still kept and ``current`` the last made."""

    events: list[Event]
    oldest: int
    current: int


@attrs.frozen(kw_only=True)
class Health:
    """How a workspace's database does: ``error`` is absent when it answers."""

    workspace: Workspace
    latency_ms: float
    task_count: int
    error: str | None = None


@attrs.frozen(eq=False)
class Workspace:
    """An open workspace and its operations."""

    id: str
    name: str
    path: Path
    opened: Opened
    created_at: datetime
    database: Database
    tasks: TaskOperations
    projects: ProjectOperations
    links: LinkOperations
    context: ContextOperations
    bulk: BulkOperations
    templates: TemplateOperations
    summary: SummaryOperations
    briefing: BriefingOperations
    catalogue: CatalogueOperations
    search: SearchOperations
    profiles: ProfileOperations
    advice: AdviceOperations
    watches: WatchOperations
    exports: ExportOperations
    imports: ImportOperations
    trimming: Trimming
    _store: Store
    kept: Kept[Any]

    def today(self) -> date:
        """The day in the daemon's time zone, by which "due today" is meant."""
        return self._store.today()

    def replay(self, since: int, limit: int) -> Deferred[Answer[Replay]]:
        """Up to ``limit`` events after ``since``."""

        def work(cursor: Cursor) -> Replay:
            return Replay(
                events=events.after(cursor, since, limit),
                oldest=events.oldest_seq(cursor),
                current=events.current_seq(cursor),
            )

        return self._store.read(work)

    async def health(self) -> Health:
        """Ask the database something and see how long it takes."""

        def work(cursor: Cursor) -> int:
            (count,) = cursor.execute("SELECT count(*) FROM tasks").fetchone()
            return int(count)

        begun = time.perf_counter()
        error, count = None, 0
        try:
            count = (await self._store.read(work)).value
        except GorevError as refusal:
            error = str(refusal.details.get("reason", refusal.code))
        return Health(workspace=self, latency_ms=(time.perf_counter() - begun) * 1000, task_count=count, error=error)


@attrs.frozen(kw_only=True)
class Places:
    """What every workspace's user may reach: see `Reach`, and whether tasks may watch files outside the workspace."""

    home: Path
    own_folder: Path
    exports: Path | None = None
    allows_external_watches: bool = False


@attrs.frozen(kw_only=True, eq=False)
class Surroundings:
    """What all workspaces of a daemon have in common."""

    reactor: Any
    places: Places
    watching: FileWatching
    undertakings: Undertakings
    tuning: Tuning
    retention: Retention

    def furnish(
        self,
        known: KnownWorkspace,
        path: Path,
        opened: Opened,
        *,
        publish: Callable[[list[Event]], None],
        found_damage: Callable[[str], None],
        databases: Callable[[], list[Path]],
    ) -> Workspace:
        """The workspace of a folder whose database was opened.

        ``publish`` is given what is committed, ``found_damage`` the reason when the file turns out not to be what was
        opened, and ``databases`` tells the files of all workspaces that are open, which no export may overwrite.
        """

        def committed(events: list[Event]) -> None:
            trimming.heard(events[-1].seq)
            publish(events)

        database = Database(
            self.reactor, opened.database, committed, self.tuning, ForeignCommits(), on_damage=found_damage
        )
        store = Store(database)
        trimming = Trimming(self.reactor, store, self.retention)
        reach = Reach(
            root=path,
            home=self.places.home,
            own_folder=self.places.own_folder,
            exports=self.places.exports,
            databases=databases,
        )
        return Workspace(
            known.id,
            known.name,
            path,
            opened,
            known.created_at,
            database,
            TaskOperations(store),
            ProjectOperations(store),
            LinkOperations(store),
            ContextOperations(store),
            BulkOperations(store),
            TemplateOperations(store),
            SummaryOperations(store),
            BriefingOperations(store),
            CatalogueOperations(store),
            SearchOperations(store),
            ProfileOperations(store),
            AdviceOperations(store),
            WatchOperations(
                self.reactor,
                store,
                known.id,
                reach,
                self.watching,
                allows_outside=self.places.allows_external_watches,
            ),
            ExportOperations(
                store=store,
                reach=reach,
                undertakings=self.undertakings,
                workspace_id=known.id,
                name=known.name,
                schema_version=opened.schema_version,
            ),
            ImportOperations(
                reactor=self.reactor,
                store=store,
                reach=reach,
                undertakings=self.undertakings,
                workspace_id=known.id,
            ),
            trimming,
            store,
            Kept(database.version),
        )
