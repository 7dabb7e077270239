"""What stands on the HTTP port: the guard before everything, then ``/api``, ``/ws``, ``/mcp`` and the web page."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from io import BytesIO
from typing import Any, Final, cast
from weakref import WeakSet

from autobahn.twisted.resource import WebSocketResource
from autobahn.twisted.websocket import WebSocketServerFactory
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IAddress, IReactorTime
from twisted.python.failure import Failure
from twisted.web.http import Request, datetimeToString
from twisted.web.resource import Resource
from twisted.web.server import Request as SiteRequest
from twisted.web.server import Site
from twisted.web.server import version as VERSION  # a constant

from gorev import entrance, guard
from gorev.access import Access, cookie_name
from gorev.channel import PatientChannel
from gorev.guard import Refusal, Target
from gorev.locale import text
from gorev.rest.api import failed, written
from gorev.rest.hot import Hot, HotPaths
from gorev.rest.reply import Encoded
from gorev.turns import Turns
from gorev.web_page import Page

# A body over its limit is read and thrown away up to here, so that its sender gets the answer; beyond, it is cut off.
PATIENCE_BYTES: Final = 64 * 1024 * 1024
LOGIN_PATH: Final = b"/login"
# What finding the daemon and waiting for it takes (lifecycle.md §2), by programs that know of no token.
_OPEN_PATHS: Final = frozenset({b"/api/health", b"/api/health/ready", b"/api/v1/health"})


class GuardedRequest(SiteRequest):
    """A request that meets the guard before it meets any resource."""

    _received_bytes = 0
    _too_large = False
    _is_stranger = False
    _target: Target | None = None

    def gotLength(self, length: int | None) -> None:
        """The headers are in. Bodies are bounded, so they stay in memory; the stock request would use a file."""
        self.content = BytesIO()
        access = self._site.access
        self._is_stranger = access is not None and not self._shows_access(access)
        self._too_large = bool(length) and not self._is_stranger and (length or 0) > self._limit_bytes()

    def handleContentChunk(self, data: bytes) -> None:
        """Take a part of the body, as long as it is within the limit; of a stranger's body nothing is kept."""
        self._received_bytes += len(data)
        if not self._is_stranger:
            self._too_large = self._too_large or self._received_bytes > self._limit_bytes()
        if not (self._too_large or self._is_stranger):
            super().handleContentChunk(data)
        elif self._received_bytes > PATIENCE_BYTES:
            self.loseConnection()

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:
        """The whole request is here; a target in absolute form becomes one in origin form."""
        self._target = guard.target(path)
        super().requestReceived(command, path if self._target is None else self._target.path, version)

    def process(self) -> None:
        """Serve the request unless the guard refuses it."""
        site = self._site
        origin = self._whole_header(b"Origin")
        refusal = guard.refusal(self._whole_header(b"Host"), origin, site.port(), site.allowed_origins, site.names())
        refusal = refusal or self._fetch_refusal(origin) or self._target_refusal() or self._content_refusal()
        if refusal is None and origin is not None:
            self.setHeader("Access-Control-Allow-Origin", origin)
            self.setHeader("Access-Control-Expose-Headers", guard.EXPOSED_HEADERS)
            self.setHeader("Vary", "Origin")
        if refusal is not None:
            self._refuse(refusal, site.language(self.getHeader("accept-language")))
        elif self.method == b"OPTIONS" and self.path.startswith(b"/api"):
            self._answer_preflight()
        elif site.access is not None and self._is_stranger and not self._is_open():
            self._meet_at_the_door(site.access, site.language(self.getHeader("accept-language")))
        else:
            # A trailing slash means nothing below /api.
            if self.path.startswith(b"/api"):
                self.path = self.path.rstrip(b"/")
            site.turns.take(partial(self._attend, site.hot.find(self.method, self.path)))

    def _attend(self, hot: Hot | None) -> None:
        """Answer, unless nobody waits for that any more."""
        if self._disconnected:
            return
        if hot is None:
            super().process()
        else:
            self._serve(hot)

    def _serve(self, hot: Hot) -> None:
        """Answer as Klein would, and sooner."""
        self.site = self._site
        try:
            answer = hot.kept(self) or hot.answer(self)
        except Exception:
            self._fail(Failure())
            return
        if isinstance(answer, Deferred):
            answer.addCallback(self._send).addErrback(self._fail)
        else:
            self._send(answer)

    def _send(self, answer: Encoded) -> None:
        """Write a whole answer at once, unless its head depends on who asked."""
        if self._disconnected:
            return
        asked = self.requestHeaders
        if asked.hasHeader(b"Origin") or asked.hasHeader(b"If-None-Match") or not self.channel.persistent:
            self.setHeader(b"Server", VERSION)
            self.setHeader(b"Date", datetimeToString())
            self.write(written(self, answer))
        else:
            self.setResponseCode(answer.status)
            self.startedWriting = 1
            self.sentLength = len(answer.body)
            line = b"HTTP/1.1 %d %s\r\nServer: %s\r\nDate: %s\r\n"
            first = line % (self.code, self.code_message, VERSION, datetimeToString())
            self.channel.writeSequence((first, answer.head, b"\r\n", answer.body))
        self.finish()

    def _fail(self, failure: Failure) -> None:
        """Log a mistake of ours, and answer with it who is still there."""
        if not self._disconnected:
            self.processingFailed(failure)
        elif failure.check(CancelledError) is None:
            self._log.failure("{method} {path} failed", failure, method=self.method, path=self.path)

    @property
    def _site(self) -> GuardedSite:
        return cast("GuardedSite", cast("Any", self.channel).site)

    def _shows_access(self, access: Access) -> bool:
        shown = self.requestHeaders.getRawHeaders(b"authorization")
        return access.admits(b", ".join(shown) if shown else None, self.getCookie(cookie_name(self._site.port())))

    def _is_open(self) -> bool:
        """Whether what is asked for needs no token."""
        return self.method == b"OPTIONS" or (self.path.rstrip(b"/") in _OPEN_PATHS and not self.isSecure())

    def _meet_at_the_door(self, access: Access, language: str) -> None:
        """Let in who has a login code, tell others how to get in."""
        refusal = guard.UNAUTHORIZED
        if self.path == LOGIN_PATH and self.method == b"GET":
            (code, *_) = self.args.get(b"code", [b""])
            cookie = access.enter(code.decode("latin-1"))
            if cookie is not None:
                name = cookie_name(self._site.port())
                secure = self.isSecure()
                self.addCookie(name, cookie, path=b"/", secure=secure, httpOnly=True, sameSite="strict")
                self._show(200, entrance.entered(language))
                return
            refusal = guard.USED_UP
        self.setHeader("WWW-Authenticate", "Bearer")
        if "text/html" in (self.getHeader("accept") or "") and self.method in (b"GET", b"HEAD"):
            self._show(refusal.status, entrance.closed(language, text(language, refusal.message)))
        else:
            self._refuse(refusal, language)

    def _show(self, status: int, page: bytes) -> None:
        self.setResponseCode(status)
        for name, value in entrance.HEADERS.items():
            self.setHeader(name, value)
        self.setHeader("Content-Length", str(len(page)))
        self.write(b"" if self.method == b"HEAD" else page)
        self.finish()

    def _limit_bytes(self) -> int:
        # The channel sets `path` only once the body is in.
        target = guard.target(getattr(self.channel, "_path", b"") or b"")
        return guard.body_limit_bytes("" if target is None else target.path.partition(b"?")[0].decode("latin-1"))

    def _whole_header(self, name: bytes) -> str | None:
        """A header's value; several are joined (RFC 9110 §5.3), and are then no host and no origin of ours."""
        values = self.requestHeaders.getRawHeaders(name)
        return None if values is None else b", ".join(values).decode("utf-8", "replace")

    def _fetch_refusal(self, origin: str | None) -> Refusal | None:
        """Of a request that bears no origin which could be judged."""
        if origin is not None or not self.requestHeaders.hasHeader(b"Sec-Fetch-Site"):
            return None
        site = self.getHeader("sec-fetch-site")
        embeds = guard.is_embedding(site, self.getHeader("sec-fetch-mode"), self.getHeader("sec-fetch-dest"))
        return guard.FOREIGN if embeds else None

    def _target_refusal(self) -> Refusal | None:
        if self._target is None:
            return guard.NO_TARGET
        if self._target.host is not None and not guard.is_ours(self._target.host, self._site.names()):
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
    """The site of ``root``, some of whose paths are ``hot``. ``load`` is called when it is about to be served.

    Requests are answered as ``turns`` lets them.

    ``port`` is asked at each request, since the port is known only once it is bound.

    ``language`` chooses one for an ``Accept-Language``, None if there is none. ``allowed_origins`` may use it beside
    its own page. With ``access`` a token is required. ``names`` are those under which other machines reach it.
    ``answered`` is told method, path and status of each request.
    """

    protocol = cast("Any", PatientChannel)
    noisy = False

    def __init__(
        self,
        *,
        reactor: IReactorTime,
        turns: Turns,
        root: Resource,
        hot: HotPaths,
        load: Callable[[], None],
        port: Callable[[], int],
        language: Callable[[str | None], str],
        allowed_origins: Collection[str] = (),
        access: Access | None = None,
        names: Callable[[], frozenset[str]] = frozenset,
        answered: Callable[[bytes, bytes, int], None] = lambda method, path, status: None,
    ) -> None:
        super().__init__(root, requestFactory=GuardedRequest, parsePOSTFormSubmission=False, reactor=reactor)
        self._load = load
        self.turns = turns
        self.hot = hot
        self._answered = answered
        self._channels: WeakSet[Any] = WeakSet()
        self.port = port
        self.language = language
        self.allowed_origins = frozenset(allowed_origins)
        self.access = access
        self.names = names
        self.displayTracebacks = False

    def buildProtocol(self, addr: IAddress | None) -> Any:
        """The channel of a new connection."""
        channel = super().buildProtocol(addr)
        self._channels.add(channel)
        return channel

    def dismiss_all(self) -> None:
        """Close every connection on which something was asked for, streams included.

        What is being worked on is answered first.
        """
        for channel in list(self._channels):
            channel.dismiss()

    def malformed(self) -> bytes:
        """The whole answer to what is no HTTP request, of whose sender nothing is known."""
        message = text(self.language(None), "This is no HTTP request that can be read.")
        body = failed(400, "bad_request", message).encoded()
        head = (
            "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json; charset=utf-8\r\n"
            f"Content-Length: {len(body)}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n"
        )
        return head.encode() + body

    def startFactory(self) -> None:
        """Called when the port is about to listen, before the reactor runs. The stock access log is not wanted."""
        self._load()

    def stopFactory(self) -> None:
        """Nothing to end."""

    def acceptableProtocols(self) -> list[bytes]:
        """What TLS may agree on: the channel speaks no HTTP/2."""
        return [b"http/1.1"]

    def log(self, request: Request) -> None:
        """Called when a request was answered."""
        self._answered(request.method, request.path, request.code)


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
        request.setResponseCode(426, b"Upgrade Required")  # a phrase that Twisted does not know
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
