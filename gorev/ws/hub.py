"""All connections of the event stream: who gets which event, the past first where it was asked for (``websocket.md``).

A connection that resumes is sent the event log, page by page as fast as it reads, until that is level with the last
event that was announced; from that moment on it is live. Nothing is buffered meanwhile, since the log has it all, so
there is neither gap nor repetition, however long the replay takes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, cast

from autobahn.twisted.websocket import WebSocketServerFactory
from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from gorev.domain.errors import GorevError
from gorev.domain.event import Event, Progress
from gorev.services.bus import EventBus
from gorev.services.folder import identifier
from gorev.services.workspaces import Workspace, Workspaces
from gorev.wire import encode
from gorev.wire.encode import instant
from gorev.wire.events import Format, frame, frames, progress
from gorev.ws.connection import GOING_AWAY, Connection
from gorev.ws.handshake import EVERYTHING

CONNECTION_LIMIT: Final = 2_000
FRAME_LIMIT_BYTES: Final = 64 * 1024
PAGE: Final = 500
PING_SECONDS: Final = 30
SILENCE_SECONDS: Final = 60
# How long clients have to take the shutdown frame (websocket.md §6).
FAREWELL_SECONDS: Final = 2.0


class Hub(Service):
    """The hub; as a service it says farewell when the daemon stops."""

    name = "hub"
    log = Logger()

    def __init__(self, clock: IReactorTime, workspaces: Workspaces, bus: EventBus) -> None:
        self._clock = clock
        self._workspaces = workspaces
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

    @property
    def full(self) -> bool:
        """Whether no further connection is taken."""
        return self._gone is not None or len(self._connections) >= CONNECTION_LIMIT

    def stopService(self) -> Deferred[None]:
        """Tell every client, close, and wait a moment for them to have heard it."""
        super().stopService()
        self._gone = Deferred()
        farewell = self.prepared(
            encode.json({"type": "shutdown", "reason": "daemon_stopping", "timestamp": instant(datetime.now(UTC))})
        )
        for connection in list(self._connections):
            connection.send(farewell)
            connection.end(GOING_AWAY, "daemon stopping")
        timeout = self._clock.callLater(FAREWELL_SECONDS, self._drop_all)

        def gone(result: None) -> None:
            if timeout.active():
                timeout.cancel()

        self._tell_if_gone()
        return self._gone.addCallback(gone)

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

    def prepared(self, payload: bytes) -> Any:
        """A frame that can be sent to many."""
        return self.factory.prepareMessage(payload)

    def count_sent(self) -> None:
        """A frame was handed to a transport."""
        self._sent += 1

    def count_dropped(self) -> None:
        """A client was too slow."""
        self._dropped += 1

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
        """Subscribe a new connection, tell it where each of its workspaces stands, and send the past it asked for."""
        wish = connection.wish
        workspaces, unknown = await self._wanted(connection)
        positions = {}
        resync = None
        for workspace in workspaces:
            replay = (await workspace.replay(wish.since or 0, 0)).value
            positions[workspace.id] = replay.current
            if wish.since is not None:
                if replay.oldest - 1 <= wish.since <= replay.current:
                    positions[workspace.id] = wish.since
                else:
                    resync = {"oldest": replay.oldest, "current": replay.current}
        self._say_connected(connection, positions)
        connection.wanted.update(unknown)
        if resync is not None:
            connection.say(self._head(wish.format, "resync") | {"data": resync})
        for workspace in workspaces:
            await self._catch_up(connection, workspace, positions[workspace.id])

    async def _wanted(self, connection: Connection) -> tuple[list[Workspace], list[str]]:
        """The workspaces asked for that can be had now, subscribed to, and the ids of those that may come later."""
        wish = connection.wish
        if EVERYTHING in wish.ids:
            every = self._workspaces.open_workspaces()
            connection.replaying.update(each.id for each in every)
            return every, [EVERYTHING]
        asked: list[tuple[str | None, str | None]] = [(id_, None) for id_ in wish.ids]
        if wish.path is not None or not asked:
            asked.append((None, wish.path))
        found: list[Workspace] = []
        unknown: list[str] = []
        for id_, path in asked:
            try:
                workspace = await self._workspaces.resolve(id_, path)
            except GorevError:
                # Not known or not usable yet: its events come once there are any.
                unknown.append(id_ or (self._workspaces.default_id if path is None else identifier(Path(path))))
                continue
            # Its past first: nothing may come before the frame that says where it stands.
            connection.replaying.add(workspace.id)
            connection.wanted.add(workspace.id)
            found.append(workspace)
        return list(dict.fromkeys(found)), unknown

    def _say_connected(self, connection: Connection, positions: Mapping[str, int]) -> None:
        data = {"client_id": connection.identity, "message": "connected to Gorev", "seq": positions}
        if connection.wish.format is Format.CHANGE:
            head: dict[str, Any] = {"type": "workspace_sync", "action": "connected"}
        else:
            head = {"type": "connected"}
        connection.say(head | self._head(connection.wish.format) | {"data": data})

    @staticmethod
    def _head(format_: Format, type_: str | None = None) -> dict[str, Any]:
        now = datetime.now(UTC)
        head: dict[str, Any] = {} if type_ is None else {"type": type_}
        return head | {"timestamp": instant(now) if format_ is Format.SIMPLE else int(now.timestamp())}

    async def _catch_up(self, connection: Connection, workspace: Workspace, position: int) -> None:
        while True:
            replay = (await workspace.replay(position, PAGE)).value
            for event in replay.events:
                connection.send(self._frame(event, workspace.id, connection.wish.format))
                position = event.seq
                await connection.drained()
            # Announcements come on this thread: what was not announced by now will be delivered live.
            if position >= max(self._announced.get(workspace.id, 0), replay.current):
                connection.reached[workspace.id] = position
                connection.replaying.discard(workspace.id)
                return

    def _frame(self, event: Event, workspace_id: str, format_: Format) -> Any:
        return self.prepared(encode.json(frame(event, workspace_id, format_)))

    def _deliver(self, workspace_id: str, events: list[Event]) -> None:
        self._announced[workspace_id] = events[-1].seq
        encoded: dict[Format, list[Any]] = {}
        for connection in list(self._connections):
            # A replay may have read what was committed before it was announced.
            if connection.wants(workspace_id) and events[-1].seq > connection.reached.get(workspace_id, 0):
                format_ = connection.wish.format
                if format_ not in encoded:
                    told = frames(events, workspace_id, format_)
                    encoded[format_] = [self.prepared(encode.json(each)) for each in told]
                for prepared in encoded[format_]:
                    connection.send(prepared)

    def _deliver_progress(self, workspace_id: str, step: Progress) -> None:
        now = datetime.now(UTC)
        for connection in list(self._connections):
            if connection.wants(workspace_id):
                connection.say(progress(step, workspace_id, connection.wish.format, now))
