"""What every route has in common (``rest-api.md`` §1 and §2): paths, methods, headers, languages."""

from __future__ import annotations

from http.client import HTTPConnection

import pytest

from tests.rest.families import ENGLISH, TURKISH, UNKNOWN_ID, Family, both_families, refused
from tests.support.workspace_client import WorkspaceClient


@both_families
def test_trailing_slashes_are_ignored(client: WorkspaceClient, family: Family) -> None:
    task = client.task()
    for path in (family.tasks, family.task.format(id=task["id"]), family.projects, family.active_project):
        assert client.get(f"{path}/") == client.get(path)
    assert client.get(f"{family.tasks}/?limit=1")["total"] == 1
    assert client.request("POST", f"{family.new_task}/", {"baslik": "x"}).status == 201
    assert client.request("DELETE", f"{family.task.format(id=task['id'])}//").status == 200


@both_families
def test_head_works_where_get_does(client: WorkspaceClient, family: Family) -> None:
    task = client.task()
    for path in (family.tasks, family.task.format(id=task["id"]), "/api/health", "/api/v1/workspaces"):
        head, get = client.request("HEAD", path), client.request("GET", path)
        assert (head.status, head.content) == (200, b"")
        assert head.headers["content-type"] == get.headers["content-type"]
        assert head.headers.get("etag") == get.headers.get("etag")
    unknown = client.request("HEAD", family.task.format(id=UNKNOWN_ID))
    assert (unknown.status, unknown.content) == (404, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/api",
        "/api/",
        "/api/v1",
        "/api/v1/",
        "/api/nothing",
        "/api/v1/gorevler",
        "/api/tasks",
        "/api/gorev/x/y/z",
        "/api/v2/tasks",
        "/api/../api/nothing",
        "/api/%2e%2e/index.html",
        "/api/index.html",
        "/api/gorev/a%2Fb/c",
        "/api/%ff",
        "/api/gorev/%ff%fe",
        "/api/%00",
        "/api/" + "x" * 8000,
    ],
)
def test_an_unknown_api_path_is_404_in_json_for_every_method(client: WorkspaceClient, path: str) -> None:
    for method in ("GET", "POST", "PUT", "DELETE", "PATCH"):
        refused(client, method, path, status=404, code="not_found")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/api/gorevler", {"GET", "HEAD", "POST"}),
        ("PUT", "/api/v1/tasks", {"GET", "HEAD", "POST"}),
        ("POST", "/api/gorev/{id}", {"GET", "HEAD", "PUT", "PATCH", "DELETE"}),
        ("POST", "/api/v1/tasks/{id}", {"GET", "HEAD", "PUT", "PATCH", "DELETE"}),
        ("GET", "/api/proje/{id}/aktif", {"POST"}),
        ("POST", "/api/v1/projects/{id}/activate", {"PUT", "PATCH"}),
        ("POST", "/api/v1/tasks/{id}/hierarchy", {"GET", "HEAD"}),
        ("PUT", "/api/health", {"GET", "HEAD"}),
        ("POST", "/api/v1/active-project", {"GET", "HEAD", "DELETE"}),
        ("PROPFIND", "/api/projeler", {"GET", "HEAD", "POST"}),
        ("DELETE", "/api/gorevler/", {"GET", "HEAD", "POST"}),
    ],
)
def test_a_wrong_method_is_405_in_json_and_tells_what_is_allowed(
    client: WorkspaceClient, method: str, path: str, allowed: set[str]
) -> None:
    path = path.format(id=UNKNOWN_ID)
    refused(client, method, path, status=405, code="method_not_allowed")
    answer = client.request(method, path)
    assert {each.strip() for each in answer.headers["allow"].split(",")} - {"OPTIONS"} == allowed


def keys_within(value: object) -> set[str]:
    """Every key of every object in a JSON value."""
    if isinstance(value, dict):
        return set(value).union(*map(keys_within, value.values()))
    return set().union(*map(keys_within, value)) if isinstance(value, list) else set()


@both_families
def test_no_answer_of_a_family_holds_a_name_of_the_other(client: WorkspaceClient, family: Family) -> None:
    project = client.project("P", tanim="d")
    client.activate(project["id"])
    root = client.task("Root", aciklama="d", son_tarih="2031-01-01", etiketler="a")
    child = client.task("Child", parent_id=root["id"], etiketler="a")
    body = {"kaynak_id": client.task("First")["id"], "hedef_id": child["id"]}
    assert client.request("POST", "/api/baglanti", body).status == 201
    names = {each: _names(each) for each in (TURKISH, ENGLISH)}
    foreign = names[ENGLISH if family is TURKISH else TURKISH] - names[family]
    answers = [client.get(family.tasks), client.get(f"{family.tasks}?agac=true")]
    answers += [client.get(path) for path in (family.projects, family.active_project)]
    answers += [client.get(path.format(id=root["id"])) for path in (family.task, family.subtasks, family.hierarchy)]
    answers += [client.get(path.format(id=child["id"])) for path in (family.task, family.hierarchy)]
    answers += [client.get(path.format(id=project["id"])) for path in (family.project, family.project_tasks)]
    answers += [client.request("PUT", family.task.format(id=child["id"]), {"durum": "devam_ediyor"}).json]
    for answer in answers:
        assert keys_within(answer).isdisjoint(foreign)


def _names(family: Family) -> set[str]:
    """The names that only tell one family from the other, those of links and hierarchies included."""
    turkish = {"kaynak_id", "hedef_id", "baglanti_tip", "kaynak_baslik", "hedef_durum", "gorev", "ust_gorevler"}
    english = {"source_id", "target_id", "connection_type", "source_title", "target_status", "task", "parent_tasks"}
    own = {family.project_name, family.due_date, family.tags, family.tag_name, family.children}
    return family.task_fields | family.project_fields | own | (turkish if family is TURKISH else english)


def test_every_answer_below_api_is_json_that_nobody_keeps(client: WorkspaceClient) -> None:
    for method, path, body in (
        ("GET", TURKISH.tasks, None),
        ("POST", ENGLISH.new_task, {"baslik": "x"}),
        ("GET", ENGLISH.task.format(id=UNKNOWN_ID), None),
        ("GET", "/api/nothing", None),
        ("DELETE", TURKISH.tasks, None),
        ("GET", "/api/health", None),
        ("POST", TURKISH.new_task, b"{"),
        ("GET", "/api/gorev/%ff", None),
        ("GET", "/api/ws", None),
    ):
        response = client.request(method, path, body)
        assert response.headers["content-type"] == "application/json; charset=utf-8", path
        assert response.headers["cache-control"] == "no-store", path
        assert isinstance(response.json, dict)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("tr", "tr"),
        ("en", "en"),
        ("en-GB,en;q=0.9,tr;q=0.8", "en"),
        ("de, tr;q=0.3, en;q=0.7", "en"),
        ("en;q=0.1, tr-TR", "tr"),
        ("en;q=0, tr;q=0.1", "tr"),
        ("TR-tr", "tr"),
        ("de-DE,fr;q=0.5", "en"),
        ("*", "en"),
        (";;;=,q=x,tr;q=abc,en;q=1", "en"),
        ("", "en"),
    ],
)
def test_the_message_is_in_the_first_of_our_languages_that_the_caller_prefers(
    client: WorkspaceClient, header: str, expected: str
) -> None:
    """The daemon of these tests speaks English to those who ask for neither."""
    answers = {
        language: client.request("GET", "/api/nothing", headers={"Accept-Language": language}).json["message"]
        for language in ("tr", "en")
    }
    assert answers["tr"] != answers["en"]
    asked = client.request("GET", "/api/nothing", headers={"Accept-Language": header}).json["message"]
    assert asked == answers[expected]


def test_success_messages_are_in_the_caller_s_language_too(client: WorkspaceClient) -> None:
    said = {}
    for language in ("tr", "en"):
        response = client.request("POST", "/api/gorev", {"baslik": "x"}, {"Accept-Language": language})
        said[language] = response.json["message"]
    assert said["tr"] != said["en"]


def test_requests_on_one_kept_connection_are_answered_one_after_the_other(client: WorkspaceClient) -> None:
    connection = HTTPConnection("127.0.0.1", client.daemon.lock["port"], timeout=30)
    headers = {"X-Workspace-Path": str(client.folder), "Content-Type": "application/json"}
    for number in range(3):
        connection.request("POST", "/api/gorev", f'{{"baslik": "{number}"}}', headers)
        response = connection.getresponse()
        assert response.status == 201
        response.read()
    connection.close()
    assert client.get("/api/gorevler")["total"] == 3
