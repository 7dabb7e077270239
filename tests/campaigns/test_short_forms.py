"""Each campaign in a short form; ``make campaign`` runs the long ones."""

from __future__ import annotations

from tests.campaigns import bridges, operations


def test_bridges_lose_nothing_when_their_daemon_is_killed() -> None:
    tally = bridges.run(bridges=8, kills=3, seconds=15.0)
    assert not tally.lost, "\n".join(tally.lines())
    assert tally.figures["calls answered"]


def test_random_operations_by_either_wire_come_to_what_a_plain_model_says() -> None:
    tally = operations.run(seed=20_260, seconds=0, at_least=400)
    assert not tally.lost, "\n".join(tally.lines())
