"""JSON-RPC 2.0 as MCP narrows it: bytes to messages, answers to bytes. Knows no method and no revision.

A message is one JSON object in UTF-8. An id is a string or an integer, never null; ``params`` is an object. A request
has an id and a method, a notification a method only, a response an id and a result or an error. What cannot be read is
answered with an error that carries the id where it could be read and no ``id`` key where not (``mcp-protocol.md``
§1.5.3). An answer is one line of at most `ANSWER_LIMIT` bytes (``lifecycle.md`` §7).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

import attrs
import msgspec

PARSE_ERROR: Final = -32700
INVALID_REQUEST: Final = -32600
METHOD_NOT_FOUND: Final = -32601
INVALID_PARAMS: Final = -32602
INTERNAL_ERROR: Final = -32603
UNSUPPORTED_VERSION: Final = -32022  # MCP 2026-07-28

ANSWER_LIMIT: Final = 8 * 1024 * 1024  # bytes; clients throw at 10 MiB
BATCH_LIMIT: Final = 100  # messages
ID_LIMIT: Final = 1024  # characters; an error that echoes an id must stay far below ANSWER_LIMIT
ERROR_ROOM: Final = 8192  # bytes, more than any error with an id takes

Id: TypeAlias = int | str
Object: TypeAlias = dict[str, Any]


class Fault(Exception):
    """A request that is answered with a JSON-RPC error: ``code``, ``message`` and perhaps structured ``data``."""

    def __init__(self, code: int, message: str, data: Object | None = None) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.data = data


@attrs.frozen
class Request:
    """A question; it gets exactly one answer unless it is cancelled. ``1`` and ``"1"`` are different ids."""

    id: Id
    method: str
    params: Object


@attrs.frozen
class Notification:
    """A remark; it is never answered."""

    method: str
    params: Object


@attrs.frozen
class Response:
    """The peer's answer to something it was asked."""

    id: Id | None


@attrs.frozen
class Invalid:
    """What is no message, and the error it is answered with; ``id`` is None where none could be read."""

    id: Id | None
    code: int
    message: str


@attrs.frozen
class Batch:
    """A JSON array; its items are not yet checked, see `message`."""

    items: list[Any]


Message: TypeAlias = Request | Notification | Response | Invalid
Incoming: TypeAlias = Message | Batch


@attrs.frozen
class Answer:
    """A finished answer: compact JSON on one line without its end; ``code`` is set if it is an error."""

    id: Id | None
    body: bytes
    code: int | None = None


def read(data: bytes) -> Incoming:
    """What ``data`` says; never raises."""
    try:
        value = _decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as problem:
        return _unreadable(data, problem)
    return Batch(value) if isinstance(value, list) else message(value)


def message(value: Any) -> Message:
    """The message that a decoded JSON value is. ``params: null`` counts as absent, as some encoders write it."""
    if not isinstance(value, dict):
        return Invalid(None, INVALID_REQUEST, "A message must be a JSON object")
    has_id = "id" in value
    identity = _identity(value.get("id"))
    if has_id and identity is None:
        return Invalid(None, INVALID_REQUEST, f"id must be an integer or a string of at most {ID_LIMIT} characters")
    if value.get("jsonrpc") != "2.0":
        return Invalid(identity, INVALID_REQUEST, 'jsonrpc must be "2.0"')
    if "method" not in value and ("result" in value or "error" in value):
        return Response(identity)
    method = value.get("method")
    if not isinstance(method, str):
        return Invalid(identity, INVALID_REQUEST, "method must be a string")
    params = value.get("params")
    if params is None:
        params = {}
    elif not isinstance(params, dict):
        return Invalid(identity, INVALID_REQUEST, "params must be an object")
    return Notification(method, params) if identity is None else Request(identity, method, params)


def result(identity: Id, value: Mapping[str, Any]) -> Answer:
    """The answer ``value``, or an error if that is too long.

    :raises TypeError, ValueError, RecursionError: ``value`` cannot be written as JSON.
    """
    body = _line({"jsonrpc": "2.0", "id": identity, "result": value})
    return Answer(identity, body) if len(body) <= ANSWER_LIMIT else _too_long(identity)


def failure(identity: Id | None, code: int, text: str, data: Object | None = None) -> Answer:
    """The error ``code``; without an ``id`` key if ``identity`` is None."""
    error: Object = {"code": code, "message": text}
    if data is not None:
        error["data"] = data
    value: Object = {"jsonrpc": "2.0", "error": error}
    if identity is not None:
        value["id"] = identity
    return Answer(identity, _line(value), code)


def together(answers: Sequence[Answer]) -> Answer | None:
    """One answer of at most `BATCH_LIMIT` others, None if there are none; what no longer fits becomes an error."""
    room = ANSWER_LIMIT - ERROR_ROOM * len(answers)
    bodies = []
    for answer in answers:
        room -= len(answer.body)
        bodies.append(answer.body if room > 0 else _too_long(answer.id).body)
    return Answer(None, b"[" + b",".join(bodies) + b"]") if bodies else None


def notification(method: str, params: Object) -> bytes:
    """A notification to the peer, on one line without its end."""
    return _line({"jsonrpc": "2.0", "method": method, "params": params})


def brief(text: str) -> str:
    """``text`` of a peer, short enough to be repeated in an error."""
    return text if len(text) <= 200 else text[:200] + "…"


_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode


def _identity(value: object) -> Id | None:
    if type(value) is int or (type(value) is str and len(value) <= ID_LIMIT):
        return value
    return None


def _unreadable(data: bytes, problem: Exception) -> Invalid:
    """Say what is wrong with ``data``, with its id if the standard library can read it.

    JSON may hold what a string or a float cannot: half a surrogate pair (a JavaScript client that cuts a text inside an
    emoji sends one) or 1e400. Without its id such a request would never end for the client.
    """
    try:
        value = json.loads(data.decode())
    except (ValueError, RecursionError):
        return Invalid(None, PARSE_ERROR, f"Not JSON: {problem}")
    identity = _identity(value.get("id")) if isinstance(value, dict) else None
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return Invalid(identity, INVALID_REQUEST, "A text in it holds half a surrogate pair")
    return Invalid(identity, INVALID_REQUEST, f"Unreadable value: {problem}")


def _too_long(identity: Id | None) -> Answer:
    return failure(identity, INTERNAL_ERROR, f"The result is longer than {ANSWER_LIMIT} bytes")


def _line(value: Object) -> bytes:
    # Python peers that split with str.splitlines break at U+2028, U+2029 and U+0085; JSON has them in strings only.
    return (
        _encode(value)
        .replace(b"\xe2\x80\xa8", b"\\u2028")
        .replace(b"\xe2\x80\xa9", b"\\u2029")
        .replace(b"\xc2\x85", b"\\u0085")
    )
