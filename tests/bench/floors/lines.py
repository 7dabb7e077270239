"""A raw socket: a line that begins with a number is answered with a line of so many bytes.

After ``all`` and a number it goes to every connection instead, as an event does.
"""

from __future__ import annotations

import gc
import sys
from functools import cache
from typing import Any, ClassVar

from twisted.internet import reactor as chosen
from twisted.internet.protocol import Factory
from twisted.protocols.basic import LineReceiver


@cache
def _line(size: int) -> bytes:
    return b"x" * (size - 1) + b"\n"


class Echo(LineReceiver):
    """One client."""

    delimiter = b"\n"
    MAX_LENGTH = 1 << 20
    clients: ClassVar[set[Echo]] = set()
    transport: Any

    def connectionMade(self) -> None:
        """Keep it."""
        self.transport.setTcpNoDelay(True)
        self.clients.add(self)

    def connectionLost(self, reason: object = None) -> None:
        """Forget it."""
        self.clients.discard(self)

    def lineReceived(self, line: bytes) -> None:
        """Answer."""
        word, rest = line.split(b" ", 1)
        if word != b"all":
            self.transport.write(_line(int(word)))
            return
        event = _line(int(rest.split(b" ", 1)[0]))
        for client in self.clients:
            client.transport.write(event)


def main() -> None:
    """Serve until the process is ended."""
    reactor: Any = chosen
    port = reactor.listenTCP(0, Factory.forProtocol(Echo), interface="127.0.0.1", backlog=2000)
    sys.stdout.write(f"{port.getHost().port}\n")
    sys.stdout.flush()
    gc.freeze()
    reactor.run()


main()
