"""Looking into one line, only as far as the bridge has to, and writing the few messages of its own."""

from __future__ import annotations

from gorev.jsontext import blank, decode, encode, scan, scan_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

INTERNAL_ERROR = -32603
INVALID_REQUEST = -32600

ACKNOWLEDGED = "notifications/subscriptions/acknowledged"
CANCELLED = "notifications/cancelled"
INITIALIZE = "initialize"
INITIALIZED = "notifications/initialized"
LISTEN = "subscriptions/listen"
SUBSCRIBE = "resources/subscribe"
SUBSCRIPTION_ID = "io.modelcontextprotocol/subscriptionId"
TOOLS_CHANGED = "notifications/tools/list_changed"
UNSUBSCRIBE = "resources/unsubscribe"

WELCOME = "notifications/gorev/welcome"
REFUSED = "notifications/gorev/refused"
SHUTTING_DOWN = "notifications/gorev/shutting_down"
OWN_PREFIX = "notifications/gorev/"

ID_LIMIT = 1024  # characters; the daemon takes a longer id for none


class Envelope:
    """What one message says about itself.

    ``id`` is an int or a str, None when absent or of another type, and ``id_text`` its spelling in the line at
    ``id_start``, in characters, 0 in a batch. ``params`` is always a dict. ``failed`` tells that it is an answer with
    an error. ``whole`` is false when the line ended or broke before all that was looked for had been seen.
    """

    __slots__ = ("failed", "id", "id_start", "id_text", "method", "params", "whole")

    def __init__(self) -> None:
        self.failed = False
        self.id: int | str | None = None
        self.id_start = 0
        self.id_text = ""
        self.method: str | None = None
        self.params: dict[str, Any] = {}
        self.whole = False

    def take(self, name: str, value: object, start: int, text: str) -> None:
        """Note one member of the message, spelled ``text`` in the line."""
        if name == "id":
            self.id = value if type(value) is int or (isinstance(value, str) and len(value) <= ID_LIMIT) else None
            self.id_start, self.id_text = start, text
        elif name == "error":
            self.failed = True
        elif name == "method":
            self.method = value if isinstance(value, str) else None
        elif name == "params":
            self.params = value if isinstance(value, dict) else {}


def look(line: bytes, answers: bool = False) -> list[Envelope]:
    """Return the envelopes in a line: one of a message, several of a batch, none of what is no JSON object.

    With ``answers`` it stops as soon as it can tell whose answer, or which notification, the line is; a result is
    then not even read, unless it stands before its id.
    """
    try:
        text = line.decode()
        at = blank(text, 0)
        if text[at] == "[":
            return [_of_batch_member(member) for member in decode(text) if isinstance(member, dict)]
        if text[at] != "{":
            return []
    except (ValueError, IndexError):
        return []
    envelope = Envelope()
    try:
        _read_members(envelope, text, at + 1, answers)
        envelope.whole = True
    except (ValueError, IndexError):
        pass  # what was seen up to here is all there is
    return [envelope]


def _read_members(envelope: Envelope, text: str, at: int, answers: bool) -> None:
    at = blank(text, at)
    while text[at] != "}":
        if text[at] != '"':
            raise ValueError(f"no member name at character {at}")
        name, start = scan_key(text, at)
        if answers and envelope.id is not None and name in ("result", "error"):
            envelope.failed = name == "error"
            return
        value, end = scan(text, start)
        envelope.take(name, value, start, text[start:end] if name == "id" else "")
        if answers and name == "method" and value != ACKNOWLEDGED and not str(value).startswith(OWN_PREFIX):
            return
        at = blank(text, end)
        if text[at] == ",":
            at = blank(text, at + 1)
        elif text[at] != "}":
            raise ValueError(f"no comma at character {at}")


def _of_batch_member(member: dict[str, Any]) -> Envelope:
    envelope = Envelope()
    for name, value in member.items():
        envelope.take(name, value, 0, encode(value) if name == "id" and isinstance(value, int | str) else "")
    envelope.whole = True
    return envelope


def with_id(line: bytes, start: int, spelled: str, replacement: str) -> bytes:
    """Return a request under another id; ``start`` and ``spelled`` are the old one's as its Envelope tells them."""
    text = line.decode()
    return (text[:start] + encode(replacement) + text[start + len(spelled) :]).encode()


def error_answer(id_text: str, text: str, number: int = INTERNAL_ERROR, code: str = "") -> bytes:
    """Return the line of an error answer.

    ``id_text`` is the id as the request spelled it, empty when it is not known; ``number`` is JSON-RPC's code, ``code``
    one of rest-api.md §2 or empty.
    """
    error: dict[str, object] = {"code": number, "message": text}
    if code:
        error["data"] = {"code": code}
    shown_id = f'"id":{id_text},' if id_text else ""
    return f'{{"jsonrpc":"2.0",{shown_id}"error":{encode(error)}}}\n'.encode()
