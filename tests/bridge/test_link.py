"""The way to the daemon, with the time given by the test."""

from __future__ import annotations

import json

import pytest

from gorev.bridge.invocation import Invocation
from gorev.bridge.link import FAILURE_PAUSES, PAUSES, WELCOME_SECONDS, Link
from gorev.bridge.session import AWAY, GREETED, OPEN, Session
from gorev.launcher import SUPERVISOR_SECONDS, Launch
from tests.fake_stage import Stage, request, until


class Linked:
    """A link and its session, in a time that passes only as the link asks for it."""

    def __init__(self, stage: Stage) -> None:
        launch = Launch(str(stage.directory), by="bridge")
        self.session = Session("en", "1.0.0")
        self.link = Link(Invocation(None, "en", launch, debug=False, help=False), self.session)
        self.now = 1000.0

    def until_phase(self, phase: int) -> None:
        """Give the link its turns until the session is in this phase."""

        def arrived() -> bool:
            self.turn()
            return self.session.phase == phase

        until(arrived)

    def until_served(self) -> None:
        """Give the link its turns until the client has an answer."""

        def answered() -> bool:
            self.turn()
            return self.session.served

        until(answered)

    def until_failure(self) -> str:
        """Give the link its turns until it fails; returns what it says then."""

        def failed() -> bool:
            self.turn()
            return self.session.failure is not None

        until(failed)
        assert self.session.failure is not None
        return self.session.failure[0]

    def turn(self) -> None:
        """Give the link one turn."""
        if self.session.phase == AWAY:
            self.now = max(self.now, self.link.due)
        self.link.step(self.now)
        self.link.read(self.now)

    def ask(self) -> list[dict[str, object]]:
        """The client sends a request; returns what it is answered at once."""
        self.session.for_client.clear()
        self.link.before_lines(self.now)
        self.session.from_client(json.dumps(request(1, "ping")).encode() + b"\n")
        self.link.after_lines(self.now)
        return [json.loads(line) for line in bytes(self.session.for_client).splitlines()]


@pytest.fixture
def linked(stage: Stage) -> Linked:
    """A link that has not begun."""
    return Linked(stage)


def test_a_daemon_that_gives_no_welcome_is_given_up(stage: Stage, linked: Linked) -> None:
    stage.behave(is_silent=True)
    linked.until_phase(GREETED)
    assert linked.ask() == []
    linked.link.step(linked.now + WELCOME_SECONDS - 0.1)
    assert linked.session.phase == GREETED
    linked.now += WELCOME_SECONDS
    assert "does not answer" in linked.until_failure()
    (answer,) = [json.loads(line) for line in bytes(linked.session.for_client).splitlines()]
    assert answer["id"] == 1
    assert linked.session.phase == AWAY


def test_after_a_failure_a_new_attempt_is_made_at_a_request_and_ever_more_rarely(stage: Stage, linked: Linked) -> None:
    stage.behave(dies_at_start=True)
    assert str(stage.log) in linked.until_failure()
    for attempts, pause in enumerate((FAILURE_PAUSES[0], 2 * FAILURE_PAUSES[0]), start=1):
        linked.now += pause - 0.1
        assert len(linked.ask()) == 1
        assert len(stage.starts()) == attempts
        linked.now += 0.1
        assert linked.ask() == []
        linked.until_failure()
        assert len(stage.starts()) == attempts + 1


def test_after_a_daemon_that_has_answered_the_next_one_is_looked_for_at_once(stage: Stage, linked: Linked) -> None:
    linked.until_phase(OPEN)
    linked.ask()
    linked.until_served()
    stage.stop_daemon()
    linked.until_phase(AWAY)
    assert linked.link.due == linked.now


def test_after_a_daemon_lost_soon_the_next_one_is_looked_for_after_a_pause_and_after_one_lost_late_at_once(
    stage: Stage, linked: Linked
) -> None:
    linked.until_phase(OPEN)
    stage.stop_daemon()
    linked.until_phase(AWAY)
    assert linked.link.due == linked.now + PAUSES[0]
    linked.ask()
    linked.until_phase(OPEN)
    linked.now += 60
    stage.stop_daemon()
    linked.until_phase(AWAY)
    assert linked.link.due == linked.now


def test_a_supervised_daemon_is_left_to_its_manager_for_a_while_but_found_when_it_is_there(
    stage: Stage, linked: Linked
) -> None:
    stage.behave(supervised=True)
    linked.until_phase(OPEN)
    stage.kill_daemon()
    linked.until_phase(AWAY)
    lost = linked.now
    linked.ask()
    while linked.now < lost + SUPERVISOR_SECONDS - 1:
        linked.turn()
    assert len(stage.starts()) == 1
    linked.until_phase(OPEN)
    assert linked.now >= lost + SUPERVISOR_SECONDS
    assert len(stage.starts()) == 2
