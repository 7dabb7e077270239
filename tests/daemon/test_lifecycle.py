"""What the daemon says of its own health."""

from __future__ import annotations

import os
import time

import attrs
import pytest

from gorev import __version__
from gorev.daemon.lifecycle import Lifecycle, Phase, duration_text


@attrs.define
class Monotonic:
    """A clock that is moved by hand."""

    now: float = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(0, "0s"), (0.9, "0s"), (45, "45s"), (60, "1m0s"), (180, "3m0s"), (8130, "2h15m30s"), (180001.5, "50h0m1s")],
)
def test_a_duration_is_written_without_leading_zero_units(seconds: float, written: str) -> None:
    assert duration_text(seconds) == written


def test_a_serving_daemon_is_healthy() -> None:
    clock = Monotonic()
    lifecycle = Lifecycle("abc", monotonic=clock)
    lifecycle.serve(5099)
    clock.now += 61.25
    status, document = lifecycle.health()
    assert status == 200
    assert abs(document.pop("time") - time.time()) < 60  # type: ignore[misc]  # popped off a copy of its own
    assert document == {
        "status": "healthy",
        "version": __version__,
        "uptime": "1m1s",
        "uptime_seconds": 61.25,
        "pid": os.getpid(),
        "daemon_url": "http://localhost:5099",
    }


def test_a_stopping_daemon_says_so_with_503() -> None:
    lifecycle = Lifecycle("abc")
    lifecycle.serve(5099)
    lifecycle.stop()
    status, document = lifecycle.health()
    assert (status, document["status"]) == (503, "shutting_down")
    assert lifecycle.stopping


def test_a_daemon_begins_by_starting() -> None:
    assert Lifecycle("abc").phase is Phase.STARTING
