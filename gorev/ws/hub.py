"""All connections of the event stream: who gets which event, the past first where it was asked for (``websocket.md``).

A connection that resumes is sent the event log, page by page as fast as it reads. What is announced while a page is
being read is kept, so that the connection goes live in the very moment in which the last page is sent: there is neither
gap nor repetition, however long the replay takes and however busy the workspace is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, cast

from autobahn.twisted.websocket import WebSocketServerFactory
from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from gorev.domain.errors import GorevError, ShuttingDown
from gorev.domain.event import Event, Progress
from gorev.services.bus import EventBus
from gorev.services.folder import identifier
from gorev.services.workspace import Replay, Workspace
from gorev.services.workspaces import Workspaces
from gorev.wire import encode
from gorev.wire.encode import instant
from gorev.wire.events import Format, frame, frames, progress, removed
from gorev.ws.announcement import Announcement
from gorev.ws.connection import GOING_AWAY, POLICY_VIOLATION, TRY_AGAIN_LATER, Connection
from gorev.ws.handshake import EVERYTHING
from gorev.ws.refusal import Refusal

FRAME_LIMIT_BYTES: Final = 64 * 1024
# Events of a replay that are in memory at once, for each client that resumes.
PAGE: Final = 100
PING_SECONDS: Final = 30
SILENCE_SECONDS: Final = 60
# How long clients have to take the shutdown frame (websocket.md §6).
FAREWELL_SECONDS: Final = 2.0
# Descriptors that are not for WebSocket clients: databases, requests, assistants, watches.
OTHER_DESCRIPTORS: Final = 512


class Hub(Service):
    """The hub; as a service it says farewell when the daemon stops.

    ``limit`` is how many connections there may be. ``make_room`` is asked for so many file descriptors and tells how
    many the process may have. ``language`` chooses one for an ``Accept-Language``, None if there is none. When this
    daemon stops, ``is_replaced`` says whether another one is about to start.
    """

    name = "hub"
    log = Logger()

    def __init__(
        self,
        clock: IReactorTime,
        workspaces: Workspaces,
        bus: EventBus,
        limit: int,
        make_room: Callable[[int], int],
        language: Callable[[str | None], str],
        is_replaced: Callable[[], bool] = lambda: False,
    ) -> None:
        self._clock = clock
        self._workspaces = workspaces
        self._limit = limit
        self._make_room = make_room
        self.language = language
        self._is_replaced = is_replaced
        self._connections: set[Connection] = set()
        self._announced: dict[str, int] = {}
        self._gone: Deferred[None] | None = None
        self._sent = 0
        self._dropped = 0
        self.factory = WebSocketServerFactory()
        self.factory.setProtocolOptions(
            webStatus=False,
            failByDrop=False,  # a peer that breaks the protocol is told so: 1002, 1007, 1009
            maxFramePayloadSize=FRAME_LIMIT_BYTES,
            maxMessagePayloadSize=FRAME_LIMIT_BYTES,
            autoPingInterval=PING_SECONDS,
            autoPingTimeout=SILENCE_SECONDS,
            autoPingRestartOnAnyTraffic=True,
            openHandshakeTimeout=10,
            closeHandshakeTimeout=2,
        )
        self.factory.protocol = cast("Any", lambda: Connection(self))
        bus.listen(self._deliver)
        bus.listen_to_progress(self._deliver_progress)
        bus.listen_to_removals(self._deliver_removal)
        workspaces.keep_open_while(self.follows)

    def startService(self) -> None:
        """See to it that there can be as many connections as there may be."""
        super().startService()
        room = self._make_room(self._limit + OTHER_DESCRIPTORS) - OTHER_DESCRIPTORS
        if room < self._limit:
            self._limit = max(1, room)
            self.log.warn("the system allows {count} WebSocket connections", count=self._limit)

    def refusal(self, accepted_languages: str | None) -> Refusal | None:
        """Why no further connection is taken now, if none is."""
        if self._gone is not None:
            return Refusal.of(ShuttingDown(), self.language(accepted_languages))
        if len(self._connections) >= self._limit:
            self.log.warn("a WebSocket client was refused: there are {count}", count=len(self._connections))
            return Refusal.of_too_many(self._limit, self.language(accepted_languages))
        return None

    def stopService(self) -> Deferred[None]:
        """Tell every client, close, and wait a moment for them to have heard it."""
        super().stopService()
        self._gone = Deferred()
        frame = {"type": "shutdown", "reason": "daemon_restarting" if self._is_replaced() else "daemon_stopping"}
        farewell = Announcement(lambda format_: [frame | self._now(format_)], self.prepared)
        for connection in list(self._connections):
            if connection.state == connection.STATE_OPEN:
                (prepared,) = farewell.frames(connection.wish.format)
                connection.farewell(prepared, GOING_AWAY, "daemon stopping")
        timeout = self._clock.callLater(FAREWELL_SECONDS, self._drop_all)

        def gone(result: None) -> None:
            if timeout.active():
                timeout.cancel()

        self._tell_if_gone()
        return self._gone.addCallback(gone)

    def dismiss_all(self, reason: str) -> None:
        """Close every connection, because its client may no longer be here."""
        for connection in list(self._connections):
            connection.end(POLICY_VIOLATION, reason)

    def _drop_all(self) -> None:
        for connection in list(self._connections):
            connection.dropConnection(abort=True)
        if self._gone is not None and not self._gone.called:
            self._gone.callback(None)

    def _tell_if_gone(self) -> None:
        if self._gone is not None and not self._connections and not self._gone.called:
            self._gone.callback(None)

    def joined(self, connection: Connection) -> None:
        """A handshake succeeded."""
        self._connections.add(connection)
        self.log.info(
            "WebSocket client {id} connected, {count} now", id=connection.identity, count=len(self._connections)
        )

    def left(self, connection: Connection) -> None:
        """A connection ended; those that never joined end too."""
        if connection in self._connections:
            self._connections.discard(connection)
            self.log.info(
                "WebSocket client {id} disconnected, {count} now", id=connection.identity, count=len(self._connections)
            )
            self._tell_if_gone()

    def canonical(self, workspace_id: str) -> str:
        """The id that events bear, for an id that a client knows."""
        return self._workspaces.canonical(workspace_id)

    def follows(self, workspace_id: str) -> bool:
        """Whether a client named this workspace; one that follows everything needs none of them open."""
        names = self._workspaces.names(workspace_id)
        return any(not connection.wanted.isdisjoint(names) for connection in self._connections)

    def prepared(self, payload: bytes) -> Any:
        """A frame that can be sent to many."""
        return self.factory.prepareMessage(payload)

    def count_sent(self) -> None:
        """A frame was handed to a transport."""
        self._sent += 1

    def count_dropped(self) -> None:
        """A client was too slow."""
        self._dropped += 1

    @property
    def editors(self) -> int:
        """How many connections are an editor's (``lifecycle.md`` §8): of no browser, for a workspace that it named."""
        return sum(bool(each.wish.ids) and "origin" not in each.http_headers for each in self._connections)

    def statistics(self) -> Mapping[str, Any]:
        """The body of ``GET /api/health/ws`` (``rest-api.md`` §3.1)."""
        by_workspace: dict[str, int] = {}
        for connection in self._connections:
            for id_ in {self.canonical(each) for each in connection.wanted}:
                by_workspace[id_] = by_workspace.get(id_, 0) + 1
        return {
            "status": "active" if self._gone is None else "inactive",
            "clients": len(self._connections),
            "clients_by_workspace": by_workspace,
            "messages_sent": self._sent,
            "dropped_clients": self._dropped,
        }

    async def welcome(self, connection: Connection) -> None:
        """Subscribe a new connection, tell it where each of its workspaces stands, and send the past it asked for.

        @raise GorevError: a workspace cannot be read now.
        """
        wish = connection.wish
        workspaces = await self._wanted(connection)
        positions = {}
        resync = None if wish.since is None or workspaces else {"oldest": 1, "current": 0}
        for workspace in workspaces:
            replay = (await workspace.replay(wish.since or 0, 0)).value
            positions[workspace.id] = replay.current
            if wish.since is not None:
                if replay.oldest - 1 <= wish.since <= replay.current:
                    positions[workspace.id] = wish.since
                else:
                    resync = {"oldest": replay.oldest, "current": replay.current}
        self._say_connected(connection, positions)
        if resync is not None:
            connection.say({"type": "resync"} | self._now(wish.format) | {"data": resync})
        for workspace in workspaces:
            await self._catch_up(connection, workspace, positions[workspace.id])

    async def _wanted(self, connection: Connection) -> list[Workspace]:
        """Subscribe to what was asked for, and open of it what can be had now; the rest may come later."""
        wish = connection.wish
        if EVERYTHING in wish.ids:
            connection.wanted.add(EVERYTHING)
            every = self._workspaces.open_workspaces()
            connection.replaying.update(each.id for each in every)
            return every
        asked: list[tuple[str | None, str | None]] = [(id_, None) for id_ in wish.ids]
        if wish.path is not None or not asked:
            asked.append((None, wish.path))
        found: list[Workspace] = []
        for id_, path in asked:
            try:
                workspace = await self._workspaces.resolve(id_, path)
            except GorevError:
                # Not known or not usable yet.
                by_path = self._workspaces.default_id if path is None else identifier(Path(path))
                connection.wanted.add(id_ or by_path)
                continue
            # Its past first: nothing may come before the frame that says where it stands.
            connection.replaying.add(workspace.id)
            connection.wanted.add(workspace.id)
            found.append(workspace)
        return list(dict.fromkeys(found))

    def _say_connected(self, connection: Connection, positions: Mapping[str, int]) -> None:
        data = {"client_id": connection.identity, "message": "connected to Gorev", "seq": positions}
        if connection.wish.format is Format.CHANGE:
            head: dict[str, Any] = {"type": "workspace_sync", "action": "connected"}
        else:
            head = {"type": "connected"}
        connection.say_first(head | self._now(connection.wish.format) | {"data": data})

    @staticmethod
    def _now(format_: Format) -> dict[str, Any]:
        now = datetime.now(UTC)
        return {"timestamp": instant(now) if format_ is Format.SIMPLE else int(now.timestamp())}

    async def _catch_up(self, connection: Connection, workspace: Workspace, position: int) -> None:
        """Send what came after ``position``, and go live."""
        while connection.is_following(workspace.id):
            replay, heard = await self._next_page(connection, workspace, position)
            if replay.oldest > position + 1:
                connection.end(TRY_AGAIN_LATER, "what comes next is no longer kept")
                return
            was_calm = True
            for event in replay.events:
                connection.send(self._frame(event, workspace.id, connection.wish.format))
                position = event.seq
                if connection.paused:
                    was_calm = False
                    await connection.drained()
                    if not connection.is_following(workspace.id):
                        break
            if was_calm and position >= replay.current:
                connection.reached[workspace.id] = position
                connection.replaying.discard(workspace.id)
                for announcement in heard:
                    connection.announce(workspace.id, announcement)
                return
        connection.replaying.discard(workspace.id)

    @staticmethod
    async def _next_page(
        connection: Connection, workspace: Workspace, position: int
    ) -> tuple[Replay, list[Announcement]]:
        """Events after ``position``, and what was announced while they were read: nothing is between the two."""
        heard: list[Announcement] = []
        connection.heard[workspace.id] = heard
        try:
            return (await workspace.replay(position, PAGE)).value, heard
        finally:
            del connection.heard[workspace.id]

    def _frame(self, event: Event, workspace_id: str, format_: Format) -> Any:
        return self.prepared(encode.json(frame(event, workspace_id, format_)))

    def _followers(self, workspace_id: str) -> Iterator[Connection]:
        names = self._workspaces.names(workspace_id) | {EVERYTHING}
        return (each for each in list(self._connections) if not each.wanted.isdisjoint(names))

    def _deliver(self, workspace_id: str, events: list[Event]) -> None:
        seq = events[-1].seq
        # Another file took the place of the one that was there.
        starts_anew = seq <= self._announced.get(workspace_id, 0)
        self._announced[workspace_id] = seq
        announcement = Announcement(lambda format_: frames(events, workspace_id, format_), self.prepared, seq)
        for connection in self._followers(workspace_id):
            connection.announce(workspace_id, announcement, starts_anew=starts_anew)

    def _deliver_progress(self, workspace_id: str, step: Progress) -> None:
        now = datetime.now(UTC)
        announcement = Announcement(lambda format_: [progress(step, workspace_id, format_, now)], self.prepared)
        for connection in self._followers(workspace_id):
            connection.announce(workspace_id, announcement)

    def _deliver_removal(self, workspace_id: str) -> None:
        now = datetime.now(UTC)
        announcement = Announcement(lambda format_: [removed(workspace_id, format_, now)], self.prepared)
        for connection in self._followers(workspace_id):
            connection.announce(workspace_id, announcement)
