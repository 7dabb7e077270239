"""The order in which services start and stop."""

from __future__ import annotations

import pytest
from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from gorev.daemon.tree import STOP_LIMIT_SECONDS, OrderedServices
from tests.conftest import LoggedFailures


class Recording(Service):
    """Notes what is done to it; its start may raise, its stop may take until ``stopped`` fires."""

    def __init__(self, name: str, notes: list[str], *, error: Exception | None = None, slow: bool = False) -> None:
        self.title = name
        self.notes = notes
        self.error = error
        self.stopped: Deferred[None] | None = Deferred() if slow else None

    def privilegedStartService(self) -> None:
        self.notes.append(f"prepare {self.title}")

    def startService(self) -> None:
        if self.error is not None:
            raise self.error
        self.notes.append(f"start {self.title}")

    def stopService(self) -> Deferred[None] | None:
        self.notes.append(f"stop {self.title}")
        return self.stopped


def tree_of(clock: Clock, *services: Service) -> OrderedServices:
    tree = OrderedServices(clock)
    for service in services:
        service.setServiceParent(tree)
    return tree


def test_services_start_in_order_and_stop_in_reverse() -> None:
    notes: list[str] = []
    tree = tree_of(Clock(), Recording("a", notes), Recording("b", notes))
    tree.privilegedStartService()
    tree.startService()
    tree.stopService()
    assert notes == ["prepare a", "prepare b", "start a", "start b", "stop b", "stop a"]


def test_a_service_is_stopped_only_when_those_after_it_have_stopped() -> None:
    notes: list[str] = []
    last = Recording("b", notes, slow=True)
    tree = tree_of(Clock(), Recording("a", notes), last)
    tree.startService()
    ended = tree.stopService()
    assert notes[2:] == ["stop b"]
    assert not ended.called
    assert last.stopped is not None
    last.stopped.callback(None)
    assert notes[2:] == ["stop b", "stop a"]
    assert ended.called


def test_a_start_that_fails_stops_what_had_started_and_raises_the_same_error() -> None:
    notes: list[str] = []
    tree = tree_of(Clock(), Recording("a", notes), Recording("b", notes), Recording("c", notes, error=OSError("busy")))
    with pytest.raises(OSError, match="busy"):
        tree.startService()
    assert notes == ["start a", "start b", "stop b", "stop a"]
    assert not tree.running


def test_after_a_failed_start_nothing_is_stopped_twice() -> None:
    notes: list[str] = []
    tree = tree_of(Clock(), Recording("a", notes), Recording("b", notes, error=OSError()))
    with pytest.raises(OSError):  # noqa: PT011  # which one does not matter here
        tree.startService()
    assert tree.stopService().called
    assert notes == ["start a", "stop a"]


def test_a_stop_that_fails_is_logged_and_the_others_go_on(logged_failures: LoggedFailures) -> None:
    notes: list[str] = []
    broken = Recording("b", notes, slow=True)
    tree = tree_of(Clock(), Recording("a", notes), broken)
    tree.startService()
    ended = tree.stopService()
    assert broken.stopped is not None
    broken.stopped.errback(ValueError("broken"))
    assert notes[2:] == ["stop b", "stop a"]
    assert ended.called
    assert len(logged_failures.flush(ValueError)) == 1


def test_stops_that_never_end_are_cancelled_within_the_limit() -> None:
    notes: list[str] = []
    services = [Recording(name, notes, slow=True) for name in "abc"]
    clock = Clock()
    tree = tree_of(clock, *services)
    tree.startService()
    ended = tree.stopService()
    clock.pump([0.25] * int(STOP_LIMIT_SECONDS * 4))
    assert ended.called
    assert notes[3:] == ["stop c", "stop b", "stop a"]
    assert all(service.stopped is not None and service.stopped.called for service in services)


def test_a_service_that_uses_all_the_time_leaves_some_to_each_of_the_others() -> None:
    notes: list[str] = []
    clock = Clock()
    first = Recording("a", notes, slow=True)
    tree = tree_of(clock, first, Recording("b", notes, slow=True))
    tree.startService()
    ended = tree.stopService()
    clock.advance(STOP_LIMIT_SECONDS - 0.5)
    assert notes[2:] == ["stop b", "stop a"]
    assert not ended.called
    assert first.stopped is not None
    first.stopped.callback(None)
    assert ended.called


def test_a_stop_leaves_no_timer_behind() -> None:
    clock = Clock()
    tree = tree_of(clock, Recording("a", []))
    tree.startService()
    tree.stopService()
    assert clock.getDelayedCalls() == []
