"""What the headers of a request to ``/mcp`` say (``mcp-protocol.md`` §4). Pure functions of headers."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Final

import attrs
from twisted.web.http_headers import Headers

from gorev.mcp import revisions
from gorev.mcp.jsonrpc import Fault, Request

HEADER_MISMATCH: Final = -32020  # MCP 2026-07-28

VERSION: Final = b"MCP-Protocol-Version"
METHOD: Final = b"Mcp-Method"
NAME: Final = b"Mcp-Name"
SESSION: Final = b"Mcp-Session-Id"
LAST_EVENT: Final = b"Last-Event-ID"

# The parameter that `NAME` repeats, by method.
NAMED: Final[Mapping[str, str]] = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}

JSON_TYPE: Final = "application/json"
EVENTS_TYPE: Final = "text/event-stream"

_ENCODED: Final = re.compile(r"=\?base64\?(.*)\?=")


@attrs.frozen
class Accepted:
    """Which kinds of answer a client takes."""

    json: bool
    events: bool


def is_legacy(headers: Headers) -> bool:
    """Whether the request is of a revision with sessions; one that names no revision is."""
    values = headers.getRawHeaders(VERSION)
    return values is None or (len(values) == 1 and values[0].decode("latin-1") in revisions.LEGACY)


def accepted(headers: Headers) -> Accepted:
    """What ``Accept`` allows (RFC 9110 §12.5.1), everything if it is absent."""
    values = headers.getRawHeaders(b"Accept")
    if values is None:
        return Accepted(json=True, events=True)
    ranges = set()
    for written in b",".join(values).decode("latin-1").lower().split(","):
        kind, *parameters = (part.strip() for part in written.split(";"))
        if not any(re.fullmatch(r"q\s*=\s*0(\.0*)?", parameter) for parameter in parameters):
            ranges.add(kind)
    return Accepted(
        json=not ranges.isdisjoint({JSON_TYPE, "application/*", "*/*"}),
        events=not ranges.isdisjoint({EVENTS_TYPE, "text/*", "*/*"}),
    )


def check_modern(headers: Headers, request: Request) -> None:
    """Whether the headers of a modern request repeat what its body says. The revision itself is not judged.

    :raises Fault: -32602 if the body lacks what they repeat, -32020 if they do not, or say it twice.
    """
    meta = request.params.get("_meta")
    if not isinstance(meta, dict) or not isinstance(meta.get(revisions.CAPABILITIES_KEY), dict):
        raise revisions.missing_envelope()
    version = meta.get(revisions.VERSION_KEY)
    if not isinstance(version, str):
        raise revisions.missing_envelope()
    _check(headers, VERSION, version)
    _check(headers, METHOD, request.method)
    name = request.params.get(NAMED.get(request.method, ""))
    # Without a name the method itself says what is missing.
    if name is not None:
        _check(headers, NAME, name)


def only(headers: Headers, name: bytes) -> str | None:
    """A header's value; None if it is absent, or there more than once."""
    values = headers.getRawHeaders(name)
    return values[0].decode("latin-1") if values is not None and len(values) == 1 else None


def _check(headers: Headers, name: bytes, expected: object) -> None:
    value = only(headers, name)
    if value is None or _decoded(value) != expected:
        raise Fault(HEADER_MISMATCH, f"The header {name.decode()} must be there once and repeat what the body says")


def _decoded(value: str) -> str | None:
    """A header's value without its ``=?base64?…?=``; None if that holds no canonical base64 of UTF-8."""
    encoded = _ENCODED.fullmatch(value)
    if encoded is None:
        return value if value.isascii() else None
    try:
        decoded = base64.b64decode(encoded[1], validate=True)
        # The decoder overlooks trailing bits, the comparison does not.
        return decoded.decode() if base64.b64encode(decoded).decode() == encoded[1] else None
    except (binascii.Error, UnicodeDecodeError):
        return None
