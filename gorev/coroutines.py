"""Coroutines that mostly have nothing to wait for."""

from __future__ import annotations

import types
from collections.abc import Coroutine, Generator
from typing import Any, TypeVar

from twisted.internet.defer import Deferred

T = TypeVar("T")


def begun(work: Coroutine[Any, Any, T]) -> Deferred[T] | T:
    """Run ``work`` until it waits: what it returns, or a Deferred of that if there is something to wait for.

    Whatever it raises before it waits is raised here. `Deferred.fromCoroutine` does the same for ten times the cost.
    """
    try:
        awaited = work.send(None)
    except StopIteration as end:
        value: T = end.value
        return value
    return Deferred.fromCoroutine(_resumed(work, awaited))


@types.coroutine
def _resumed(work: Coroutine[Any, Any, T], awaited: Any) -> Generator[Any, Any, T]:
    """The rest of a coroutine that waits for ``awaited``."""
    try:
        while True:
            try:
                result = yield awaited
            except GeneratorExit:  # nobody waits any more, and perhaps the work is gone already
                work.close()
                raise
            except BaseException as error:
                awaited = work.throw(error)
            else:
                awaited = work.send(result)
    except StopIteration as end:
        value: T = end.value
        return value
