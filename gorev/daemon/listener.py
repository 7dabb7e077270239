"""Listening for HTTP on both loopback addresses, as a service whose start fails at once when it cannot."""

from __future__ import annotations

import errno
import socket
from typing import Any, Final, cast

from twisted.application.service import Service
from twisted.internet.address import IPv4Address
from twisted.internet.defer import Deferred, gatherResults, maybeDeferred
from twisted.internet.interfaces import IListeningPort, IReactorSocket
from twisted.internet.protocol import ServerFactory

from gorev.daemon.errors import CannotListen, PortBusy, PortBusyBy, StartError
from gorev.daemon.processes import listener_on

LOOPBACK: Final = "127.0.0.1"
LOOPBACK_6: Final = "::1"
# Many sockets come at once when every client of a restarted daemon reconnects; Twisted's default backlog is 50.
BACKLOG: Final = 512
# A port that is free in one family may be taken in the other; several in a row hardly are.
FREE_PORT_ATTEMPTS: Final = 20


class Listener(Service):
    """Listens on ``127.0.0.1`` and, where the system has it, ``::1``, both on the same port; 0 means any free one.

    `StreamServerEndpointService` only logs a busy port; this one raises.
    """

    def __init__(self, reactor: IReactorSocket, factory: ServerFactory[Any], port: int) -> None:
        self._reactor = reactor
        self._factory = factory
        self._wanted = port
        self._ports: list[IListeningPort] = []

    @property
    def port(self) -> int:
        """The port really bound. Only while the service runs."""
        return cast("IPv4Address", self._ports[0].getHost()).port

    def startService(self) -> None:
        """Listen. Raises `PortBusy`, `PortBusyBy` or `CannotListen`."""
        super().startService()
        try:
            sockets = _any_free_port() if self._wanted == 0 else _both_families(self._wanted)
        except OSError as error:
            raise _refusal(self._wanted, error) from error
        for bound in sockets:
            with bound:
                bound.setblocking(False)
                self._ports.append(self._reactor.adoptStreamPort(bound.fileno(), bound.family, self._factory))

    def stopService(self) -> Deferred[None]:
        """Accept no more connections; fires when that is so. Those that are open stay open."""
        super().stopService()
        ports, self._ports = self._ports, []
        stopped = gatherResults([maybeDeferred(port.stopListening) for port in ports])
        return stopped.addCallback(lambda _: None)


def _any_free_port() -> list[socket.socket]:
    for _ in range(FREE_PORT_ATTEMPTS - 1):
        try:
            return _both_families(0)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
    return _both_families(0)


def _both_families(port: int) -> list[socket.socket]:
    first = socket.create_server((LOOPBACK, port), backlog=BACKLOG)
    try:
        address_6 = (LOOPBACK_6, first.getsockname()[1])
        return [first, socket.create_server(address_6, family=socket.AF_INET6, backlog=BACKLOG)]
    except OSError as error:
        if error.errno in (errno.EADDRINUSE, errno.EACCES):
            first.close()
            raise
        return [first]


def _refusal(port: int, error: OSError) -> StartError:
    if error.errno != errno.EADDRINUSE:
        return CannotListen(address=port, reason=error.strerror or str(error))
    holder = listener_on(port)
    return PortBusyBy(port=port, holder=holder) if holder else PortBusy(port=port)
