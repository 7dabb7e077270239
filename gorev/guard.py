"""Who may talk to the HTTP port: this machine's programs and the daemon's own page, no other web page.

A browser lets any page send requests to loopback, and a rebound DNS name makes it believe that page and daemon are one
site. Therefore the ``Host`` must be a loopback name or the configured host, an ``Origin`` must be ours, and a body must
be JSON, which a page cannot send across sites without asking first (``rest-api.md`` §1). What a page merely embeds, an
image or a script, bears no ``Origin``; there the browser itself tells in ``Sec-Fetch-Site`` who wants it (W3C Fetch
Metadata). Pure functions of headers.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Final
from urllib.parse import unquote_to_bytes, urlsplit

import attrs

LOOPBACK_NAMES: Final = frozenset({"localhost", "127.0.0.1", "::1"})

BODY_LIMIT_BYTES: Final = 4 * 1024 * 1024
IMPORT_LIMIT_BYTES: Final = 32 * 1024 * 1024
_IMPORT_PATHS: Final = frozenset({"/api/import", "/api/v1/import"})

CORS_HEADERS: Final[Mapping[str, str]] = {
    "Access-Control-Allow-Methods": "GET, POST, PUT, PATCH, DELETE, OPTIONS",
    "Access-Control-Allow-Headers": (
        "Origin, Content-Type, Accept, Accept-Language, Authorization, If-Match, If-None-Match, Idempotency-Key,"
        " X-Workspace-Id, X-Workspace-Path, X-Workspace-Name, X-Gorev-Client"
    ),
    "Access-Control-Max-Age": "600",
}
EXPOSED_HEADERS: Final = "ETag, X-Gorev-Seq"


@attrs.frozen
class Refusal:
    """Why a request is not served: HTTP status, code, and an English text key."""

    status: int
    code: str
    message: str


FOREIGN: Final = Refusal(403, "forbidden_origin", "Only this computer's own programs and Gorev's own page may do this.")
UNAUTHORIZED: Final = Refusal(
    401, "unauthorized", "A token is needed here: see gorev token; for a browser, gorev login gives a link."
)
NOT_JSON: Final = Refusal(415, "unsupported_media_type", "The body must be JSON, with Content-Type: application/json.")
NO_TARGET: Final = Refusal(400, "bad_request", "The request does not say what it is for.")
NOT_UTF8: Final = Refusal(404, "not_found", "There is nothing at this address.")
USED_UP: Final = Refusal(401, "unauthorized", "This link was used before or is too old: gorev login gives a new one.")
TOO_LARGE: Final = Refusal(413, "payload_too_large", "The body is larger than allowed.")


@attrs.frozen
class Target:
    """What a request is for (RFC 9112 §3.2): ``host`` where it is named there, ``path`` with the query."""

    host: str | None
    path: bytes


def target(written: bytes) -> Target | None:
    """The target of a request line, in origin form or in absolute form; nothing if it is neither."""
    if written.startswith(b"/"):
        return Target(None, written)
    scheme, colon, rest = written.partition(b"://")
    if not colon or scheme.lower() not in (b"http", b"https"):
        return None
    end = min((at for at in (rest.find(b"/"), rest.find(b"?")) if at >= 0), default=len(rest))
    path = rest[end:]
    return Target(rest[:end].decode("latin-1"), path if path.startswith(b"/") else b"/" + path)


@lru_cache(maxsize=256)
def refusal(
    host: str | None,
    origin: str | None,
    port: int,
    allowed: frozenset[str] = frozenset(),
    names: frozenset[str] = frozenset(),
) -> Refusal | None:
    """Why a request with these headers is refused by a daemon on ``port``; nothing if it may pass.

    ``allowed`` are further origins, of somebody who develops a page; ``names`` those that the daemon has for other
    machines.
    """
    if not is_ours(host, names):
        return FOREIGN
    if origin is not None and origin not in allowed and not is_own(origin, port, names):
        return FOREIGN
    return None


def is_own(origin: str, port: int, names: Collection[str] = ()) -> bool:
    """Whether an ``Origin`` is the daemon's own page: plain on the loopback, with TLS under its other ``names``."""
    try:
        parts = urlsplit(origin)
        own_port = (parts.port or (443 if parts.scheme == "https" else 80)) == port
    except ValueError:
        return False
    known = {"http": LOOPBACK_NAMES, "https": names}.get(parts.scheme, ())
    return parts.hostname in known and own_port


def is_embedding(site: str | None, mode: str | None, destination: str | None) -> bool:
    """Whether by the ``Sec-Fetch-`` headers another page embeds or fetches, rather than links to, what it asks for."""
    if site is None or site in ("same-origin", "none"):
        return False
    return not (mode == "navigate" and destination == "document")


def is_json(content_type: str | None) -> bool:
    """Whether a ``Content-Type`` is that of JSON."""
    return (content_type or "").partition(";")[0].strip().lower() == "application/json"


def is_utf8(path: bytes) -> bool:
    """Whether a path in a request is UTF-8 once its percent escapes are resolved."""
    if path.isascii() and b"%" not in path:
        return True
    try:
        unquote_to_bytes(path).decode()
    except UnicodeDecodeError:
        return False
    return True


def body_limit_bytes(path: str) -> int:
    """How large a body may be at this path."""
    return IMPORT_LIMIT_BYTES if path.rstrip("/") in _IMPORT_PATHS else BODY_LIMIT_BYTES


def is_ours(host: str | None, names: Collection[str] = ()) -> bool:
    """Whether the host that a request is for is this machine, by a name that no one else can have, or by ``names``."""
    try:
        name = urlsplit(f"//{host or ''}").hostname
    except ValueError:
        return False
    return name in LOOPBACK_NAMES or name in names
