"""Templates over REST, in both families (``rest-api.md`` §4.2, §4.3 and §4.10)."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any
from urllib.parse import quote

import pytest

from tests.support.running_daemon import Response, RunningDaemon, wait_for
from tests.support.workspace_client import WorkspaceClient

TURKISH = {
    "baslik": "Boş sayfa",
    "aciklama": "Açılmıyor",
    "modul": "giriş",
    "ortam": "production",
    "adimlar": "1. Aç",
    "beklenen": "Açılır",
    "mevcut": "Boş",
}
ENGLISH = {
    "title": "Boş sayfa",
    "description": "Açılmıyor",
    "module": "giriş",
    "environment": "production",
    "steps": "1. Aç",
    "expected": "Açılır",
    "actual": "Boş",
}


def names(client: WorkspaceClient, path: str, language: str) -> list[str]:
    response = client.request("GET", path, headers={"Accept-Language": language})
    assert response.status == 200
    key = "name" if "/v1/" in path else "isim"
    return [str(each[key]) for each in response.json["data"]]


@pytest.mark.parametrize("path", ["/api/template", "/api/templateler", "/api/v1/templates"])
def test_the_templates_of_the_callers_language_are_listed_by_category_and_name(
    client: WorkspaceClient, path: str
) -> None:
    turkish, english = names(client, path, "tr"), names(client, path, "en")
    assert turkish[:3] == ["Araştırma Görevi", "Spike Araştırma", "Bug Raporu v2"]
    assert english[:3] == ["Bug Report v2", "Documentation", "Feature Request"]
    assert len(turkish) == len(english) == client.get(path)["total"] == 11


def test_each_family_tells_a_template_in_its_own_words(client: WorkspaceClient) -> None:
    turkish = client.get("/api/template/feature?lang=tr")["data"]
    english = client.get("/api/v1/templates/feature?lang=tr")["data"]
    assert set(turkish) == {
        *("id", "isim", "alias", "tanim", "varsayilan_baslik", "aciklama_template", "alanlar", "ornek_degerler"),
        *("kategori", "aktif", "language_code", "base_template_id"),
    }
    assert set(english) == {
        *("id", "name", "alias", "definition", "default_title", "description_template", "fields", "sample_values"),
        *("category", "active", "language_code", "base_template_id"),
    }
    assert list(turkish.values())[:1] == list(english.values())[:1]
    assert turkish["alanlar"][7] == {
        "isim": "efor",
        "tip": "select",
        "zorunlu": False,
        "varsayilan": "",
        "secenekler": ["küçük", "orta", "büyük"],
        "aciklama": "Tahmini Efor",
    }
    assert english["fields"][7] == {
        "name": "efor",
        "type": "select",
        "required": False,
        "default": "",
        "options": ["küçük", "orta", "büyük"],
        "description": "Tahmini Efor",
    }
    assert (turkish["language_code"], turkish["base_template_id"], turkish["aktif"]) == ("tr", "feature-request", True)


def test_a_list_can_be_of_one_category_and_of_another_language(client: WorkspaceClient) -> None:
    assert names(client, f"/api/template?kategori={quote('GÜVENLİK')}&lang=tr", "en") == ["Güvenlik Düzeltmesi"]
    assert names(client, "/api/v1/templates?category=security", "en") == ["Security Fix"]
    assert client.get("/api/template?kategori=nothing")["total"] == 0
    refused = client.request("GET", "/api/template?lang=de")
    assert (refused.status, refused.json["code"], refused.json["details"]["field"]) == (400, "invalid_value", "lang")


def test_a_template_is_shown_by_id_and_by_alias(client: WorkspaceClient) -> None:
    shown = client.get("/api/v1/templates/bug")["data"]
    assert shown["name"] == "Bug Report"
    assert client.get(f"/api/v1/templates/{shown['id']}?lang=tr")["data"] == shown
    missing = client.request("GET", "/api/template/nothing")
    assert (missing.status, missing.json["code"]) == (404, "template_not_found")


def created(client: WorkspaceClient, path: str, body: Any) -> Response:
    return client.request("POST", path, body)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/v1/tasks/from-template", {"template_id": "bug", "values": ENGLISH}),
        ("/api/v1/tasks/from-template", {"template_id": "bug", "degerler": TURKISH}),
        ("/api/v1/tasks", {"template_id": "bug", "degerler": ENGLISH}),
        ("/api/gorev", {"sablon": "bug", "values": TURKISH}),
        ("/api/template/bug/gorev", {"degerler": TURKISH}),
    ],
)
@pytest.mark.parametrize("beside", [True, False])
def test_a_task_is_made_of_a_template_on_every_path(
    client: WorkspaceClient, path: str, body: dict[str, Any], beside: bool
) -> None:
    project = client.project()
    values_key = "values" if "values" in body else "degerler"
    named = {"proje_id": project["id"]}
    body = body | (named if beside else {values_key: body[values_key] | named})
    made = created(client, path, body)
    assert made.status == 201, made.content
    task = client.get(f"/api/gorev/{made.json['data']['id']}")["data"]
    assert task["baslik"] == "🐛 [giriş] Boş sayfa"
    assert task["proje_id"] == project["id"]
    assert task["oncelik"] == "orta"
    assert [tag["isim"] for tag in task["etiketler"]] == ["bug"]
    assert "production" in task["aciklama"]
    assert ("title" in made.json["data"]) == ("/v1/" in path)


def test_values_of_any_kind_are_read_as_text(client: WorkspaceClient) -> None:
    project = client.project()
    odd = {"baslik": 7, "modul": True, "cozum": None, "ekler": {"a": 1}, "etiketler": ["x", {"isim": "y"}]}
    body = {"degerler": TURKISH | odd, "proje_id": project["id"]}
    task = created(client, "/api/template/bug/gorev", body).json["data"]
    assert task["baslik"] == "🐛 [true] 7"
    assert [tag["isim"] for tag in task["etiketler"]] == ["x", "y"]
    assert '{"a":1}' in task["aciklama"]


def test_the_active_project_takes_the_task_and_without_one_there_is_an_error(client: WorkspaceClient) -> None:
    body = {"template_id": "bug", "values": ENGLISH}
    refused = created(client, "/api/v1/tasks/from-template", body)
    assert (refused.status, refused.json["code"]) == (400, "no_active_project")
    project = client.project()
    client.activate(project["id"])
    assert created(client, "/api/v1/tasks/from-template", body).json["data"]["proje_id"] == project["id"]
    assert created(client, "/api/v1/tasks/from-template", body | {"proje_id": ""}).status == 201


def test_missing_fields_are_all_named_with_an_example_call(client: WorkspaceClient) -> None:
    body = {"template_id": "bug", "values": ENGLISH | {"steps": " ", "title": ""}}
    refused = created(client, "/api/v1/tasks/from-template", body)
    assert (refused.status, refused.json["code"]) == (400, "missing_fields")
    assert refused.json["details"]["fields"] == ["title", "steps"]
    example = refused.json["details"]["example"]
    assert '"template_id":"bug"' in refused.json["message"]
    project = client.project()
    assert created(client, "/api/v1/tasks/from-template", example | {"proje_id": project["id"]}).status == 201


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ({"values": ENGLISH}, 400, "missing_parameter", "template_id"),
        ({"template_id": "bug"}, 400, "missing_parameter", "values"),
        ({"template_id": "bug", "values": "x"}, 400, "invalid_value", "values"),
        ({"template_id": "nothing", "values": {}}, 404, "template_not_found", None),
        ({"template_id": "bug", "values": ENGLISH | {"ortam": "prod"}}, 400, "conflicting_alias", None),
        ({"template_id": "bug", "values": ENGLISH | {"environment": "prod"}}, 400, "invalid_value", "environment"),
        ({"template_id": "bug", "values": ENGLISH | {"son_tarih": "2025-02-30"}}, 400, "invalid_date", "son_tarih"),
        ({"template_id": "bug", "values": ENGLISH | {"oncelik": "çok"}}, 400, "invalid_value", "oncelik"),
        ({"template_id": "bug", "values": ENGLISH | {"proje_id": "0" * 36}}, 404, "project_not_found", "proje_id"),
        ({"template_id": "bug", "values": ENGLISH, "proje_id": "0" * 36}, 404, "project_not_found", "proje_id"),
    ],
)
def test_what_is_wrong_is_told_as_the_caller_spelt_it_and_nothing_is_made(
    client: WorkspaceClient, body: Any, status: int, code: str, field: str | None
) -> None:
    client.activate(client.project()["id"])
    before = client.seq()
    refused = created(client, "/api/v1/tasks/from-template", body)
    assert (refused.status, refused.json["code"]) == (status, code)
    assert refused.json.get("details", {}).get("field") == field
    assert client.seq() == before
    assert client.get("/api/gorevler?tum_projeler=true")["total"] == 0


def test_a_task_of_a_template_is_announced_once(client: WorkspaceClient) -> None:
    client.activate(client.project()["id"])
    with client.daemon.events(f"workspace_id={client.id}") as events:
        created(client, "/api/v1/tasks/from-template", {"template_id": "bug", "values": ENGLISH | {"tags": "a,b"}})
        last = client.task("last")
        told = events.read()
        assert (told["type"], [tag["name"] for tag in told["data"]["tags"]]) == ("task_created", ["a", "b"])
        assert events.read()["entity_id"] == last["id"]


def test_a_repeated_creation_is_done_once(client: WorkspaceClient) -> None:
    client.activate(client.project()["id"])
    body = {"template_id": "bug", "values": ENGLISH}
    made = [
        client.request("POST", "/api/v1/tasks/from-template", body, {"Idempotency-Key": "once"}).json["data"]["id"]
        for _ in range(2)
    ]
    assert made[0] == made[1]


@pytest.mark.parametrize("path", ["/api/v1/template/init", "/api/v1/api/v1/template/init", "/api/template/init"])
def test_initialising_again_adds_nothing_and_tells_nobody(client: WorkspaceClient, path: str) -> None:
    client.get("/api/template")
    before = client.seq()
    answer = client.request("POST", path)
    assert (answer.status, answer.json["data"]) == (200, {"created": 0})
    assert answer.json["message"]
    assert client.seq() == before


def test_initialising_brings_back_what_is_missing_and_tells_both_formats(own_daemon: RunningDaemon) -> None:
    own_daemon.start()
    client = WorkspaceClient(own_daemon, own_daemon.workspace)
    database = wait_for(lambda: next(own_daemon.workspace.glob(".gorev/*.db"), None))
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("UPDATE templates SET definition = 'mine' WHERE alias = 'doc'")
        connection.execute("DELETE FROM templates WHERE alias IN ('bug', 'spike')")
        connection.commit()
    with own_daemon.events() as simple, own_daemon.events("format=change") as change:
        answer = client.request("POST", "/api/v1/template/init")
        assert answer.json["data"] == {"created": 4}
        # What was done to the file behind the daemon's back is told as well.
        told = simple.until(lambda frame: frame["type"] == "template_changed")
        as_change = change.until(lambda frame: frame["type"] == "template_changed")
    assert (told["type"], told["data"]) == ("template_changed", {"created": 4})
    assert told["seq"] == as_change["seq"] == int(answer.headers["x-gorev-seq"])
    assert (as_change["type"], as_change["action"], as_change["entity_type"], as_change["data"]) == (
        "template_changed",
        "changed",
        "template",
        {"created": 4},
    )
    assert {each["tanim"] for each in client.get("/api/template")["data"] if each["alias"] == "doc"} == {"mine"}
    with own_daemon.events(f"workspace_id={client.id}&since={told['seq'] - 1}") as again:
        assert again.read()["data"] == {"created": 4}


def test_a_template_of_the_users_own_can_be_used(own_daemon: RunningDaemon) -> None:
    own_daemon.start()
    client = WorkspaceClient(own_daemon, own_daemon.workspace)
    database = wait_for(lambda: next(own_daemon.workspace.glob(".gorev/*.db"), None))
    with closing(sqlite3.connect(database)) as connection:
        connection.execute(
            "INSERT INTO templates (id, name, alias, default_title, description_template, fields, language_code,"
            " created_at, updated_at) VALUES ('own', 'Benim', 'benim', '{{başlık}}', '', ?, 'tr', '', '')",
            ('[{"name": "başlık", "kind": "text", "required": true}]',),
        )
        connection.execute("UPDATE templates SET active = 0 WHERE alias = 'bug'")
        connection.commit()
    project = client.project()["id"]
    body = {"template_id": "benim", "degerler": {"başlık": "X"}, "proje_id": project}
    assert created(client, "/api/gorev", body).json["data"]["baslik"] == "X"
    assert client.request("GET", "/api/template/bug").status == 404
    assert created(client, "/api/template/bug/gorev", {"degerler": TURKISH, "proje_id": project}).status == 404
    assert client.get("/api/template?lang=tr")["total"] == 11
