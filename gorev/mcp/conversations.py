"""The end of every assistant's connection when the daemon stops."""

from __future__ import annotations

from twisted.application.service import Service
from twisted.internet.defer import Deferred

from gorev.mcp.http_resource import McpResource
from gorev.mcp.line import LineFactory


class Conversations(Service):
    """Stops once the calls in flight are answered, and closes the connections, and the sessions over HTTP, then."""

    def __init__(self, factory: LineFactory, resource: McpResource | None = None) -> None:
        self._factory = factory
        self._resource = resource

    def stopService(self) -> Deferred[None]:
        """Fires when no assistant is connected; cancelled, it closes them with what still runs."""
        super().stopService()
        if self._resource is not None:
            self._resource.close()  # what they asked for was waited for with all other requests
        return self._factory.drain().addBoth(lambda _: self._factory.close_all())


class HttpConversations(Service):
    """Ends the streams over HTTP at its stop. Calls in flight are waited for with all other requests."""

    def __init__(self, resource: McpResource) -> None:
        self._resource = resource

    def stopService(self) -> None:
        """End them, and take no new requests."""
        super().stopService()
        self._resource.stop()
