"""Reading one task, its subtasks and its hierarchy, in both families (``rest-api.md`` §4.4 and §4.7)."""

from __future__ import annotations

import sqlite3

from tests.rest.families import TURKISH, UNKNOWN_ID, Family, both_families, refused
from tests.support.running_daemon import RunningDaemon
from tests.support.workspace_client import WorkspaceClient


@both_families
def test_one_task_comes_with_its_tree_and_its_links(client: WorkspaceClient, family: Family) -> None:
    root = client.task("Root")
    child = client.task("Child", parent_id=root["id"])
    grandchild = client.task("Grandchild", parent_id=child["id"])
    answer = client.get(family.task.format(id=root["id"]))
    assert answer.keys() == {"success", "data"}
    shown = answer["data"]
    assert shown.keys() == family.single_task_fields | {family.children}
    assert shown["bagimliliklar"] == []
    assert (shown["has_subtasks"], shown["subtask_count"]) == (True, 1)
    (below,) = shown[family.children]
    assert below.keys() == family.task_fields | {family.children, "parent_id"}
    assert (below["id"], below[family.level]) == (child["id"], 1)
    (lowest,) = below[family.children]
    assert (lowest["id"], lowest["parent_id"], lowest[family.level]) == (grandchild["id"], child["id"], 2)
    assert lowest[family.children] == []


@both_families
def test_direct_subtasks_are_listed_oldest_first(client: WorkspaceClient, family: Family) -> None:
    root = client.task("Root")
    first = client.task("First", parent_id=root["id"])
    second = client.task("Second", parent_id=root["id"])
    client.task("Deeper", parent_id=first["id"])
    answer = client.get(family.subtasks.format(id=root["id"]))
    assert answer.keys() == {"success", "data", "total"}
    assert [row["id"] for row in answer["data"]] == [first["id"], second["id"]]
    assert answer["total"] == 2
    assert client.get(family.subtasks.format(id=second["id"])) == {"success": True, "data": [], "total": 0}


@both_families
def test_a_hierarchy_shows_ancestors_descendants_and_progress(client: WorkspaceClient, family: Family) -> None:
    top = client.task("Top")
    middle = client.task("Middle", parent_id=top["id"])
    target = client.task("Target", parent_id=middle["id"])
    done = client.task("Done", parent_id=target["id"], durum="tamamlandi")
    client.task("Pending", parent_id=target["id"])
    client.task("Cancelled", parent_id=done["id"], durum="iptal")
    shown = client.get(family.hierarchy.format(id=target["id"]))["data"]
    turkish = {
        "gorev": "task",
        "ust_gorevler": "parent_tasks",
        "alt_gorevler": "subtasks",
        "toplam_alt_gorev": "total_subtasks",
        "tamamlanan_alt": "completed_subtasks",
        "devam_eden_alt": "in_progress_subtasks",
        "beklemede_alt": "pending_subtasks",
        "iptal_alt": "cancelled_subtasks",
        "ilerleme_yuzdesi": "progress_percentage",
    }
    names = {name: name if family is TURKISH else english for name, english in turkish.items()}
    assert shown.keys() == set(names.values())
    assert shown[names["gorev"]]["id"] == target["id"]
    assert [row["id"] for row in shown[names["ust_gorevler"]]] == [middle["id"], top["id"]]
    assert [row[family.title] for row in shown[names["alt_gorevler"]]] == ["Done", "Pending"]
    counts = ("toplam_alt_gorev", "tamamlanan_alt", "devam_eden_alt", "beklemede_alt", "iptal_alt")
    assert [shown[names[each]] for each in counts] == [3, 1, 0, 1, 1]
    assert round(shown[names["ilerleme_yuzdesi"]], 1) == 33.3


@both_families
def test_a_task_without_subtasks_is_all_done_or_not_at_all(client: WorkspaceClient, family: Family) -> None:
    progress = "ilerleme_yuzdesi" if family is TURKISH else "progress_percentage"
    for status, expected in (("tamamlandi", 100), ("devam_ediyor", 0)):
        task = client.task(durum=status)
        assert client.get(family.hierarchy.format(id=task["id"]))["data"][progress] == expected


@both_families
def test_a_task_is_found_by_a_unique_prefix_of_eight_characters_in_any_case(
    client: WorkspaceClient, family: Family
) -> None:
    task = client.task()
    for prefix in (task["id"][:8], task["id"][:9], task["id"][:20].upper()):
        assert client.get(family.task.format(id=prefix))["data"]["id"] == task["id"]


@both_families
def test_a_task_that_does_not_exist_is_not_found(client: WorkspaceClient, family: Family) -> None:
    task = client.task()
    for wrong in (UNKNOWN_ID, task["id"][:7], task["id"] + "0", "%00", "root", "%F0%9F%98%80" * 9, "x" * 3000):
        for path in (family.task, family.subtasks, family.hierarchy):
            refused(client, "GET", path.format(id=wrong), status=404, code="task_not_found")
        refused(client, "PUT", family.task.format(id=wrong), {}, status=404, code="task_not_found")
        refused(client, "DELETE", family.task.format(id=wrong), status=404, code="task_not_found")


def test_reading_a_task_changes_nothing(client: WorkspaceClient) -> None:
    task = client.task()
    before = client.seq()
    for family_path in ("/api/gorev/{id}", "/api/v1/tasks/{id}", "/api/gorev/{id}/hiyerarsi"):
        client.get(family_path.format(id=task["id"]))
    assert client.get(f"/api/gorev/{task['id']}")["data"]["durum"] == "beklemede"
    assert client.seq() == before


def test_a_prefix_of_two_ids_is_ambiguous_for_every_route(own_daemon: RunningDaemon) -> None:
    own_daemon.start()
    client = WorkspaceClient(own_daemon, own_daemon.workspace)
    made = [client.task("One")["id"], client.task("Two")["id"]]
    own_daemon.stop()
    twins = ["abcdef01-0000-4000-8000-000000000001", "abcdef01-0000-4000-8000-000000000002"]
    (file,) = (own_daemon.workspace / ".gorev").glob("*.db")
    with sqlite3.connect(file) as database:
        for old, new in zip(made, twins, strict=True):
            database.execute("UPDATE tasks SET id = ? WHERE id = ?", (new, old))
    database.close()
    own_daemon.start()
    for method, path in (
        ("GET", "/api/gorev/abcdef01"),
        ("PUT", "/api/v1/tasks/abcdef01-0000"),
        ("DELETE", "/api/gorev/ABCDEF01"),
        ("GET", "/api/v1/tasks/abcdef01/hierarchy"),
    ):
        details = refused(client, method, path, status=400, code="ambiguous_id")
        assert sorted(details["matches"]) == twins
    body = {"baslik": "x", "parent_id": "abcdef01"}
    refused(client, "POST", "/api/gorev", body, status=400, code="ambiguous_id")
    assert client.get(f"/api/gorev/{twins[0]}")["data"]["id"] == twins[0]
    assert client.get("/api/gorev/abcdef01-0000-4000-8000-000000000002")["data"]["baslik"] == "Two"
