"""The event log: every change numbered without gaps, whatever fails among them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

import attrs
import pytest
import pytest_twisted
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from twisted.internet.defer import Deferred, gatherResults

from gorev.domain.errors import InvalidValue
from gorev.domain.event import Entity, EventKind, TemplatesAdded
from gorev.storage import events
from gorev.storage.encoding import instant_text
from gorev.storage.transaction import Transaction
from tests.storage.marks import mark, marks
from tests.support.any_entity import actors, counts, instants, project_views, task_views, text
from tests.support.open_store import BEGIN, OpenStore, open_store

Test = TypeVar("Test", bound=Callable[..., object])
in_reactor: Callable[[Test], Test] = pytest_twisted.ensureDeferred

few = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@attrs.frozen
class Attempt:
    """A write of so many events that then goes wrong or not; ``wait``: the next one is sent when it is done."""

    times: int
    failure: type[Exception] | None
    wait: bool


attempts = st.lists(
    st.builds(
        Attempt,
        st.integers(0, 3),
        st.sampled_from([None, None, ValueError, InvalidValue, sqlite3.IntegrityError]),
        st.booleans(),
    ),
    max_size=12,
)

ENTITIES: dict[str, st.SearchStrategy[Entity | None]] = {
    "task": task_views,
    "project": project_views,
    "template": st.builds(TemplatesAdded, created=counts),
    "workspace": st.none(),
}


@few
@given(attempts)
@in_reactor
async def test_seq_has_no_gaps_whatever_fails(tmp_path_factory: pytest.TempPathFactory, tried: list[Attempt]) -> None:
    told: list[object] = []
    async with open_store(tmp_path_factory.mktemp("log")) as opened:
        sent = []
        for number, attempt in enumerate(tried):
            failure = None if attempt.failure is None else attempt.failure()
            write = opened.database.write(mark(f"n{number}", failure, attempt.times))
            heard = write.addCallbacks(told.append, lambda failure: told.append(failure.type))
            if attempt.wait:
                await heard
            else:
                sent.append(heard)
        await gatherResults(sent)
        kept = await opened.database.read(lambda cursor: events.after(cursor, 0, 1000))
        rows = await opened.database.read(marks)
        seq = await opened.database.read(events.current_seq)
    expected = [
        f"n{number}-{each}"
        for number, attempt in enumerate(tried)
        for each in range(attempt.times)
        if attempt.failure is None
    ]
    assert told == [attempt.failure or f"n{number}" for number, attempt in enumerate(tried)]
    assert [event.entity_id for event in kept] == rows == expected
    assert [event.seq for event in kept] == list(range(1, len(expected) + 1))
    assert seq == len(expected)
    assert opened.events == kept


@few
@given(st.data())
@in_reactor
async def test_what_is_announced_is_what_the_log_keeps(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Any text and time in any entity; every kind of event."""
    async with open_store(tmp_path_factory.mktemp("log")) as opened:
        for kind in EventKind:
            views = ENTITIES[kind.value.split("_")[0]]
            before, after = data.draw(views), data.draw(views)
            actor, time, changed = data.draw(actors), data.draw(instants), tuple(data.draw(st.lists(text, max_size=3)))
            await opened.database.write(
                lambda transaction, kind=kind, before=before, after=after, actor=actor, time=time, changed=changed: (  # type: ignore[misc]  # defaults bind the loop's values
                    events.append(
                        transaction, time=time, actor=actor, kind=kind, before=before, after=after, changed=changed
                    )
                )
            )
        assert await opened.database.read(lambda cursor: events.after(cursor, 0, 100)) == opened.events
        assert [event.kind for event in opened.events] == list(EventKind)


@in_reactor
async def test_events_after_a_seq_come_in_order_and_no_more_than_asked_for(opened: OpenStore) -> None:
    await opened.database.write(mark("a", times=10))

    def after(since: int, limit: int) -> Deferred[list[int]]:
        return opened.database.read(lambda cursor: [event.seq for event in events.after(cursor, since, limit)])

    assert await after(0, 100) == list(range(1, 11))
    assert await after(3, 4) == [4, 5, 6, 7]
    assert await after(9, 4) == [10]
    assert await after(10, 4) == []
    assert await after(999, 4) == []


@in_reactor
async def test_the_oldest_seq_is_the_first_kept_or_the_next_to_come(opened: OpenStore) -> None:
    oldest = events.oldest_seq
    assert await opened.database.read(oldest) == 1
    await opened.database.write(mark("a", times=5))
    assert await opened.database.read(oldest) == 1
    await opened.database.write(lambda transaction: transaction.cursor.execute("DELETE FROM events WHERE seq < 4"))
    assert await opened.database.read(oldest) == 4
    await opened.database.write(lambda transaction: transaction.cursor.execute("DELETE FROM events"))
    assert await opened.database.read(oldest) == 6


@in_reactor
async def test_numbering_goes_on_after_a_restart(opened: OpenStore) -> None:
    await opened.database.write(mark("a", times=2))
    again = OpenStore(opened.path)
    await again.database.write(mark("b", times=2))
    await again.database.close()
    assert [event.seq for event in again.events] == [3, 4]
    assert again.events[0].time == BEGIN


@in_reactor
async def test_the_oldest_events_are_forgotten_by_number_or_by_age_a_few_at_a_time(opened: OpenStore) -> None:
    def at(hour: int, name: str, times: int) -> Callable[[Transaction], None]:
        def work(transaction: Transaction) -> None:
            mark(name, times=times)(transaction)
            time = instant_text(BEGIN + timedelta(hours=hour))
            transaction.cursor.execute("UPDATE events SET time = ? WHERE entity_id LIKE ?", (time, f"{name}-%"))

        return work

    async def drop(kept: int, hour: int, limit: int) -> tuple[int, int]:
        """How many were forgotten, and the oldest that is left."""
        since = BEGIN + timedelta(hours=hour)
        dropped = await opened.database.write(
            lambda transaction: events.drop_oldest(transaction.cursor, kept=kept, since=since, limit=limit)
        )
        return dropped, await opened.database.read(events.oldest_seq)

    await opened.database.write(at(0, "a", 4))
    await opened.database.write(at(9, "b", 2))  # the clock was wrong then
    await opened.database.write(at(2, "c", 4))
    assert await drop(100, 0, 100) == (0, 1)
    assert await drop(9, 0, 100) == (1, 2)
    assert await drop(100, 1, 2) == (2, 4)
    assert await drop(100, 1, 100) == (1, 5)
    assert await drop(100, 5, 100) == (0, 5)
    assert await drop(3, 0, 2) == (2, 7)
    assert await drop(3, 0, 2) == (1, 8)
    assert await drop(3, 0, 2) == (0, 8)
    assert await drop(3, 9, 100) == (3, 11)
    assert await drop(3, 9, 100) == (0, 11)
