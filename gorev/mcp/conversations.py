"""The end of every assistant's connection when the daemon stops."""

from __future__ import annotations

from twisted.application.service import Service
from twisted.internet.defer import Deferred

from gorev.mcp.http_resource import McpResource
from gorev.mcp.line import LineFactory


class Conversations(Service):
    """Stops once the calls in flight are answered, and closes the connections then."""

    def __init__(self, factory: LineFactory) -> None:
        self._factory = factory

    def stopService(self) -> Deferred[None]:
        """Fires when no assistant is connected; cancelled, it closes them with what still runs."""
        super().stopService()
        return self._factory.drain().addBoth(lambda _: self._factory.close_all())


class HttpConversations(Service):
    """Ends the streams over HTTP at its stop. Calls in flight are waited for with all other requests."""

    def __init__(self, resource: McpResource) -> None:
        self._resource = resource

    def stopService(self) -> None:
        """End them, and take no new requests."""
        super().stopService()
        self._resource.stop()
