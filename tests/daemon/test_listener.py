"""Listening on both loopback addresses, on real sockets."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import psutil
import pytest
import pytest_twisted
from twisted.internet.protocol import ServerFactory
from twisted.protocols.wire import Echo

from gorev.daemon.errors import CannotListen, PortBusy, PortBusyBy, TlsMissing
from gorev.daemon.listener import Listener, Remote

Test = TypeVar("Test", bound=Callable[..., object])
in_reactor: Callable[[Test], Test] = pytest_twisted.ensureDeferred


def echo() -> ServerFactory[Any]:
    factory: ServerFactory[Any] = ServerFactory()
    factory.protocol = Echo
    factory.noisy = False
    return factory


def listener(port: int) -> Listener:
    from twisted.internet import reactor

    return Listener(reactor, echo(), port)  # type: ignore[arg-type]  # mypy sees the module


def accepts(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), 5).close()
    except OSError:
        return False
    return True


@pytest.fixture
def busy_port() -> Iterator[int]:
    """A port on which this process listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


@in_reactor
async def test_it_listens_on_both_families_on_the_port_that_is_wanted(free_port: int) -> None:
    service = listener(free_port)
    service.startService()
    assert service.port == free_port
    assert accepts("127.0.0.1", free_port)
    assert accepts("::1", free_port)
    await service.stopService()


@in_reactor
async def test_port_0_is_one_free_port_in_both_families() -> None:
    service = listener(0)
    service.startService()
    assert service.port > 0
    assert accepts("127.0.0.1", service.port)
    assert accepts("::1", service.port)
    await service.stopService()


@in_reactor
async def test_it_listens_on_the_loopback_only(free_port: int) -> None:
    service = listener(free_port)
    service.startService()
    listening = [each.laddr for each in psutil.Process().net_connections("tcp") if each.status == psutil.CONN_LISTEN]
    assert {address.ip for address in listening if address.port == free_port} == {"127.0.0.1", "::1"}
    await service.stopService()


@in_reactor
async def test_a_stopped_listener_accepts_nothing(free_port: int) -> None:
    service = listener(free_port)
    service.startService()
    await service.stopService()
    assert not accepts("127.0.0.1", free_port)
    assert not accepts("::1", free_port)


@in_reactor
async def test_a_stopped_listener_can_be_started_again(free_port: int) -> None:
    service = listener(free_port)
    service.startService()
    await service.stopService()
    service.startService()
    assert accepts("127.0.0.1", free_port)
    await service.stopService()


def test_a_busy_port_is_named_with_its_holder_and_the_flag_that_helps(busy_port: int) -> None:
    with pytest.raises(PortBusyBy) as busy:
        listener(busy_port).startService()
    assert str(busy.value).startswith(f"port {busy_port} is in use by ")
    assert f"(PID: {os.getpid()})" in str(busy.value)
    assert "--api-port" in str(busy.value)


def test_a_port_that_is_busy_in_the_other_family_only_is_busy(free_port: int) -> None:
    with (
        socket.create_server(("::1", free_port), family=socket.AF_INET6),
        pytest.raises((PortBusy, PortBusyBy), match=str(free_port)),
    ):
        listener(free_port).startService()
    assert not accepts("127.0.0.1", free_port)


def test_another_host_without_the_packages_for_encryption_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from twisted.internet import reactor

    monkeypatch.delitem(sys.modules, "gorev.daemon.encryption", raising=False)
    monkeypatch.setitem(sys.modules, "OpenSSL", None)
    remote = Remote("127.0.0.2", tmp_path / "certificate.pem", tmp_path / "key.pem")
    with pytest.raises(TlsMissing, match=r"gorev\[tls\]"):
        Listener(reactor, echo(), 0, remote).startService()  # type: ignore[arg-type]  # mypy sees the module


def test_a_port_that_the_system_refuses_is_named() -> None:
    if os.geteuid() == 0:
        with pytest.raises(OverflowError):  # root is refused no port that exists
            listener(65536).startService()
    else:
        with pytest.raises(CannotListen, match="1"):
            listener(1).startService()
