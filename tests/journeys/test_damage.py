"""A database that is damaged, and the way back: the rest goes on, and no daemon needs to be started anew."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.support.original_content import fill, task_id
from tests.support.original_database import Shape, original_database
from tests.support.running_daemon import GOREV, Response, RunningDaemon, wait_for

PAGE = 4096


def gorev(daemon: RunningDaemon, *arguments: str, status: int = 0) -> str:
    """What a command prints."""
    done = subprocess.run([*GOREV, *arguments], env=daemon.environment, capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stderr
    return done.stdout


def backed_up(daemon: RunningDaemon, folder: Path) -> str:
    """The path of a new copy."""
    return str(json.loads(gorev(daemon, "backup", str(folder), "--json"))["path"])


def tasks(daemon: RunningDaemon, folder: Path) -> Response:
    """Those of a workspace."""
    return daemon.get("/api/gorev", X_Workspace_Path=str(folder))


def damage(folder: Path) -> None:
    """Overwrite everything in a database but its first page, where it lies."""
    (file,) = (folder / ".gorev").glob("*.db")
    with file.open("r+b") as opened:
        opened.seek(PAGE)
        opened.write(b"\xa5" * (file.stat().st_size - PAGE))


def state_of(daemon: RunningDaemon, folder: Path) -> Any:
    """What the daemon says of a workspace's database."""
    rows = daemon.get("/api/health/db").json["workspaces"]
    return next((row["status"] for row in rows if row["path"] == str(folder)), None)


@pytest.fixture
def other(home: Path) -> Path:
    """The folder of another workspace than the default one."""
    folder = home / "other"
    folder.mkdir()
    return folder


def test_a_database_that_was_damaged_by_a_crash_is_restored_under_the_running_daemon(
    own_daemon: RunningDaemon, other: Path
) -> None:
    own_daemon.start()
    own_daemon.post("/api/gorev", {"baslik": "Kept"}, X_Workspace_Path=str(other))
    copy = backed_up(own_daemon, other)
    own_daemon.kill()
    damage(other)
    own_daemon.start()
    pid = own_daemon.pid
    refused = tasks(own_daemon, other)
    assert (refused.status, refused.json["code"]) == (503, "workspace_unavailable")
    assert tasks(own_daemon, own_daemon.workspace).status == 200
    assert own_daemon.get("/api/health/ready").status == 200
    assert state_of(own_daemon, other) == "error: corrupt"
    assert copy in gorev(own_daemon, "doctor", status=1)
    gorev(own_daemon, "restore", copy, str(other))
    assert [task["baslik"] for task in tasks(own_daemon, other).json["data"]] == ["Kept"]
    assert state_of(own_daemon, other) == "connected"
    assert own_daemon.pid == pid


@pytest.mark.parametrize("is_default", [False, True])
def test_a_database_that_is_damaged_while_it_is_in_use_is_let_go_of_and_served_again_once_restored(
    own_daemon: RunningDaemon, other: Path, is_default: bool
) -> None:
    own_daemon.start()
    folder = own_daemon.workspace if is_default else other
    made = own_daemon.post("/api/gorev", {"baslik": "Kept"}, X_Workspace_Path=str(folder)).json["data"]
    copy = backed_up(own_daemon, folder)
    damage(folder)

    def is_found() -> bool:
        own_daemon.put(f"/api/gorev/{made['id']}", {"aciklama": "lost"}, X_Workspace_Path=str(folder))
        return tasks(own_daemon, folder).status == 503

    wait_for(is_found)
    wait_for(lambda: state_of(own_daemon, folder) == "error: corrupt")
    assert tasks(own_daemon, folder).json["code"] == "workspace_unavailable"
    gorev(own_daemon, "restore", copy, str(folder))
    # The daemon itself sees that the default one can be opened; the others are opened by whoever asks.
    if is_default:
        wait_for(lambda: own_daemon.get("/api/health/ready").status == 200)
    assert [task["baslik"] for task in tasks(own_daemon, folder).json["data"]] == ["Kept"]


def test_another_file_in_the_place_of_an_open_database_is_opened_in_its_stead(
    own_daemon: RunningDaemon, other: Path
) -> None:
    own_daemon.start()
    own_daemon.post("/api/gorev", {"baslik": "First"}, X_Workspace_Path=str(other))
    copy = backed_up(own_daemon, other)
    own_daemon.post("/api/gorev", {"baslik": "Second"}, X_Workspace_Path=str(other))
    (file,) = (other / ".gorev").glob("*.db")
    Path(copy).replace(file)
    wait_for(lambda: tasks(own_daemon, other).json.get("total") == 1)
    assert own_daemon.post("/api/gorev", {"baslik": "Third"}, X_Workspace_Path=str(other)).status == 201


def put_original_in_its_place(folder: Path) -> None:
    """Have what the original program wrote in the very file of an open database: all its connections see it."""
    (file,) = (folder / ".gorev").glob("*.db")
    source = folder / "original.db"
    with original_database(source, Shape.V17) as original:
        fill(original, 3)
    with closing(sqlite3.connect(source)) as given, closing(sqlite3.connect(file)) as taking:
        given.backup(taking)


@pytest.mark.parametrize("first", ["read", "write", "tool"])
def test_what_the_original_program_wrote_over_an_open_database_is_adopted_and_no_request_fails_inside(
    own_daemon: RunningDaemon, other: Path, first: str
) -> None:
    own_daemon.start()
    own_daemon.post("/api/gorev", {"baslik": "Ours"}, X_Workspace_Path=str(other))
    with own_daemon.mcp(workspace=other) as assistant:
        put_original_in_its_place(other)
        if first == "tool":
            answer = str(assistant.call("gorev_listele"))
        elif first == "read":
            answer = str(tasks(own_daemon, other).json)
        else:
            answer = str(own_daemon.post("/api/gorev", {"baslik": "New"}, X_Workspace_Path=str(other)).json)
        assert "internal" not in answer.lower()
        adopted = own_daemon.get(f"/api/gorev/{task_id(1)}", X_Workspace_Path=str(other))
    assert adopted.status == 200
    assert "no such table" not in (own_daemon.home / ".gorev-daemon" / "daemon.log").read_text()


def test_a_database_that_was_deleted_under_the_daemon_is_made_anew(own_daemon: RunningDaemon, other: Path) -> None:
    """What is written goes to a file that is there, not to one that nobody can ever open again."""
    own_daemon.start()
    own_daemon.post("/api/gorev", {"baslik": "Deleted"}, X_Workspace_Path=str(other))
    for file in (other / ".gorev").iterdir():
        file.unlink()
    wait_for(lambda: tasks(own_daemon, other).json.get("total") == 0)
    own_daemon.post("/api/gorev", {"baslik": "Kept"}, X_Workspace_Path=str(other))
    own_daemon.kill()
    own_daemon.start()
    assert [task["baslik"] for task in tasks(own_daemon, other).json["data"]] == ["Kept"]
