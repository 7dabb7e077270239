"""TLS for machines other than this one. Importing this needs the packages of the extra ``tls``."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from typing import Any, TypeVar, cast

import attrs
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from OpenSSL import SSL
from twisted.internet.interfaces import IAddress, IProtocol
from twisted.internet.protocol import ServerFactory
from twisted.internet.ssl import CertificateOptions, TLSVersion
from twisted.protocols.tls import TLSMemoryBIOFactory

from gorev.daemon.errors import BrokenCertificate
from gorev.small_file import content

Read = TypeVar("Read")


@attrs.frozen
class Identity:
    """A certificate with its key, ready to be shown: the ``names`` in it, DNS names and addresses in lower case."""

    names: frozenset[str]
    _options: CertificateOptions

    @classmethod
    def read(cls, certificate: Path, key: Path) -> Identity:
        """The identity in two PEM files, the certificate's chain below it. Blocks. Raises `BrokenCertificate`."""
        first, *chain = _parsed(certificate, x509.load_pem_x509_certificates)
        private = _parsed(key, lambda pem: load_pem_private_key(pem, None))
        # The annotations lag behind: pyOpenSSL deprecates all but cryptography's own classes.
        options = CertificateOptions(
            privateKey=cast("Any", private),
            certificate=cast("Any", first),
            extraCertChain=cast("Any", chain),
            raiseMinimumTo=TLSVersion.TLSv1_2,
        )
        try:
            options.getContext()  # finds out whether key and certificate belong together
        except SSL.Error as error:
            raise BrokenCertificate(file=key, reason=error) from error
        return cls(_names(first), options)

    def encrypting(self, factory: ServerFactory[Any]) -> ServerFactory[Any]:
        """A factory whose protocols speak TLS."""
        encrypted = TLSMemoryBIOFactory(self._options, False, factory)
        encrypted.noisy = False
        return cast("ServerFactory[Any]", encrypted)

    def encrypting_for_others(self, factory: ServerFactory[Any]) -> ServerFactory[Any]:
        """The same, but with peers on this machine's loopback they speak as before."""
        return _EncryptingForOthers(factory, self.encrypting(factory))


class _EncryptingForOthers(ServerFactory[Any]):
    noisy = False

    def __init__(self, near: ServerFactory[Any], far: ServerFactory[Any]) -> None:
        self._near = near
        self._far = far

    def doStart(self) -> None:
        self._far.doStart()  # which starts the other one, too

    def doStop(self) -> None:
        self._far.doStop()

    def buildProtocol(self, addr: IAddress | None) -> IProtocol | None:
        host = str(getattr(addr, "host", "")).partition("%")[0]
        near = bool(host) and ip_address(host).is_loopback
        return (self._near if near else self._far).buildProtocol(addr)


def _parsed(file: Path, parse: Callable[[bytes], Read]) -> Read:
    try:
        return parse(content(file))
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BrokenCertificate(file=file, reason=error) from error


def _names(certificate: x509.Certificate) -> frozenset[str]:
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return frozenset()
    addresses = {str(each) for each in extension.get_values_for_type(x509.IPAddress)}
    return frozenset({each.lower() for each in extension.get_values_for_type(x509.DNSName)} | addresses)
