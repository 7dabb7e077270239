"""JSON text without the ``json`` package, whose import of ``re`` costs 6 ms that an assistant waits for.

The C functions behind that package do the work. Everything malformed is a ``ValueError`` here, nesting too deep for
the stack included.
"""

from __future__ import annotations

from _json import encode_basestring_ascii, make_scanner, scanstring

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class _Reading:
    """How numbers and constants are read: the settings the C scanner asks its decoder for."""

    strict = True
    object_hook = None
    object_pairs_hook = None
    array_hook = None
    parse_float = float
    parse_int = int
    parse_constant = float


# CPython 3.11 raises SystemError for a malformed text while json.decoder, home of the proper error, is not imported.
_MALFORMED = (ValueError, StopIteration, RecursionError, SystemError)
_scan = make_scanner(_Reading)  # type: ignore[arg-type]  # any object with these attributes serves


def blank(text: str, at: int) -> int:
    """Return the index of the first character from ``at`` on that is no white space; IndexError at the end."""
    while text[at] in " \t\n\r":
        at += 1
    return at


def scan(text: str, at: int) -> tuple[Any, int]:
    """Read the value that begins at ``at``; returns it and the index behind it."""
    try:
        return _scan(text, at)
    except _MALFORMED as error:
        raise ValueError(f"no JSON value at character {at}") from error


def scan_key(text: str, at: int) -> tuple[str, int]:
    """Read the member name whose opening quote is at ``at``; returns it and the index of the member's value."""
    try:
        name, at = scanstring(text, at + 1, True)
    except _MALFORMED as error:
        raise ValueError(f"no member name at character {at}") from error
    at = blank(text, at)
    if text[at] != ":":
        raise ValueError(f"no colon at character {at}")
    return name, blank(text, at + 1)


def decode(text: str) -> Any:
    """Read one whole JSON text."""
    try:
        value, at = scan(text, blank(text, 0))
    except IndexError as error:
        raise ValueError("no JSON text") from error
    if text[at:].strip(" \t\n\r"):
        raise ValueError(f"more than one JSON value, at character {at}")
    return value


def encode(value: object) -> str:
    """Write a value made of dict, list, str, int, bool and None as compact ASCII."""
    if isinstance(value, str):
        return encode_basestring_ascii(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{encode_basestring_ascii(name)}:{encode(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(encode, value)) + "]"
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    if isinstance(value, int):
        return str(value)
    raise TypeError(f"cannot write {type(value).__name__} as JSON")


def notification(method: str, params: dict[str, Any] | None = None) -> bytes:
    """Return a JSON-RPC notification as a line, its end included."""
    message: dict[str, Any] = {"jsonrpc": "2.0", "method": method}
    if params is not None:
        message["params"] = params
    return encode(message).encode() + b"\n"
