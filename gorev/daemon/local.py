"""Listening for the line protocol on this machine only: a UNIX socket, or a loopback port with a token.

The socket's file is protected by its directory (0700) and its own mode (0600); a loopback port is open to every user of
the machine, hence the token (``lifecycle.md`` §7).
"""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path
from typing import Any, cast

import attrs
from twisted.application.service import Service
from twisted.internet.address import IPv4Address
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import IListeningPort, IReactorTCP, IReactorUNIX
from twisted.internet.protocol import Factory, ServerFactory

from gorev.daemon.errors import CannotListen, SocketBlocked
from gorev.daemon.listener import BACKLOG, LOOPBACK
from gorev.daemon.system import fits_local_socket


@attrs.frozen
class UnixEndpoint:
    """A local socket at ``path``."""

    path: Path
    token: None = None


@attrs.frozen
class TcpEndpoint:
    """A loopback port (0: any free one) whose clients must show ``token``, 256 random bits in hexadecimal."""

    port: int
    token: str = attrs.field(factory=lambda: secrets.token_hex(32), repr=False)


LocalEndpoint = UnixEndpoint | TcpEndpoint


def local_endpoint(socket_path: Path, tcp_port: int | None) -> LocalEndpoint:
    """A local socket at ``socket_path`` where that is possible and no ``tcp_port`` is asked for, else TCP."""
    if tcp_port is None and fits_local_socket(socket_path):
        return UnixEndpoint(socket_path)
    return TcpEndpoint(tcp_port or 0)


class LocalListener(Service):
    """Listens on a `LocalEndpoint`. Starts only while this process holds the guard: it removes a left-over socket."""

    def __init__(self, unix: IReactorUNIX, tcp: IReactorTCP, factory: Factory[Any], endpoint: LocalEndpoint) -> None:
        self._unix = unix
        self._tcp = tcp
        self._factory = factory
        self.endpoint = endpoint
        self._port: IListeningPort | None = None

    @property
    def address(self) -> str:
        """The lock file's ``mcp_endpoint``. Only while the service runs."""
        if isinstance(self.endpoint, UnixEndpoint):
            return f"unix:{self.endpoint.path}"
        if self._port is None:
            raise RuntimeError("the local listener is not running")
        return f"tcp:{LOOPBACK}:{cast('IPv4Address', self._port.getHost()).port}"

    def startService(self) -> None:
        """Listen. Raises `SocketBlocked` or `CannotListen`."""
        super().startService()
        endpoint = self.endpoint
        try:
            if isinstance(endpoint, UnixEndpoint):
                _remove_left_over(endpoint.path)
                path = os.fspath(endpoint.path)
                self._port = self._unix.listenUNIX(path, self._factory, backlog=BACKLOG, mode=0o600, wantPID=False)
            else:
                factory = cast("ServerFactory[Any]", self._factory)
                self._port = self._tcp.listenTCP(endpoint.port, factory, backlog=BACKLOG, interface=LOOPBACK)
        except CannotListenError as error:
            raise CannotListen(address=_name(endpoint), reason=error.socketError) from error
        except OSError as error:
            raise CannotListen(address=_name(endpoint), reason=error.strerror or str(error)) from error

    def stopService(self) -> Deferred[object]:
        """Accept no more connections; fires when that is so. Those that are open stay open."""
        super().stopService()
        port, self._port = self._port, None
        return maybeDeferred(port.stopListening if port is not None else lambda: None)


def _remove_left_over(path: Path) -> None:
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(mode):
        raise SocketBlocked(path=path)
    path.unlink()


def _name(endpoint: LocalEndpoint) -> str:
    return str(endpoint.path) if isinstance(endpoint, UnixEndpoint) else f"{LOOPBACK}:{endpoint.port}"
