"""The line protocol's address: a local socket, or a loopback port with a token."""

from __future__ import annotations

import socket
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
import pytest_twisted
from twisted.internet.protocol import ServerFactory
from twisted.protocols.wire import Echo

from gorev.daemon.errors import CannotListen, SocketBlocked
from gorev.daemon.local import LocalEndpoint, LocalListener, TcpEndpoint, UnixEndpoint, local_endpoint

Test = TypeVar("Test", bound=Callable[..., object])
in_reactor: Callable[[Test], Test] = pytest_twisted.ensureDeferred


def listener(endpoint: LocalEndpoint) -> LocalListener:
    from twisted.internet import reactor

    factory: ServerFactory[Any] = ServerFactory()
    factory.protocol = Echo
    factory.noisy = False
    return LocalListener(reactor, reactor, factory, endpoint)  # type: ignore[arg-type]  # mypy sees the module


def accepts(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(str(path))
        except OSError:
            return False
    return True


def left_over_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as left_over:
        left_over.bind(str(path))


def test_a_local_socket_is_used_where_it_can_be(home: Path) -> None:
    assert local_endpoint(home / "mcp.sock", None) == UnixEndpoint(home / "mcp.sock")


def test_a_path_that_is_too_long_for_a_socket_makes_it_tcp() -> None:
    endpoint = local_endpoint(Path("/" + "x" * 103), None)
    assert isinstance(endpoint, TcpEndpoint)
    assert endpoint.port == 0


def test_tcp_can_be_asked_for(home: Path) -> None:
    endpoint = local_endpoint(home / "mcp.sock", 5099)
    assert isinstance(endpoint, TcpEndpoint)
    assert endpoint.port == 5099


def test_a_token_has_256_random_bits_and_is_not_shown() -> None:
    first, second = TcpEndpoint(0), TcpEndpoint(0)
    assert len(bytes.fromhex(first.token)) == 32
    assert first.token != second.token
    assert first.token not in repr(first)


@in_reactor
async def test_the_socket_is_private_and_goes_with_the_service(home: Path) -> None:
    path = home / "mcp.sock"
    service = listener(UnixEndpoint(path))
    service.startService()
    assert service.address == f"unix:{path}"
    assert accepts(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    await service.stopService()
    assert list(home.iterdir()) == []


@in_reactor
async def test_a_left_over_socket_is_replaced(home: Path) -> None:
    path = home / "mcp.sock"
    left_over_socket(path)
    service = listener(UnixEndpoint(path))
    service.startService()
    assert accepts(path)
    await service.stopService()


def test_what_is_no_socket_is_left_alone(home: Path) -> None:
    path = home / "mcp.sock"
    path.write_text("important")
    with pytest.raises(SocketBlocked, match=str(path)):
        listener(UnixEndpoint(path)).startService()
    assert path.read_text() == "important"


def test_a_link_to_a_socket_is_left_alone(home: Path) -> None:
    left_over_socket(home / "other.sock")
    (home / "mcp.sock").symlink_to(home / "other.sock")
    with pytest.raises(SocketBlocked):
        listener(UnixEndpoint(home / "mcp.sock")).startService()
    assert (home / "other.sock").exists()


def test_a_folder_that_is_not_there_is_named(home: Path) -> None:
    with pytest.raises(CannotListen, match="missing"):
        listener(UnixEndpoint(home / "missing" / "mcp.sock")).startService()


@in_reactor
async def test_the_tcp_form_tells_the_port_really_bound() -> None:
    service = listener(TcpEndpoint(0))
    service.startService()
    kind, host, port = service.address.split(":")
    assert (kind, host) == ("tcp", "127.0.0.1")
    socket.create_connection((host, int(port)), 5).close()
    await service.stopService()


def test_a_busy_tcp_port_is_named(free_port: int) -> None:
    with (
        socket.create_server(("127.0.0.1", free_port)),
        pytest.raises(CannotListen, match=f"127.0.0.1:{free_port}"),
    ):
        listener(TcpEndpoint(free_port)).startService()
