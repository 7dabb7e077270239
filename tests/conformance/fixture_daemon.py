"""A daemon that offers the conformance suite's fixtures instead of tasks: the same wires, guard, lock file and core.

Run as a program with HOME set; the lock file appears in it as that of a real daemon does.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import attrs
from twisted.internet import reactor as installed
from twisted.internet.defer import Deferred
from twisted.web.resource import Resource

from gorev import __version__
from gorev.daemon.lifecycle import Lifecycle
from gorev.daemon.listener import Listener
from gorev.daemon.local import LocalListener, local_endpoint
from gorev.daemon.lock import DaemonLock, LockService
from gorev.daemon.ready import Ready
from gorev.daemon.tree import OrderedServices
from gorev.mcp.conversations import Conversations
from gorev.mcp.host import Attachment, Hello
from gorev.mcp.http_resource import McpResource
from gorev.mcp.line import LineFactory
from gorev.mcp.reception import Service
from gorev.rest.hot import HotPaths
from gorev.site import GuardedSite
from tests.conformance.fixture_registry import fixtures

LANGUAGE = "en"


@attrs.define
class FixtureHost:
    """A daemon without workspaces."""

    clients: set[str] = attrs.Factory(set)

    def language(self, asked: str | None) -> str:
        """There is one."""
        return LANGUAGE

    async def attach(self, hello: Hello | None) -> Attachment:
        """Nothing to find."""
        return Attachment(workspace="fixtures", description={"id": "fixtures", "name": "fixtures", "path": "/"})

    async def current(self, workspace: Any) -> Any:
        """It is never closed."""
        return workspace

    def connected(self, session: str, client: str) -> int:
        """Count a client."""
        self.clients.add(session)
        return len(self.clients)

    def disconnected(self, session: str) -> int:
        """Count it no more."""
        self.clients.discard(session)
        return len(self.clients)

    async def handover(self, version: str) -> bool:
        """There is no newer one."""
        return False


async def no_workspace(id_: str | None, path: str | None, name: str | None) -> str:
    """Fixtures need none."""
    return "fixtures"


def unwatched(request: Deferred[None]) -> Deferred[None]:
    """Nobody waits for what is being answered."""
    return request


def main() -> None:
    """Serve until a signal."""
    reactor = cast("Any", installed)
    directory = Path.home() / ".gorev-daemon"
    lock = DaemonLock(directory)
    lifecycle = Lifecycle(lock.instance)
    endpoint = local_endpoint(directory / "mcp.sock", None)
    service = Service(
        host=FixtureHost(),
        registry=fixtures(),
        clock=reactor,
        render=lambda error, language: error.code,
        version=__version__,
        instance=lock.instance,
        token=endpoint.token,
    )
    assistants = LineFactory(service)
    mcp = McpResource(service, resolve=no_workspace, language=lambda header: LANGUAGE, watch=unwatched)
    root = Resource()
    root.putChild(b"mcp", mcp)
    site = GuardedSite(
        reactor=reactor,
        turns=service.turns,
        root=root,
        hot=HotPaths(),
        load=lambda: None,
        port=lambda: lifecycle.port,
        language=lambda header: LANGUAGE,
    )
    http = Listener(reactor, site, 0)
    local = LocalListener(reactor, reactor, assistants, endpoint)
    ready = Ready(clock=reactor, lifecycle=lifecycle, lock=lock, http=http, local=local, published=lambda record: None)
    daemon = OrderedServices(reactor)
    for each in (LockService(lock), Conversations(assistants), http, local, ready):
        each.setServiceParent(daemon)
    daemon.privilegedStartService()
    daemon.startService()
    reactor.addSystemEventTrigger("before", "shutdown", daemon.stopService)
    reactor.run()


if __name__ == "__main__":
    main()
