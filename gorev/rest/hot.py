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

Endpoint = Callable[..., "Deferred[Encoded] | Encoded"]
# Yields an answer that is there.
Keeper = Callable[[Request], Encoded | None]

_PARAMETER: Final = "/{id}"
# What an id may look like; any other text may need decoding.
_ID: Final = re.compile(rb"[0-9A-Za-z-]+")


@attrs.frozen
class Hot:
    """Where a request leads: the endpoint with the parameters of its path."""

    endpoint: Endpoint
    path: Mapping[str, str]
    kept: Keeper

    def answer(self, request: Request) -> Deferred[Encoded] | Encoded:
        """The answer, worked out now."""
        return self.endpoint(request, **self.path)


class HotPaths:
    """The table. It is filled with every route, so that it knows which paths are another's."""

    def __init__(self) -> None:
        self._exact: dict[tuple[bytes, bytes], Hot | None] = {}
        self._around: dict[tuple[bytes, bytes, bytes], tuple[Endpoint, Keeper]] = {}

    def add(self, route: Route, path: str, endpoint: Endpoint, kept: Keeper) -> None:
        """Add a route under a path below ``/api``."""
        before, parameter, after = f"/api{path}".partition(_PARAMETER)
        for method in map(str.encode, route.methods):
            if parameter and route.hot:
                self._around[method, before.encode(), after.encode()] = endpoint, kept
            elif "{" not in path:
                self._exact[method, before.encode()] = Hot(endpoint, {}, kept) if route.hot else None

    def find(self, method: bytes, path: bytes) -> Hot | None:
        """Where a request leads whose path begins with ``/api``, if this table knows."""
        if (method, path) in self._exact:
            return self._exact[method, path]
        above, _, last = path.rpartition(b"/")
        further, _, second = above.rpartition(b"/")
        for before, id_, after in ((above, last, b""), (further, second, b"/" + last)):
            found = self._around.get((method, before, after))
            if found is not None and _ID.fullmatch(id_):
                endpoint, kept = found
                return Hot(endpoint, {"id": id_.decode()}, kept)
        return None
