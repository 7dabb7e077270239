"""One client of the event stream."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

import msgspec
from autobahn.twisted.websocket import WebSocketServerProtocol
from autobahn.websocket.types import ConnectionDeny, ConnectionRequest
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IPushProducer
from twisted.logger import Logger
from twisted.python.failure import Failure
from zope.interface import implementer

from gorev.domain.errors import GorevError
from gorev.wire import encode
from gorev.ws.handshake import EVERYTHING, SUBPROTOCOL, Wish, is_id, read

if TYPE_CHECKING:
    from gorev.ws.hub import Hub

QUEUE_LIMIT: Final = 256

GOING_AWAY: Final = 1001
UNSUPPORTED_DATA: Final = 1003
TRY_AGAIN_LATER: Final = 1013


@implementer(IPushProducer)
class Connection(WebSocketServerProtocol):
    """Sends frames while the peer takes them, keeps a bounded number while it does not, and drops a peer too slow.

    ``wanted`` are the workspaces subscribed to, by the ids that the client knows; ``replaying`` those whose past is
    still being sent, whose events come from the log until it is caught up with; ``reached`` the ``seq`` up to which
    that went.
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
        self._hub = hub
        self._queue: deque[Any] = deque()
        self._paused = False
        self._drained: list[Deferred[None]] = []
        self._following: set[Deferred[Any]] = set()

    def onConnect(self, request: ConnectionRequest) -> str | None:
        """Accept the handshake, or refuse it with an HTTP status."""
        if self._hub.full:
            raise ConnectionDeny(ConnectionDeny.SERVICE_UNAVAILABLE, "no more connections now")
        try:
            self.wish = read(request.params, request.headers)
        except GorevError as error:
            raise ConnectionDeny(ConnectionDeny.BAD_REQUEST, f"{error.details.get('field')} is malformed") from None
        return SUBPROTOCOL if SUBPROTOCOL in request.protocols else None

    def onOpen(self) -> None:
        """Begin to follow what was asked for."""
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
        if isinstance(result, Failure) and result.check(CancelledError) is None:
            self.logger.failure("following failed", result)
            self.end(TRY_AGAIN_LATER, "internal error")

    def onMessage(self, payload: bytes, isBinary: bool) -> None:
        """What a client says: ping, subscribe, unsubscribe; the channel changes no data."""
        if isBinary:
            self.end(UNSUPPORTED_DATA, "text frames only")
            return
        try:
            message = msgspec.json.decode(payload)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            message = None
        if not isinstance(message, dict):
            self.say({"type": "error", "code": "bad_request", "message": "a frame must be a JSON object"})
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
            self.say(
                {"type": "error", "code": "invalid_value", "message": "workspace_id must be a workspace's id, or *"}
            )
            return
        self.wanted.add(self._hub.canonical(str(id_)))
        self._tell_subscribed()

    def _tell_subscribed(self) -> None:
        self.say({"type": "subscribed", "workspace_ids": sorted(self.wanted)})

    def onClose(self, wasClean: bool, code: int | None, reason: str | None) -> None:
        """Forget everything that was still to be sent."""
        self._queue.clear()
        for following in list(self._following):
            following.cancel()
        self._hub.left(self)

    def wants(self, workspace_id: str) -> bool:
        """Whether live events of this workspace go to this client now."""
        subscribed = EVERYTHING in self.wanted or any(self._hub.canonical(id_) == workspace_id for id_ in self.wanted)
        return subscribed and workspace_id not in self.replaying

    def say(self, message: dict[str, Any]) -> None:
        """Send one frame to this client only."""
        self.send(self._hub.prepared(encode.json(message)))

    def send(self, prepared: Any) -> None:
        """Send a frame that several clients may share; a peer that lets too many pile up is dropped."""
        if self.state != self.STATE_OPEN:
            return
        if not self._paused:
            self.sendPreparedMessage(prepared)
            self._hub.count_sent()
        elif len(self._queue) < QUEUE_LIMIT:
            self._queue.append(prepared)
        else:
            self._hub.count_dropped()
            self.end(TRY_AGAIN_LATER, "too slow")

    def drained(self) -> Deferred[None]:
        """Fires when the peer has taken what was sent; a replay waits for it and so never fills the queue."""
        ready: Deferred[None] = Deferred()
        if self._paused:
            self._drained.append(ready)
        else:
            ready.callback(None)
        return ready

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
            self.sendPreparedMessage(self._queue.popleft())
            self._hub.count_sent()
        if not self._paused:
            waiting, self._drained = self._drained, []
            for ready in waiting:
                if not ready.called:
                    ready.callback(None)

    def stopProducing(self) -> None:
        """The transport is gone; `onClose` follows."""
