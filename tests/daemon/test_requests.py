"""Requests in flight and the end of the daemon."""

from __future__ import annotations

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.task import Clock

from gorev.daemon.requests import DRAIN_LIMIT_SECONDS, Requests


def started(clock: Clock) -> Requests:
    requests = Requests(clock)
    requests.startService()
    return requests


def test_a_stop_without_requests_is_immediate() -> None:
    clock = Clock()
    assert started(clock).stopService().called
    assert clock.getDelayedCalls() == []


def test_a_stop_waits_for_every_request() -> None:
    requests = started(Clock())
    first: Deferred[int] = requests.watch(Deferred())
    second: Deferred[int] = requests.watch(Deferred())
    stopped = requests.stopService()
    first.callback(1)
    assert not stopped.called
    second.callback(2)
    assert stopped.called


def test_a_request_keeps_its_result_and_its_failure() -> None:
    requests = started(Clock())
    results: list[object] = []
    fine: Deferred[int] = Deferred()
    broken: Deferred[int] = Deferred()
    requests.watch(fine).addCallback(results.append)
    requests.watch(broken).addErrback(lambda failure: results.append(failure.type))
    fine.callback(7)
    broken.errback(ValueError())
    assert results == [7, ValueError]
    assert requests.in_flight == 0


def test_a_request_that_was_answered_at_once_is_not_counted() -> None:
    requests = started(Clock())
    answered: Deferred[int] = Deferred()
    answered.callback(1)
    requests.watch(answered)
    assert requests.in_flight == 0


def test_requests_that_take_too_long_are_cancelled() -> None:
    clock = Clock()
    requests = started(clock)
    request: Deferred[int] = requests.watch(Deferred())
    outcome: list[object] = []
    request.addErrback(lambda failure: outcome.append(failure.type))
    stopped = requests.stopService()
    clock.advance(DRAIN_LIMIT_SECONDS)
    assert outcome == [CancelledError]
    assert stopped.called


def test_a_request_that_does_not_heed_its_cancellation_is_still_waited_for() -> None:
    """A change that is being committed is announced all the same."""
    clock = Clock()
    requests = started(clock)
    shield: Deferred[int] = Deferred()
    request: Deferred[int] = Deferred(lambda _: None)
    request.addErrback(lambda _: shield)
    requests.watch(request)
    stopped = requests.stopService()
    clock.advance(DRAIN_LIMIT_SECONDS)
    assert not stopped.called
    shield.callback(1)
    assert stopped.called
