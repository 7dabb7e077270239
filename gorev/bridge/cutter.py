"""Lines out of a stream of bytes."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

LINE_LIMIT = 16 * 1024 * 1024  # bytes without the line end, lifecycle.md §7
HEAD_BYTES = 4096  # of a line over the limit, enough to find its id


class LineCutter:
    """Cuts a stream into lines, at ``\\n`` only, never searching a byte twice."""

    def __init__(self) -> None:
        self._part = bytearray()
        self._over_limit = False

    def feed(self, data: bytes) -> Iterator[tuple[bytes, bool]]:
        """Yield each line that is complete now, with its end, and False; of one over the limit its head, and True."""
        start = 0
        while (end := data.find(b"\n", start) + 1) > 0:
            if self._part or end - start > LINE_LIMIT + 1:
                self._keep(data[start:end])
                line, over_limit = bytes(self._part), self._over_limit
                self._part, self._over_limit = bytearray(), False
                yield line, over_limit
            else:
                yield data[start:end], False
            start = end
        self._keep(data[start:])

    def _keep(self, piece: bytes) -> None:
        if self._over_limit:
            return
        self._part += piece
        if len(self._part) > LINE_LIMIT + 1:
            self._over_limit = True
            self._part = self._part[:HEAD_BYTES]
