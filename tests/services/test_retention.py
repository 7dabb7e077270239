"""The event log is kept within bounds, in small steps between other work."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from twisted.internet.task import Clock, deferLater

from gorev.services.retention import EVERY_SECONDS, PAUSE_SECONDS, STEP, Retention, Trimming
from gorev.storage import events
from gorev.storage.encoding import instant_text
from gorev.storage.transaction import Transaction
from tests.services.house import House, create, in_reactor
from tests.support.open_store import BEGIN, OpenStore, open_store

DAY = timedelta(days=1)


def old_events(count: int, days: int = 0) -> object:
    """A write that adds so many events, made so many days before the test."""

    def work(transaction: Transaction) -> None:
        seq = events.current_seq(transaction.cursor)
        time = instant_text(BEGIN - days * DAY)
        transaction.cursor.executemany(
            "INSERT INTO events (seq, time, kind, client, client_kind, changed)"
            " VALUES (?, ?, 'workspace_sync', 'x', 'system', '[]')",
            [(seq + each, time) for each in range(1, count + 1)],
        )
        transaction.cursor.execute("UPDATE workspace SET last_seq = last_seq + ?", (count,))

    return work


class Log:
    """The log of an open store, trimmed by a clock."""

    def __init__(self, store: OpenStore, retention: Retention) -> None:
        self.store = store
        self.clock = Clock()
        self.trimming = Trimming(self.clock, store.store, retention)
        self.trimming.start()

    async def add(self, count: int, days: int = 0) -> None:
        await self.store.database.write(old_events(count, days))  # type: ignore[arg-type]

    async def settled(self) -> tuple[int, int]:
        """The oldest and the newest number, once there is nothing left to be done now."""
        from twisted.internet import reactor

        while self.trimming.is_under_way:
            self.clock.advance(PAUSE_SECONDS)
            await deferLater(reactor, 0)
        return await self.store.database.read(lambda cursor: (events.oldest_seq(cursor), events.current_seq(cursor)))


@asynccontextmanager
async def trimmed(store: OpenStore, **bounds: object) -> AsyncIterator[Log]:
    log = Log(store, Retention(**bounds))  # type: ignore[arg-type]
    try:
        yield log
    finally:
        log.trimming.stop()
        assert not log.clock.getDelayedCalls()


@in_reactor
async def test_no_more_than_so_many_events_are_kept(store: OpenStore) -> None:
    async with trimmed(store, count=250) as log:
        await log.add(1000)
        log.trimming.heard(1000)
        assert await log.settled() == (751, 1000)


@in_reactor
async def test_it_is_not_trimmed_at_each_write(store: OpenStore) -> None:
    async with trimmed(store, count=1000) as log:
        await log.add(1000)
        log.trimming.heard(1000)
        await log.settled()
        for seq in range(1001, 1010):
            await log.add(1)
            log.trimming.heard(seq)
            assert not log.trimming.is_under_way
        await log.add(1)
        log.trimming.heard(1010)
        assert log.trimming.is_under_way
        assert await log.settled() == (11, 1010)


@in_reactor
async def test_events_are_forgotten_when_they_are_too_old_without_a_write(store: OpenStore) -> None:
    async with trimmed(store, age=30 * DAY) as log:
        await log.add(300, days=29)
        await log.add(50)
        log.clock.advance(EVERY_SECONDS)
        assert await log.settled() == (1, 350)
        store.time += 2 * DAY
        log.clock.advance(EVERY_SECONDS)
        assert await log.settled() == (301, 350)
        store.time += 365 * DAY
        log.clock.advance(EVERY_SECONDS)
        assert await log.settled() == (351, 350)


@in_reactor
async def test_a_write_that_comes_meanwhile_waits_for_one_step_at_most(store: OpenStore) -> None:
    async with trimmed(store, count=1) as log:
        await log.add(20 * STEP)
        log.trimming.trim()
        await store.task()
        (oldest,) = await store.database.read(lambda cursor: cursor.execute("SELECT min(seq) FROM events").fetchone())
        assert oldest == STEP + 1
        assert await log.settled() == (20 * STEP + 1, 20 * STEP + 1)


@in_reactor
async def test_it_can_be_ended_in_the_middle(store: OpenStore) -> None:
    async with trimmed(store, count=1) as log:
        await log.add(20 * STEP)
        log.trimming.trim()
        await store.task()
    assert not log.trimming.is_under_way


@in_reactor
async def test_a_database_that_is_closed_is_no_failure(tmp_path: Path) -> None:
    async with open_store(tmp_path) as store:
        await store.task()
    async with trimmed(store, count=1) as log:
        log.trimming.trim()
        assert not log.trimming.is_under_way


@in_reactor
@pytest.mark.parametrize("closes", ["stop", "idle"])
async def test_a_workspace_that_is_closed_is_trimmed_no_more(house: House, closes: str) -> None:
    async with house.open() as workspaces:
        workspace = await workspaces.resolve()
        await create(workspace)
        workspace.trimming.trim()
        if closes == "idle":
            await workspaces.close(workspace.id)
    assert not workspace.trimming.is_under_way
