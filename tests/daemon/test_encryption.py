"""TLS for other machines: which certificate is taken, and who is spoken to in the clear."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IAddress
from twisted.internet.protocol import ServerFactory
from twisted.internet.testing import StringTransport
from twisted.protocols.wire import Echo

from gorev.daemon.encryption import Identity
from gorev.daemon.errors import BrokenCertificate
from tests.support.certificates import Certificate, make_certificate


@pytest.fixture
def made(tmp_path: Path) -> Certificate:
    """A certificate of a name and two addresses."""
    return make_certificate(tmp_path, "Gorev.Test", "192.0.2.7", "2001:db8::7")


def test_a_certificate_tells_the_names_it_is_good_for(made: Certificate) -> None:
    assert Identity.read(made.certificate, made.key).names == {"gorev.test", "192.0.2.7", "2001:db8::7"}


@pytest.mark.parametrize(
    "content", [None, b"", b"garbage", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
@pytest.mark.parametrize("which", ["certificate", "key"])
def test_a_file_that_will_not_do_is_named(made: Certificate, which: str, content: bytes | None) -> None:
    file: Path = getattr(made, which)
    file.unlink()
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(BrokenCertificate, match=str(file)):
        Identity.read(made.certificate, made.key)


def test_a_folder_is_no_certificate(made: Certificate, tmp_path: Path) -> None:
    with pytest.raises(BrokenCertificate, match=str(tmp_path)):
        Identity.read(tmp_path, made.key)


def test_a_key_of_another_certificate_is_told(made: Certificate, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = make_certificate(tmp_path / "other", "other.test")
    with pytest.raises(BrokenCertificate, match=str(other.key)):
        Identity.read(made.certificate, other.key)


def echoed(factory: ServerFactory[Any], peer: IAddress) -> bytes:
    """What a peer at this address gets for some words in the clear."""
    protocol = factory.buildProtocol(peer)
    assert protocol is not None
    transport = StringTransport(peerAddress=peer)
    protocol.makeConnection(transport)
    protocol.dataReceived(b"in the clear")
    heard: bytes = transport.value()
    return heard


NEAR = [IPv4Address("TCP", "127.0.0.1", 1), IPv4Address("TCP", "127.8.9.1", 1), IPv6Address("TCP", "::1", 1)]
FAR = [
    IPv4Address("TCP", "192.0.2.9", 1),
    IPv4Address("TCP", "10.0.0.1", 1),
    IPv4Address("TCP", "0.0.0.0", 1),
    IPv6Address("TCP", "fe80::1%eth0", 1),
    IPv6Address("TCP", "2001:db8::1", 1),
]


@pytest.fixture
def echo() -> ServerFactory[Any]:
    """A factory that says what it hears."""
    factory: ServerFactory[Any] = ServerFactory()
    factory.protocol = Echo
    return factory


@pytest.mark.parametrize("peer", NEAR, ids=str)
def test_this_machine_is_spoken_to_in_the_clear(made: Certificate, echo: ServerFactory[Any], peer: IAddress) -> None:
    factory = Identity.read(made.certificate, made.key).encrypting_for_others(echo)
    assert echoed(factory, peer) == b"in the clear"


@pytest.mark.parametrize("peer", FAR, ids=str)
def test_any_other_machine_is_not(made: Certificate, echo: ServerFactory[Any], peer: IAddress) -> None:
    identity = Identity.read(made.certificate, made.key)
    for factory in (identity.encrypting_for_others(echo), identity.encrypting(echo)):
        assert b"in the clear" not in echoed(factory, peer)


@pytest.mark.parametrize("peer", NEAR, ids=str)
def test_an_address_for_other_machines_is_encrypted_for_all(
    made: Certificate, echo: ServerFactory[Any], peer: IAddress
) -> None:
    assert b"in the clear" not in echoed(Identity.read(made.certificate, made.key).encrypting(echo), peer)
