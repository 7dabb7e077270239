"""Routes by which clients say that they are there (``rest-api.md`` §4.16)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Final

import attrs
import msgspec
from msgspec import Meta

from gorev.rest import route
from gorev.rest.call import Call
from gorev.rest.fields import Fields
from gorev.rest.reply import Reply
from gorev.rest.route import GET, POST, Area, Route
from gorev.services.clients import UNKNOWN, ClientTracker, TrackedClient
from gorev.wire import json_schema
from gorev.wire.kinds import Key, Text
from gorev.wire.vocabulary import CLIENT

DEFAULT_TTL_SECONDS: Final = 300
Ttl = Annotated[int, Meta(ge=1, le=86_400)]


class Departure(msgspec.Struct, kw_only=True):
    """A client that goes."""

    client_id: Key


class Heartbeat(msgspec.Struct, kw_only=True):
    """A client that is still there."""

    client_id: Key
    ttl_seconds: Ttl = DEFAULT_TTL_SECONDS


class Arrival(msgspec.Struct, kw_only=True):
    """A client that comes."""

    client_id: Key
    client_type: Key = UNKNOWN
    workspace_id: Text | None = None
    ttl_seconds: Ttl = DEFAULT_TTL_SECONDS


_HINTS: Final = {
    "client_id": "an id made by the client",
    "client_type": "vscode, mcp-proxy, web-ui or another one",
    "ttl_seconds": "after so many seconds without a sign of life the client is not counted any more",
}
ARRIVAL: Final = Fields(Arrival, CLIENT, hints=_HINTS)
HEARTBEAT: Final = Fields(Heartbeat, CLIENT, hints=_HINTS)
DEPARTURE: Final = Fields(Departure, CLIENT, hints=_HINTS)


@attrs.frozen
class ClientRoutes:
    """``live`` counts the clients that need not say anything, since their connections do."""

    tracker: ClientTracker
    live: Callable[[], int]

    async def registered(self, call: Call) -> Reply:
        """Count a client."""
        given = call.body(ARRIVAL)
        return _tracked(
            self.tracker.register(given.client_id, given.client_type, given.workspace_id, given.ttl_seconds)
        )

    async def heard(self, call: Call) -> Reply:
        """Keep a client for longer."""
        given = call.body(HEARTBEAT)
        return _tracked(self.tracker.heartbeat(given.client_id, given.ttl_seconds))

    async def unregistered(self, call: Call) -> Reply:
        """Count a client no more."""
        client_id = call.body(DEPARTURE).client_id
        self.tracker.unregister(client_id)
        return Reply(body={"success": True, "client_id": client_id})

    async def counted(self, call: Call) -> Reply:
        """How many clients there are."""
        return Reply(body={"success": True, "client_count": self.tracker.count() + self.live()})

    def routes(self) -> tuple[Route, ...]:
        """The routes."""
        return (
            Route(
                name="register_client",
                area=Area.SYSTEM,
                summary="Count a client from now on",
                methods=POST,
                family_b=("/daemon/clients/register",),
                handler=self.registered,
                bodies=(ARRIVAL,),
                answer=_TRACKED,
                errors=("missing_parameter",),
                of_workspace=False,
            ),
            Route(
                name="heartbeat",
                area=Area.SYSTEM,
                summary="Keep a client for longer",
                methods=POST,
                family_b=("/daemon/heartbeat",),
                handler=self.heard,
                bodies=(HEARTBEAT,),
                answer=_TRACKED,
                errors=("missing_parameter",),
                of_workspace=False,
            ),
            Route(
                name="unregister_client",
                area=Area.SYSTEM,
                summary="Count a client no more",
                methods=POST,
                family_b=("/daemon/clients/unregister",),
                handler=self.unregistered,
                bodies=(DEPARTURE,),
                answer=route.enveloped({"client_id": json_schema.TEXT}),
                errors=("missing_parameter",),
                of_workspace=False,
            ),
            Route(
                name="count_clients",
                area=Area.SYSTEM,
                summary="How many clients there are",
                detail="Those that said so, assistants, and editors that listen to the event stream.",
                methods=GET,
                family_b=("/daemon/clients/count",),
                handler=self.counted,
                answer=route.enveloped({"client_count": json_schema.COUNT}),
                of_workspace=False,
            ),
        )


_TRACKED: Final = route.enveloped({"client_id": json_schema.TEXT, "expires_at": json_schema.UNIX_SECONDS})


def _tracked(client: TrackedClient) -> Reply:
    return Reply(body={"success": True, "client_id": client.client_id, "expires_at": int(client.expires_at)})
