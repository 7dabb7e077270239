"""Long work: told of, ended by its id, and not by a caller that leaves."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any, TypeVar, cast

import pytest
import pytest_twisted
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.task import deferLater

from gorev.domain.errors import Cancelled, OperationNotFound, OperationTaken, PathNotAllowed
from gorev.domain.event import Progress
from gorev.services.undertakings import Undertaking, Undertakings
from tests.conftest import LoggedFailures

Test = TypeVar("Test", bound=Callable[..., object])
in_reactor: Callable[[Test], Test] = pytest_twisted.ensureDeferred


class Work:
    """Undertakings with one piece of work, which goes on when the test says so."""

    def __init__(self) -> None:
        from twisted.internet import reactor

        self.reactor = cast("Any", reactor)
        self.told: list[tuple[str, Progress]] = []
        self.now = 0.0
        self.all = Undertakings(self.reactor, lambda id_, step: self.told.append((id_, step)), lambda: self.now)
        self.goes_on: Deferred[Any] = Deferred()
        self.one: Undertaking | None = None

    def start(self, id_: str | None = "it") -> Deferred[Any]:
        def begin(undertaking: Undertaking) -> Deferred[Any]:
            self.one = undertaking
            return self.goes_on

        return self.all.run("workspace", "import", id_, begin)

    @property
    def undertaking(self) -> Undertaking:
        assert self.one is not None
        return self.one

    async def turn(self) -> None:
        """Let what was called from a thread happen."""
        await deferLater(self.reactor, 0)


@in_reactor
async def test_its_caller_is_told_how_far_a_work_is_like_everybody_else() -> None:
    work = Work()
    heard: list[Progress] = []

    def begin(undertaking: Undertaking) -> Deferred[Any]:
        work.one = undertaking
        return work.goes_on

    outcome = work.all.run("workspace", "export", "it", begin, heard.append)
    work.now = 1.0
    work.undertaking.advance(3, 10)
    await work.turn()
    assert [step for _, step in work.told] == heard
    assert [(step.done, step.total) for step in heard] == [(3, 10)]
    work.goes_on.callback(None)
    await outcome


@in_reactor
async def test_a_work_yields_its_result_and_is_then_unknown() -> None:
    work = Work()
    outcome = work.start()
    work.goes_on.callback("done")
    assert await outcome == "done"
    with pytest.raises(OperationNotFound):
        work.all.cancel("it")


@in_reactor
async def test_a_work_fails_with_its_own_error() -> None:
    work = Work()
    outcome = work.start()
    work.goes_on.errback(PathNotAllowed(path="x", reason="y"))
    with pytest.raises(PathNotAllowed):
        await outcome


@in_reactor
async def test_a_work_that_is_cancelled_notices_at_its_next_check() -> None:
    work = Work()
    outcome = work.start()
    work.undertaking.check()
    work.all.cancel("it")
    for step in (work.undertaking.check, work.undertaking.settle, lambda: work.undertaking.advance(1, 2)):
        with pytest.raises(Cancelled):
            step()
    work.goes_on.errback(Cancelled())
    with pytest.raises(Cancelled):
        await outcome


@in_reactor
async def test_a_work_in_its_last_step_is_not_cancelled_any_more() -> None:
    work = Work()
    outcome = work.start()
    work.undertaking.settle()
    with pytest.raises(OperationNotFound):
        work.all.cancel("it")
    work.undertaking.check()
    work.goes_on.callback(None)
    await outcome


@in_reactor
async def test_two_works_do_not_have_one_id_at_once() -> None:
    work = Work()
    outcome = work.start()
    with pytest.raises(OperationTaken):
        work.start()
    work.goes_on.callback(None)
    await outcome


@in_reactor
async def test_a_caller_that_leaves_ends_nothing(logged_failures: LoggedFailures) -> None:
    for result in ("done", Cancelled(), PathNotAllowed(path="x", reason="y"), ZeroDivisionError()):
        work = Work()
        outcome = work.start()
        outcome.cancel()
        with pytest.raises(CancelledError):
            await outcome
        work.undertaking.check()
        work.goes_on.callback(result) if isinstance(result, str) else work.goes_on.errback(result)
    assert len(logged_failures.flush(ZeroDivisionError)) == 1
    assert logged_failures.events == []


@in_reactor
async def test_progress_is_told_on_the_reactor_but_not_more_often_than_agreed() -> None:
    work = Work()
    outcome = work.start()
    for done in range(100):
        work.now += 0.02
        work.undertaking.advance(done, 100)
    assert work.told == []
    await work.turn()
    steps = [step.done for _, step in work.told]
    assert len(steps) == 7  # in 2 s, 0.26 s apart since it is asked every 0.02 s
    assert steps == sorted(steps)
    assert work.told[0] == ("workspace", Progress(operation="import", operation_id="it", done=steps[0], total=100))
    work.goes_on.callback(None)
    await outcome


@in_reactor
async def test_a_work_without_an_id_gets_one() -> None:
    work = Work()
    outcome = work.start(None)
    assert work.undertaking.id
    work.goes_on.callback(None)
    await outcome


@in_reactor
async def test_the_end_of_the_daemon_cancels_all_work() -> None:
    work = Work()
    outcome = work.start()
    work.all.cancel_all()
    with pytest.raises(Cancelled):
        work.undertaking.check()
    work.goes_on.callback(None)
    await outcome


@in_reactor
async def test_no_collection_stops_the_reactor_while_work_goes_on() -> None:
    assert gc.isenabled()
    work = Work()
    outcome = work.start()
    assert not gc.isenabled()
    work.goes_on.callback(None)
    await outcome
    assert gc.isenabled()
