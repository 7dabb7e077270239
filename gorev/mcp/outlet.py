"""The way of notifications to a peer that may be slow to read them."""

from __future__ import annotations

from collections.abc import Callable


class Outlet:
    """One stream to a peer; ``write`` takes a notification's bytes, without a line end.

    Its wire pauses it while the peer does not read, or while there is no stream. Who has something to say then keeps
    it, within bounds, and goes on when it is resumed.
    """

    def __init__(self, write: Callable[[bytes], None], *, paused: bool = False) -> None:
        self._write = write
        self._paused = paused
        self._waiting: list[Callable[[], None]] = []

    @property
    def paused(self) -> bool:
        """Whether nothing may be sent now."""
        return self._paused

    def send(self, body: bytes) -> None:
        """Write a notification. To be asked first: `paused`."""
        self._write(body)

    def pause(self) -> None:
        """Nothing more for now."""
        self._paused = True

    def resume(self) -> None:
        """Go on with what waited, as long as it is not paused again."""
        self._paused = False
        while self._waiting and not self._paused:
            self._waiting.pop(0)()

    def when_resumed(self, go_on: Callable[[], None]) -> None:
        """Call ``go_on`` once, at the next `resume`."""
        self._waiting.append(go_on)

    def forget(self, go_on: Callable[[], None]) -> None:
        """Do not call it any more."""
        if go_on in self._waiting:
            self._waiting.remove(go_on)
