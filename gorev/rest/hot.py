"""The few routes that clients ask for all the time, found without Klein.

To route and render a request takes Klein as long as a short read takes in all (``numbers.md`` §2). So the site asks
this table first. It leads to the very endpoints that Klein has, and to answers of theirs that are still true; whatever
it does not know, Klein does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

import attrs
from twisted.internet.defer import Deferred
from twisted.web.http import Request

from gorev.rest.reply import Encoded
from gorev.rest.route import Route

Endpoint = Callable[..., "Deferred[bytes] | bytes"]

_PARAMETER: Final = "/{id}"
# What an id may look like; any other text may need decoding.
_ID: Final = re.compile(rb"[0-9A-Za-z-]+")


@attrs.frozen
class Hot:
    """Where a request leads: the endpoint with the parameters of its path. ``kept`` yields an answer that is there."""

    endpoint: Endpoint
    path: Mapping[str, str]
    kept: Callable[[Request], Encoded | None]

    def respond(self, request: Request) -> Deferred[bytes] | bytes:
        """The body of the answer, whose head is set by then."""
        return self.endpoint(request, **self.path)


class HotPaths:
    """The table. It is filled with every route, so that it knows which paths are another's."""

    def __init__(self) -> None:
        self._exact: dict[tuple[bytes, bytes], Hot | None] = {}
        self._below: dict[tuple[bytes, bytes], tuple[Endpoint, Callable[[Request], Encoded | None]]] = {}

    def add(self, route: Route, path: str, endpoint: Endpoint, kept: Callable[[Request], Encoded | None]) -> None:
        """Add a route under a path below ``/api``."""
        whole = f"/api{path}"
        for method in route.methods:
            if "{" not in whole:
                hot = Hot(endpoint, {}, kept) if route.hot else None
                self._exact[method.encode(), whole.encode()] = hot
            elif route.hot and whole.endswith(_PARAMETER) and "{" not in whole.removesuffix(_PARAMETER):
                self._below[method.encode(), whole.removesuffix(_PARAMETER).encode()] = endpoint, kept

    def find(self, method: bytes, path: bytes) -> Hot | None:
        """Where a request leads whose path begins with ``/api``, if this table knows."""
        try:
            return self._exact[method, path]
        except KeyError:
            above, _, last = path.rpartition(b"/")
            found = self._below.get((method, above))
            if found is None or not _ID.fullmatch(last):
                return None
            endpoint, kept = found
            return Hot(endpoint, {"id": last.decode()}, kept)
