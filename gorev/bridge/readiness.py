"""Waiting for pipes and sockets, and the client's pipes as something that can be waited for.

Windows, where this is untried, can wait for sockets only: there a thread each copies between the pipes and sockets.
"""

from __future__ import annotations

import os
import sys

if sys.platform == "win32":
    import _thread
    import msvcrt
    import select
    import socket

    POLLIN, POLLOUT, POLLERR, POLLHUP, POLLNVAL = 1, 4, 8, 16, 32

    class Poll:
        """As much of ``select.poll`` as the bridge needs."""

        def __init__(self) -> None:
            self._masks: dict[int, int] = {}

        def register(self, descriptor: int, mask: int) -> None:
            """Wait for this, too."""
            self._masks[descriptor] = mask

        def poll(self, milliseconds: float) -> list[tuple[int, int]]:
            """Wait for any of them."""
            reading = [each for each, mask in self._masks.items() if mask & POLLIN]
            writing = [each for each, mask in self._masks.items() if mask & POLLOUT]
            can_read, can_write, broken = select.select(reading, writing, list(self._masks), milliseconds / 1000)
            found: dict[int, int] = {}
            for descriptors, event in ((can_read, POLLIN), (can_write, POLLOUT), (broken, POLLERR)):
                for descriptor in descriptors:
                    found[descriptor] = found.get(descriptor, 0) | event
            return list(found.items())

    class ClientPipes:
        """Standard input and output, made ready to be waited for: ``input`` and ``output`` are their descriptors."""

        def __init__(self, output: int) -> None:
            for pipe in (0, output):
                msvcrt.setmode(pipe, os.O_BINARY)
            self._from_client, filled = socket.socketpair()
            self._to_client, drained = socket.socketpair()
            for end in (self._from_client, self._to_client):
                end.setblocking(False)
            self.input, self.output = self._from_client.fileno(), self._to_client.fileno()
            self._drained = _thread.allocate_lock()
            self._drained.acquire()
            _thread.start_new_thread(self._fill, (0, filled))
            _thread.start_new_thread(self._drain, (drained, output))

        def read(self, count: int) -> bytes:
            """Read what is there; nothing at the end. Raises OSError."""
            return self._from_client.recv(count)

        def write(self, data: bytearray) -> int:
            """Write as much as can be written now. Raises OSError."""
            return self._to_client.send(data)

        def restore(self) -> None:
            """Have everything written out that was given, unless the client does not read."""
            self._to_client.shutdown(socket.SHUT_WR)
            self._drained.acquire(timeout=1.0)

        @staticmethod
        def _fill(pipe: int, end: socket.socket) -> None:
            try:
                while data := os.read(pipe, 65536):
                    end.sendall(data)
            except OSError:
                pass
            end.close()

        def _drain(self, end: socket.socket, pipe: int) -> None:
            try:
                while data := end.recv(65536):
                    while data:
                        data = data[os.write(pipe, data) :]
            except OSError:
                pass
            end.close()
            self._drained.release()

else:
    from select import POLLERR, POLLHUP, POLLIN, POLLNVAL, POLLOUT
    from select import poll as Poll

    class ClientPipes:
        """Standard input and output, made ready to be waited for: ``input`` and ``output`` are their descriptors."""

        def __init__(self, output: int) -> None:
            self.input, self.output = 0, output
            self._were_blocking = [(descriptor, os.get_blocking(descriptor)) for descriptor in (0, output)]
            for descriptor, _ in self._were_blocking:
                os.set_blocking(descriptor, False)

        def read(self, count: int) -> bytes:
            """Read what is there; nothing at the end. Raises OSError."""
            return os.read(self.input, count)

        def write(self, data: bytearray) -> int:
            """Write as much as can be written now. Raises OSError."""
            return os.write(self.output, data)

        def restore(self) -> None:
            """Leave the pipes as they were: a shell may have them too."""
            for descriptor, was_blocking in self._were_blocking:
                os.set_blocking(descriptor, was_blocking)


__all__ = ["POLLERR", "POLLHUP", "POLLIN", "POLLNVAL", "POLLOUT", "ClientPipes", "Poll"]
