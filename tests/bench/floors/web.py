"""Bare twisted.web: whatever is asked at ``/<n>`` is answered with the same ``n`` bytes."""

from __future__ import annotations

import gc
import sys
from typing import Any

from twisted.internet import reactor as chosen
from twisted.web.resource import Resource
from twisted.web.server import Request, Site


class Fixed(Resource):
    """A body that is always the same."""

    isLeaf = True

    def __init__(self, size: int) -> None:
        super().__init__()
        self._body = b"x" * size

    def render_GET(self, request: Request) -> bytes:
        """The body."""
        request.setHeader(b"content-type", b"application/json")
        return self._body

    render_POST = render_PUT = render_GET


class Root(Resource):
    """A body of each size that was asked for."""

    def getChild(self, path: bytes, request: Request) -> Resource:
        """One that is kept from then on."""
        fixed = Fixed(int(path))
        self.putChild(path, fixed)
        return fixed


def main() -> None:
    """Serve until the process is ended."""
    reactor: Any = chosen
    site: Any = Site(Root())
    site.noisy = False
    site.log = lambda request: None
    port = reactor.listenTCP(0, site, interface="127.0.0.1", backlog=256)
    sys.stdout.write(f"{port.getHost().port}\n")
    sys.stdout.flush()
    gc.freeze()
    reactor.run()


main()
