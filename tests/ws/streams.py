"""What tests ask of an event stream."""

from __future__ import annotations

from typing import Any

from tests.support.running_daemon import EventStream


def says_nothing(stream: EventStream) -> bool:
    """Whether no event was on its way; frames keep their order, so a ping's answer would have come after it."""
    stream.send({"type": "ping", "timestamp": "barrier"})
    return bool(stream.read() == {"type": "pong", "timestamp": "barrier"})


def events(stream: EventStream, count: int) -> list[Any]:
    """The next frames, which must be so many events and no more."""
    read = [stream.read() for _ in range(count)]
    assert all("seq" in frame for frame in read), read
    assert says_nothing(stream)
    return read
