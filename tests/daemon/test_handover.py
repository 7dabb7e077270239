"""Who is made room for, and how the process ends then."""

from __future__ import annotations

import pytest
from twisted.internet.defer import succeed
from twisted.internet.error import ReactorNotRunning

from gorev.daemon.handover import RESTART_STATUS, Handover, end
from tests.services.house import in_reactor


async def asked(handover: Handover, *versions: str) -> list[bool]:
    """Whether room is made for each of them."""
    return [await handover.ask(version) for version in versions]


@pytest.mark.parametrize("version", ["1.2.2", "1.2.3", "0.99.0", "", "dev"])
@in_reactor
async def test_only_a_newer_version_is_made_room_for(version: str) -> None:
    stops: list[None] = []
    assert await asked(Handover(lambda: stops.append(None), "1.2.3"), version) == [False]
    assert stops == []


@in_reactor
async def test_the_first_newer_version_ends_the_daemon_and_later_ones_change_nothing() -> None:
    stops: list[None] = []
    assert await asked(Handover(lambda: stops.append(None), "1.2.3"), "1.2.4", "1.2.4", "2.0.0") == [True] * 3
    assert stops == [None]


@pytest.mark.parametrize(
    ("installed", "makes_room"), [("1.2.3", False), ("1.2.2", False), ("", False), ("1.2.4", True)]
)
@in_reactor
async def test_a_service_makes_room_only_if_its_manager_starts_a_newer_version(
    installed: str, makes_room: bool
) -> None:
    stops: list[None] = []
    handover = Handover(lambda: stops.append(None), "1.2.3", lambda: succeed(installed))
    assert await asked(handover, "2.0.0") == [makes_room]
    assert (len(stops), handover.asked) == (int(makes_room), makes_room)


class RecordingReactor:
    """Keeps what is to be done, and stops as often as a reactor does: once."""

    def __init__(self, *, runs: bool = True) -> None:
        self.runs = runs
        self.later: list[object] = []
        self.after_shutdown: list[tuple[object, ...]] = []

    def callLater(self, delay: float, call: object) -> None:
        """Keep the call."""
        self.later.append(call)

    def addSystemEventTrigger(self, phase: str, event: str, *call: object) -> None:
        """Keep what comes after the shutdown."""
        assert (phase, event) == ("after", "shutdown")
        self.after_shutdown.append(call)

    def stop(self) -> None:
        """Stop, if it runs."""
        if not self.runs:
            raise ReactorNotRunning
        self.runs = False


def test_the_reactor_is_stopped_after_the_message_was_handled() -> None:
    reactor = RecordingReactor()
    end(reactor, supervised=False)
    assert reactor.runs
    (stop,) = reactor.later
    assert callable(stop)
    stop()
    stop()  # a signal may have been faster
    assert not reactor.runs
    assert reactor.after_shutdown == []


def test_a_supervised_process_ends_with_a_status_after_which_it_is_started_again() -> None:
    reactor = RecordingReactor()
    end(reactor, supervised=True)
    ((_, status),) = reactor.after_shutdown
    assert status == RESTART_STATUS
