"""Where events come from: Linux's source and everybody else's, with real files."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import attrs
import pytest
from twisted.logger import ILogObserver, LogEvent, LogLevel, globalLogPublisher
from watchdog.observers.inotify_c import CallbackId, InotifyConstants, InotifyEvent, InotifyFD, Mask, WatchCallback
from watchdog.observers.inotify_c import WatchDescriptor as Descriptor
from zope.interface import implementer

from gorev.domain.watches import FileOperation, WatchPlan
from gorev.services.watching.inotify import InotifySource
from gorev.services.watching.observer import ObserverSource
from gorev.services.watching.source import Reports, Source, nearest_folder
from tests.support.running_daemon import wait_for

CREATE, WRITE, REMOVE, RENAME = FileOperation


@attrs.define
class Recorded:
    """Keeps what a source reports."""

    events: list[tuple[str, FileOperation, bool]] = attrs.field(factory=list)
    stale_calls: int = 0

    def seen(self, path: str, operation: FileOperation, *, is_folder: bool) -> None:
        """Keep an event."""
        self.events.append((path, operation, is_folder))

    def stale(self) -> None:
        """Count."""
        self.stale_calls += 1

    def wait_for(self, path: Path, operation: FileOperation, *, is_folder: bool = False) -> None:
        """Wait until this was reported."""
        wait_for(lambda: (str(path), operation, is_folder) in self.events)


@pytest.fixture
def reports() -> Recorded:
    return Recorded()


@pytest.fixture
def closing() -> Iterator[list[Source]]:
    """Sources that the test closes, whatever happens."""
    sources: list[Source] = []
    threads = set(threading.enumerate())
    yield sources
    for source in sources:
        source.close()
    wait_for(lambda: set(threading.enumerate()) <= threads)


@pytest.fixture(params=[InotifySource, ObserverSource])
def source(request: pytest.FixtureRequest, reports: Recorded, closing: list[Source]) -> Source:
    """Either source."""
    make: Callable[[Reports], Source] = request.param
    closing.append(make(reports))
    return closing[0]


def plan(root: Path, *paths: str) -> WatchPlan:
    return WatchPlan.of({str(root / path) if path else str(root): str(root) for path in paths})


def test_creating_writing_removing_and_renaming_is_told(source: Source, reports: Recorded, tmp_path: Path) -> None:
    (tmp_path / "old").write_text("x")
    source.follow(plan(tmp_path, ""))
    (tmp_path / "new").touch()
    reports.wait_for(tmp_path / "new", CREATE)
    with (tmp_path / "new").open("w") as file:
        file.write("x")
        file.flush()
        reports.wait_for(tmp_path / "new", WRITE)
    (tmp_path / "old").rename(tmp_path / "renamed")
    reports.wait_for(tmp_path / "old", RENAME)
    reports.wait_for(tmp_path / "renamed", CREATE)
    (tmp_path / "renamed").unlink()
    reports.wait_for(tmp_path / "renamed", REMOVE)


def test_what_appears_in_new_folders_is_told_however_fast(source: Source, reports: Recorded, tmp_path: Path) -> None:
    source.follow(plan(tmp_path, ""))
    for number in range(20):
        (tmp_path / f"a{number}" / "b" / "c").mkdir(parents=True)
        (tmp_path / f"a{number}" / "b" / "c" / "file").write_text("x")
    for number in range(20):
        reports.wait_for(tmp_path / f"a{number}" / "b" / "c" / "file", CREATE)


def test_what_is_written_into_a_folder_that_was_moved_is_told_by_its_new_name_only(
    source: Source, reports: Recorded, tmp_path: Path
) -> None:
    (tmp_path / "one").mkdir()
    source.follow(plan(tmp_path, ""))
    (tmp_path / "one").rename(tmp_path / "two")
    reports.wait_for(tmp_path / "two", CREATE, is_folder=True)
    (tmp_path / "two" / "file").write_text("x")
    reports.wait_for(tmp_path / "two" / "file", CREATE)
    assert not [1 for path, op, _ in reports.events if path == str(tmp_path / "one" / "file") and op.leaves_content]


def test_following_something_else_leaves_the_former_alone(source: Source, reports: Recorded, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    source.follow(plan(tmp_path / "one", ""))
    source.follow(plan(tmp_path / "two", ""))
    (tmp_path / "one" / "file").write_text("x")
    (tmp_path / "two" / "file").write_text("x")
    reports.wait_for(tmp_path / "two" / "file", CREATE)
    assert not [path for path, _, _ in reports.events if path.startswith(str(tmp_path / "one"))]


def test_a_lost_anchor_is_told(source: Source, reports: Recorded, tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    source.follow(plan(tmp_path / "root", ""))
    (tmp_path / "root").rmdir()
    wait_for(lambda: reports.stale_calls)
    source.follow(plan(tmp_path, "root"))
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "file").write_text("x")
    reports.wait_for(tmp_path / "root" / "file", CREATE)


@pytest.fixture
def inotify(reports: Recorded, closing: list[Source]) -> InotifySource:
    """Linux's source."""
    source = InotifySource(reports)
    closing.append(source)
    return source


def test_only_folders_that_matter_cost_a_watch(inotify: InotifySource, tmp_path: Path) -> None:
    for name in ("src/deep", "src/node_modules/many", ".git/objects", "docs/x", "other/y"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "src" / "link").symlink_to(tmp_path / "other")
    inotify.follow(plan(tmp_path, "src", "docs/x/a.md"))
    assert set(inotify.folders) == {str(tmp_path / name) for name in ("", "src", "src/deep", "docs", "docs/x")}
    inotify.follow(plan(tmp_path, "docs/x/a.md"))
    assert set(inotify.folders) == {str(tmp_path / name) for name in ("", "docs", "docs/x")}


def test_a_folder_is_watched_under_each_of_its_names(inotify: InotifySource, reports: Recorded, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    inotify.follow(plan(tmp_path, "real/a", "link/a", "later/a"))
    (tmp_path / "later").symlink_to(tmp_path / "real")
    wait_for(lambda: str(tmp_path / "later") in inotify.folders)
    (tmp_path / "real" / "a").write_text("x")
    for name in ("real", "link", "later"):
        reports.wait_for(tmp_path / name / "a", CREATE)


def test_a_removed_folder_is_forgotten(inotify: InotifySource, tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    inotify.follow(plan(tmp_path, ""))
    (tmp_path / "a" / "b").rmdir()
    wait_for(lambda: inotify.folders == [str(tmp_path), str(tmp_path / "a")])


class Limited(InotifyFD):
    """An inotify instance of a system that allows three watches."""

    def add_callback(self, path: bytes, mask: Mask, callback: WatchCallback, id_: CallbackId) -> Descriptor:
        """Refuse the fourth."""
        if len(self._watch_for_wd) >= 3:
            raise OSError(errno.ENOSPC, "inotify watch limit reached")
        return super().add_callback(path, mask, callback, id_)


@implementer(ILogObserver)
@attrs.define(eq=False)
class Warnings:
    """Keeps warnings."""

    logged: list[LogEvent] = attrs.field(factory=list)

    def __call__(self, event: LogEvent) -> None:
        """Keep ``event`` if it is one."""
        if event.get("log_level") is LogLevel.warn:
            self.logged.append(event)


@pytest.fixture
def warnings() -> Iterator[list[LogEvent]]:
    """What is logged as a warning."""
    observer = Warnings()
    globalLogPublisher.addObserver(observer)
    yield observer.logged
    globalLogPublisher.removeObserver(observer)


def test_the_systems_limit_is_logged_once_and_what_can_be_watched_is(
    reports: Recorded, closing: list[Source], tmp_path: Path, warnings: list[LogEvent]
) -> None:
    for number in range(6):
        (tmp_path / f"folder{number}").mkdir()
    source = InotifySource(reports, Limited)
    closing.append(source)
    source.follow(plan(tmp_path, ""))
    assert (source.is_complete, len(source.folders), len(warnings)) == (False, 3, 1)
    (tmp_path / "file").write_text("x")
    reports.wait_for(tmp_path / "file", CREATE)
    source.follow(plan(tmp_path, "file"))
    assert source.is_complete


def test_events_that_the_kernel_dropped_make_the_folders_be_looked_at_anew_once(
    inotify: InotifySource, reports: Recorded, tmp_path: Path, warnings: list[LogEvent]
) -> None:
    (tmp_path / "a").mkdir()
    inotify.follow(plan(tmp_path, ""))
    lost = InotifyEvent(Descriptor(-1), InotifyConstants.IN_Q_OVERFLOW, 0, b"")
    inotify._inotify.handle_event(lost)
    assert (reports.stale_calls, len(warnings)) == (1, 1)


def test_the_nearest_folder_is_found(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert nearest_folder(str(tmp_path)) == str(tmp_path)
    assert nearest_folder(str(tmp_path / "no" / "such")) == str(tmp_path)
    assert nearest_folder(str(tmp_path / "file")) == str(tmp_path)
    assert nearest_folder(os.sep) == os.sep
