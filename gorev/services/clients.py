"""Clients that say they are there, so that nobody stops a daemon others still use (``rest-api.md`` §4.16)."""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable
from typing import Final

import attrs
from twisted.application.service import Service
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import LoopingCall

PURGE_SECONDS: Final = 30.0
# More than one user ever has; beyond, those that expire first are forgotten.
CLIENT_LIMIT: Final = 1_000
UNKNOWN: Final = "unknown"


@attrs.frozen(kw_only=True)
class TrackedClient:
    """A client until ``expires_at`` (unix seconds), which is ``due`` on the reactor's clock."""

    client_id: str
    client_type: str
    workspace_id: str | None
    connected_at: float
    last_activity: float
    expires_at: float
    due: float


class ClientTracker(Service):
    """Remembers clients until they leave or give no sign of life in time; a bounded number of them."""

    name = "clients"

    def __init__(self, clock: IReactorTime, unix_seconds: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._unix_seconds = unix_seconds
        self._clients: dict[str, TrackedClient] = {}
        self._purging = LoopingCall(self._purge)
        self._purging.clock = clock

    def startService(self) -> None:
        """Begin to forget those that have expired."""
        super().startService()
        self._purging.start(PURGE_SECONDS, now=False)

    def stopService(self) -> None:
        """Forget nothing any more."""
        super().stopService()
        self._purging.stop()

    def register(self, client_id: str, client_type: str, workspace_id: str | None, ttl_seconds: int) -> TrackedClient:
        """Count a client from now on; one that is known is counted anew."""
        now = self._unix_seconds()
        known = self._alive(client_id)
        return self._keep(
            TrackedClient(
                client_id=client_id,
                client_type=client_type,
                workspace_id=workspace_id,
                connected_at=now if known is None else known.connected_at,
                last_activity=now,
                expires_at=now + ttl_seconds,
                due=self._clock.seconds() + ttl_seconds,
            )
        )

    def heartbeat(self, client_id: str, ttl_seconds: int) -> TrackedClient:
        """Keep a client for longer; one that is not known, or no more, is taken in as of unknown type."""
        known = self._alive(client_id)
        if known is None:
            return self.register(client_id, UNKNOWN, None, ttl_seconds)
        now, due = self._unix_seconds(), self._clock.seconds() + ttl_seconds
        return self._keep(attrs.evolve(known, last_activity=now, expires_at=now + ttl_seconds, due=due))

    def unregister(self, client_id: str) -> None:
        """Count a client no more, if it was."""
        self._clients.pop(client_id, None)

    def count(self, client_type: str | None = None) -> int:
        """How many are there now; of one type, if it is named."""
        now = self._clock.seconds()
        return sum(each.due > now and client_type in (None, each.client_type) for each in self._clients.values())

    def _alive(self, client_id: str) -> TrackedClient | None:
        known = self._clients.get(client_id)
        return known if known is not None and known.due > self._clock.seconds() else None

    def _keep(self, client: TrackedClient) -> TrackedClient:
        self._clients[client.client_id] = client
        if len(self._clients) > CLIENT_LIMIT:
            self._purge()
            others = [each for each in self._clients.values() if each is not client]
            excess = len(self._clients) - CLIENT_LIMIT
            for first in heapq.nsmallest(excess, others, key=lambda each: each.due):
                del self._clients[first.client_id]
        return client

    def _purge(self) -> None:
        now = self._clock.seconds()
        self._clients = {id_: each for id_, each in self._clients.items() if each.due > now}
