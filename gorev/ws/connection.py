"""One client of the event stream."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

import msgspec
from autobahn.twisted.websocket import WebSocketServerProtocol
from autobahn.websocket.types import ConnectionDeny, ConnectionRequest
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IPushProducer, ISSLTransport
from twisted.logger import Logger
from twisted.python.failure import Failure
from zope.interface import implementer

from gorev.domain.errors import GorevError
from gorev.wire import encode
from gorev.ws.announcement import Announcement
from gorev.ws.handshake import EVERYTHING, SUBPROTOCOL, Wish, is_id, read
from gorev.ws.refusal import Refusal

if TYPE_CHECKING:
    from gorev.ws.hub import Hub

QUEUE_LIMIT: Final = 256
# Ids that one connection may follow: more than a user has workspaces, and few enough to keep.
SUBSCRIPTION_LIMIT: Final = 1_000
# What a client may say before it was welcome.
EARLY_LIMIT_BYTES: Final = 64 * 1024

GOING_AWAY: Final = 1001
UNSUPPORTED_DATA: Final = 1003
POLICY_VIOLATION: Final = 1008
TRY_AGAIN_LATER: Final = 1013


@implementer(IPushProducer)
class Connection(WebSocketServerProtocol):
    """Sends frames while the peer takes them, keeps a bounded number while it does not, and drops a peer too slow.

    ``wanted`` are the workspaces subscribed to, by the ids that the client knows. ``replaying`` are those whose past is
    still being sent: their events come from the log until it is caught up with. ``reached`` is the ``seq`` up to which
    that went, until an event beyond it is announced; ``heard`` is what is announced while a last page of the log is
    being read.
    """

    logger = Logger()
    transport: Any  # a TCP transport; no single interface has all of it
    wish: Wish

    def __init__(self, hub: Hub) -> None:
        super().__init__()
        self.identity = str(uuid4())
        self.wanted: set[str] = set()
        self.replaying: set[str] = set()
        self.reached: dict[str, int] = {}
        self.heard: dict[str, list[Announcement]] = {}
        self._hub = hub
        self._refusal: Refusal | None = None
        self._welcome = False
        self._early: list[bytes] = []
        self._untold: list[Announcement] = []
        self._queue: deque[Any] = deque()
        self._paused = False
        self._writes_at_once = False
        self._last_words: tuple[int, str] | None = None
        self._drained: list[Deferred[None]] = []
        self._following: set[Deferred[Any]] = set()

    def onConnect(self, request: ConnectionRequest) -> str | None:
        """Accept the handshake, or refuse it with an HTTP status."""
        self._refusal = self._hub.refusal(request.headers.get("accept-language"))
        if self._refusal is None:
            try:
                self.wish = read(request.params, request.headers)
            except GorevError as error:
                language = self._hub.language(request.headers.get("accept-language"))
                self._refusal = Refusal.of(error, language)
        if self._refusal is not None:
            raise ConnectionDeny(self._refusal.status, str(self._refusal.body["code"]))
        return SUBPROTOCOL if SUBPROTOCOL in request.protocols else None

    def sendHttpErrorResponse(self, code: int, reason: str, responseHeaders: Iterable[Any] | None = None) -> None:
        """Answer a handshake that fails, for whichever reason, as other requests are answered."""
        refusal = self._refusal or Refusal.of_handshake(code, reason)
        self.sendData(refusal.response(responseHeaders or ()))

    def onOpen(self) -> None:
        """Begin to follow what was asked for."""
        # What passes by TLS's own writing would not be encrypted.
        self._writes_at_once = not ISSLTransport.providedBy(self.transport)
        # The HTTP channel that had this transport was its producer.
        self.transport.unregisterProducer()
        self.transport.registerProducer(self, True)
        self._hub.joined(self)
        self.follow(Deferred.fromCoroutine(self._hub.welcome(self)))

    def follow(self, following: Deferred[Any]) -> None:
        """Keep work that belongs to this connection; it is cancelled when the connection ends."""
        self._following.add(following)
        following.addBoth(self._followed, following)

    def _followed(self, result: object, following: Deferred[Any]) -> None:
        self._following.discard(following)
        if not isinstance(result, Failure) or result.check(CancelledError):
            return
        if isinstance(result.value, GorevError):
            self.logger.warn("WebSocket client {id}: {code}", id=self.identity, code=result.value.code)
            self.end(TRY_AGAIN_LATER, result.value.code)
        else:
            self.logger.failure("following failed", result)
            self.end(TRY_AGAIN_LATER, "internal_error")

    def say_first(self, message: dict[str, Any]) -> None:
        """Send the first frame; what happened and what the client said before it has its turn now."""
        self.say(message)
        self._welcome = True
        untold, self._untold = self._untold, []
        for announcement in untold:
            self._tell(announcement)
        early, self._early = self._early, []
        for payload in early:
            self._heed(payload)

    def onMessage(self, payload: bytes, isBinary: bool) -> None:
        """What a client says: ping, subscribe, unsubscribe; the channel changes no data."""
        if isBinary:
            self.end(UNSUPPORTED_DATA, "text frames only")
        elif self._welcome:
            self._heed(payload)
        elif len(payload) + sum(map(len, self._early)) <= EARLY_LIMIT_BYTES:
            self._early.append(payload)
        else:
            self.end(POLICY_VIOLATION, "too much before the first frame")

    def _heed(self, payload: bytes) -> None:
        try:
            message = msgspec.json.decode(payload)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            message = None
        if not isinstance(message, dict):
            self._say_error("bad_request", "a frame must be a JSON object")
            return
        match message.get("type"):
            case "ping":
                self.say({"type": "pong", "timestamp": message.get("timestamp")})
            case "subscribe":
                self._subscribe(message.get("workspace_id"))
            case "unsubscribe":
                unwanted = self._hub.canonical(str(message.get("workspace_id")))
                self.wanted = {id_ for id_ in self.wanted if self._hub.canonical(id_) != unwanted}
                self._tell_subscribed()

    def _subscribe(self, id_: object) -> None:
        if id_ != EVERYTHING and not is_id(id_):
            self._say_error("invalid_value", "workspace_id must be a workspace's id, or *")
        elif len(self.wanted) >= SUBSCRIPTION_LIMIT:
            self._say_error("bad_request", f"no more than {SUBSCRIPTION_LIMIT} workspaces can be followed")
        else:
            self.wanted.add(self._hub.canonical(str(id_)))
            self._tell_subscribed()

    def _tell_subscribed(self) -> None:
        self.say({"type": "subscribed", "workspace_ids": sorted(self.wanted)})

    def _say_error(self, code: str, message: str) -> None:
        self.say({"type": "error", "code": code, "message": message})

    def onClose(self, wasClean: bool, code: int | None, reason: str | None) -> None:
        """Forget everything that was still to be sent."""
        self._queue.clear()
        self._leave_work()
        self._hub.left(self)

    def _leave_work(self) -> None:
        for following in list(self._following):
            following.cancel()

    def is_following(self, workspace_id: str) -> bool:
        """Whether the client still wants to hear of this workspace."""
        canonical = self._hub.canonical
        return EVERYTHING in self.wanted or any(canonical(id_) == workspace_id for id_ in self.wanted)

    def announce(self, workspace_id: str, announcement: Announcement, *, starts_anew: bool = False) -> None:
        """Tell of something that just happened in a workspace that this client follows.

        What a replay told already is not told again, unless the numbers ``starts_anew``.
        """
        if workspace_id in self.replaying:
            if workspace_id in self.heard:
                self.heard[workspace_id].append(announcement)
            return
        if announcement.seq:
            reached = self.reached.pop(workspace_id, 0)
            if announcement.seq <= reached and not starts_anew:
                self.reached[workspace_id] = reached
                return
        if self._welcome:
            self._tell(announcement)
        elif len(self._untold) < QUEUE_LIMIT:
            self._untold.append(announcement)
        else:
            self.end(TRY_AGAIN_LATER, "too much before the first frame")

    def _tell(self, announcement: Announcement) -> None:
        for prepared in announcement.frames(self.wish.format):
            self.send(prepared)

    def say(self, message: dict[str, Any]) -> None:
        """Send one frame to this client only."""
        self.send(self._hub.prepared(encode.json(message)))

    def send(self, prepared: Any) -> None:
        """Send a frame that several clients may share; a peer that lets too many pile up is dropped."""
        if self.state != self.STATE_OPEN or self._last_words is not None:
            return
        if not self._paused:
            self._write(prepared)
        elif len(self._queue) < QUEUE_LIMIT:
            self._queue.append(prepared)
        else:
            self._hub.count_dropped()
            self.end(TRY_AGAIN_LATER, "too slow")

    def _write(self, prepared: Any) -> None:
        """As `sendPreparedMessage`, but at once if nothing waits to be sent.

        The stock way asks the system twice per frame to be told when it may write, and formats what it logs at debug:
        with 1,000 clients it takes two to three times as long (``numbers.md`` §2).
        """
        frame: bytes = prepared.payloadHybi
        transport = self.transport
        sent: object = 0
        busy = transport.disconnecting or not self._writes_at_once
        if transport.connected and not (busy or transport.dataBuffer or transport._tempDataBuffer):
            sent = transport.writeSomeData(frame)
        if not isinstance(sent, int):
            sent = 0  # the connection is lost, which the reactor finds out in the same way
        if sent < len(frame):
            transport.write(frame[sent:])
        self._hub.count_sent()

    @property
    def paused(self) -> bool:
        """Whether the peer does not take what is sent."""
        return self._paused

    def drained(self) -> Deferred[None]:
        """Fires when the peer has taken what was sent; a replay waits for it and so never fills the queue."""
        ready: Deferred[None] = Deferred()
        if self._paused:
            self._drained.append(ready)
        else:
            ready.callback(None)
        return ready

    def farewell(self, prepared: Any, code: int, reason: str) -> None:
        """Send a last frame, after those that still wait, and close when the peer has taken them."""
        if self.state != self.STATE_OPEN or self._last_words is not None:
            return
        self._leave_work()
        if self._paused:
            self._queue.append(prepared)
            self._last_words = code, reason
        else:
            self._write(prepared)
            self.end(code, reason)

    def end(self, code: int, reason: str) -> None:
        """Close with a code that applications may not normally send."""
        if self.state == self.STATE_OPEN:
            self._queue.clear()
            self.sendCloseFrame(code, reason.encode())

    def onAutoPingTimeout(self) -> None:
        """The peer gave no sign of life for too long: say so, then drop it; Autobahn would drop it without a word."""
        self.autoPingTimeoutCall = None
        self.end(GOING_AWAY, "no sign of life")

    def pauseProducing(self) -> None:
        """The peer does not take what is sent."""
        self._paused = True

    def resumeProducing(self) -> None:
        """The peer takes more."""
        self._paused = False
        while self._queue and not self._paused:
            self._write(self._queue.popleft())
        if self._paused:
            return
        if self._last_words is not None:
            self.end(*self._last_words)
        waiting, self._drained = self._drained, []
        for ready in waiting:
            if not ready.called:
                ready.callback(None)

    def stopProducing(self) -> None:
        """The transport is gone; `onClose` follows."""
