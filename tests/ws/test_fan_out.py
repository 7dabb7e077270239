"""One change to many clients: told in order, encoded once per format (``websocket.md`` §3, ``architecture.md`` §6)."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest
import pytest_twisted
from autobahn.twisted.websocket import WebSocketClientFactory, WebSocketClientProtocol
from twisted.internet.defer import Deferred, gatherResults
from twisted.internet.endpoints import TCP4ClientEndpoint, TCP4ServerEndpoint

from gorev.domain.event import Progress
from gorev.services.bus import EventBus
from gorev.services.workspace import Workspace
from gorev.services.workspaces import Workspaces
from gorev.ws.hub import Hub
from tests.services.house import House, create

Test = TypeVar("Test", bound=Callable[..., object])
in_reactor: Callable[[Test], Test] = pytest_twisted.ensureDeferred


class Client(WebSocketClientProtocol):
    """Keeps what it is sent, and tells when there is so much."""

    def __init__(self) -> None:
        super().__init__()
        self.frames: list[Any] = []
        self.gone: Deferred[None] = Deferred()
        self._awaited: list[tuple[int, Deferred[None]]] = []

    def onMessage(self, payload: bytes, isBinary: bool) -> None:
        self.frames.append(json.loads(payload))
        for count, there in [each for each in self._awaited if each[0] == len(self.frames)]:
            self._awaited.remove((count, there))
            there.callback(None)

    def onClose(self, wasClean: bool, code: int | None, reason: str | None) -> None:
        self.gone.callback(None)

    def has(self, count: int) -> Deferred[None]:
        """Fires when it was sent so many frames."""
        there: Deferred[None] = Deferred()
        if len(self.frames) >= count:
            there.callback(None)
        else:
            self._awaited.append((count, there))
        return there

    def seqs(self) -> list[int]:
        return [frame["seq"] for frame in self.frames if "seq" in frame]


class Stage:
    """A hub that listens on a port, and a workspace."""

    def __init__(self, hub: Hub, bus: EventBus, workspaces: Workspaces, workspace: Workspace, port: int) -> None:
        self.hub = hub
        self.workspaces = workspaces
        self.bus = bus
        self.workspace = workspace
        self.port = port
        self.clients: list[Client] = []
        self.prepared = 0
        prepare = hub.factory.prepareMessage

        def counted(payload: bytes) -> Any:
            self.prepared += 1
            return prepare(payload)

        hub.factory.prepareMessage = counted  # type: ignore[method-assign, assignment]  # a recording one

    async def client(self, query: str = "") -> Client:
        """One more client, once it is welcome."""
        from twisted.internet import reactor

        factory = WebSocketClientFactory(f"ws://127.0.0.1:{self.port}/ws?workspace_id={self.workspace.id}&{query}")
        factory.protocol = Client
        client = await TCP4ClientEndpoint(reactor, "127.0.0.1", self.port).connect(factory)
        assert isinstance(client, Client)
        self.clients.append(client)
        await client.has(1)
        return client


@asynccontextmanager
async def stage(house: House, limit: int = 100) -> AsyncIterator[Stage]:
    from twisted.internet import reactor

    bus = EventBus()
    house.publish = bus.publish
    async with house.open() as workspaces:
        hub = Hub(reactor, workspaces, bus, limit, lambda count: count, lambda accepted: "en")
        hub.startService()
        listening = await TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1").listen(hub.factory)
        made = Stage(hub, bus, workspaces, await workspaces.resolve(), listening.getHost().port)
        try:
            yield made
        finally:
            await listening.stopListening()
            await hub.stopService()
            await gatherResults([client.gone for client in made.clients])


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


@in_reactor
async def test_an_event_is_encoded_once_per_format_however_many_listen(house: House) -> None:
    async with stage(house) as here:
        clients = [await here.client(f"format={'simple' if number % 3 else 'change'}") for number in range(30)]
        here.prepared = 0
        for number in range(5):
            await create(here.workspace, str(number))
        await gatherResults([client.has(6) for client in clients])
        assert here.prepared == 2 * 5
        assert all(client.seqs() == [1, 2, 3, 4, 5] for client in clients)
        step = Progress(operation="import", operation_id="x", done=1, total=2)
        here.bus.publish_progress(here.workspace.id, step)
        await gatherResults([client.has(7) for client in clients])
        assert here.prepared == 2 * 6
        assert here.hub.statistics()["messages_sent"] == 30 * 7


@in_reactor
async def test_what_nobody_hears_is_not_encoded(house: House) -> None:
    async with stage(house) as here:
        await here.client("format=simple")
        here.prepared = 0
        await create(here.workspace)
        assert here.prepared == 1
        other = await here.workspaces.resolve(path=str(house.folder("other")))
        await create(other)
        assert here.prepared == 1


@in_reactor
async def test_what_is_committed_while_a_client_catches_up_is_neither_missed_nor_told_twice(house: House) -> None:
    """Clients come and resume at every moment of a stream of writes that does not pause for them."""
    async with stage(house) as here:
        writes: list[Deferred[str]] = []
        coming: list[Deferred[Client]] = []
        for number in range(120):
            writes.append(Deferred.fromCoroutine(create(here.workspace, str(number))))
            if number % 4 == 0:
                coming.append(Deferred.fromCoroutine(here.client(f"since={number // 8}")))
            if number % 10 == 0:
                await writes[number // 2]
        await gatherResults(writes)
        clients = await gatherResults(coming)
        for number, client in enumerate(clients):
            since = client.frames[0]["data"]["seq"][here.workspace.id]
            await client.has(1 + 120 - since)
            assert client.seqs() == list(range(since + 1, 121)), number


@in_reactor
async def test_one_connection_that_fails_takes_nothing_from_the_others(house: House) -> None:
    async with stage(house) as here:
        one, other = await here.client(), await here.client()
        one.dropConnection(abort=True)
        await create(here.workspace)
        await other.has(2)
        assert other.seqs() == [1]
        await one.gone
        here.clients.remove(one)
        assert here.hub.statistics()["clients"] == 1
