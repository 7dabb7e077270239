"""The lock file appears when every wire listens, stays, and the starter is let go."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.task import Clock
from twisted.internet.testing import MemoryReactorClock

from gorev.daemon.lifecycle import Lifecycle, Phase
from gorev.daemon.local import UnixEndpoint
from gorev.daemon.lock import DaemonLock
from gorev.daemon.ready import WATCH_SECONDS, InThread, Ready, let_starter_go
from gorev.daemon.record import LockRecord


@attrs.define
class Listening:
    """A listener, as far as a `Ready` looks at it."""

    port: int = 5099
    address: str = "unix:/x/mcp.sock"
    endpoint: UnixEndpoint = attrs.field(factory=lambda: UnixEndpoint(Path("/x/mcp.sock")))


@attrs.define
class World:
    """A `Ready` with a real lock file, and what it did."""

    directory: Path
    in_thread: InThread
    clock: Clock = attrs.field(factory=MemoryReactorClock)
    lifecycle: Lifecycle = attrs.field(factory=lambda: Lifecycle("abc"))
    published: list[LockRecord] = attrs.field(factory=list)
    lock: DaemonLock = attrs.field(init=False)
    ready: Ready = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.lock = DaemonLock(self.directory)
        listening: Any = Listening()
        self.ready = Ready(
            clock=self.clock,
            lifecycle=self.lifecycle,
            lock=self.lock,
            http=listening,
            local=listening,
            published=self.published.append,
            in_thread=self.in_thread,
        )

    @property
    def lock_file(self) -> Path:
        return self.directory / ".lock"


def at_once(look: Callable[[], bool]) -> Deferred[bool]:
    return succeed(look())


@pytest.fixture
def world(home: Path) -> Iterator[World]:
    """A world in which threads are done at once, its lock acquired."""
    world = World(home / ".gorev-daemon", at_once)
    world.lock.acquire()
    yield world
    world.lock.release()


def test_the_start_publishes_the_lock_and_says_so(world: World) -> None:
    world.ready.startService()
    record = world.lock.read()
    assert record is not None
    assert (record.port, record.mcp_endpoint) == ("5099", "unix:/x/mcp.sock")
    assert [told.instance for told in world.published] == [record.instance]
    assert world.lifecycle.phase is Phase.SERVING
    assert world.lifecycle.url == "http://localhost:5099"
    world.ready.stopService()


def test_a_lock_file_that_disappears_is_there_again_within_five_seconds(world: World) -> None:
    world.ready.startService()
    world.lock_file.unlink()
    world.clock.pump([0.5] * 9)
    assert world.lock_file.exists()
    world.ready.stopService()


def test_a_lock_file_that_cannot_be_written_is_tried_again(home: Path) -> None:
    outcomes: Iterator[InThread] = iter([lambda _: fail(OSError("full")), at_once])
    world = World(home / ".gorev-daemon", lambda look: next(outcomes)(look))
    world.lock.acquire()
    world.ready.startService()
    world.lock_file.unlink()
    world.clock.advance(WATCH_SECONDS)
    assert not world.lock_file.exists()
    world.clock.advance(WATCH_SECONDS)
    assert world.lock_file.exists()
    world.ready.stopService()
    world.lock.release()


def test_the_stop_says_that_the_end_has_begun_and_leaves_the_lock_file_to_others(world: World) -> None:
    world.ready.startService()
    world.ready.stopService()
    assert world.lifecycle.stopping
    assert world.lock_file.exists()
    assert world.clock.getDelayedCalls() == []


def test_the_stop_waits_for_a_look_that_is_under_way(home: Path) -> None:
    """Else the thread might write the lock file again after its removal."""
    looking: Deferred[bool] = Deferred()
    world = World(home / ".gorev-daemon", lambda _: looking)
    world.lock.acquire()
    world.ready.startService()
    world.clock.advance(WATCH_SECONDS)
    stopped = world.ready.stopService()
    assert not stopped.called
    looking.callback(False)
    assert stopped.called
    world.lock.release()


def test_the_inherited_start_lock_is_closed(home: Path) -> None:
    descriptor = os.open(home / ".lock.start", os.O_CREAT | os.O_RDWR)
    let_starter_go(descriptor, home / ".lock.start")
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(descriptor)


def test_a_descriptor_of_another_file_is_left_open(home: Path) -> None:
    """The variable may have come down from an older process."""
    (home / ".lock.start").write_bytes(b"")
    descriptor = os.open(home / "other", os.O_CREAT | os.O_RDWR)
    let_starter_go(descriptor, home / ".lock.start")
    os.fstat(descriptor)
    os.close(descriptor)


@pytest.mark.parametrize("descriptor", [None, 987654])
def test_a_descriptor_that_is_not_there_is_nothing_to_close(home: Path, descriptor: int | None) -> None:
    (home / ".lock.start").write_bytes(b"")
    let_starter_go(descriptor, home / ".lock.start")
    assert (home / ".lock.start").exists()
