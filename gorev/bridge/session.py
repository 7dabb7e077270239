"""The conversation of one client with one daemon after another, without any I/O: lines in, lines out.

It keeps what a reconnect needs and nothing else: the requests in flight, the handshake, the open listens and the
resource subscriptions (mcp-protocol.md §6.2). Ids are compared with their type: ``1`` and ``"1"`` are two requests.
"""

from __future__ import annotations

import os
from itertools import count

from gorev.bridge import message
from gorev.bridge.cutter import LINE_LIMIT
from gorev.bridge.message import Envelope, error_answer, look, with_id
from gorev.bridge.texts import say
from gorev.jsontext import notification
from gorev.launcher import HANDOVER, HELLO, is_older

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Callable
else:
    from _collections import deque  # collections costs 1.6 ms

# Phases of the link. GREETED: the hello is sent; REPLAYING: welcome, and the client's initialize is sent again; ENDING:
# the daemon answers what it has received and then hangs up.
AWAY, GREETED, REPLAYING, OPEN, ENDING = range(5)

READING_METHODS = frozenset(
    (
        "completion/complete",
        "initialize",
        "ping",
        "prompts/get",
        "prompts/list",
        "resources/list",
        "resources/read",
        "resources/subscribe",
        "resources/templates/list",
        "resources/unsubscribe",
        "server/discover",
        "subscriptions/listen",
        "tools/list",
    )
)
SENDINGS = 3  # a request that ends every daemon it meets is not sent for ever
KEPT_BYTES = 16 * 1024 * 1024  # lines kept for a repetition, all together
_NONE: frozenset[str] = frozenset()


class Request:
    """A request of the client that has no answer yet; ``line`` is None when it cannot be sent again."""

    __slots__ = (
        "acknowledged",
        "id",
        "id_start",
        "id_text",
        "keyed",
        "line",
        "method",
        "sendings",
        "sent",
        "swallow",
        "tells_tools",
        "tool",
    )

    def __init__(self, envelope: Envelope, line: bytes | None) -> None:
        self.line = line if envelope.id_start else None  # one of a batch is not sent again alone
        self.id = envelope.id
        self.id_start = envelope.id_start
        self.id_text = envelope.id_text
        self.method = envelope.method
        self.sent = False
        self.sendings = 0
        params = envelope.params
        called = envelope.method == "tools/call"
        arguments = params.get("arguments") if called else params
        self.tool = params.get("name") if called else envelope.method
        self.keyed = isinstance(arguments, dict) and bool(arguments.get("idempotency_key"))
        # Of a listen: what it asked for, whether the client has its acknowledgement, whether another is one too many.
        wishes = params.get("notifications") if envelope.method == message.LISTEN else None
        self.tells_tools = isinstance(wishes, dict) and wishes.get("toolsListChanged") is True
        self.acknowledged = False
        self.swallow = False

    def may_repeat(self, tools: frozenset[str]) -> bool:
        """Tell whether sending it a second time does no harm; ``tools`` are those the daemon calls repeatable."""
        safe = self.method in READING_METHODS or self.keyed or (isinstance(self.tool, str) and self.tool in tools)
        return safe and self.line is not None and self.sendings < SENDINGS


class Outgoing:
    """One line on its way to the daemon, with the requests in it; ``ours`` is of no use on another connection."""

    __slots__ = ("line", "ours", "requests")

    def __init__(self, line: bytes, requests: tuple[Request, ...] = (), ours: bool = False) -> None:
        self.line = line
        self.requests = requests
        self.ours = ours


class Session:
    """One client's conversation.

    The owner writes out ``for_client``, and ``for_daemon`` in order with ``written`` after each complete line.
    ``backlog`` counts the bytes of the client's lines that have not left. ``refusal`` is code and text of the daemon's
    refusal of this connection, ``failure`` text and code that answer every request for now. ``asked_to_end`` tells that
    the daemon, being older than the bridge, was asked to hand over, ``served`` that this one has answered a request.
    """

    def __init__(self, language: str | None, own_version: str) -> None:
        self.phase = AWAY
        self.for_client = bytearray()
        self.for_daemon: deque[Outgoing] = deque()
        self.backlog = 0
        self.failure: tuple[str, str] | None = None
        self.refusal: tuple[str, str] | None = None
        self.asked_to_end = False
        self.served = False
        self._language = language
        self._own_version = own_version
        self._daemon_version = ""
        self._held: deque[Outgoing] = deque()
        self._requests: dict[int | str, Request] = {}
        self._kept = 0
        self._handshake: Request | None = None
        self._initialized: bytes | None = None
        self._subscriptions: dict[str, Request] = {}
        self._repeatable: frozenset[str] = _NONE
        self._handed_over: set[str] = set()
        self._private: dict[int | str, Callable[[], None]] = {}
        self._private_prefix = f"gorev-bridge-{os.urandom(8).hex()}-"
        self._private_numbers = count(1)
        self._tools_changed = False

    @property
    def waiting(self) -> bool:
        """Whether the client waits for an answer; an open listen is no such wait."""
        return any(request.method != message.LISTEN for request in self._requests.values())

    def from_client(self, line: bytes) -> None:
        """Take one line of the client, line end included."""
        envelopes = [envelope for envelope in look(line) if envelope.whole]
        if len(envelopes) == 1 and self._ends_here(envelopes[0]):
            return
        kept = line if len(envelopes) == 1 and self._kept + len(line) <= KEPT_BYTES else None
        requests = tuple(request for envelope in envelopes if (request := self._note(envelope, kept)) is not None)
        if self.failure is not None:
            self.fail(*self.failure)
            return
        self.backlog += len(line)
        (self.for_daemon if self.phase == OPEN else self._held).append(Outgoing(line, requests))

    def from_daemon(self, line: bytes) -> None:
        """Take one line of the daemon, line end included."""
        envelopes = look(line, answers=True)
        if self.phase == GREETED:
            self._read_reception(envelopes)
        elif len(envelopes) != 1:
            for envelope in envelopes:
                self._settle(envelope.id)
            self.for_client += line
        elif not self._is_for_us(envelopes[0]):
            self.for_client += line

    def too_long_from_client(self, head: bytes) -> None:
        """Answer a line over the limit, of which only the beginning was kept."""
        ids = [envelope.id_text for envelope in look(head) if envelope.id is not None]
        text = say(self._language, "line_too_long", limit=LINE_LIMIT >> 20)
        self.for_client += error_answer(ids[0] if ids else "", text, message.INVALID_REQUEST, "payload_too_large")

    def too_long_from_daemon(self, head: bytes) -> None:
        """Put an error in the place of an answer over the limit."""
        for envelope in look(head, answers=True):
            request = self._settle(envelope.id)
            if request is not None:
                text = say(self._language, "line_too_long", limit=LINE_LIMIT >> 20)
                self.for_client += error_answer(request.id_text, text, code="payload_too_large")

    def written(self) -> None:
        """Note that the first line for the daemon has left completely: the daemon may have acted on it."""
        outgoing = self.for_daemon.popleft()
        for request in outgoing.requests:
            request.sent = True
            request.sendings += 1
        if not outgoing.ours:
            self.backlog -= len(outgoing.line)

    def greet(self, hello: dict[str, object]) -> None:
        """Begin on a new connection."""
        self.phase = GREETED
        self.refusal = None
        self.asked_to_end = False
        self.served = False
        self._send_own(notification(HELLO, hello))

    def ask_to_end(self, version: str) -> None:
        """Ask the daemon, if its version is an older one, to hand over."""
        if is_older(version, self._own_version) and version not in self._handed_over:
            self._handed_over.add(version)  # once: what starts after it may be the old program again
            self.asked_to_end = True
            self._send_own(notification(HANDOVER, {"version": self._own_version}))

    def stop_sending(self, begun: bool) -> None:
        """Keep for the next daemon what has not left, but for the first line if that has ``begun`` to leave."""
        first = [self.for_daemon.popleft()] if begun else []
        self._held.extendleft(reversed([outgoing for outgoing in self.for_daemon if not outgoing.ours]))
        self.for_daemon.clear()
        self.for_daemon.extend(first)

    def lost(self) -> None:
        """End with this connection: what is safe to repeat waits for the next one, the rest is answered."""
        self.phase = AWAY
        self._private.clear()
        again = []
        for request in [request for request in self._requests.values() if request.sent]:
            if request.line is not None and request.may_repeat(self._repeatable):
                again.append(self._again(request, request.line))
            else:
                self._settle(request.id)
                self.for_client += error_answer(request.id_text, say(self._language, "outcome_unknown"))
        unsent = [outgoing for outgoing in self.for_daemon if not outgoing.ours]
        self.for_daemon.clear()
        self._held.extendleft(reversed([*again, *unsent]))

    def fail(self, text: str, code: str = "") -> None:
        """Answer every request, listens too, with an error, now and until ``failure`` is None again."""
        self.failure = text, code
        for request in list(self._requests.values()):
            self._settle(request.id)
            self.for_client += error_answer(request.id_text, text, code=code)
            self._forget_subscription(request)
        self._held.clear()
        self.backlog = 0

    def _ends_here(self, envelope: Envelope) -> bool:
        """Deal with what no daemon need see: a second request under an id in flight, and what is given up unsent."""
        if envelope.method is not None and envelope.id in self._requests:
            self.for_client += error_answer(
                envelope.id_text, say(self._language, "id_in_flight"), message.INVALID_REQUEST
            )
            return True
        if envelope.method != message.CANCELLED or envelope.id is not None:
            return False
        cancelled = self._find(envelope.params.get("requestId"))
        if cancelled is None or cancelled.method == message.INITIALIZE:
            return False
        for outgoing in self._held:
            if outgoing.requests == (cancelled,):
                self._held.remove(outgoing)
                self.backlog -= len(outgoing.line)
                self._settle(cancelled.id)
                return True
        return False

    def _again(self, request: Request, line: bytes) -> Outgoing:
        """Have a request that was sent wait for the next daemon."""
        request.sent = False
        request.swallow = request.acknowledged
        self.backlog += len(line)
        return Outgoing(line, (request,))

    def _note(self, envelope: Envelope, line: bytes | None) -> Request | None:
        """Remember what a message of the client means for later; returns it when it is a request to track."""
        if envelope.method is None or envelope.id is None:
            if envelope.method == message.CANCELLED:
                cancelled = self._find(envelope.params.get("requestId"))
                if cancelled is not None and cancelled.method != message.INITIALIZE:
                    self._settle(cancelled.id)
            elif envelope.method == message.INITIALIZED:
                self._initialized = line
            return None
        if envelope.id in self._requests:
            return None  # in a batch: the daemon refuses it, and the first one stays the owner of the id
        request = Request(envelope, line)
        self._requests[envelope.id] = request
        self._kept += len(request.line or b"")
        uri = envelope.params.get("uri")
        if envelope.method == message.INITIALIZE:
            self._initialized = None
            self._subscriptions.clear()
        elif envelope.method == message.SUBSCRIBE and isinstance(uri, str):
            self._subscriptions[uri] = request
        elif envelope.method == message.UNSUBSCRIBE and isinstance(uri, str):
            self._subscriptions.pop(uri, None)
        return request

    def _find(self, identity: object) -> Request | None:
        """Return the request in flight that an id named in parameters means."""
        return self._requests.get(identity) if type(identity) is int or isinstance(identity, str) else None

    def _settle(self, identity: int | str | None) -> Request | None:
        """Forget a request that has its answer; returns it."""
        request = self._requests.pop(identity, None) if identity is not None else None
        if request is not None:
            self._kept -= len(request.line or b"")
        return request

    def _is_for_us(self, envelope: Envelope) -> bool:
        if envelope.method is not None:
            if envelope.method == message.ACKNOWLEDGED:
                return self._is_repeated_acknowledgement(envelope)
            if envelope.method == message.SHUTTING_DOWN:
                self.phase = ENDING
                self._private = dict.fromkeys(self._private, _nothing)
            return envelope.method.startswith(message.OWN_PREFIX)
        if envelope.id is None:
            return False
        go_on = self._private.pop(envelope.id, None)
        if go_on is not None:
            go_on()
            return True
        request = self._requests.get(envelope.id)
        if request is None:
            return False
        if request.method == message.LISTEN and self.phase == ENDING and request.line and not envelope.failed:
            # A daemon that stops ends every stream; for this client it goes on with the next daemon.
            self._held.append(self._again(request, request.line))
            return True
        self._settle(request.id)
        self.served = True
        if request.method == message.INITIALIZE:
            self._handshake = request
        elif request.method == message.SUBSCRIBE and envelope.failed:
            self._forget_subscription(request)
        return False

    def _forget_subscription(self, request: Request) -> None:
        for uri in [uri for uri, wish in self._subscriptions.items() if wish is request]:
            del self._subscriptions[uri]

    def _is_repeated_acknowledgement(self, envelope: Envelope) -> bool:
        meta = envelope.params.get("_meta")
        listen = self._find(meta.get(message.SUBSCRIPTION_ID)) if isinstance(meta, dict) else None
        if listen is None:
            return False
        repeated, listen.swallow = listen.swallow, False
        listen.acknowledged = True
        listen.sendings = 0
        return repeated

    def _read_reception(self, envelopes: list[Envelope]) -> None:
        """Read the answer to the hello; whatever else comes before it is of no one's concern."""
        for envelope in envelopes:
            if envelope.method == message.REFUSED:
                self.refusal = str(envelope.params.get("code", "")), str(envelope.params.get("message", ""))
            elif envelope.method == message.WELCOME:
                self._begin(envelope)

    def _begin(self, welcome: Envelope) -> None:
        tools = welcome.params.get("repeatable")
        self._repeatable = frozenset(filter(_is_text, tools)) if isinstance(tools, list) else _NONE
        version = str(welcome.params.get("version", ""))
        if self._daemon_version and version != self._daemon_version:
            self._tools_changed = True
        self._daemon_version = version
        self.ask_to_end(version)
        begun = self._handshake
        begins_again = any(request.method == message.INITIALIZE for request in self._requests.values())
        if begun is None or begun.line is None or begins_again:
            self._open()
        else:
            self.phase = REPLAYING
            self._send_privately(begun, self._open)

    def _open(self) -> None:
        self.phase = OPEN
        if self._initialized is not None and all(item.line is not self._initialized for item in self._held):
            self._send_own(self._initialized)
        for request in self._subscriptions.values():
            if request.id not in self._requests:
                self._send_privately(request, _nothing)
        self.for_daemon.extend(self._held)
        self._held.clear()
        if self._tools_changed:
            self._tools_changed = False
            self._tell_tools_changed()

    def _tell_tools_changed(self) -> None:
        """Tell each stream of this client in its own era's way that the daemon's tools may be other ones now."""
        if self._handshake is not None and self._initialized is not None:
            self.for_client += notification(message.TOOLS_CHANGED)
        for request in self._requests.values():
            if request.tells_tools and request.acknowledged:
                self.for_client += notification(message.TOOLS_CHANGED, {"_meta": {message.SUBSCRIPTION_ID: request.id}})

    def _send_own(self, line: bytes) -> None:
        self.for_daemon.append(Outgoing(line, ours=True))

    def _send_privately(self, request: Request, go_on: Callable[[], None]) -> None:
        """Send an answered request once more under an id of our own; its answer calls ``go_on`` and goes nowhere."""
        if request.line is not None:
            identity = f"{self._private_prefix}{next(self._private_numbers)}"
            self._private[identity] = go_on
            self._send_own(with_id(request.line, request.id_start, request.id_text, identity))


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _nothing() -> None:
    """Answers to repeated subscriptions are of no one's concern."""
