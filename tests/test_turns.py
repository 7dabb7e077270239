"""Work that comes all at once is done in its order, and lets others have their turn in between."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from twisted.internet.task import Clock

from gorev.turns import PAUSE_SECONDS, TURN_SECONDS, Turns
from tests.conftest import LoggedFailures


class Desk:
    """Where work is done of which five pieces fill a turn, each with its number."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.turns = Turns(self.clock)
        self.done: list[int] = []

    def give(self, *numbers: int) -> None:
        """Hand work in, all of it in one turn of the reactor."""
        for number in numbers:
            self.turns.take(self._work(number))

    def _work(self, number: int) -> Callable[[], None]:
        def work() -> None:
            self.clock.rightNow += TURN_SECONDS / 4.5  # not `advance`, which would call what waits
            self.done.append(number)

        return work


def test_little_work_is_done_at_once() -> None:
    desk = Desk()
    desk.give(1, 2, 3)
    assert desk.done == [1, 2, 3]
    assert desk.clock.getDelayedCalls() == []


def test_much_work_is_done_turn_by_turn_in_its_order(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk()
    done_by_turn: list[int] = []
    call_later = desk.clock.callLater

    def next_turn(*arguments: Any) -> Any:
        done_by_turn.append(len(desk.done))
        return call_later(*arguments)

    monkeypatch.setattr(desk.clock, "callLater", next_turn)
    desk.give(*range(20))
    desk.clock.advance(0)
    assert desk.done == list(range(20))
    assert done_by_turn == [5, 10, 15]


def test_work_that_comes_later_waits_for_what_came_before() -> None:
    desk = Desk()
    desk.give(*range(6))
    desk.clock.rightNow += 1
    desk.give(6)
    assert desk.done == list(range(5))
    desk.clock.advance(0)
    assert desk.done == list(range(7))


def test_after_a_pause_a_turn_begins_anew() -> None:
    desk = Desk()
    for number in range(20):
        desk.give(number)
        assert desk.done[-1] == number
        desk.clock.rightNow += 2 * PAUSE_SECONDS


def test_work_that_fails_is_logged_and_keeps_nobody_waiting(logged_failures: LoggedFailures) -> None:
    desk = Desk()
    desk.give(*range(5))
    desk.turns.take(lambda: desk.done.append(1 // 0))
    desk.give(5)
    desk.clock.advance(0)
    assert desk.done == list(range(6))
    (failure,) = logged_failures.flush(ZeroDivisionError)
    assert failure.check(ZeroDivisionError)


def test_work_that_makes_more_work_has_one_turn_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a client does that sends many requests at once, of which each is begun after the one before it."""
    desk = Desk()
    due_already: list[int] = []
    call_later = desk.clock.callLater

    def next_turn(*arguments: Any) -> Any:
        due_already.append(len(desk.clock.getDelayedCalls()))
        return call_later(*arguments)

    def work_and_go_on(number: int) -> None:
        desk.give(number)
        if number < 40:
            desk.turns.take(lambda: work_and_go_on(number + 1))

    monkeypatch.setattr(desk.clock, "callLater", next_turn)
    work_and_go_on(1)
    desk.clock.advance(0)
    assert sorted(desk.done) == list(range(1, 41))
    assert due_already
    assert set(due_already) == {0}
