"""Committed events on their way to whoever listens."""

from __future__ import annotations

from collections.abc import Callable

from gorev.domain.event import Event, EventKind
from gorev.services.bus import EventBus
from tests.conftest import LoggedFailures
from tests.support.open_store import ACTOR, BEGIN

EVENTS = [Event(seq=seq, time=BEGIN, actor=ACTOR, kind=EventKind.WORKSPACE_SYNC) for seq in (1, 2)]


class Listener:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, list[Event]]] = []

    def __call__(self, workspace_id: str, events: list[Event]) -> None:
        self.heard.append((workspace_id, events))


def test_every_listener_is_told_the_workspace_and_the_events_in_order() -> None:
    bus, listeners = EventBus(), [Listener(), Listener()]
    for each in listeners:
        bus.listen(each)
    bus.publish("w", EVENTS)
    bus.publish("x", EVENTS[:1])
    assert [each.heard for each in listeners] == [[("w", EVENTS), ("x", EVENTS[:1])]] * 2


def test_a_listener_that_stopped_listening_hears_no_more() -> None:
    bus, listener, other = EventBus(), Listener(), Listener()
    stop = bus.listen(listener)
    bus.listen(other)
    stop()
    bus.publish("w", EVENTS)
    assert (listener.heard, other.heard) == ([], [("w", EVENTS)])


def test_a_listener_that_fails_takes_nothing_from_the_others(logged_failures: LoggedFailures) -> None:
    def broken(workspace_id: str, events: list[Event]) -> None:
        raise ZeroDivisionError

    bus, listener = EventBus(), Listener()
    bus.listen(broken)
    bus.listen(listener)
    bus.publish("w", EVENTS)
    assert listener.heard == [("w", EVENTS)]
    assert len(logged_failures.flush(ZeroDivisionError)) == 1


def test_a_listener_may_stop_while_it_is_told() -> None:
    bus, other = EventBus(), Listener()
    stops: list[Callable[[], None]] = []

    def once(workspace_id: str, events: list[Event]) -> None:
        stops[0]()

    stops.append(bus.listen(once))
    bus.listen(other)
    bus.publish("w", EVENTS)
    bus.publish("w", EVENTS)
    assert len(other.heard) == 2
