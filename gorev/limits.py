"""Every bound on what comes from outside, in one table, for the documentation and for who wonders.

The numbers stand where they are kept; this only gathers them. Nothing that serves imports it.
"""

from __future__ import annotations

from typing import Final, Literal

import attrs
from twisted.web.http import HTTPChannel

from gorev import access, channel, configuration, guard, site, small_file
from gorev.daemon import token
from gorev.domain import bulk, text
from gorev.domain.search import words
from gorev.mcp import framing, http_sessions, jsonrpc, line, methods, subscriptions
from gorev.rest import call, events, tasks
from gorev.services import clients, watches
from gorev.ws import connection, hub

Where = Literal["HTTP", "REST", "WebSocket", "MCP", "MCP over HTTP", "local socket", "data", "files", "login"]


@attrs.frozen
class Limit:
    """What is bounded ``where``, the largest ``value`` in its ``unit``, and what happens ``beyond`` it."""

    where: Where
    what: str
    value: float
    unit: str
    beyond: str


def _largest(annotated: object) -> int:
    """The upper bound in an annotation of msgspec."""
    (meta,) = annotated.__metadata__  # type: ignore[attr-defined]  # of Annotated, which has no type of its own
    return int(meta.le)


_MAX_WEBSOCKETS: Final[int] = configuration.KEYS["max_websockets"].default

LIMITS: Final = (
    Limit("HTTP", "body", guard.BODY_LIMIT_BYTES, "bytes", "413 payload_too_large"),
    Limit("HTTP", "body of an import", guard.IMPORT_LIMIT_BYTES, "bytes", "413 payload_too_large"),
    Limit("HTTP", "body that is read and thrown away", site.PATIENCE_BYTES, "bytes", "the connection is closed"),
    Limit(
        "HTTP", "all headers, and each line of them", HTTPChannel.totalHeadersSize, "bytes", "the connection is closed"
    ),
    Limit("HTTP", "headers", HTTPChannel.maxHeaders, "headers", "400"),
    Limit("HTTP", "silence", channel.SILENCE_SECONDS, "seconds", "the connection is closed"),
    Limit("HTTP", "time for a request to arrive", channel.REQUEST_SECONDS, "seconds", "the connection is closed"),
    Limit("HTTP", "time to take the last answer", channel.FAREWELL_SECONDS, "seconds", "the connection is closed"),
    Limit("REST", "rows of a page", _largest(tasks.PageLimit), "tasks", "400 invalid_value"),
    Limit("REST", "events of a page", _largest(events.EventLimit), "events", "400 invalid_value"),
    Limit("REST", "Idempotency-Key", call.KEY_LIMIT, "characters", "400 invalid_value"),
    Limit("REST", "clients that are tracked", clients.CLIENT_LIMIT, "clients", "the one that expires first goes"),
    Limit("WebSocket", "connections (max_websockets)", _MAX_WEBSOCKETS, "connections", "503"),
    Limit("WebSocket", "message of a client", hub.FRAME_LIMIT_BYTES, "bytes", "closed with 1009"),
    Limit("WebSocket", "events that wait for a slow client", connection.QUEUE_LIMIT, "frames", "closed with 1013"),
    Limit("WebSocket", "workspaces of a connection", connection.SUBSCRIPTION_LIMIT, "workspaces", "an error frame"),
    Limit("MCP", "answer", jsonrpc.ANSWER_LIMIT, "bytes", "an error instead"),
    Limit("MCP", "batch", jsonrpc.BATCH_LIMIT, "messages", "error -32600"),
    Limit("MCP", "id of a request", jsonrpc.ID_LIMIT, "characters", "taken for none"),
    Limit("MCP", "resources subscribed to", subscriptions.MAX_SUBSCRIPTIONS, "addresses", "an error"),
    Limit("MCP", "open subscriptions/listen", methods.MAX_LISTENS, "streams", "error -32600"),
    Limit("MCP over HTTP", "sessions", http_sessions.SESSIONS, "sessions", "the longest unused one ends"),
    Limit("MCP over HTTP", "unused session", http_sessions.IDLE_SECONDS, "seconds", "it ends"),
    Limit("local socket", "line", framing.LongLineReceiver.MAX_LENGTH, "bytes", "error -32600, the rest is skipped"),
    Limit("local socket", "requests at once", line.MAX_RUNNING, "requests", "they wait"),
    Limit("local socket", "requests that wait", line.MAX_WAITING, "requests", "nothing more is read"),
    Limit("local socket", "bytes that wait", line.MAX_WAITING_BYTES, "bytes", "nothing more is read"),
    Limit("data", "title", text.TITLE_LIMIT, "characters", "400 invalid_value"),
    Limit("data", "description", text.DESCRIPTION_LIMIT, "characters", "400 invalid_value"),
    Limit("data", "name", text.NAME_LIMIT, "characters", "400 invalid_value"),
    Limit("data", "tasks of one bulk operation", bulk.IDS_LIMIT, "tasks", "400 invalid_value"),
    Limit("data", "search query", words.QUERY_LIMIT, "characters", "400 invalid_value"),
    Limit("data", "terms of a search query", words.ATOMS_LIMIT, "terms", "400 invalid_value"),
    Limit("data", "path of a watch", watches.PATH_LIMIT, "characters", "400 invalid_value"),
    Limit("files", "each of Gorev's own small files", small_file.LARGEST_BYTES, "bytes", "taken for unreadable"),
    Limit("login", "age of a link", token.CODE_SECONDS, "seconds", "401 unauthorized"),
    Limit("login", "age of a session", access.SESSION_SECONDS, "seconds", "401 unauthorized"),
    Limit("login", "sessions", access.SESSION_LIMIT, "sessions", "the oldest ends"),
)
