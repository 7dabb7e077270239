"""Projects and the active one, in both families (``rest-api.md`` §4.9, ``data-model.md`` §5)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rest.families import ENGLISH, TURKISH, UNKNOWN_ID, Family, both_families, refused
from tests.support.workspace_client import WorkspaceClient


@both_families
def test_a_project_is_made_and_has_the_family_s_names_only(client: WorkspaceClient, family: Family) -> None:
    response = client.request("POST", family.new_project, {family.name: "  House ", family.definition: "All of it"})
    assert response.status == 201
    assert response.json.keys() == {"success", "data", "message"}
    project = response.json["data"]
    assert project.keys() == family.project_fields
    assert (project[family.name], project[family.definition]) == ("House", "All of it")
    assert [project[count] for count in family.counts] == [0, 0, 0, 0, 0]
    assert (project["is_active"], project["rev"], project["workspace_id"]) == (False, 1, client.id)
    assert client.get(family.project.format(id=project["id"]))["data"] == project


@both_families
@pytest.mark.parametrize(
    "body", [{"name": "N", "definition": "D"}, {"isim": "N", "tanim": "D"}, {"isim": "N", "description": "D"}]
)
def test_a_project_s_fields_are_understood_in_either_vocabulary(
    client: WorkspaceClient, family: Family, body: dict[str, str]
) -> None:
    project = client.request("POST", family.new_project, body).json["data"]
    assert (project[family.name], project[family.definition]) == ("N", "D")


@both_families
@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "missing_parameter"),
        ({"tanim": "only"}, "missing_parameter"),
        ({"isim": "  "}, "invalid_value"),
        ({"name": 5}, "invalid_value"),
        ({"isim": "a\0"}, "invalid_value"),
        ({"isim": "x", "definition": ["y"]}, "invalid_value"),
        ({"isim": "one", "name": "two"}, "conflicting_alias"),
    ],
)
def test_a_bad_project_is_refused(client: WorkspaceClient, family: Family, body: Any, code: str) -> None:
    details = refused(client, "POST", family.new_project, body, status=400, code=code)
    if code == "missing_parameter":
        assert details["field"] == family.name
    assert client.get(family.projects)["total"] == 0


@both_families
def test_projects_are_listed_newest_first_with_counts_that_include_subtasks(
    client: WorkspaceClient, family: Family
) -> None:
    old, new = client.project("Same name"), client.project("Same name")
    root = client.task(proje_id=old["id"])
    client.task(parent_id=root["id"], durum="tamamlandi")
    client.task(parent_id=root["id"], durum="devam_ediyor")
    client.task(parent_id=root["id"], durum="iptal")
    client.task(proje_id=old["id"])
    answer = client.get(family.projects)
    assert answer.keys() == {"success", "data", "total"}
    assert answer["total"] == 2
    assert [project["id"] for project in answer["data"]] == [new["id"], old["id"]]
    assert all(project.keys() == family.project_fields for project in answer["data"])
    assert [answer["data"][1][count] for count in family.counts] == [5, 1, 1, 2, 1]


@both_families
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_project_changes_by_what_is_given(client: WorkspaceClient, family: Family, method: str) -> None:
    project = client.project("Old", tanim="text")
    path = family.project.format(id=project["id"][:8])
    response = client.request(method, path, {"name": "New"})
    assert response.status == 200
    assert response.json.keys() == {"success", "data", "message"}
    after = response.json["data"]
    assert (after[family.name], after[family.definition], after["rev"]) == ("New", "text", 2)
    assert after[family.updated_at] > project["guncelleme_tarihi"]
    assert client.request(method, path, {"tanim": ""}).json["data"][family.definition] == ""
    for nothing in (None, {}, {"unknown": 1}, {"isim": " New "}):
        assert client.request(method, path, nothing).json["data"]["rev"] == 3
    refused(client, method, path, {"isim": " "}, status=400, code="invalid_value")


@both_families
def test_a_project_without_tasks_is_deleted(client: WorkspaceClient, family: Family) -> None:
    project = client.project()
    path = family.project.format(id=project["id"])
    task = client.task(proje_id=project["id"])
    assert refused(client, "DELETE", path, status=409, code="has_tasks") == {"count": 1}
    client.change(task["id"], proje_id="")
    response = client.request("DELETE", path)
    assert response.status == 200
    assert response.json.keys() == {"success", "message"}
    refused(client, "GET", path, status=404, code="project_not_found")


@both_families
def test_a_project_that_does_not_exist_is_not_found(client: WorkspaceClient, family: Family) -> None:
    project = client.project()
    for wrong in (UNKNOWN_ID, project["id"][:7], "%00"):
        path = family.project.format(id=wrong)
        refused(client, "GET", path, status=404, code="project_not_found")
        refused(client, "PUT", path, {"isim": "x"}, status=404, code="project_not_found")
        refused(client, "DELETE", path, status=404, code="project_not_found")
        method, activate = family.activate
        refused(client, method, activate.format(id=wrong), status=404, code="project_not_found")


@both_families
def test_one_project_is_active_at_a_time(client: WorkspaceClient, family: Family) -> None:
    one, two = client.project("One"), client.project("Two")
    method, path = family.activate
    response = client.request(method, path.format(id=one["id"]))
    assert response.status == 200
    assert response.json["data"].keys() == family.project_fields
    assert (response.json["data"]["id"], response.json["data"]["is_active"]) == (one["id"], True)
    client.request(method, path.format(id=two["id"][:8]))
    assert {project["id"]: project["is_active"] for project in client.get(family.projects)["data"]} == {
        one["id"]: False,
        two["id"]: True,
    }
    assert client.get(family.active_project)["data"]["id"] == two["id"]


@both_families
def test_no_active_project_is_null_with_a_message(client: WorkspaceClient, family: Family) -> None:
    answer = client.get(family.active_project)
    assert answer.keys() == {"success", "data", "message"}
    assert (answer["success"], answer["data"]) == (True, None)
    assert answer["message"]


@both_families
def test_clearing_the_active_project_is_idempotent(client: WorkspaceClient, family: Family) -> None:
    client.activate(client.project()["id"])
    for _ in range(2):
        assert client.request("DELETE", family.active_project).status == 200
        assert client.get(family.active_project)["data"] is None
    assert client.get(family.projects)["data"][0]["is_active"] is False


@both_families
def test_deleting_the_active_project_clears_the_setting(client: WorkspaceClient, family: Family) -> None:
    project = client.project()
    client.activate(project["id"])
    assert client.request("DELETE", family.project.format(id=project["id"])).status == 200
    assert client.get(family.active_project)["data"] is None


def test_activating_the_active_project_again_changes_nothing(client: WorkspaceClient) -> None:
    project = client.project()
    client.activate(project["id"])
    before = client.seq()
    client.activate(project["id"])
    assert client.seq() == before


def test_the_aliases_of_the_project_paths_work(client: WorkspaceClient) -> None:
    assert client.request("POST", "/api/projeler", {"isim": "One"}).status == 201
    assert client.get("/api/proje")["data"] == client.get(TURKISH.projects)["data"]
    assert client.get(ENGLISH.projects)["total"] == 1
