"""The watcher itself: a clock and threads of the test's own, a source that says what it is told to."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import attrs
import pytest
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.task import Clock
from twisted.python.failure import Failure

from gorev.domain.errors import Busy, ShuttingDown
from gorev.domain.event import Event, EventKind
from gorev.domain.values import Actor, ActorKind
from gorev.domain.watches import FileChange, FileOperation, Watch, Watches, WatchPlan, WatchState
from gorev.services.store import Answer
from gorev.services.watching import inbox, service
from gorev.services.watching.inbox import Inbox, Seen
from gorev.services.watching.service import FileWatching
from gorev.services.watching.source import Reports
from tests.conftest import LoggedFailures

CREATE, WRITE, REMOVE, RENAME = FileOperation
THEN = datetime(2025, 1, 1, tzinfo=UTC)


class StillReactor(Clock):
    """A reactor whose threads do at once what they are given, in the test's own."""

    def callFromThread(self, call: Callable[..., object], *arguments: Any) -> None:
        """Call it."""
        call(*arguments)

    def getThreadPool(self) -> StillReactor:
        """Itself."""
        return self

    def callInThreadWithCallback(
        self, done: Callable[[bool, object], None], work: Callable[..., object], *arguments: Any
    ) -> None:
        """Do it and tell."""
        try:
            result = work(*arguments)
        except BaseException:
            done(False, Failure())
        else:
            done(True, result)


@attrs.define
class SpokenSource:
    """A source that tells what the test makes it tell."""

    reports: Reports
    plans: list[WatchPlan] = attrs.field(factory=list)
    is_complete: bool = True
    is_closed: bool = False

    def follow(self, plan: WatchPlan) -> None:
        """Keep the plan."""
        self.plans.append(plan)

    def close(self) -> None:
        """Keep that it is closed."""
        self.is_closed = True


@attrs.define
class Folder:
    """A workspace that keeps what is recorded."""

    path: Path
    watches: list[Watch] = attrs.field(factory=list)
    recorded: list[list[FileChange]] = attrs.field(factory=list)
    refusal: Exception | None = None

    @property
    def folder(self) -> str:
        """The root."""
        return str(self.path)

    def every(self) -> Deferred[Answer[Watches]]:
        """The watches."""
        return succeed(Answer(Watches(tuple(self.watches)), 0))

    def record(self, changes: list[FileChange]) -> Deferred[Answer[None]]:
        """Keep the changes, or refuse."""
        if self.refusal is not None:
            return fail(self.refusal)
        self.recorded.append(changes)
        return succeed(Answer(None, 0))

    def watch(self, name: str, task_id: str = "task") -> None:
        """Watch something in it."""
        number = len(self.watches) + 1
        path = str(self.path / name) if name else str(self.path)
        self.watches.append(Watch(id=number, task_id=task_id, path=path, active=True, created_at=THEN, updated_at=THEN))

    @property
    def changes(self) -> list[tuple[str, FileOperation]]:
        """What was recorded, in order."""
        return [(os.path.relpath(each.path, self.path), each.operation) for chunk in self.recorded for each in chunk]


class Stage:
    """A watcher with one workspace."""

    def __init__(self, path: Path) -> None:
        self.reactor = StillReactor()
        self.sources: list[SpokenSource] = []
        self.refusal: OSError | None = None
        self.watching = FileWatching(self.reactor, self._make_source)
        self.folder = Folder(path)
        self.marks: list[bool] = []

    def _make_source(self, reports: Reports) -> SpokenSource:
        if self.refusal is not None:
            raise self.refusal
        self.sources.append(SpokenSource(reports))
        return self.sources[-1]

    def attach(self) -> Deferred[None]:
        """Open the workspace."""
        return self.watching.attach("w", self.folder, self.marks.append)

    def seen(self, name: str, operation: FileOperation, *, is_folder: bool = False) -> None:
        """Let the source tell of an event."""
        self.sources[-1].reports.seen(str(self.folder.path / name), operation, is_folder=is_folder)

    def pass_seconds(self, seconds: float) -> None:
        """Let time pass, in steps as the reactor takes them."""
        for _ in range(round(seconds * 100)):
            self.reactor.advance(0.01)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    stage = Stage(tmp_path)
    stage.folder.watch("")
    return stage


def test_without_a_watch_there_is_no_source_and_nothing_to_wake_for(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    assert stage.attach().called
    assert (stage.sources, stage.reactor.getDelayedCalls(), stage.marks) == ([], [], [False])
    assert stage.watching.statistics("w").state is WatchState.IDLE


def test_events_of_one_path_are_one_change_half_a_second_after_the_first(stage: Stage) -> None:
    stage.attach()
    (stage.folder.path / "a.py").write_text("x")
    for operation in (CREATE, WRITE, WRITE):
        stage.seen("a.py", operation)
        stage.pass_seconds(0.1)
    assert stage.folder.changes == []
    stage.pass_seconds(0.3)
    assert stage.folder.changes == [("a.py", CREATE)]
    numbers = stage.watching.statistics("w")
    assert (numbers.events, numbers.changes, numbers.dropped) == (3, 1, 0)
    assert stage.reactor.getDelayedCalls() == []


def test_a_file_that_is_written_on_and_on_is_a_change_every_half_second(stage: Stage) -> None:
    stage.attach()
    (stage.folder.path / "a.py").write_text("x")
    for _ in range(30):
        stage.seen("a.py", WRITE)
        stage.pass_seconds(0.1)
    stage.pass_seconds(1)
    assert 4 <= len(stage.folder.changes) <= 6


def test_what_was_created_and_is_gone_is_told_as_gone(stage: Stage) -> None:
    stage.attach()
    stage.seen("a.py", CREATE)
    stage.seen("a.py", REMOVE)
    stage.seen("b.py", WRITE)
    stage.pass_seconds(1)
    assert stage.folder.changes == [("a.py", REMOVE)]


def test_many_paths_are_recorded_in_chunks(stage: Stage) -> None:
    stage.attach()
    for number in range(250):
        stage.seen(f"{number}.py", REMOVE)
    stage.pass_seconds(1)
    assert [len(chunk) for chunk in stage.folder.recorded] == [100, 100, 50]


def test_more_paths_than_can_be_kept_are_counted_and_told(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "LIMIT", 10)
    monkeypatch.setattr(service, "PENDING_LIMIT", 15)
    stage.attach()
    for round_ in range(2):
        for number in range(20):
            stage.seen(f"{round_}-{number}.py", REMOVE)
        stage.pass_seconds(0.1)
    stage.pass_seconds(1)
    assert len(stage.folder.changes) == 15
    assert stage.watching.statistics("w").dropped == 25


def test_a_path_that_is_known_already_is_never_one_too_many(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "LIMIT", 1)
    monkeypatch.setattr(service, "PENDING_LIMIT", 1)
    stage.attach()
    for _ in range(100):
        stage.seen("a.py", REMOVE)
    stage.pass_seconds(0.1)
    stage.seen("a.py", REMOVE)
    stage.pass_seconds(1)
    assert stage.watching.statistics("w").dropped == 0


def test_a_recording_that_is_refused_is_survived(stage: Stage) -> None:
    stage.attach()
    stage.folder.refusal = Busy()
    stage.seen("a.py", REMOVE)
    stage.pass_seconds(1)
    stage.folder.refusal = None
    stage.seen("b.py", REMOVE)
    stage.pass_seconds(1)
    assert stage.folder.changes == [("b.py", REMOVE)]


def test_a_recording_that_fails_is_logged(stage: Stage, logged_failures: LoggedFailures) -> None:
    stage.attach()
    stage.folder.refusal = RuntimeError("broken")
    stage.seen("a.py", REMOVE)
    stage.pass_seconds(1)
    assert len(logged_failures.flush(RuntimeError)) == 1


def test_a_workspace_that_is_let_go_of_is_told_nothing_more(stage: Stage) -> None:
    stage.attach()
    stage.seen("a.py", REMOVE)
    assert stage.watching.detach("w").called
    stage.pass_seconds(1)
    assert (stage.folder.recorded, stage.sources[0].is_closed) == ([], True)
    with pytest.raises(ShuttingDown):
        stage.watching.statistics("w")


def test_the_last_watch_that_goes_takes_the_source_along_and_a_new_one_brings_another(stage: Stage) -> None:
    stage.attach()
    stage.folder.watches.clear()
    stage.watching.changed("w")
    assert (stage.sources[0].is_closed, stage.watching.statistics("w").state) == (True, WatchState.IDLE)
    stage.folder.watch("a.py")
    stage.watching.changed("w")
    assert len(stage.sources) == 2
    assert stage.marks == [True, False, True]


def test_a_deleted_task_that_watches_and_an_import_make_the_watches_be_read_anew(stage: Stage) -> None:
    stage.attach()
    actor = Actor(client="test", kind=ActorKind.REST)

    def tell(kind: EventKind, entity_id: str | None) -> int:
        before = len(stage.sources[0].plans)
        stage.watching.told("w", [Event(seq=1, time=THEN, actor=actor, kind=kind, entity_id=entity_id)])
        return len(stage.sources[0].plans) - before

    assert tell(EventKind.TASK_DELETED, "task") == 1
    assert tell(EventKind.WORKSPACE_SYNC, None) == 1
    assert tell(EventKind.TASK_DELETED, "other") == 0
    assert tell(EventKind.TASK_UPDATED, "task") == 0
    stage.watching.told("unknown", [])


def test_a_source_that_asks_for_it_gets_its_plan_again(stage: Stage) -> None:
    stage.attach()
    stage.sources[0].reports.stale()
    assert len(stage.sources[0].plans) == 2


def test_a_source_that_misses_folders_is_told_of(stage: Stage) -> None:
    stage.attach()
    stage.sources[0].is_complete = False
    assert stage.watching.statistics("w").state is WatchState.DEGRADED


def test_where_nothing_can_be_watched_that_is_said_and_tried_again_with_the_next_watch(stage: Stage) -> None:
    stage.refusal = OSError("inotify instance limit reached")
    assert stage.attach().called
    assert stage.watching.statistics("w").state is WatchState.UNAVAILABLE
    stage.refusal = None
    stage.watching.changed("w")
    assert stage.watching.statistics("w").state is WatchState.WATCHING


def test_a_watch_outside_of_the_workspace_begins_at_its_own_folder(stage: Stage, tmp_path: Path) -> None:
    stage.folder.path = tmp_path / "workspace"
    stage.folder.path.mkdir()
    stage.folder.watches.clear()
    stage.folder.watch("a/b.py")
    stage.folder.watch("../outside/c.py")
    stage.folder.watches[1] = attrs.evolve(stage.folder.watches[1], path=str(tmp_path / "outside" / "c.py"))
    stage.attach()
    assert stage.sources[0].plans[-1].anchors == {str(tmp_path / "workspace"), str(tmp_path)}


def test_a_stop_records_what_waits_and_nothing_that_comes_later(stage: Stage) -> None:
    stage.attach()
    stage.seen("a.py", REMOVE)
    stopped = Deferred.fromCoroutine(stage.watching.stopService())
    assert stopped.called
    stage.seen("b.py", REMOVE)
    stage.pass_seconds(1)
    assert stage.folder.changes == [("a.py", REMOVE)]
    assert stage.sources[0].is_closed
    assert stage.attach().called
    assert len(stage.sources) == 1


def test_the_inbox_hands_everything_over_whichever_thread_it_comes_from() -> None:
    reactor = StillReactor()
    taken: dict[str, Seen] = {}
    box = Inbox(reactor, lambda seen, dropped: taken.update(seen))

    def put(start: int) -> None:
        for number in range(start, start + 500):
            box.put(str(number), Seen(WRITE, False, ("w",)))

    threads = [threading.Thread(target=put, args=(start,)) for start in (0, 250)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    reactor.advance(1)
    assert set(taken) == {str(number) for number in range(750)}
    assert sum(each.events for each in taken.values()) == 1000
