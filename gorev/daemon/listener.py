"""Listening for HTTP, as a service whose start fails at once when it cannot.

On both loopback addresses it speaks plain HTTP. On the addresses of a host that is named besides, other machines are
spoken to with TLS only (``lifecycle.md`` §3).
"""

from __future__ import annotations

import errno
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import attrs
from twisted.application.service import Service
from twisted.internet.address import IPv4Address
from twisted.internet.defer import Deferred, gatherResults, maybeDeferred
from twisted.internet.interfaces import IListeningPort, IReactorSocket
from twisted.internet.protocol import ServerFactory

from gorev.daemon.errors import CannotListen, PortBusy, PortBusyBy, StartError, TlsMissing, UnknownHost
from gorev.daemon.processes import listener_on

if TYPE_CHECKING:
    from gorev.daemon.encryption import Identity

LOOPBACK: Final = "127.0.0.1"
LOOPBACK_6: Final = "::1"
# Many sockets come at once when every client of a restarted daemon reconnects; Twisted's default backlog is 50.
BACKLOG: Final = 512
# A port that is free in one family may be taken in the other; several in a row hardly are.
FREE_PORT_ATTEMPTS: Final = 20

# Family and address to listen on.
Place = tuple[socket.AddressFamily, str]
_LOOPBACK_PLACES: Final[tuple[Place, ...]] = ((socket.AF_INET, LOOPBACK), (socket.AF_INET6, LOOPBACK_6))
# "Every address of the family"; it holds that family's loopback, which then cannot be had apart: such a socket has this
# machine's own clients too, who know of no certificate.
_EVERYWHERE: Final = {"0.0.0.0": LOOPBACK, "::": LOOPBACK_6}  # noqa: S104  # what the user may ask for


@attrs.frozen
class Remote:
    """What other machines reach: the ``host`` to listen on, and the PEM files of its certificate and key."""

    host: str
    certificate: Path
    key: Path


class Listener(Service):
    """Listens on ``127.0.0.1``, where the system has it ``::1``, and on those of ``remote``, all on the same port.

    0 means any free one. `StreamServerEndpointService` only logs a busy port; this one raises.
    """

    def __init__(
        self, reactor: IReactorSocket, factory: ServerFactory[Any], port: int, remote: Remote | None = None
    ) -> None:
        self._reactor = reactor
        self._factory = factory
        self._wanted = port
        self._remote = remote
        self._ports: list[IListeningPort] = []
        self.names: frozenset[str] = frozenset()
        """The names under which other machines reach it, in lower case. Empty until the service runs."""

    @property
    def port(self) -> int:
        """The port really bound. Only while the service runs."""
        return cast("IPv4Address", self._ports[0].getHost()).port

    def startService(self) -> None:
        """Listen.

        Raises `PortBusy`, `PortBusyBy`, `CannotListen`, and for another host `UnknownHost`, `TlsMissing`,
        `BrokenCertificate`.
        """
        super().startService()
        places, factories = _LOOPBACK_PLACES, dict.fromkeys(_LOOPBACK_PLACES, self._factory)
        if self._remote is not None:
            identity = _identity(self._remote)
            places = _places(self._remote.host)
            encrypted, mixed = identity.encrypting(self._factory), identity.encrypting_for_others(self._factory)
            factories = {place: mixed if place[1] in _EVERYWHERE else encrypted for place in places} | factories
            self.names = frozenset({self._remote.host.lower(), *identity.names})
        try:
            sockets = _any_free_port(places) if self._wanted == 0 else _bound(places, self._wanted)
        except OSError as error:
            raise _refusal(self._wanted, error) from error
        for place, bound in sockets.items():
            with bound:
                bound.setblocking(False)
                self._ports.append(self._reactor.adoptStreamPort(bound.fileno(), bound.family, factories[place]))

    def stopService(self) -> Deferred[None]:
        """Accept no more connections; fires when that is so. Those that are open stay open."""
        super().stopService()
        ports, self._ports = self._ports, []
        stopped = gatherResults([maybeDeferred(port.stopListening) for port in ports])
        return stopped.addCallback(lambda _: None)


def _identity(remote: Remote) -> Identity:
    try:
        from gorev.daemon.encryption import Identity
    except ImportError as error:
        raise TlsMissing(package="gorev[tls]") from error
    return Identity.read(remote.certificate, remote.key)


def _places(host: str) -> tuple[Place, ...]:
    """Where to listen so that this machine and ``host`` are served. Asks the name service."""
    try:
        found = socket.getaddrinfo(host.strip("[]"), None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise UnknownHost(host=host, reason=getattr(error, "strerror", None) or error) from error
    wanted = {(family, str(address[0])): None for family, _, _, _, address in found}
    covered = {_EVERYWHERE.get(address) for _, address in wanted}
    near = [place for place in _LOOPBACK_PLACES if place[1] not in covered]
    return tuple(dict.fromkeys([*near, *wanted]))


def _any_free_port(places: tuple[Place, ...]) -> dict[Place, socket.socket]:
    for _ in range(FREE_PORT_ATTEMPTS - 1):
        try:
            return _bound(places, 0)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
    return _bound(places, 0)


def _bound(places: tuple[Place, ...], port: int) -> dict[Place, socket.socket]:
    """A listening socket for each place, the IPv6 loopback being left out where the system has none."""
    sockets: dict[Place, socket.socket] = {}
    try:
        for family, address in places:
            try:
                bound = socket.create_server((address, port), family=family, backlog=BACKLOG)
            except OSError as error:
                if address == LOOPBACK_6 and error.errno not in (errno.EADDRINUSE, errno.EACCES):
                    continue
                raise
            sockets[family, address] = bound
            port = bound.getsockname()[1]
    except BaseException:
        for each in sockets.values():
            each.close()
        raise
    return sockets


def _refusal(port: int, error: OSError) -> StartError:
    if error.errno != errno.EADDRINUSE:
        return CannotListen(address=port, reason=error.strerror or str(error))
    holder = listener_on(port)
    return PortBusyBy(port=port, holder=holder) if holder else PortBusy(port=port)
