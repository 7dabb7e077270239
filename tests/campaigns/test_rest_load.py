"""The load of REST in a short form; ``make campaign`` runs the long one."""

from __future__ import annotations

from tests.campaigns import rest_load


def test_many_clients_at_once_lose_nothing_and_meet_no_failure() -> None:
    tally = rest_load.run(seconds=3.0)
    assert not tally.lost, "\n".join(tally.lines())
