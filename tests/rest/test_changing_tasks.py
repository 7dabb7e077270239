"""Changing, moving and deleting tasks in both families (``rest-api.md`` §4.5 to §4.7, ``data-model.md`` §8 and §9)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.rest.families import ENGLISH, TURKISH, UNKNOWN_ID, Family, both_families, refused
from tests.support.workspace_client import WorkspaceClient


def changed(client: WorkspaceClient, path: str, body: Any, method: str = "PUT") -> Any:
    """The task after a change that succeeds."""
    response = client.request(method, path, body)
    assert response.status == 200, response.content
    assert response.json.keys() == {"success", "data", "message"}
    return response.json["data"]


@both_families
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_only_what_is_given_changes(client: WorkspaceClient, family: Family, method: str) -> None:
    task = client.task("Old", aciklama="text", oncelik="yuksek", son_tarih="2031-01-01", etiketler="a,b")
    path = family.task.format(id=task["id"])
    after = changed(client, path, {"title": "New"}, method)
    assert after.keys() == family.single_task_fields | {family.due_date, family.tags}
    assert (after[family.title], after[family.description], after[family.priority]) == ("New", "text", "yuksek")
    assert after["rev"] == 2
    assert after[family.updated_at] > task["guncelleme_tarihi"]
    assert after[family.created_at] == task["olusturma_tarihi"]


@both_families
def test_every_writable_field_changes_at_once(client: WorkspaceClient, family: Family) -> None:
    project = client.project("P")
    parent = client.task("Parent", proje_id=project["id"])
    task = client.task("Old", etiketler="old")
    after = changed(
        client,
        family.task.format(id=task["id"][:8]),
        {
            family.title: "New",
            family.description: "d",
            family.status: "in_progress",
            family.priority: "low",
            "project_id": project["id"],
            "parent_id": parent["id"],
            family.due_date: "2031-05-06",
            family.tags: "x, y",
        },
    )
    assert after[family.title] == "New"
    assert after[family.description] == "d"
    assert after[family.status] == "devam_ediyor"
    assert after[family.priority] == "dusuk"
    assert (after["proje_id"], after["parent_id"]) == (project["id"], parent["id"])
    assert after[family.due_date] == "2031-05-06T00:00:00Z"
    assert [tag[family.tag_name] for tag in after[family.tags]] == ["x", "y"]
    assert after["rev"] == 2


@pytest.mark.parametrize("nothing", [None, ""])
def test_null_or_an_empty_text_clears_due_date_project_and_parent(client: WorkspaceClient, nothing: str | None) -> None:
    parent = client.task("Parent", proje_id=client.project()["id"])
    task = client.task(parent_id=parent["id"], son_tarih="2031-01-01")
    assert "son_tarih" not in client.change(task["id"], son_tarih=nothing)
    assert "parent_id" not in client.change(task["id"], parent_id=nothing)
    assert "proje_id" not in client.change(task["id"], proje_id=nothing)


@pytest.mark.parametrize("nothing", ["", []])
def test_empty_tags_remove_all(client: WorkspaceClient, nothing: Any) -> None:
    task = client.task(etiketler="a,b")
    assert "etiketler" not in client.change(task["id"], etiketler=nothing)


@both_families
@pytest.mark.parametrize(
    "body", [None, {}, {"unknown": 1, "rev": 9, "id": "x"}, {"baslik": "Same"}, {"durum": "beklemede"}, {"tags": "A,b"}]
)
def test_a_change_that_alters_nothing_is_a_success_without_a_trace(
    client: WorkspaceClient, family: Family, body: Any
) -> None:
    task = client.task("Same", etiketler="a,b")
    before = client.seq()
    after = changed(client, family.task.format(id=task["id"]), body)
    assert (after["rev"], after[family.updated_at]) == (1, task["guncelleme_tarihi"])
    assert client.seq() == before


@both_families
@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"baslik": "New", "durum": "?"}, "invalid_status"),
        ({"baslik": "New", "oncelik": "?"}, "invalid_priority"),
        ({"baslik": "New", "son_tarih": "2025-02-30"}, "invalid_date"),
        ({"durum": "iptal", "baslik": "  "}, "invalid_value"),
        ({"baslik": "New", "etiketler": 3}, "invalid_value"),
        ({"baslik": "New", "etiketler": ["a", ""]}, "invalid_value"),
        ({"baslik": "New", "title": "Newer"}, "conflicting_alias"),
    ],
)
def test_a_refused_change_changes_nothing(
    client: WorkspaceClient, family: Family, body: dict[str, Any], code: str
) -> None:
    task = client.task("Old")
    refused(client, "PUT", family.task.format(id=task["id"]), body, status=400, code=code)
    after = client.get(f"/api/gorev/{task['id']}")["data"]
    assert {name: after[name] for name in task} == task
    assert client.seq() == 1


@both_families
def test_a_project_or_parent_that_does_not_exist_is_refused(client: WorkspaceClient, family: Family) -> None:
    path = family.task.format(id=client.task()["id"])
    body = {"baslik": "New", "proje_id": UNKNOWN_ID}
    refused(client, "PUT", path, body, status=404, code="project_not_found")
    refused(client, "PUT", path, {"parent_id": UNKNOWN_ID}, status=404, code="parent_not_found")
    assert client.seq() == 1


@both_families
def test_a_task_cannot_start_before_its_prerequisites_are_finished(client: WorkspaceClient, family: Family) -> None:
    first, second = client.task("First"), client.task("Second")
    body = {"kaynak_id": first["id"], "hedef_id": second["id"]}
    assert client.request("POST", "/api/baglanti", body).status == 201
    path = family.task.format(id=second["id"])
    for status in ("devam_ediyor", "completed"):
        details = refused(client, "PUT", path, {"durum": status}, status=409, code="dependency_incomplete")
        assert details["open"] == [{"id": first["id"], family.title: "First", family.status: "beklemede"}]
    assert "First" in client.request("PUT", path, {"durum": "devam_ediyor"}).json["message"]
    client.change(first["id"], durum="iptal")
    assert changed(client, path, {"durum": "devam_ediyor"})[family.status] == "devam_ediyor"


@both_families
def test_a_task_cannot_be_completed_before_what_is_below_it(client: WorkspaceClient, family: Family) -> None:
    root = client.task("Root")
    child = client.task("Child", parent_id=root["id"], durum="tamamlandi")
    deep = client.task("Deep", parent_id=child["id"])
    path = family.task.format(id=root["id"])
    details = refused(client, "PUT", path, {"durum": "tamamlandi"}, status=409, code="subtasks_incomplete")
    assert details == {"count": 1}
    client.change(deep["id"], durum="iptal")
    assert changed(client, path, {"durum": "tamamlandi"})[family.status] == "tamamlandi"


@both_families
def test_a_task_moves_below_another_and_back_to_the_roots(client: WorkspaceClient, family: Family) -> None:
    parent, task = client.task("Parent"), client.task("Task")
    path = family.parent.format(id=task["id"])
    for name in ("new_parent_id", "yeni_parent_id", "parent_id"):
        after = changed(client, path, {name: parent["id"]})
        assert (after["parent_id"], after[family.level]) == (parent["id"], 1)
        after = changed(client, path, {name: None if name == "parent_id" else ""})
        assert "parent_id" not in after
        assert after[family.level] == 0


@both_families
def test_a_move_is_refused_when_it_makes_no_tree(client: WorkspaceClient, family: Family) -> None:
    root = client.task("Root")
    child = client.task("Child", parent_id=root["id"])
    grandchild = client.task("Grandchild", parent_id=child["id"])
    path = family.parent.format(id=root["id"])
    for parent in (root, child, grandchild):
        body = {"new_parent_id": parent["id"]}
        details = refused(client, "PUT", path, body, status=409, code="cycle_detected")
        assert {root["id"], parent["id"]} <= set(details["path"])
    refused(client, "PUT", path, {"new_parent_id": UNKNOWN_ID}, status=404, code="parent_not_found")
    unknown = family.parent.format(id=UNKNOWN_ID)
    refused(client, "PUT", unknown, {"new_parent_id": root["id"]}, status=404, code="task_not_found")
    refused(client, "PUT", path, {}, status=400, code="missing_parameter")
    stranger = client.task("Stranger", proje_id=client.project()["id"])
    body = {"new_parent_id": stranger["id"]}
    refused(client, "PUT", path, body, status=409, code="project_mismatch")
    refused(
        client, "PUT", family.task.format(id=root["id"]), {"parent_id": child["id"]}, status=409, code="cycle_detected"
    )
    assert client.get(f"/api/gorev/{root['id']}")["data"]["rev"] == 1


def test_a_change_of_project_takes_the_whole_subtree_along_and_out_from_under_its_parent(
    client: WorkspaceClient,
) -> None:
    old, new = client.project("Old"), client.project("New")
    parent = client.task("Parent", proje_id=old["id"])
    task = client.task("Task", parent_id=parent["id"])
    child = client.task("Child", parent_id=task["id"])
    after = client.change(task["id"], proje_id=new["id"])
    assert after["proje_id"] == new["id"]
    assert "parent_id" not in after
    below = client.get(f"/api/gorev/{child['id']}")["data"]
    assert (below["proje_id"], below["parent_id"], below["rev"]) == (new["id"], task["id"], 2)
    assert client.get(f"/api/gorev/{parent['id']}")["data"]["proje_id"] == old["id"]


@both_families
def test_a_deleted_task_is_gone(client: WorkspaceClient, family: Family) -> None:
    task = client.task("Task")
    response = client.request("DELETE", family.task.format(id=task["id"][:8]))
    assert response.status == 200
    assert response.json.keys() == {"success", "message"}
    assert response.json["success"] is True
    refused(client, "GET", family.task.format(id=task["id"]), status=404, code="task_not_found")
    assert client.get(family.tasks)["total"] == 0


@both_families
def test_a_task_with_subtasks_is_not_deleted(client: WorkspaceClient, family: Family) -> None:
    root = client.task("Root")
    client.task("One", parent_id=root["id"])
    client.task("Two", parent_id=root["id"])
    path = family.task.format(id=root["id"])
    assert refused(client, "DELETE", path, status=409, code="has_subtasks") == {"count": 2}
    assert client.get(path)["data"]["subtask_count"] == 2


def test_both_families_see_the_same_change(client: WorkspaceClient) -> None:
    task = client.task()
    changed(client, ENGLISH.task.format(id=task["id"]), {"baslik": "Changed by B"})
    assert client.get(TURKISH.task.format(id=task["id"]))["data"]["baslik"] == "Changed by B"


def test_updated_at_moves_forward_with_every_change_of_a_task(client: WorkspaceClient) -> None:
    task = client.task()
    seen = [task["guncelleme_tarihi"]]
    for number in range(20):
        seen.append(client.change(task["id"], baslik=f"Title {number}")["guncelleme_tarihi"])
    assert len(set(seen)) == 21
    assert sorted(seen, key=datetime.fromisoformat) == seen
