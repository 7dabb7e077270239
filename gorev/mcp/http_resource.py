"""MCP over Streamable HTTP: ``/mcp`` and ``/mcp/<workspace id>``, for both eras (``mcp-protocol.md`` §4).

A request whose ``MCP-Protocol-Version`` is absent or one of the four revisions with sessions is of the *legacy* era,
any other of the *modern* one. The answer to a POST is JSON unless something is told before it; then it is events.

The workspace is that of the address, else of the headers ``X-Workspace-Id`` or ``X-Workspace-Path``, else the default
one; it is asked for at each call of a tool, whose outcome tells if it cannot be had.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import unquote

from twisted.internet.defer import Deferred
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request

from gorev.mcp import http_headers
from gorev.mcp.http_exchange import Caller, refuse
from gorev.mcp.http_legacy import LegacyEra
from gorev.mcp.http_modern import ModernEra
from gorev.mcp.reception import Service

# Finds a workspace by id, path and name, each perhaps None.
Resolve = Callable[[str | None, str | None, str | None], Awaitable[Any]]


class McpResource(Resource):
    """The resource to stand at ``/mcp``.

    ``resolve`` finds workspaces, ``language`` the one of an ``Accept-Language`` header, and ``watch`` is given what is
    being answered, so that a stop can wait for it.
    """

    isLeaf = True

    def __init__(
        self,
        service: Service,
        *,
        resolve: Resolve,
        language: Callable[[str | None], str],
        watch: Callable[[Deferred[None]], Deferred[None]],
    ) -> None:
        super().__init__()
        self._resolve = resolve
        self._language = language
        self._legacy = LegacyEra(service, watch)
        self._modern = ModernEra(service, watch)
        self._stopping = False

    def stop(self) -> None:
        """Take no more requests and end the streams; what is being answered still is."""
        self._stopping = True
        self._legacy.stop()
        self._modern.stop()

    def close(self) -> None:
        """End the sessions, with what still runs for them."""
        self._legacy.close()

    def render(self, request: Request) -> int:
        """Serve a request."""
        try:
            address = _address(request)
        except ValueError:
            refuse(request, 404, "There is nothing at this address")
            return NOT_DONE_YET
        if self._stopping:
            request.setHeader("Retry-After", "1")
            refuse(request, 503, "The daemon is stopping")
        elif http_headers.is_legacy(request.requestHeaders):
            self._legacy.serve(request, self._caller(request, address))
        else:
            self._modern.serve(request, self._caller(request, address))
        return NOT_DONE_YET

    def _caller(self, request: Request, address: str | None) -> Caller:
        id_, path, name = (_header(request, f"X-Workspace-{part}") for part in ("Id", "Path", "Name"))
        given = (address or id_, None if path is None else unquote(path), None if name is None else unquote(name))

        async def workspace() -> Any:
            return await self._resolve(*given)

        language = self._language(request.getHeader("Accept-Language"))
        return Caller(address=address, language=language, workspace=workspace)


def _address(request: Request) -> str | None:
    """The workspace id after ``/mcp``, if any.

    :raises ValueError: more follows, or no text.
    """
    segments = [segment for segment in request.postpath or [] if segment]
    if len(segments) > 1:
        raise ValueError(segments)
    return segments[0].decode() if segments else None


def _header(request: Request, name: str) -> str | None:
    values = request.requestHeaders.getRawHeaders(name.encode())
    return values[0].decode("utf-8", "replace").strip() or None if values else None
