"""JSON read piece by piece: a document of any size, one value of it in memory at a time.

Decoding a long text in one go would also keep every other thread waiting meanwhile, the reactor's among them: a
decoder in C does not hand over the interpreter.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO, Final, NoReturn

CHUNK_BYTES: Final = 256 * 1024
# The longest token that is not a string: an error further from the end than this cannot come from reading too little.
_TOKEN: Final = 32
_BLANK: Final = re.compile(r"[ \t\n\r]*")


class Malformed(Exception):
    """The text is no JSON."""


def _no_constant(name: str) -> NoReturn:
    raise Malformed


# Reads one value; ends with StopIteration where there is none.
_scan: Final = json.JSONDecoder(parse_constant=_no_constant).scan_once  # type: ignore[attr-defined]  # not in typeshed


def text_chunks(file: BinaryIO) -> Iterator[str]:
    """A file's UTF-8 text, with or without a mark at its beginning.

    @raise UnicodeDecodeError: it is something else.
    """
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    while chunk := file.read(CHUNK_BYTES):
        yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True)


class JsonText:
    """Values of a JSON text, in order. Every method raises `Malformed` where the text is none."""

    def __init__(self, chunks: Iterator[str]) -> None:
        self._chunks = chunks
        self._buffer = ""
        self._at = 0
        self._ended = False

    def peek(self) -> str:
        """The character that the next value, or whatever comes next, begins with."""
        while True:
            if self._at < len(self._buffer) and self._buffer[self._at] not in " \t\n\r":
                return self._buffer[self._at]
            self._at = self._after_blank()
            if self._at == len(self._buffer) and not self._read_on():
                raise Malformed

    def value(self) -> Any:
        """The next value, whole."""
        self.peek()
        while True:
            try:
                value, end = _scan(self._buffer, self._at)
            except StopIteration as error:
                if error.value >= len(self._buffer) - _TOKEN and self._read_on():
                    continue
                raise Malformed from None
            except json.JSONDecodeError as error:
                cut = error.pos >= len(self._buffer) - _TOKEN or error.msg.startswith("Unterminated string")
                if cut and self._read_on():
                    continue
                raise Malformed from None
            except (ValueError, RecursionError):  # a number or a nesting beyond what Python reads
                raise Malformed from None
            # A number that the buffer ends with may go on: "1" as "12", "1e-" as "1e-5".
            if end >= len(self._buffer) - 2 and isinstance(value, int | float) and self._read_on():
                continue
            self._at = end
            return value

    def members(self) -> Iterator[str]:
        """The names in the object that comes next; whoever iterates takes each one's value before the next."""
        self._expect("{")
        if self._took("}"):
            return
        while True:
            if self.peek() != '"':
                raise Malformed
            name = self.value()
            self._expect(":")
            yield name
            if not self._took(","):
                self._expect("}")
                return

    def elements(self) -> Iterator[Any]:
        """The values in the array that comes next."""
        self._expect("[")
        if self._took("]"):
            return
        while True:
            yield self.value()
            if not self._took(","):
                self._expect("]")
                return

    def end(self) -> None:
        """Make sure that nothing follows."""
        while True:
            self._at = self._after_blank()
            if self._at < len(self._buffer):
                raise Malformed
            if not self._read_on():
                return

    def _after_blank(self) -> int:
        blank = _BLANK.match(self._buffer, self._at)
        return self._at if blank is None else blank.end()

    def _took(self, mark: str) -> bool:
        taken = self.peek() == mark
        self._at += taken
        return taken

    def _expect(self, mark: str) -> None:
        if not self._took(mark):
            raise Malformed

    def _read_on(self) -> bool:
        """Read as much again as is kept, so that a long value is not gone over more than twice; false at the end."""
        if self._ended:
            return False
        parts = [self._buffer[self._at :]]
        wanted, got = max(1, len(parts[0])), 0
        while got < wanted and not self._ended:
            chunk = next(self._chunks, None)
            self._ended = chunk is None
            parts.append(chunk or "")
            got += len(chunk or "")
        if got:
            self._buffer, self._at = "".join(parts), 0
        return got > 0
