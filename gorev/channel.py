"""HTTP connections whose peer may not take for ever.

The stock channel closes one that is silent for a while, but lives as long as a byte trickles in, and waits without end
for a peer that does not read its last answer. Nothing here costs a request anything.
"""

from __future__ import annotations

from typing import Any, Final

from twisted.web.http import HTTPChannel

# Without a byte from the peer, between requests or in one.
SILENCE_SECONDS: Final = 60
# From the first byte of a request to the last of its body; 32 MiB over loopback take well under one second.
REQUEST_SECONDS: Final = 60
# For the peer to read what was written, once the connection is to be closed.
FAREWELL_SECONDS: Final = 30


class PatientChannel(HTTPChannel):
    """A channel with an end to its patience. The peer gets no answer to a request that it did not finish."""

    timeOut = SILENCE_SECONDS
    abortTimeout = FAREWELL_SECONDS

    _begun: float | None = None
    _has_served = False

    def dataReceived(self, data: bytes) -> None:
        """Take some bytes, unless their request has been under way for too long."""
        if not self._handlingRequest:
            now = self._seconds()
            if self._begun is None:
                self._begun = now
            elif now - self._begun > REQUEST_SECONDS:
                self.timeoutConnection()
                return
        super().dataReceived(data)

    def allContentReceived(self) -> None:
        """A whole request is here."""
        self._begun = None
        self._has_served = True
        super().allContentReceived()

    def _respondToBadRequestAndDisconnect(self) -> None:
        # The stock answer is a status line alone.
        if self.transport is not None:
            self.transport.write(self.factory.malformed())
            self.loseConnection()

    def loseConnection(self) -> Any:
        """Close once all is written, or when the peer has had long enough to read it."""
        if self._abortingCall is None and self.transport is not None:
            self._abortingCall = self.callLater(self.abortTimeout, self.forceAbortClient)
        return super().loseConnection()

    def dismiss(self) -> None:
        """Close it now, unless nobody has asked for anything yet.

        A request that is being worked on, and not being answered yet, is answered first; an answer that was written
        reaches its reader.
        """
        transport: Any = self.transport
        if transport is None or not (self._has_served or self.requests):  # a WebSocket has it, or there is no request
            return
        if self._handlingRequest and not self.requests[0].startedWriting:
            self.persistent = False
        elif self._handlingRequest:
            transport.abortConnection()
        else:
            self.loseConnection()

    def _seconds(self) -> float:
        return float(self.factory.reactor.seconds())
