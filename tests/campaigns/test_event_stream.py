"""The campaigns on the event stream in a short form."""

from __future__ import annotations

from tests.campaigns import events, sockets


def test_clients_cut_at_random_hold_what_a_fresh_read_yields() -> None:
    tally = events.run(clients=10, cuts=60, writes=600)
    assert not tally.lost, "\n".join(tally.lines())
    assert sum(tally.figures["cuts"].values()) == 60  # type: ignore[attr-defined]


def test_a_crowd_is_served_and_who_never_reads_is_dropped() -> None:
    tally = sockets.run(crowds=(20,), idle=100, busy=10, rounds=20)
    assert not tally.lost, "\n".join(tally.lines())
