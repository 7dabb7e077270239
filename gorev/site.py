"""What stands on the HTTP port: the guard before everything, then ``/api``, ``/ws``, ``/mcp`` and the web page."""

from __future__ import annotations

from collections.abc import Callable, Collection
from io import BytesIO
from typing import Any, Final, cast

from autobahn.twisted.resource import WebSocketResource
from autobahn.twisted.websocket import WebSocketServerFactory
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from twisted.web.http import Request
from twisted.web.resource import Resource
from twisted.web.server import Request as SiteRequest
from twisted.web.server import Site

from gorev import guard
from gorev.channel import PatientChannel
from gorev.guard import Refusal, Target
from gorev.locale import text
from gorev.rest.api import Api, failed
from gorev.web_page import Page

# A body over its limit is read and thrown away up to here, so that its sender gets the answer; beyond, it is cut off.
PATIENCE_BYTES: Final = 64 * 1024 * 1024


class GuardedRequest(SiteRequest):
    """A request that meets the guard before it meets any resource."""

    _received_bytes = 0
    _too_large = False
    _target: Target | None = None

    def gotLength(self, length: int | None) -> None:
        """The headers are in. Bodies are bounded, so they stay in memory; the stock request would use a file."""
        self.content = BytesIO()
        self._too_large = length is not None and length > self._limit_bytes()

    def handleContentChunk(self, data: bytes) -> None:
        """Take a part of the body, as long as it is within the limit."""
        self._received_bytes += len(data)
        self._too_large = self._too_large or self._received_bytes > self._limit_bytes()
        if not self._too_large:
            super().handleContentChunk(data)
        elif self._received_bytes > PATIENCE_BYTES:
            self.loseConnection()

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:
        """The whole request is here; a target in absolute form becomes one in origin form."""
        self._target = guard.target(path)
        super().requestReceived(command, path if self._target is None else self._target.path, version)

    def process(self) -> None:
        """Serve the request unless the guard refuses it."""
        site: GuardedSite = cast("Any", self.channel).site
        origin = self._whole_header("origin")
        refusal = guard.refusal(self._whole_header("host"), origin, site.port(), site.allowed_origins)
        refusal = refusal or self._target_refusal() or self._content_refusal()
        if refusal is None and origin is not None:
            self.setHeader("Access-Control-Allow-Origin", origin)
            self.setHeader("Access-Control-Expose-Headers", guard.EXPOSED_HEADERS)
            self.setHeader("Vary", "Origin")
        if refusal is not None:
            self._refuse(refusal, site.language(self.getHeader("accept-language")))
        elif self.method == b"OPTIONS" and self.path.startswith(b"/api"):
            self._answer_preflight()
        else:
            # A trailing slash means nothing below /api.
            if self.path.startswith(b"/api") and len(self.path) > 1:
                self.path = self.path.rstrip(b"/")
            super().process()

    def _limit_bytes(self) -> int:
        # The channel sets `path` only once the body is in.
        target = guard.target(getattr(self.channel, "_path", b"") or b"")
        return guard.body_limit_bytes("" if target is None else target.path.partition(b"?")[0].decode("latin-1"))

    def _whole_header(self, name: str) -> str | None:
        """A header's value; several are joined (RFC 9110 §5.3), and are then no host and no origin of ours."""
        values = self.requestHeaders.getRawHeaders(name)
        return None if values is None else ", ".join(values)

    def _target_refusal(self) -> Refusal | None:
        if self._target is None:
            return guard.NO_TARGET
        if self._target.host is not None and not guard.is_loopback(self._target.host):
            return guard.FOREIGN
        return None

    def _content_refusal(self) -> Refusal | None:
        if self._too_large:
            return guard.TOO_LARGE
        if self._received_bytes and not guard.is_json(self.getHeader("content-type")):
            return guard.NOT_JSON
        if self.path.startswith(b"/api") and not guard.is_utf8(self.path):
            return guard.NOT_UTF8
        return None

    def _refuse(self, refusal: Refusal, language: str) -> None:
        body = failed(refusal.status, refusal.code, text(language, refusal.message)).encoded()
        self.setResponseCode(refusal.status)
        self.setHeader("Content-Type", "application/json; charset=utf-8")
        self.setHeader("Content-Length", str(len(body)))
        self.setHeader("Cache-Control", "no-store")
        self.write(b"" if self.method == b"HEAD" else body)
        self.finish()

    def _answer_preflight(self) -> None:
        self.setResponseCode(204)
        for name, value in guard.CORS_HEADERS.items():
            self.setHeader(name, value)
        self.finish()


class GuardedSite(Site):
    """The site. ``port`` is asked at each request, since the port is known only once it is bound.

    ``language`` chooses one for an ``Accept-Language``, None if there is none. ``allowed_origins`` may use it beside
    its own page.
    """

    _requests = Logger(namespace="gorev.http")
    protocol = cast("Any", PatientChannel)  # there is no TLS here that could agree on HTTP/2

    def __init__(
        self,
        *,
        reactor: IReactorTime,
        api: Api,
        events: WebSocketServerFactory,
        mcp: Resource,
        page: Page,
        port: Callable[[], int],
        language: Callable[[str | None], str],
        allowed_origins: Collection[str] = (),
    ) -> None:
        root = Root(api.resource(), Socket(events, language), mcp, page)
        super().__init__(root, requestFactory=GuardedRequest, parsePOSTFormSubmission=False, reactor=reactor)
        self._page = page
        self.port = port
        self.language = language
        self.allowed_origins = frozenset(allowed_origins)
        self.displayTracebacks = False

    def startFactory(self) -> None:
        """Called when the port is about to listen, before the reactor runs. The stock access log is not wanted."""
        self._page.load()

    def stopFactory(self) -> None:
        """Nothing to end."""

    def log(self, request: Request) -> None:
        """One line per request; never a body or a header."""
        self._requests.debug(
            "{method} {path} {status}",
            method=request.method.decode("latin-1"),
            path=request.path.decode("latin-1"),
            status=request.code,
        )


class Socket(Resource):
    """The WebSocket's address, which answers a plain GET with 426."""

    isLeaf = True

    def __init__(self, factory: WebSocketServerFactory, language: Callable[[str | None], str]) -> None:
        super().__init__()
        self._upgraded = WebSocketResource(factory)
        self._language = language

    def render(self, request: Request) -> Any:
        """Hand an upgrade to the WebSocket protocol."""
        if b"websocket" in (request.getHeader(b"upgrade") or b"").lower() and request.method == b"GET":
            return self._upgraded.render(request)
        language = self._language(request.getHeader("accept-language"))
        request.setHeader("Upgrade", "websocket")
        request.setHeader("Cache-Control", "no-store")
        request.setHeader("Content-Type", "application/json; charset=utf-8")
        request.setResponseCode(426)
        return failed(426, "upgrade_required", text(language, "This address is for WebSocket clients.")).encoded()


class Root(Resource):
    """The addresses of the port: ``/api``, ``/ws`` and ``/mcp`` are themselves, everything else is the page."""

    def __init__(self, api: Resource, socket: Socket, mcp: Resource, page: Page) -> None:
        super().__init__()
        self._api = api
        self._socket = socket
        self._mcp = mcp
        self._page = page

    def getChildWithDefault(self, path: bytes, request: Request) -> Resource:
        """The resource of a first path segment."""
        if path == b"api":
            if cast("Any", request).postpath == [b"ws"]:
                return self._socket
            return self._api
        if path == b"ws":
            return self._socket
        return self._mcp if path == b"mcp" else self._page
