"""Workspaces: found by id, alias or path, opened at first use, closed with the daemon (``rest-api.md`` §1, §4.15)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

import attrs
from twisted.application.service import Service
from twisted.internet.defer import Deferred, DeferredList, DeferredLock
from twisted.internet.task import LoopingCall
from twisted.internet.threads import deferToThreadPool
from twisted.logger import Logger
from twisted.python.failure import Failure

from gorev.domain.errors import GorevError, InvalidValue, ShuttingDown, WorkspaceNotFound, WorkspaceUnavailable
from gorev.domain.event import Event
from gorev.services.folder import Location, Opened, cleaned, file_of, identifier, open_database, state_of
from gorev.services.idleness import LOOK_SECONDS, Idleness, User
from gorev.services.registry import KnownWorkspace, Roll, WorkspaceFile
from gorev.services.retention import USUAL_RETENTION, Retention
from gorev.services.undertakings import Undertakings
from gorev.services.watching.service import FileWatching
from gorev.services.workspace import Places, Surroundings, Workspace
from gorev.storage.database import USUAL_TUNING, Tuning
from gorev.storage.file_systems import network_file_system_of
from gorev.storage.interruption import Interruption

# How soon clients hear of what another process does to a database.
FOREIGN_SECONDS: Final = 1.0
# How soon the memory of an export or import is returned.
GIVE_BACK_SECONDS: Final = 5.0


@attrs.frozen(kw_only=True)
class KnownRefusal:
    """A workspace whose database could not be opened when it was last asked for, and why."""

    id: str
    path: str
    reason: str


class Openings(Service):
    """Databases that are being opened. Its stop interrupts that: requests may wait for it, and the end for those."""

    name = "openings"

    def __init__(self) -> None:
        self.interruption = Interruption()

    def stopService(self) -> None:
        """Have it end soon; what is copied, migrated or adopted stays as it was."""
        super().stopService()
        self.interruption.request()


class Workspaces(Service):
    """Every workspace of this daemon. ``default`` is the one that callers get who name none."""

    name = "workspaces"
    _log = Logger()

    def __init__(
        self,
        reactor: Any,
        default: Location,
        file: WorkspaceFile,
        publish: Callable[[str, list[Event]], None],
        places: Places,
        watching: FileWatching,
        undertakings: Undertakings,
        language: str = "tr",
        tuning: Tuning = USUAL_TUNING,
        retention: Retention = USUAL_RETENTION,
        idle_minutes: int = 15,
        told_removed: Callable[[str], None] = lambda id_: None,
    ) -> None:
        self._reactor = reactor
        self._default = default
        self.default_id: Final = identifier(default.path)
        """The id of the default workspace."""
        self._file = file
        self._publish = publish
        self._watching = watching
        self.undertakings = undertakings
        self._language = language
        self._surroundings = Surroundings(
            reactor=reactor,
            places=places,
            watching=watching,
            undertakings=undertakings,
            tuning=tuning,
            retention=retention,
        )
        self._idleness = Idleness(reactor, idle_minutes)
        self._told_removed = told_removed
        self._roll = Roll(self._save)
        self._open: dict[str, Workspace] = {}
        self._same_file: dict[str, str] = {}  # ids of paths whose file another open workspace has (rule W3)
        self._opening: dict[str, list[Deferred[Workspace]]] = {}
        self._closing: dict[str, list[Deferred[None]]] = {}
        self._suspected: set[str] = set()  # those whose database was damaged when it was last in use
        self._refused: dict[str, KnownRefusal] = {}
        self._default_seen: object = None  # the file of the default workspace when it could last not be opened
        self._errands: set[Deferred[Any]] = set()
        self._file_lock = DeferredLock()
        self._stopping = False
        self.openings = Openings()
        self._rounds = (
            (LOOK_SECONDS, LoopingCall(self._close_unused)),
            (FOREIGN_SECONDS, LoopingCall(self._look_for_others)),
            (GIVE_BACK_SECONDS, LoopingCall(undertakings.give_back)),
        )
        for user in (undertakings.is_under_way, watching.is_watching):
            self._idleness.keep_open_while(user)
        self.default_state: str | None = "opening"

    @property
    def default_path(self) -> Path:
        """The folder of the default workspace."""
        return self._default.path

    def startService(self) -> None:
        """Read which workspaces are known, and begin to open the default one; it need not be open to serve."""
        super().startService()
        self._roll.fill(self._file.read())
        for seconds, round_ in self._rounds:
            round_.clock = self._reactor
            round_.start(seconds, now=False)
        self._errand(Deferred.fromCoroutine(self._open_default()))
        for known in self.every():
            if known.has_watches and known.id != self.default_id:
                self._errand(Deferred.fromCoroutine(self._open_watching(known)))

    async def _open_default(self) -> None:
        try:
            await self.resolve()
        except ShuttingDown:
            self._log.info("the default workspace {path} was not opened to the end", path=str(self._default.path))
        except GorevError as error:
            self._log.error(
                "the default workspace {path} is unavailable: {code} {details}",
                path=str(self._default.path),
                code=error.code,
                details=dict(error.details),
            )

    async def _open_watching(self, known: KnownWorkspace) -> None:
        """Open a workspace that has file watches, though nobody uses it yet (``behaviours.md`` §7)."""
        try:
            await self._open_once(known.id, self._location(known), known.name)
        except GorevError as error:
            self._log.warn("the files of {path} are not watched: {code}", path=known.path, code=error.code)

    async def stopService(self) -> None:
        """Close every database; what was submitted is finished first, but what takes long is ended."""
        super().stopService()
        self._stopping = True
        for _, round_ in self._rounds:
            if round_.running:
                round_.stop()
        self.undertakings.cancel_all()
        self.openings.interruption.request()
        if self._roll.every():
            self._roll.save()  # with the last accesses
        while self._errands:
            await DeferredList(list(self._errands))
        await DeferredList([Deferred.fromCoroutine(self.close(id_)) for id_ in list(self._open)])

    async def resolve(self, id_: str | None = None, path: str | None = None, name: str | None = None) -> Workspace:
        """The workspace that a caller means by an id, a path, or neither (``rest-api.md`` §1).

        @raise WorkspaceNotFound: the id is unknown and no usable path was given.
        @raise InvalidValue: the path, given alone, is relative or no folder.
        @raise WorkspaceUnavailable: its database cannot be used.
        """
        if id_ is not None:
            if id_ == self.default_id:
                return await self._opened(self._default, name)
            known = self._roll.find(self._roll.canonical(id_))
            if known is not None:
                try:
                    return await self._opened(self._location(known), known.name)
                except InvalidValue:  # its folder is gone
                    self._log.info("workspace {id} is no longer at {path}", id=known.id, path=known.path)
            if path is None:
                raise WorkspaceNotFound(id=id_)
        if path is None:
            return await self._opened(self._default, name)
        try:
            return await self._opened(self._location_of(cleaned(path)), name)
        except InvalidValue:
            if id_ is None:
                raise
            raise WorkspaceNotFound(id=id_) from None

    def at_hand(self, id_: str | None) -> Workspace | None:
        """The workspace that `resolve` would find by this id alone, if it is open."""
        canonical = self.default_id if id_ is None else self._roll.canonical(id_)
        workspace = None if self._stopping else self._open.get(self._same_file.get(canonical, canonical))
        if workspace is not None:
            self._touch(workspace)
        return workspace

    async def register(self, path: str, name: str | None = None, alias: str | None = None) -> Workspace:
        """Open the workspace of a folder and keep ``alias`` as another id of it.

        @raise InvalidValue, WorkspaceUnavailable: as `resolve`.
        """
        workspace = await self.resolve(path=path, name=name)
        if alias is not None and self._roll.find(alias) is None and alias != self.default_id:
            self._roll.keep_alias(workspace.id, alias)
        return workspace

    async def remove(self, id_: str) -> None:
        """Close a workspace and forget it, with its aliases; its files stay, and who names its folder has it anew.

        @raise WorkspaceNotFound: the id is unknown.
        """
        canonical = self._roll.canonical(id_)
        if self._roll.find(canonical) is None:
            raise WorkspaceNotFound(id=id_)
        await self.close(canonical)
        known = self._roll.find(canonical)
        if known is not None:
            self._told_removed(canonical)
            self._roll.strike(canonical)
            self._log.info("workspace {id} removed: {path}", id=canonical, path=known.path)

    async def close(self, id_: str) -> None:
        """Close a workspace that is open: what was submitted is finished first. Its next use opens it anew."""
        workspace = self._open.pop(id_, None)
        if workspace is not None:
            self._same_file = {alias: other for alias, other in self._same_file.items() if other != id_}
            self._closing[id_] = []
            self._errand(Deferred.fromCoroutine(self._close_now(workspace)))
        await self._closed(id_)

    async def _close_now(self, workspace: Workspace) -> None:
        try:
            workspace.trimming.stop()
            await self._watching.detach(workspace.id)
            await workspace.database.close()
            self._log.info("workspace {id} closed: {path}", id=workspace.id, path=str(workspace.opened.database))
        finally:
            for waiting in self._closing.pop(workspace.id):
                if not waiting.called:
                    waiting.callback(None)

    async def _closed(self, id_: str) -> None:
        """Wait for a workspace that is being closed."""
        if id_ in self._closing:
            waiting: Deferred[None] = Deferred()
            self._closing[id_].append(waiting)
            await waiting

    def keep_open_while(self, user: User) -> None:
        """Do not close a workspace for want of use as long as ``user`` says that it is used."""
        self._idleness.keep_open_while(user)

    def _close_unused(self) -> None:
        for id_, workspace in list(self._open.items()):
            if self._idleness.is_unused(id_) and not workspace.database.is_busy:
                self._errand(Deferred.fromCoroutine(self.close(id_)))

    def _look_for_others(self) -> None:
        for workspace in self._open.values():
            self._errand(Deferred.fromCoroutine(self._look(workspace)))
        if self.default_state is not None and self.default_id not in self._opening:
            self._errand(Deferred.fromCoroutine(self._open_default_anew()))

    async def _look(self, workspace: Workspace) -> None:
        """See whether another process wrote to the file, or put another one in its place."""
        location = Location(path=workspace.path, database=workspace.opened.database)
        if await self._in_thread(file_of, location) == workspace.opened.file:
            await workspace.database.look_for_others()
        elif self._open.get(workspace.id) is workspace:
            self._log.warn("{path} is another file now, or none", path=str(workspace.opened.database))
            await self.close(workspace.id)

    async def _open_default_anew(self) -> None:
        """Try it if its file is no longer what could not be opened: nobody may ask for it until it can be."""
        seen = await self._in_thread(state_of, self._default)
        if seen != self._default_seen and not self._stopping:
            self._default_seen = seen
            await self._open_default()

    def _found_damage(self, id_: str, reason: str) -> None:
        """Let go of a database that is not what was opened, so that a sound one can be put in its place."""
        self._suspected.add(id_)
        if id_ in self._open:
            self._log.error("the database of workspace {id} is let go of: {reason}", id=id_, reason=reason)
            self._errand(Deferred.fromCoroutine(self._examine(id_)))

    async def _examine(self, id_: str) -> None:
        """Close it, and see whether it can be opened: what the daemon says of its health depends on it."""
        await self.close(id_)
        with suppress(GorevError):
            await self.resolve(id_)

    def _in_thread(self, work: Callable[..., Any], *arguments: Any) -> Deferred[Any]:
        return deferToThreadPool(self._reactor, self._reactor.getThreadPool(), work, *arguments)

    def every(self) -> list[KnownWorkspace]:
        """All known workspaces, the most recently used first."""
        return self._roll.every()

    def open_workspaces(self) -> list[Workspace]:
        """Those that are open now."""
        return list(self._open.values())

    def refusals(self) -> list[KnownRefusal]:
        """Those that could not be opened, the default one apart."""
        return [each for each in self._refused.values() if each.id != self.default_id]

    def canonical(self, id_: str) -> str:
        """The id that an alias stands for; any other id itself, which may have been saved as an alias elsewhere."""
        return self._roll.canonical(id_)

    def names(self, id_: str) -> frozenset[str]:
        """A workspace's own id and those that are aliases of it."""
        return self._roll.names(id_)

    def _location(self, known: KnownWorkspace) -> Location:
        if known.id == self.default_id:
            return self._default
        return Location(path=Path(known.path), database=None if known.database is None else Path(known.database))

    def _location_of(self, path: Path) -> Location:
        return self._default if path == self._default.path else Location(path=path)

    async def _opened(self, location: Location, name: str | None) -> Workspace:
        if self._stopping:
            raise ShuttingDown
        id_ = identifier(location.path)
        workspace = self._open.get(self._same_file.get(id_, id_))
        if workspace is None:
            workspace = await self._open_once(id_, location, name)
        self._touch(workspace)
        return workspace

    async def _open_once(self, id_: str, location: Location, name: str | None) -> Workspace:
        """Open a workspace, once however many callers ask for it meanwhile."""
        waiting: Deferred[Workspace] = Deferred()
        if id_ in self._opening:
            self._opening[id_].append(waiting)
        else:
            self._opening[id_] = [waiting]
            self._errand(Deferred.fromCoroutine(self._open_for_all(id_, location, name)))
        return await waiting

    async def _open_for_all(self, id_: str, location: Location, name: str | None) -> None:
        try:
            await self._closed(id_)
            workspace = await self._open_now(id_, location, name)
        except Exception as error:
            if not isinstance(error, GorevError):
                self._log.failure("opening {path} failed", path=str(location.path))
                error = WorkspaceUnavailable(reason="io", path=str(location.path))
            if isinstance(error, WorkspaceUnavailable):
                error = WorkspaceUnavailable(**({"path": str(location.path)} | dict(error.details)))
                self._log.error("workspace {path} is unavailable: {reason}", **error.details)
            reason = str(error.details.get("reason", error.code))
            if isinstance(error, WorkspaceUnavailable):
                self._refused[id_] = KnownRefusal(id=id_, path=str(location.path), reason=reason)
            if id_ == self.default_id:
                self.default_state = reason
            for waiting in self._opening.pop(id_):
                if not waiting.called:
                    waiting.errback(error)
            return
        self._refused.pop(id_, None)
        if id_ == self.default_id:
            self.default_state = None
        for waiting in self._opening.pop(id_):
            if not waiting.called:
                waiting.callback(workspace)

    async def _open_now(self, id_: str, location: Location, name: str | None) -> Workspace:
        opened: Opened = await deferToThreadPool(
            self._reactor,
            self._reactor.getThreadPool(),
            open_database,
            location,
            self._language,
            self.openings.interruption,
            id_ in self._suspected,
        )
        self._suspected.discard(id_)
        owner = self._roll.owner(id_)
        if owner is not None and owner.id not in self._open and await self._has_file(owner, opened):
            self._same_file[id_] = owner.id
            return await self._opened(self._location(owner), owner.name)
        for other in self._open.values():
            if other.opened.file == opened.file:
                self._same_file[id_] = other.id
                self._roll.keep_alias(other.id, id_)
                return other
        now = datetime.now(UTC)
        known = self._roll.find(id_) or KnownWorkspace(
            id=id_,
            path=str(location.path),
            name=name or location.path.name or str(location.path),
            database=None if location.database is None else str(location.database),
            created_at=min(now, datetime.fromtimestamp(opened.created_at, UTC)),
            last_accessed=now,
        )
        workspace = self._surroundings.furnish(
            known,
            location.path,
            opened,
            publish=partial(self._publish, id_),
            found_damage=partial(self._found_damage, id_),
            databases=lambda: [each.database.path for each in list(self._open.values())],
        )
        self._open[id_] = workspace
        self._idleness.use(id_)
        workspace.trimming.start()
        self._roll.enter(known)
        await workspace.database.open_for_brief_reads()
        await workspace.database.look_for_others()  # what is there by now is not news
        await self._watching.attach(id_, workspace.watches, partial(self._roll.mark, id_))
        self._log.info("workspace {id} opened: {path}", id=id_, path=str(opened.database))
        self._errand(Deferred.fromCoroutine(self._look_at_file_system(opened.database)))
        return workspace

    async def _look_at_file_system(self, database: Path) -> None:
        kind = await self._in_thread(network_file_system_of, database.parent)
        if kind is not None:
            self._log.warn(
                "{path} is on a network file system ({kind}), where its locks may not hold: better on a local disk",
                path=str(database),
                kind=kind,
            )

    async def _has_file(self, known: KnownWorkspace, opened: Opened) -> bool:
        """Whether a workspace that is not open is stored in this file too."""
        file: object = await deferToThreadPool(
            self._reactor, self._reactor.getThreadPool(), file_of, self._location(known)
        )
        return file == opened.file

    def _touch(self, workspace: Workspace) -> None:
        self._idleness.use(workspace.id)
        self._roll.touch(workspace.id)

    def _save(self, known: list[KnownWorkspace]) -> None:
        self._errand(Deferred.fromCoroutine(self._write_file(known)))

    async def _write_file(self, known: list[KnownWorkspace]) -> None:
        try:
            await self._file_lock.run(
                deferToThreadPool, self._reactor, self._reactor.getThreadPool(), self._file.write, known
            )
        except OSError as error:
            self._log.error("cannot write the list of workspaces: {reason}", reason=error)

    def _errand(self, errand: Deferred[Any]) -> None:
        """Keep work that nobody waits for, so that a stop can."""
        self._errands.add(errand)
        errand.addBoth(self._errand_done, errand)

    def _errand_done(self, result: object, errand: Deferred[Any]) -> None:
        self._errands.discard(errand)
        if isinstance(result, Failure):
            self._log.failure("an errand failed", result)
