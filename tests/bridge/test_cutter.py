"""Lines out of pieces of a stream."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gorev.bridge.cutter import HEAD_BYTES, LINE_LIMIT, LineCutter


@given(st.lists(st.binary(max_size=20).map(lambda piece: piece.replace(b"\x00", b"\n"))))
def test_lines_come_out_whole_however_they_went_in(pieces: list[bytes]) -> None:
    cutter = LineCutter()
    lines = [line for piece in pieces for line, _ in cutter.feed(piece)]
    stream = b"".join(pieces)
    assert b"".join(lines) == stream[: stream.rfind(b"\n") + 1]
    assert all(line.index(b"\n") == len(line) - 1 for line in lines)


def test_of_a_line_over_the_limit_only_the_head_is_kept_and_the_next_is_whole() -> None:
    cutter = LineCutter()
    long = b"a" * LINE_LIMIT
    for piece in (long, b"b"):
        assert list(cutter.feed(piece)) == []
    assert list(cutter.feed(b"\nnext\n")) == [(long[:HEAD_BYTES], True), (b"next\n", False)]


def test_a_line_over_the_limit_may_come_in_one_piece() -> None:
    long = b"a" * (LINE_LIMIT + 1)
    assert list(LineCutter().feed(long + b"\n")) == [(long[:HEAD_BYTES], True)]


def test_a_line_of_the_limit_passes() -> None:
    longest = b"a" * LINE_LIMIT + b"\n"
    assert list(LineCutter().feed(longest)) == [(longest, False)]
