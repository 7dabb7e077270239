"""Making tasks: POST tasks and POST subtasks of both families (``rest-api.md`` §4.2 and §4.7)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.rest.families import ENGLISH, TURKISH, UNKNOWN_ID, Family, both_families, refused
from tests.support.workspace_client import WorkspaceClient

UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def created(client: WorkspaceClient, path: str, body: Any) -> Any:
    """The task that a POST makes."""
    response = client.request("POST", path, body)
    assert response.status == 201, response.content
    assert response.json.keys() == {"success", "data", "message"}
    assert response.json["success"] is True
    return response.json["data"]


@both_families
def test_a_task_made_from_a_title_alone_has_the_defaults_and_the_family_s_names_only(
    client: WorkspaceClient, family: Family
) -> None:
    task = created(client, family.new_task, {"baslik": "  Buy milk  "})
    assert task.keys() == family.single_task_fields
    assert UUID4.fullmatch(task["id"])
    assert task[family.title] == "Buy milk"
    assert task[family.description] == ""
    assert task[family.status] == "beklemede"
    assert task[family.priority] == "orta"
    assert [task[counter] for counter in family.counters] == [0, 0, 0]
    assert (task[family.level], task["has_subtasks"], task["subtask_count"], task["rev"]) == (0, False, 0, 1)
    assert task["workspace_id"] == client.id
    assert INSTANT.fullmatch(task[family.created_at])
    assert task[family.updated_at] == task[family.created_at]


@both_families
def test_a_task_made_with_every_field_has_them_all(client: WorkspaceClient, family: Family) -> None:
    project = client.project("House")
    task = created(
        client,
        family.new_task,
        {
            family.title: "Paint",
            family.description: "# Walls\n\nwhite",
            family.status: "devam_ediyor",
            family.priority: "yuksek",
            "proje_id": project["id"],
            family.due_date: "2031-12-31",
            family.tags: ["home", "Çatı"],
        },
    )
    optional = {"proje_id", family.project_name, family.due_date, family.tags}
    assert task.keys() == family.single_task_fields | optional
    assert task[family.description] == "# Walls\n\nwhite"
    assert task[family.status] == "devam_ediyor"
    assert task[family.priority] == "yuksek"
    assert (task["proje_id"], task[family.project_name]) == (project["id"], "House")
    assert task[family.due_date] == "2031-12-31T00:00:00Z"
    assert [tag[family.tag_name] for tag in task[family.tags]] == ["home", "Çatı"]
    assert all(tag.keys() == {"id", family.tag_name} for tag in task[family.tags])


@both_families
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"title": "x", "priority": "HIGH"}, {"oncelik": "yuksek"}),
        ({"baslik": "x", "priority": "düşük"}, {"oncelik": "dusuk"}),
        ({"title": "x", "status": "in-progress"}, {"durum": "devam_ediyor"}),
        ({"title": "x", "new_status": "Tamamlandı"}, {"durum": "tamamlandi"}),
        ({"title": "x", "yeni_durum": "canceled"}, {"durum": "iptal"}),
        ({"title": "x", "status": "todo"}, {"durum": "beklemede"}),
        ({"title": "x", "due_date": "2030-02-28T23:30:00+05:00"}, {"son_tarih": "2030-02-28T00:00:00Z"}),
        ({"baslik": "x", "title": "x"}, {"baslik": "x"}),
    ],
)
def test_input_is_understood_in_either_vocabulary_and_by_aliases(
    client: WorkspaceClient, family: Family, body: dict[str, str], expected: dict[str, str]
) -> None:
    task = created(client, family.new_task, body)
    stored = client.get(f"/api/gorev/{task['id']}")["data"]
    assert {name: stored[name] for name in expected} == expected


@pytest.mark.parametrize(
    "tags",
    [
        pytest.param("api, back end ,API", id="comma string"),
        pytest.param(["api", "back end", "Api"], id="names"),
        pytest.param([{"id": "tag-17", "isim": "api"}, {"name": "back end"}], id="tag objects"),
    ],
)
def test_tags_come_as_names_as_objects_or_as_one_string_and_each_once(client: WorkspaceClient, tags: Any) -> None:
    task = client.task(etiketler=tags)
    assert [tag["isim"] for tag in task["etiketler"]] == ["api", "back end"]


def test_a_tag_keeps_its_first_spelling_and_its_id(client: WorkspaceClient) -> None:
    first = client.task(etiketler=["Ivedi"])["etiketler"]
    second = client.task(etiketler="ivedi")["etiketler"]
    assert first == second


def test_a_task_without_a_project_goes_to_the_active_one(client: WorkspaceClient) -> None:
    project = client.project()
    client.activate(project["id"])
    assert client.task()["proje_id"] == project["id"]


def test_a_null_or_empty_project_keeps_a_root_task_out_of_the_active_one(client: WorkspaceClient) -> None:
    client.activate(client.project()["id"])
    assert "proje_id" not in client.task(proje_id=None)
    assert "proje_id" not in client.task(proje_id="")


@both_families
def test_a_subtask_takes_its_parent_s_project_and_not_the_active_one(client: WorkspaceClient, family: Family) -> None:
    project = client.project("Parent's")
    parent = client.task("Parent", proje_id=project["id"])
    client.activate(client.project("Active")["id"])
    path = family.subtasks.format(id=parent["id"])
    task = created(
        client,
        path,
        {"title": "Child", "description": "d", "priority": "low", "due_date": "2031-01-02", "etiketler": "a,b"},
    )
    assert task.keys() == family.single_task_fields | {
        "parent_id",
        "proje_id",
        family.project_name,
        family.due_date,
        family.tags,
    }
    assert (task["parent_id"], task["proje_id"], task[family.level]) == (parent["id"], project["id"], 1)
    assert task[family.priority] == "dusuk"
    assert len(task[family.tags]) == 2
    assert created(client, path, {"baslik": "Another"})[family.priority] == "orta"


@pytest.mark.parametrize("nothing", [None, ""])
def test_a_subtask_with_an_empty_project_takes_its_parent_s(client: WorkspaceClient, nothing: str | None) -> None:
    """A subtask always takes its parent's project, and clients treat missing and null alike."""
    project = client.project()
    parent = client.task("Parent", proje_id=project["id"])
    child = client.task("Child", parent_id=parent["id"], proje_id=nothing)
    assert child["proje_id"] == project["id"]


def test_a_parent_may_be_named_in_the_body_by_a_unique_prefix(client: WorkspaceClient) -> None:
    parent = client.task("Parent")
    for spelling in ("parent_id", "ust_gorev_id", "ust_id"):
        assert client.task("Child", **{spelling: parent["id"][:8]})["parent_id"] == parent["id"]


def test_unknown_keys_and_those_that_only_the_server_gives_are_ignored(client: WorkspaceClient) -> None:
    task = client.task("x", id=UNKNOWN_ID, rev=7, seviye=3, something={"deep": [1]})
    assert (task["rev"], task["seviye"]) == (1, 0)
    assert task["id"] != UNKNOWN_ID


def test_limits_are_those_of_the_contract(client: WorkspaceClient) -> None:
    assert len(client.task("ğ" * 500)["baslik"]) == 500
    assert len(client.task(aciklama="ğ" * 100_000)["aciklama"]) == 100_000


@both_families
@pytest.mark.parametrize(
    ("body", "code", "turkish", "english"),
    [
        ({}, "missing_parameter", "baslik", "title"),
        ({"title": None}, "missing_parameter", "title", "title"),
        ({"baslik": " \t "}, "invalid_value", "baslik", "baslik"),
        ({"title": "x" * 501}, "invalid_value", "title", "title"),
        ({"baslik": 7}, "invalid_value", "baslik", "baslik"),
        ({"baslik": ["x"]}, "invalid_value", "baslik", "baslik"),
        ({"baslik": "x", "aciklama": "x" * 100_001}, "invalid_value", "aciklama", "aciklama"),
        ({"baslik": "x", "description": {}}, "invalid_value", "description", "description"),
        ({"baslik": "x", "oncelik": "urgent"}, "invalid_priority", "oncelik", "oncelik"),
        ({"baslik": "x", "priority": 3}, "invalid_priority", "priority", "priority"),
        ({"baslik": "x", "durum": "bitti"}, "invalid_status", "durum", "durum"),
        ({"baslik": "x", "status": ""}, "invalid_status", "status", "status"),
        ({"baslik": "x", "son_tarih": "2025-02-30"}, "invalid_date", "son_tarih", "son_tarih"),
        ({"baslik": "x", "due_date": "tomorrow"}, "invalid_date", "due_date", "due_date"),
        ({"baslik": "x", "due_date": 20250101}, "invalid_date", "due_date", "due_date"),
        ({"baslik": "x", "etiketler": [" "]}, "invalid_value", "etiketler", "etiketler"),
        ({"baslik": "x", "etiketler": ["a,b"]}, "invalid_value", "etiketler", "etiketler"),
        ({"baslik": "x", "tags": [1]}, "invalid_value", "tags", "tags"),
        ({"baslik": "x", "tags": {"a": 1}}, "invalid_value", "tags", "tags"),
        ({"baslik": "x", "proje_id": 5}, "invalid_value", "proje_id", "proje_id"),
    ],
)
def test_a_bad_field_is_refused_by_the_name_that_the_caller_used(
    client: WorkspaceClient, family: Family, body: Any, code: str, turkish: str, english: str
) -> None:
    details = refused(client, "POST", family.new_task, body, status=400, code=code)
    assert details["field"] == (turkish if family is TURKISH else english)
    if code != "missing_parameter":
        assert details.keys() == {"field", "value", "allowed"} | (details.keys() & {"limit"})
    assert client.get("/api/gorevler")["total"] == 0
    assert client.seq() == 0


def test_refused_enums_list_what_is_allowed(client: WorkspaceClient) -> None:
    details = refused(client, "POST", "/api/gorev", {"baslik": "x", "durum": "no"}, status=400, code="invalid_status")
    assert details["allowed"] == ["beklemede", "devam_ediyor", "tamamlandi", "iptal"]
    details = refused(
        client, "POST", "/api/gorev", {"baslik": "x", "oncelik": "no"}, status=400, code="invalid_priority"
    )
    assert details["allowed"] == ["dusuk", "orta", "yuksek"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("baslik", "a\0b"), ("aciklama", "\0"), ("proje_id", "\0"), ("durum", "beklemede\0"), ("etiketler", ["a\0"])],
)
def test_nul_in_any_text_is_refused(client: WorkspaceClient, field: str, value: Any) -> None:
    body = {"baslik": "x", field: value}
    code = "invalid_status" if field == "durum" else "invalid_value"
    assert refused(client, "POST", "/api/gorev", body, status=400, code=code)["field"] == field


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (rb'{"baslik": "a\ud800"}', "baslik"),
        (rb'{"title": "\udc00\ud800"}', "title"),
        (rb'{"baslik": "x", "aciklama": "cut \ud83d"}', "aciklama"),
        (rb'{"baslik": "x", "etiketler": ["fine", "\udfff"]}', "etiketler"),
    ],
)
def test_half_a_surrogate_pair_is_refused(client: WorkspaceClient, body: bytes, field: str) -> None:
    details = refused(client, "POST", "/api/gorev", body, status=400, code="invalid_value")
    assert details["field"] == field


def test_a_whole_surrogate_pair_is_a_character(client: WorkspaceClient) -> None:
    response = client.request("POST", "/api/gorev", rb'{"baslik": "\ud83d\ude00"}')
    assert response.json["data"]["baslik"] == "\N{GRINNING FACE}"


@both_families
def test_spellings_that_disagree_are_both_named(client: WorkspaceClient, family: Family) -> None:
    body = {"baslik": "one", "title": "two"}
    details = refused(client, "POST", family.new_task, body, status=400, code="conflicting_alias")
    assert set(details["keys"]) == {"baslik", "title"}


@both_families
def test_a_project_or_parent_that_does_not_exist_is_refused(client: WorkspaceClient, family: Family) -> None:
    body = {"baslik": "x", "proje_id": UNKNOWN_ID}
    refused(client, "POST", family.new_task, body, status=404, code="project_not_found")
    body = {"baslik": "x", "parent_id": UNKNOWN_ID}
    refused(client, "POST", family.new_task, body, status=404, code="parent_not_found")
    path = family.subtasks.format(id=UNKNOWN_ID)
    refused(client, "POST", path, {"baslik": "x"}, status=404, code="task_not_found")


@both_families
def test_a_subtask_is_refused_for_the_reasons_that_a_task_is(client: WorkspaceClient, family: Family) -> None:
    path = family.subtasks.format(id=client.task()["id"])
    assert refused(client, "POST", path, {}, status=400, code="missing_parameter") == {"field": family.title}
    refused(client, "POST", path, {"baslik": "x", "oncelik": "?"}, status=400, code="invalid_priority")
    refused(client, "POST", path, {"baslik": "x", "son_tarih": "2025-13-01"}, status=400, code="invalid_date")


@both_families
def test_a_parent_of_another_project_is_refused(client: WorkspaceClient, family: Family) -> None:
    parent = client.task("Parent", proje_id=client.project("One")["id"])
    body = {"baslik": "x", "parent_id": parent["id"], "proje_id": client.project("Two")["id"]}
    refused(client, "POST", family.new_task, body, status=409, code="project_mismatch")


def test_a_refused_task_leaves_no_tag_behind(client: WorkspaceClient) -> None:
    """A failed validation leaves no trace, so the tag's first spelling is that of the task that was made."""
    body = {"baslik": "x", "etiketler": ["GONE"], "proje_id": UNKNOWN_ID}
    assert client.request("POST", "/api/gorev", body).status == 404
    assert client.task(etiketler=["gone"])["etiketler"][0]["isim"] == "gone"


def test_the_list_path_of_family_a_creates_too_and_both_families_make_one_task_list(client: WorkspaceClient) -> None:
    created(client, "/api/gorevler", {"baslik": "one"})
    created(client, ENGLISH.new_task, {"baslik": "two"})
    assert {row["baslik"] for row in client.get(TURKISH.tasks)["data"]} == {"one", "two"}
