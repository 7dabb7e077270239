"""Each campaign in a short form; ``make campaign`` runs the long ones."""

from __future__ import annotations

from tests.campaigns import bridges, kills, leftovers, operations, soak, starts


def test_bridges_lose_nothing_when_their_daemon_is_killed() -> None:
    tally = bridges.run(bridges=8, kills=3, seconds=15.0)
    assert not tally.lost, "\n".join(tally.lines())
    assert tally.figures["calls answered"]


def test_random_operations_by_either_wire_come_to_what_a_plain_model_says() -> None:
    tally = operations.run(seed=20_260, seconds=0, at_least=400)
    assert not tally.lost, "\n".join(tally.lines())


def test_a_daemon_that_is_killed_at_random_instants_loses_nothing_it_acknowledged() -> None:
    tally = kills.run(kills=4, homes=1)
    assert not tally.lost, "\n".join(tally.lines())
    assert tally.figures["writes acknowledged"]


def test_assistants_that_start_at_once_are_all_served_by_one_daemon() -> None:
    tally = starts.run(clients=16, seconds=0, findings=starts.FINDINGS[1:2])
    assert not tally.lost, "\n".join(tally.lines())


def test_whatever_lies_in_the_daemon_directory_one_daemon_comes() -> None:
    tally = leftovers.run(seconds=0, only=leftovers.SHORT)
    assert not tally.lost, "\n".join(tally.lines())


def test_mixed_clients_are_answered_right_and_leave_nothing_behind() -> None:
    """How much memory a daemon takes that is not warm yet is for the long form."""
    tally = soak.run(clients=8, seconds=2)
    assert {**tally.losses, "growth of memory": 0, "growth of descriptors": 0} == dict.fromkeys(tally.losses, 0)
