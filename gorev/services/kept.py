"""Answers kept until something in their workspace changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Generic, TypeVar

V = TypeVar("V")

# Of one workspace: the pages that everybody has open, and the tasks that assistants look at again and again.
LIMIT_BYTES: Final = 8 * 1024 * 1024
# Larger ones would push out all others.
LARGEST_BYTES: Final = 1024 * 1024
# What an answer takes besides its body and its address.
OVERHEAD_BYTES: Final = 900


class Kept(Generic[V]):
    """What was read of one database and encoded, by the address that was asked for.

    ``version`` tells a number that is another one as soon as anything was committed, by whomever, or nothing if it
    can't be told now. All that is kept is of one version: an answer is exactly what reading it anew would give.
    """

    def __init__(self, version: Callable[[], int | None]) -> None:
        self._version = version
        self._as_of: int | None = None
        self._values: dict[bytes, V] = {}
        self._bytes = 0

    def find(self, asked: bytes) -> tuple[V | None, int | None]:
        """The answer, if it is kept, and the version that whatever is read from now on is at least of."""
        version = self._version()
        if version != self._as_of or version is None:
            self._drop()
            self._as_of = version
            return None, version
        return self._values.get(asked), version

    def keep(self, asked: bytes, answer: V, size_bytes: int, as_of: int | None) -> None:
        """Keep what was read after `find` said ``as_of``, unless something may have changed since."""
        if as_of is None or as_of != self._as_of or size_bytes > LARGEST_BYTES or asked in self._values:
            return
        size_bytes += len(asked) + OVERHEAD_BYTES
        if self._bytes + size_bytes > LIMIT_BYTES:
            self._drop()
        self._values[asked] = answer
        self._bytes += size_bytes

    def _drop(self) -> None:
        self._values.clear()
        self._bytes = 0
