"""Requests that are led past Klein, on a site in memory: whatever comes of them, their connection has an answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.error import ConnectionDone
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from twisted.web.resource import Resource

from gorev.rest.health import HealthRoutes
from gorev.rest.hot import HotPaths
from gorev.rest.reply import Encoded
from gorev.rest.route import GET, Answer, Area, Route
from gorev.site import GuardedSite
from gorev.turns import Turns
from tests.conftest import LoggedFailures

REQUEST = b"GET /api/hot HTTP/1.1\r\nHost: localhost:5082\r\n\r\n"


def connected(endpoint: Callable[..., Any], clock: Clock | None = None) -> tuple[Any, StringTransport]:
    """A connection to a site whose one hot route is served by ``endpoint``."""
    clock = clock or Clock()
    hot = HotPaths()
    route = Route(
        name="hot",
        area=Area.SYSTEM,
        summary="",
        methods=GET,
        family_a=("/hot",),
        handler=HealthRoutes.health,  # type: ignore[arg-type]  # never called
        answer=Answer(members={}),
        hot=True,
    )
    hot.add(route, "/hot", endpoint, lambda request: None)
    site = GuardedSite(
        reactor=clock,
        turns=Turns(clock),
        root=Resource(),
        hot=hot,
        load=lambda: None,
        port=lambda: 5082,
        language=lambda accepted: "en",
    )
    channel, transport = site.buildProtocol(None), StringTransport()
    channel.callLater = Clock().callLater
    channel.makeConnection(transport)
    return channel, transport


def fails(request: Any) -> Encoded:
    """An endpoint with a mistake in it."""
    raise ValueError("a bug")


def test_a_mistake_is_answered_and_logged(logged_failures: LoggedFailures) -> None:
    channel, transport = connected(fails)
    channel.dataReceived(REQUEST * 2)
    assert transport.value().count(b"HTTP/1.1 500 ") == 2
    assert len(logged_failures.flush(ValueError)) == 2


def test_a_mistake_that_comes_later_is_answered_and_logged_once(logged_failures: LoggedFailures) -> None:
    later: Deferred[Encoded] = Deferred()
    channel, transport = connected(lambda request: later)
    channel.dataReceived(REQUEST)
    later.errback(ValueError("a bug"))
    assert transport.value().startswith(b"HTTP/1.1 500 ")
    assert len(logged_failures.flush()) == 1


@pytest.mark.parametrize("error", [None, ValueError("a bug"), CancelledError()])
def test_nobody_is_answered_who_has_gone(logged_failures: LoggedFailures, error: Exception | None) -> None:
    later: Deferred[Encoded] = Deferred()
    channel, transport = connected(lambda request: later)
    channel.dataReceived(REQUEST)
    channel.connectionLost(Failure(ConnectionDone()))
    if error is None:
        later.callback(Encoded(200, (), None, b"{}"))
    else:
        later.errback(error)
    assert transport.value() == b""
    assert len(logged_failures.flush()) == (1 if isinstance(error, ValueError) else 0)


def test_who_goes_while_others_have_their_turn_is_not_worked_for() -> None:
    clock, worked = Clock(), []

    def slow(request: Any) -> Encoded:
        worked.append(request)
        clock.rightNow += 1
        return Encoded(200, (), None, b"{}")

    channel, transport = connected(slow, clock)
    channel.dataReceived(REQUEST * 2)
    assert (len(worked), transport.value().count(b" 200 ")) == (1, 1)
    channel.connectionLost(Failure(ConnectionDone()))
    clock.advance(0)
    assert len(worked) == 1
