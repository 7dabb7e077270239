"""A disk that is full or may not be written: writes are refused and say why, reading goes on, and all of it passes."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import psutil
import pytest

from tests.support.running_daemon import Response, RunningDaemon, wait_for

LARGE = "x" * 50_000
UNLIMITED = -1
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="limits of another process, and tmpfs, are Linux's")


@pytest.fixture
def small_disk(home: Path) -> Iterator[Path]:
    """A file system of 4 MB."""
    folder = home / "disk"
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder], capture_output=True, check=False)
    if made.returncode:
        pytest.skip("only root can mount a small disk")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def post(daemon: RunningDaemon, folder: Path, title: str, description: str = "") -> Response:
    """Make a task in the workspace of a folder."""
    return daemon.post("/api/gorev", {"baslik": title, "aciklama": description}, X_Workspace_Path=str(folder))


def fill(daemon: RunningDaemon, folder: Path) -> tuple[list[str], Response]:
    """Make large tasks until one is refused; yields the titles of those that were made, and the refusal."""
    made: list[str] = []
    while (answer := post(daemon, folder, f"Large {len(made)}", LARGE)).status == 201:
        made.append(f"Large {len(made)}")
    return made, answer


def titles(daemon: RunningDaemon, folder: Path) -> set[str]:
    """Of all tasks, as the daemon reads them."""
    answer = daemon.get("/api/gorev?limit=500", X_Workspace_Path=str(folder))
    assert answer.status == 200, answer.content
    return {task["baslik"] for task in answer.json["data"]}


def check_goes_on(daemon: RunningDaemon, folder: Path, made: list[str], again: Callable[[], object]) -> None:
    """Hold the daemon against what was acknowledged, while nothing can be written, when it can be, and at the end."""
    assert titles(daemon, folder) == set(made)
    assert daemon.get("/api/health").status == 200
    again()
    wait_for(lambda: post(daemon, folder, "Afterwards").status == 201)
    assert titles(daemon, folder) == {*made, "Afterwards"}
    daemon.stop()
    (file,) = (folder / ".gorev").glob("*.db")
    with closing(sqlite3.connect(file)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert {title for (title,) in database.execute("SELECT title FROM tasks")} == {*made, "Afterwards"}
        seqs = [seq for (seq,) in database.execute("SELECT seq FROM events ORDER BY seq")]
    assert seqs == list(range(1, len(made) + 2))


@linux_only
def test_a_write_that_the_system_refuses_is_told_and_later_ones_succeed(own_daemon: RunningDaemon) -> None:
    """The daemon may write no further than some bytes into any file, as with a quota; then it may again."""
    own_daemon.start()
    made = ["First"]
    assert post(own_daemon, own_daemon.workspace, "First").status == 201
    process = psutil.Process(own_daemon.pid)
    process.rlimit(psutil.RLIMIT_FSIZE, (1_000_000, UNLIMITED))
    more, refusal = fill(own_daemon, own_daemon.workspace)
    assert (refusal.status, refusal.json["code"]) == (503, "workspace_unavailable")
    assert refusal.json["details"]["reason"] in ("io", "disk_full")
    check_goes_on(
        own_daemon,
        own_daemon.workspace,
        made + more,
        lambda: process.rlimit(psutil.RLIMIT_FSIZE, (UNLIMITED, UNLIMITED)),
    )


@linux_only
def test_a_full_disk_is_told_and_later_writes_succeed(own_daemon: RunningDaemon, small_disk: Path) -> None:
    own_daemon.start()
    filler = small_disk / "filler"
    made = ["First"]
    assert post(own_daemon, small_disk, "First").status == 201
    with suppress(OSError), filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, 2_500_000)
    more, refusal = fill(own_daemon, small_disk)
    assert (refusal.status, refusal.json["code"]) == (503, "workspace_unavailable")
    assert refusal.json["details"]["reason"] == "disk_full"
    check_goes_on(own_daemon, small_disk, made + more, filler.unlink)


@linux_only
def test_a_disk_that_may_not_be_written_is_told_and_served_once_it_may(
    own_daemon: RunningDaemon, small_disk: Path
) -> None:
    own_daemon.start()
    assert post(own_daemon, small_disk, "First").status == 201
    own_daemon.stop()
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    own_daemon.start()
    refusal = post(own_daemon, small_disk, "Refused")
    assert (refusal.status, refusal.json["code"]) == (503, "workspace_unavailable")
    assert refusal.json["details"]["reason"] in ("read_only", "io")
    assert post(own_daemon, own_daemon.workspace, "Elsewhere").status == 201
    assert titles(own_daemon, own_daemon.workspace) == {"Elsewhere"}
    subprocess.run(["mount", "-o", "remount,rw", small_disk], check=True)
    assert post(own_daemon, small_disk, "Afterwards").status == 201
    assert titles(own_daemon, small_disk) == {"First", "Afterwards"}
