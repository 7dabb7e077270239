"""Coroutines that mostly have nothing to wait for end as others do."""

from __future__ import annotations

import gc
import sys
from collections.abc import Awaitable
from typing import Any

import pytest
from twisted.internet.defer import CancelledError, Deferred, succeed

from gorev.coroutines import begun


async def together(*parts: Awaitable[int]) -> list[int]:
    """What each yields, one after the other."""
    return [await part for part in parts]


async def described(part: Awaitable[int]) -> str:
    """What came of it, mistakes and cancellation included."""
    try:
        return f"yielded {await part}"
    except (ValueError, CancelledError) as error:
        return f"raised {type(error).__name__}"


async def spoilt(part: Awaitable[int]) -> None:
    """Fails once it has it."""
    raise ValueError(await part)


def outcome(deferred: Any) -> Any:
    """What it fired with."""
    found: list[Any] = []
    deferred.addBoth(found.append)
    return found[0]


def test_what_waits_for_nothing_is_done_at_once() -> None:
    assert begun(together(succeed(1), succeed(2))) == [1, 2]
    with pytest.raises(ValueError, match="1"):
        begun(spoilt(succeed(1)))


def test_what_waits_goes_on_each_time_that_it_may() -> None:
    parts: list[Deferred[int]] = [Deferred(), succeed(2), Deferred()]
    done = begun(together(*parts))
    parts[0].callback(1)
    parts[2].callback(3)
    assert outcome(done) == [1, 2, 3]


def test_failures_go_in_and_out() -> None:
    parts: list[Deferred[int]] = [Deferred(), Deferred()]
    handled, failing = begun(described(parts[0])), begun(spoilt(parts[1]))
    parts[0].errback(ValueError())
    parts[1].callback(1)
    assert outcome(handled) == "raised ValueError"
    assert outcome(failing).check(ValueError)


def test_cancellation_reaches_what_is_waited_for() -> None:
    cancelled: list[Deferred[int]] = []
    done: Any = begun(described(Deferred(cancelled.append)))
    done.cancel()
    assert len(cancelled) == 1
    assert outcome(done) == "raised CancelledError"


def test_what_nobody_waits_for_any_more_goes_without_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", said.append)
    begun(described(Deferred()))
    gc.collect()
    assert said == []
