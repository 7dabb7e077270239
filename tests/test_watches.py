"""File watches: what is watched, and what a change of a file does to a task."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.running_daemon import McpClient, RunningDaemon, wait_for

UNKNOWN = "00000000-0000-4000-8000-000000000000"
WAITING = "beklemede"
STARTED = "devam_ediyor"


def task(daemon: RunningDaemon, title: str = "task", **body: Any) -> str:
    """A new task's id."""
    return str(daemon.post("/api/gorev", {"baslik": title} | body).json["data"]["id"])


def status(daemon: RunningDaemon, task_id: str) -> str:
    """A task's status."""
    return str(daemon.get(f"/api/gorev/{task_id}").json["data"]["durum"])


def wait_until_started(daemon: RunningDaemon, task_id: str) -> None:
    """Wait until a change of a file has started the task."""
    wait_for(lambda: status(daemon, task_id) == STARTED)


def watch(assistant: McpClient, task_id: str, path: str | Path) -> Any:
    """A new watch."""
    outcome = assistant.call("gorev_file_watch", action="add", task_id=task_id, file_path=str(path))
    assert not outcome.get("isError"), outcome
    (made,) = outcome["structuredContent"]["izlemeler"]
    return made


def changes(workspace: Path, task_id: str) -> list[tuple[str, str]]:
    """The file changes that a task was told of, as paths in the workspace and operations, in order."""
    (database,) = (workspace / ".gorev").glob("*.db")
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        rows = connection.execute(
            "SELECT context FROM interactions WHERE task_id = ? AND action = 'file_change' ORDER BY id", (task_id,)
        ).fetchall()
    finally:
        connection.close()
    found = [json.loads(context) for (context,) in rows]
    assert all(each["timestamp"].endswith("Z") for each in found)
    return [(os.path.relpath(each["path"], workspace), each["operation"]) for each in found]


def wait_for_changes(daemon: RunningDaemon, task_id: str, count: int) -> None:
    """Wait until a task was told of so many changes."""
    wait_for(lambda: len(changes(daemon.workspace, task_id)) == count)


@pytest.fixture
def folder(daemon: RunningDaemon) -> Path:
    """A new folder in the workspace, for one test."""
    name = f"folder{len(list(daemon.workspace.iterdir()))}"
    made = daemon.workspace / name
    made.mkdir()
    return made


def test_a_write_to_a_watched_file_starts_a_pending_task(daemon: RunningDaemon, folder: Path) -> None:
    file = folder / "a.py"
    file.write_text("one")
    task_id = task(daemon)
    with daemon.mcp() as assistant, daemon.events() as events:
        made = watch(assistant, task_id, file)
        file.write_text("two")
        told = events.until(lambda frame: frame.get("task_id") == task_id)
    assert (made["file_path"], made["task_id"], made["active"]) == (str(file), task_id, True)
    assert (told["type"], told["actor"]["type"], told["data"]["durum"]) == ("updated", "watcher", STARTED)
    assert changes(daemon.workspace, task_id) == [(f"{folder.name}/a.py", "write")]


def test_a_file_that_does_not_exist_yet_is_watched_through_what_exists_above_it(
    daemon: RunningDaemon, folder: Path
) -> None:
    task_id = task(daemon)
    with daemon.mcp() as assistant:
        watch(assistant, task_id, folder / "later" / "still later" / "new.weird")
    (folder / "later" / "still later").mkdir(parents=True)
    (folder / "later" / "still later" / "new.weird").write_text("x")
    wait_until_started(daemon, task_id)
    assert (f"{folder.name}/later/still later/new.weird", "create") in changes(daemon.workspace, task_id)


def test_a_watched_folder_covers_what_is_below_it_now_and_later(daemon: RunningDaemon, folder: Path) -> None:
    (folder / "src" / "deep").mkdir(parents=True)
    deep, new = task(daemon), task(daemon)
    with daemon.mcp() as assistant:
        watch(assistant, deep, folder)
        (folder / "src" / "deep" / "a.ts").write_text("x")
        wait_until_started(daemon, deep)
        watch(assistant, new, folder)
        (folder / "made" / "meanwhile").mkdir(parents=True)
        (folder / "made" / "meanwhile" / "b.md").write_text("x")
        wait_until_started(daemon, new)
    assert changes(daemon.workspace, new) == [(f"{folder.name}/made/meanwhile/b.md", "create")]


def test_ignored_parts_other_extensions_and_large_files_tell_nothing(daemon: RunningDaemon, folder: Path) -> None:
    for ignored in ("node_modules/x", ".git", "vendor", "build", "dist", ".vscode"):
        (folder / ignored).mkdir(parents=True)
    task_id, other = task(daemon), task(daemon)
    with daemon.mcp() as assistant:
        watch(assistant, task_id, folder)
        for name in ("node_modules/x/a.js", ".git/a.json", "vendor/a.go", "build/a.c", "dist/a.js", ".vscode/a.json"):
            (folder / name).write_text("x")
        for name in ("a.tmp", "a.log", "a.swp", "a.png", "noextension"):
            (folder / name).write_text("x")
        with (folder / "large.py").open("wb") as large:
            large.truncate(10 * 1024 * 1024 + 1)
        with (folder / "exact.py").open("wb") as exact:
            exact.truncate(10 * 1024 * 1024)
        wait_until_started(daemon, task_id)
        # Whatever came before has been looked at once this has.
        watch(assistant, other, folder / "marker.txt")
        (folder / "marker.txt").write_text("x")
        wait_until_started(daemon, other)
    assert {path for path, _ in changes(daemon.workspace, task_id)} == {
        f"{folder.name}/exact.py",
        f"{folder.name}/marker.txt",
    }


def test_a_file_watched_by_its_full_path_may_be_of_any_kind(daemon: RunningDaemon, folder: Path) -> None:
    (folder / "build").mkdir()
    (folder / "build" / "result.bin").write_bytes(b"1")
    task_id = task(daemon)
    with daemon.mcp() as assistant:
        watch(assistant, task_id, folder / "build" / "result.bin")
    (folder / "build" / "result.bin").write_bytes(b"2")
    wait_until_started(daemon, task_id)


def test_a_pattern_in_the_last_component_takes_the_names_that_fit(daemon: RunningDaemon, folder: Path) -> None:
    (folder / "below").mkdir()
    task_id, marker = task(daemon), task(daemon)
    with daemon.mcp() as assistant:
        watch(assistant, task_id, f"{folder.name}/test_*.py")
        watch(assistant, marker, f"{folder.name}/marker.txt")
    for name in ("other.py", "test_a.txt", "below/test_b.py", "test_a.py", "marker.txt"):
        (folder / name).write_text("x")
    wait_until_started(daemon, task_id)
    wait_until_started(daemon, marker)
    assert changes(daemon.workspace, task_id) == [(f"{folder.name}/test_a.py", "create")]


def test_an_atomic_save_is_a_change_of_the_file(daemon: RunningDaemon, folder: Path) -> None:
    file = folder / "saved.py"
    file.write_text("one")
    task_id = task(daemon)
    with daemon.mcp() as assistant:
        watch(assistant, task_id, file)
    for saved in (1, 2):
        (folder / "saved.py.new").write_text("two")
        (folder / "saved.py.new").replace(file)
        wait_for_changes(daemon, task_id, saved)
    assert status(daemon, task_id) == STARTED


def test_removing_and_renaming_is_told_but_starts_nothing(daemon: RunningDaemon, folder: Path) -> None:
    (folder / "gone.py").write_text("x")
    (folder / "moved.py").write_text("x")
    task_id = task(daemon)
    with daemon.mcp() as assistant:
        watch(assistant, task_id, folder / "gone.py")
        watch(assistant, task_id, folder / "moved.py")
    (folder / "gone.py").unlink()
    (folder / "moved.py").rename(folder / "elsewhere")
    wait_for_changes(daemon, task_id, 2)
    assert sorted(changes(daemon.workspace, task_id)) == [
        (f"{folder.name}/gone.py", "remove"),
        (f"{folder.name}/moved.py", "rename"),
    ]
    assert status(daemon, task_id) == WAITING


def test_a_folder_that_is_replaced_is_watched_again(daemon: RunningDaemon, folder: Path) -> None:
    (folder / "src").mkdir()
    (folder / "src" / "a.py").write_text("x")
    task_id = task(daemon)
    with daemon.mcp() as assistant:
        watch(assistant, task_id, folder / "src" / "a.py")
    (folder / "src").rename(folder / "old")
    (folder / "old" / "a.py").write_text("not watched any more")
    (folder / "src").mkdir()
    (folder / "src" / "a.py").write_text("the new one")
    wait_until_started(daemon, task_id)
    assert {path for path, _ in changes(daemon.workspace, task_id)} == {f"{folder.name}/src/a.py"}


def test_a_task_whose_prerequisite_is_open_is_told_but_not_started(daemon: RunningDaemon, folder: Path) -> None:
    first, second = task(daemon), task(daemon)
    daemon.post("/api/baglanti", {"kaynak_id": first, "hedef_id": second})
    with daemon.mcp() as assistant:
        watch(assistant, second, folder / "a.py")
    (folder / "a.py").write_text("x")
    wait_for(lambda: changes(daemon.workspace, second))
    assert status(daemon, second) == WAITING


@pytest.mark.parametrize("current", ["tamamlandi", "iptal", "devam_ediyor"])
def test_a_task_that_is_not_pending_keeps_its_status(daemon: RunningDaemon, folder: Path, current: str) -> None:
    task_id = task(daemon, durum=current)
    with daemon.mcp() as assistant:
        watch(assistant, task_id, folder / "a.py")
    (folder / "a.py").write_text("x")
    wait_for(lambda: changes(daemon.workspace, task_id))
    assert status(daemon, task_id) == current


def test_every_task_that_watches_a_path_is_told(daemon: RunningDaemon, folder: Path) -> None:
    tasks = [task(daemon) for _ in range(3)]
    with daemon.mcp() as assistant:
        for task_id in tasks:
            watch(assistant, task_id, folder / "shared.py")
    (folder / "shared.py").write_text("x")
    for task_id in tasks:
        wait_until_started(daemon, task_id)


def test_the_same_watch_twice_is_one(daemon: RunningDaemon, folder: Path) -> None:
    task_id = task(daemon)
    with daemon.mcp() as assistant:
        first = watch(assistant, task_id, folder / "a.py")
        assert watch(assistant, task_id[:8], f"./{folder.name}/../{folder.name}//a.py") == first
        listed = assistant.call("gorev_file_watch", action="list", gorev_id=task_id)
    assert listed["structuredContent"]["izlemeler"] == [first]
    assert str(folder / "a.py") in listed["content"][0]["text"]
    assert task_id in listed["content"][0]["text"]


def test_a_watch_is_removed_by_path_by_path_and_task_or_by_its_id(daemon: RunningDaemon, folder: Path) -> None:
    one, other = task(daemon), task(daemon)

    def left(assistant: McpClient) -> set[str]:
        listed = assistant.call("gorev_file_watch_list", offset=0)["structuredContent"]["izlemeler"]
        return {each["task_id"] for each in listed if each["file_path"] == str(folder / "a.py")}

    with daemon.mcp() as assistant:
        watch(assistant, one, folder / "a.py")
        made = watch(assistant, other, folder / "a.py")
        assistant.call("gorev_file_watch", action="remove", dosya_yolu=f"{folder.name}/a.py", task_id=one)
        assert left(assistant) == {other}
        removed = assistant.call("gorev_file_watch", action="remove", watch_id=str(made["id"]))
        assert removed["structuredContent"]["izlemeler"] == [made]
        for each in (one, other):
            watch(assistant, each, folder / "a.py")
        assistant.call("gorev_file_watch_remove", path=str(folder / "a.py"))
        assert left(assistant) == set()


def test_what_is_not_watched_any_more_tells_nothing(daemon: RunningDaemon, folder: Path) -> None:
    silent, marker = task(daemon), task(daemon)
    with daemon.mcp() as assistant:
        watch(assistant, silent, folder / "a.py")
        assistant.call("gorev_file_watch", action="remove", file_path=str(folder / "a.py"))
        watch(assistant, marker, folder / "marker.py")
    (folder / "a.py").write_text("x")
    (folder / "marker.py").write_text("x")
    wait_until_started(daemon, marker)
    assert (changes(daemon.workspace, silent), status(daemon, silent)) == ([], WAITING)


def test_a_deleted_task_takes_its_watches_along(daemon: RunningDaemon, folder: Path) -> None:
    task_id, marker = task(daemon), task(daemon)
    with daemon.mcp() as assistant:
        before = assistant.call("gorev_file_watch_stats")["structuredContent"]["istatistik"]["watch_count"]
        made = watch(assistant, task_id, folder / "a.py")
        watch(assistant, marker, folder / "a.py")
        assert daemon.delete(f"/api/gorev/{task_id}").status == 200
        gone = assistant.call("gorev_file_watch", action="remove", watch_id=made["id"])
        assert gone["structuredContent"]["code"] == "watch_not_found"
        (folder / "a.py").write_text("x")
        wait_until_started(daemon, marker)
        after = assistant.call("gorev_file_watch_stats")["structuredContent"]["istatistik"]["watch_count"]
    assert after == before + 1


def test_the_details_of_a_task_tell_what_is_watched_for_it(daemon: RunningDaemon, folder: Path) -> None:
    task_id = task(daemon)
    with daemon.mcp() as assistant:
        plain = assistant.call("gorev_detay", id=task_id)
        made = [watch(assistant, task_id, folder / f"{number}.py") for number in range(7)]
        shown = assistant.call("gorev_detay", id=task_id)
    assert "izlemeler" not in plain["structuredContent"]
    assert shown["structuredContent"]["izlemeler"] == made[:5]
    assert "## Watched files (7)" in shown["content"][0]["text"]
    assert made[0]["file_path"] in shown["content"][0]["text"]


def test_a_long_list_of_watches_is_cut_and_says_how_to_get_the_rest(own_daemon: RunningDaemon) -> None:
    own_daemon.start()
    task_id = task(own_daemon)
    with own_daemon.mcp() as assistant:
        for number in range(60):
            watch(assistant, task_id, f"file{number:03}.py")
        first = assistant.call("gorev_file_watch", action="list")
        shown = first["structuredContent"]["izlemeler"]
        rest = assistant.call("gorev_file_watch", action="list", offset=len(shown))["structuredContent"]["izlemeler"]
    assert len(json.dumps(first["structuredContent"], ensure_ascii=False)) <= 6 * 1024
    assert first["structuredContent"]["kalan"] == len(rest) == 60 - len(shown)
    assert f"offset {len(shown)}" in first["content"][0]["text"]
    assert [Path(each["file_path"]).name for each in [*shown, *rest]] == [f"file{n:03}.py" for n in range(60)]


def test_the_statistics_tell_what_is_watched_and_by_which_rules(own_daemon: RunningDaemon) -> None:
    own_daemon.start()
    one, other = task(own_daemon), task(own_daemon)
    with own_daemon.mcp() as assistant:
        idle = assistant.call("gorev_file_watch", action="stats")["structuredContent"]["istatistik"]
        watch(assistant, one, "a.py")
        watch(assistant, one, "b.py")
        watch(assistant, other, "a.py")
        (own_daemon.workspace / "a.py").write_text("x")
        wait_until_started(own_daemon, other)
        outcome = assistant.call("gorev_file_watch", action="stats")
        assistant.call("gorev_file_watch", action="remove", file_path="a.py")
        assistant.call("gorev_file_watch", action="remove", file_path="b.py")
        over = assistant.call("gorev_file_watch", action="stats")["structuredContent"]["istatistik"]
    numbers = outcome["structuredContent"]["istatistik"]
    assert (idle["watch_count"], idle["state"]) == (0, "idle")
    assert (numbers["watch_count"], numbers["watched_paths"], numbers["watched_tasks"]) == (3, 2, 2)
    assert (numbers["changes_recorded"], numbers["events_dropped"], numbers["state"]) == (1, 0, "watching")
    assert numbers["events_seen"] >= 1
    assert numbers["configuration"] | {"ignore_patterns": None, "watched_extensions": None} == {
        "watched_extensions": None,
        "ignore_patterns": None,
        "debounce_ms": 500,
        "auto_update_status": True,
        "max_file_size": 10485760,
        "allow_external_watches": False,
    }
    assert {".go", ".yml"} <= set(numbers["configuration"]["watched_extensions"])
    assert {"node_modules", ".gorev", "*.tmp"} <= set(numbers["configuration"]["ignore_patterns"])
    assert "3 watches of 2 paths for 2 tasks" in outcome["content"][0]["text"]
    assert (over["watch_count"], over["state"]) == (0, "idle")


def test_watches_go_on_after_the_daemon_was_restarted_in_workspaces_nobody_has_used_since(
    own_daemon: RunningDaemon,
) -> None:
    own_daemon.start()
    second = own_daemon.home / "second"
    second.mkdir()
    first_task = task(own_daemon)
    with own_daemon.mcp() as assistant, own_daemon.mcp(workspace=second) as other:
        watch(assistant, first_task, "a.py")
        project = other.call("gorev_listele")
        assert not project.get("isError")
        headers = {"X-Workspace-Path": str(second)}
        made = own_daemon.request("POST", "/api/gorev", {"baslik": "second"}, headers).json["data"]["id"]
        watch(other, made, "b.py")
    own_daemon.stop()
    own_daemon.start()
    (own_daemon.workspace / "a.py").write_text("x")
    (second / "b.py").write_text("x")
    wait_until_started(own_daemon, first_task)
    wait_for(lambda: changes(second, made))
    shown = own_daemon.request("GET", f"/api/gorev/{made}", headers=headers).json["data"]
    assert shown["durum"] == STARTED


@pytest.mark.parametrize("path", ["../outside.py", "/etc/hosts", "~/outside.py", "link/x.py"])
def test_a_path_outside_of_the_workspace_is_refused(own_daemon: RunningDaemon, path: str) -> None:
    own_daemon.start()
    (own_daemon.workspace / "link").symlink_to(own_daemon.home)
    task_id = task(own_daemon)
    with own_daemon.mcp() as assistant:
        outcome = assistant.call("gorev_file_watch", action="add", task_id=task_id, file_path=path)
    assert outcome["structuredContent"]["code"] == "path_not_allowed"


def test_a_path_outside_is_watched_where_that_is_configured(own_daemon: RunningDaemon) -> None:
    (own_daemon.home / ".gorev-daemon").mkdir(mode=0o700)
    (own_daemon.home / ".gorev-daemon" / "config.toml").write_text("allow_external_watches = true\n")
    own_daemon.start()
    task_id = task(own_daemon)
    with own_daemon.mcp() as assistant:
        watch(assistant, task_id, "~/elsewhere/notes.md")
        refused = assistant.call(
            "gorev_file_watch", action="add", task_id=task_id, file_path="~/.gorev-daemon/daemon.log"
        )
    (own_daemon.home / "elsewhere").mkdir()
    (own_daemon.home / "elsewhere" / "notes.md").write_text("x")
    wait_until_started(own_daemon, task_id)
    assert refused["structuredContent"]["code"] == "path_not_allowed"


def test_the_databases_own_files_are_never_watched(daemon: RunningDaemon) -> None:
    (database,) = (daemon.workspace / ".gorev").glob("*.db")
    with daemon.mcp() as assistant:
        for path in (database, f"{database}-wal"):
            outcome = assistant.call("gorev_file_watch", action="add", task_id=task(daemon), file_path=str(path))
            assert outcome["structuredContent"]["code"] == "path_not_allowed"


@pytest.mark.parametrize(
    ("arguments", "code", "field"),
    [
        ({}, "missing_parameter", "action"),
        ({"action": "look"}, "invalid_value", "action"),
        ({"action": "add", "task_id": UNKNOWN}, "missing_parameter", "file_path"),
        ({"action": "add", "file_path": "a.py"}, "missing_parameter", "task_id"),
        ({"action": "add", "path": " ", "task_id": UNKNOWN}, "invalid_value", "path"),
        ({"action": "add", "file_path": "a.py", "gorev_id": UNKNOWN}, "task_not_found", "gorev_id"),
        ({"action": "add", "file_path": "/etc/hosts", "task_id": UNKNOWN}, "path_not_allowed", None),
        ({"action": "remove"}, "missing_parameter", None),
        ({"action": "add", "file_path": "x" * 5_000, "task_id": UNKNOWN}, "invalid_value", "file_path"),
        ({"action": "remove", "file_path": "never.py"}, "watch_not_found", None),
        ({"action": "remove", "watch_id": 10**12}, "watch_not_found", None),
        ({"action": "remove", "watch_id": 0}, "invalid_value", "watch_id"),
        ({"action": "remove", "watch_id": 2**70}, "invalid_value", "watch_id"),
        ({"action": "remove", "file_path": "a.py", "task_id": UNKNOWN}, "task_not_found", "task_id"),
        ({"action": "list", "task_id": UNKNOWN}, "task_not_found", "task_id"),
        ({"action": "list", "watchid": 1}, "invalid_value", "watchid"),
    ],
)
@pytest.mark.parametrize("language", ["tr", "en"])
def test_wrong_arguments_are_named(
    daemon: RunningDaemon, arguments: dict[str, Any], code: str, field: str | None, language: str
) -> None:
    with daemon.mcp(language) as assistant:
        outcome = assistant.call("gorev_file_watch", **arguments)
    assert outcome["isError"]
    assert outcome["structuredContent"]["code"] == code
    assert outcome["structuredContent"].get("details", {}).get("field") == field
    assert outcome["content"][0]["text"] == outcome["structuredContent"]["message"]


def test_the_same_key_adds_once(daemon: RunningDaemon, folder: Path) -> None:
    arguments = {"action": "add", "task_id": task(daemon), "file_path": str(folder / "a.py"), "idempotency_key": "k1"}
    with daemon.mcp() as assistant:
        first = assistant.call("gorev_file_watch", **arguments)
        again = assistant.call("gorev_file_watch", **arguments)
        other = assistant.call("gorev_file_watch", **{**arguments, "file_path": str(folder / "b.py")})
    assert first["structuredContent"] == again["structuredContent"]
    assert other["structuredContent"]["code"] == "idempotency_mismatch"


FLOOD = 5_000


def test_a_flood_of_events_harms_nothing_and_each_file_is_recorded(own_daemon: RunningDaemon) -> None:
    own_daemon.start()
    task_id, other = task(own_daemon), task(own_daemon)
    folder = own_daemon.workspace / "flood"
    folder.mkdir()
    with own_daemon.mcp() as assistant:
        watch(assistant, task_id, folder)
        flood = subprocess.Popen(
            [
                sys.executable,
                "-c",
                "import pathlib, sys\n"
                "for n in range(int(sys.argv[2])): pathlib.Path(sys.argv[1], f'f{n}.py').write_text('x')",
                folder,
                str(FLOOD),
            ]
        )
        titles: list[str] = []
        while flood.poll() is None or len(titles) < 20:
            titles.append(f"title {len(titles)}")
            assert own_daemon.put(f"/api/gorev/{other}", {"baslik": titles[-1]}).status == 200
            assert own_daemon.get("/api/health").status == 200
        assert flood.returncode == 0
        wait_for(lambda: len(changes(own_daemon.workspace, task_id)) >= FLOOD)
        numbers = assistant.call("gorev_file_watch_stats")["structuredContent"]["istatistik"]
    assert own_daemon.get(f"/api/gorev/{other}").json["data"]["baslik"] == titles[-1]
    assert {path for path, _ in changes(own_daemon.workspace, task_id)} == {f"flood/f{n}.py" for n in range(FLOOD)}
    assert status(own_daemon, task_id) == STARTED
    assert (numbers["events_dropped"], numbers["state"]) == (0, "watching")


def test_what_was_seen_just_before_the_daemon_stops_is_recorded(own_daemon: RunningDaemon) -> None:
    own_daemon.start()
    task_id = task(own_daemon)
    file = own_daemon.workspace / "last.py"
    with own_daemon.mcp() as assistant:
        watch(assistant, task_id, file)
        # Moved there, which is one event: creating and writing are two, and on a slow machine perhaps two changes.
        elsewhere = own_daemon.home / "elsewhere.py"
        elsewhere.write_text("x")
        elsewhere.rename(file)
        wait_for(
            lambda: assistant.call("gorev_file_watch_stats")["structuredContent"]["istatistik"]["events_seen"] or None
        )
    own_daemon.stop()
    assert changes(own_daemon.workspace, task_id) == [("last.py", "create")]
