"""Exports and imports over HTTP, in both families (``rest-api.md`` §4.14, ``behaviours.md`` §8)."""

from __future__ import annotations

import http.client
import json
import threading
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from tests.rest.families import ENGLISH, TURKISH, UNKNOWN_ID, Family, both_families, refused
from tests.support.running_daemon import Response, RunningDaemon, wait_for
from tests.support.workspace_client import WorkspaceClient

PREFIX = {TURKISH.tasks: "/api", ENGLISH.tasks: "/api/v1"}
MANY = 15_000


def export(client: WorkspaceClient, family: Family = TURKISH, **body: Any) -> Any:
    response = client.request("POST", f"{PREFIX[family.tasks]}/export", body)
    assert response.status == 200, response.content
    return response.json


def import_(client: WorkspaceClient, family: Family = TURKISH, **body: Any) -> Any:
    response = client.request("POST", f"{PREFIX[family.tasks]}/import", body)
    assert response.status == 200, response.content
    return response.json


def titles(client: WorkspaceClient) -> list[str]:
    return sorted(task["baslik"] for task in client.get("/api/gorevler?tum_projeler=true&limit=1000")["data"])


@both_families
def test_an_export_to_a_file_names_it_and_counts(client: WorkspaceClient, family: Family) -> None:
    project = client.project("P")
    client.task("a", proje_id=project["id"], etiketler="x")
    before = client.seq()
    answer = export(client, family, output_path="out/x.json", include_templates=True)
    path = client.folder / "out/x.json"
    assert answer.keys() == {"success", "message", "path", "data"}
    assert answer["data"] == {
        "file_path": str(path),
        "exported_count": 1,
        "counts": {"tasks": 1, "projects": 1, "tags": 1, "templates": 22, "dependencies": 0},
    }
    assert answer["path"] == str(path)
    (task,) = json.loads(path.read_text())["tasks"]
    assert (task["baslik"], task["proje_id"], task["durum"]) == ("a", project["id"], "beklemede")
    assert client.seq() == before


@both_families
def test_an_export_without_a_path_is_the_document_in_turkish_names(client: WorkspaceClient, family: Family) -> None:
    client.task("=a")
    data = export(client, family)["data"]
    assert (data["version"], data["tasks"][0]["baslik"]) == ("1.0", "=a")
    assert "'=a" in export(client, family, format="csv")["data"]["content"]
    assert "- [ ] =a" in export(client, family, format="MD")["data"]["content"]


def test_what_the_shipped_client_sends_is_understood(client: WorkspaceClient) -> None:
    client.task("a", durum="tamamlandi")
    client.task("b")
    body: dict[str, Any] = {
        "format": "json",
        "include_completed": False,
        "date_range": {"from": "2020-01-01", "to": "2999-12-31"},
    }
    assert [task["baslik"] for task in export(client, **body)["data"]["tasks"]] == ["b"]
    assert export(client, date_range={"from": "2999-01-01T00:00:00Z", "to": None})["data"]["tasks"] == []
    assert [task["baslik"] for task in export(client, status="completed")["data"]["tasks"]] == ["a"]


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ({"format": "xml"}, 400, "invalid_value", "format"),
        ({"include_subtasks": "maybe"}, 400, "invalid_value", "include_subtasks"),
        ({"date_range": {"from": "2025-02-30"}}, 400, "invalid_date", "date_range"),
        ({"date_range": {"from": "2025-02-02", "to": "2025-02-01"}}, 400, "invalid_date", "date_range"),
        ({"date_range": {"since": "2025-02-02"}}, 400, "invalid_value", "date_range"),
        ({"proje_id": UNKNOWN_ID}, 404, "project_not_found", "project_filter"),
    ],
)
@both_families
def test_an_export_that_means_nothing_is_refused(
    client: WorkspaceClient, family: Family, body: Any, status: int, code: str, field: str
) -> None:
    details = refused(client, "POST", f"{PREFIX[family.tasks]}/export", body, status=status, code=code)
    assert details.get("field", field) == field


@pytest.mark.parametrize("path", ["/etc/x.json", "../../../../etc/x.json", "x.csv", ".gorev/gorev.db", "~/.ssh/x.json"])
@both_families
def test_a_place_that_is_not_allowed_is_refused(client: WorkspaceClient, family: Family, path: str) -> None:
    body = {"output_path": path}
    details = refused(client, "POST", f"{PREFIX[family.tasks]}/export", body, status=400, code="path_not_allowed")
    assert details["path"] == path


def test_a_file_of_somebody_else_stays_as_it_is(client: WorkspaceClient) -> None:
    path = client.folder / "package.json"
    path.write_text('{"name": "mine"}')
    refused(client, "POST", "/api/export", {"output_path": "package.json"}, status=400, code="path_not_allowed")
    assert path.read_text() == '{"name": "mine"}'


def test_what_the_system_refuses_is_an_io_error(client: WorkspaceClient) -> None:
    (client.folder / "file").write_text("")
    refused(client, "POST", "/api/export", {"output_path": "file/x.json"}, status=500, code="io_error")


@both_families
def test_an_import_answers_with_the_result_and_the_lines_that_clients_parse(
    client: WorkspaceClient, family: Family
) -> None:
    document = {
        "version": "1.0",
        "projects": [{"id": "p", "isim": "P"}],
        "tasks": [{"id": "a", "baslik": "a", "proje_id": "p"}, {"id": "b", "baslik": "b", "parent_id": "a"}],
        "tags": [{"id": "t", "isim": "x"}],
        "task_tags": [{"task_id": "b", "tag_id": "t"}],
        "dependencies": [],
    }
    answer = import_(client, family, data=document)
    data = answer["data"]
    assert answer["success"] is data["success"] is True
    assert (data["imported_count"], data["skipped_count"], data["errors"]) == (2, 0, [])
    assert (data["imported_tasks"], data["imported_projects"], data["imported_tags"]) == (2, 1, 1)
    assert data["id_map"].keys() == {"p", "a", "b", "t"}
    lines = answer["message"].splitlines()
    assert {"import edildi: 2 görev", "import edildi: 1 proje"} <= set(lines)
    assert not any(word in answer["message"] for word in ("conflict", "warning", "error", "skipped", "toplam"))
    child = client.get(f"/api/gorev/{data['id_map']['b']}")["data"]
    assert (child["parent_id"], child["proje_adi"]) == (data["id_map"]["a"], "P")
    assert [tag["isim"] for tag in child["etiketler"]] == ["x"]


@pytest.mark.parametrize(
    ("language", "skipped", "conflict"), [("tr", "atlandı: 1", "çakışma"), ("en", "skipped: 1", "conflict")]
)
@both_families
def test_a_trial_says_what_would_happen_and_changes_nothing(
    client: WorkspaceClient, family: Family, language: str, skipped: str, conflict: str
) -> None:
    there = client.task("there")
    before = client.seq()
    body = {"data": [{"title": "there"}, {"title": "new"}], "dry_run": True}
    answer = client.request("POST", f"{PREFIX[family.tasks]}/import", body, {"Accept-Language": language}).json
    lines = answer["message"].splitlines()
    expected = {"toplam 2 görev", "toplam 0 proje", "import edilecek 1 görev", "import edilecek 0 proje", skipped}
    assert expected <= set(lines)
    assert [line for line in lines if conflict in line] == [line for line in lines if there["id"] in line]
    ((told,),) = [answer["data"]["conflicts"]]
    name = family.title
    assert told == {
        "type": "task",
        "existing": {"id": there["id"], name: "there"},
        "incoming": {"id": None, name: "there"},
        "resolution": "skip",
        "new_value": {"id": there["id"], name: "there"},
    }
    assert client.seq() == before
    assert titles(client) == ["there"]


@pytest.mark.parametrize(
    ("language", "conflict", "to_decide"),
    [
        ("tr", "çakışma", "Karar sizin: skip, overwrite ya da merge ile yeniden çağırın."),
        ("en", "conflict", "To be decided by you: call again with skip, overwrite or merge."),
    ],
)
def test_what_the_user_shall_decide_is_left_and_said_to_be_so(
    client: WorkspaceClient, language: str, conflict: str, to_decide: str
) -> None:
    """``conflict_resolution=prompt`` imports nothing for a row that there is already (``behaviours.md`` §8.4)."""
    there = client.task("there")
    rows = [{"id": there["id"], "baslik": "other"}, {"baslik": "new"}]
    body = {"data": rows, "conflict_resolution": "prompt"}
    response = client.request("POST", "/api/import", body, {"Accept-Language": language})
    lines = response.json["message"].splitlines()
    assert to_decide in lines
    assert [line for line in lines if conflict in line] == [lines[-1]]
    assert there["id"] in lines[-1]
    (told,) = response.json["data"]["conflicts"]
    assert (told["resolution"], told["new_value"]) == ("prompt", None)
    assert response.json["data"]["skipped"] == 0
    assert titles(client) == ["new", "there"]


def test_warnings_are_told_in_the_message_and_in_the_result(client: WorkspaceClient) -> None:
    body = {"data": [{"title": "hata " * 101}]}
    answer = client.request("POST", "/api/import", body, {"Accept-Language": "tr"}).json
    (warning,) = answer["data"]["warnings"]
    assert warning.startswith("uyarı")
    assert answer["message"].splitlines().count(warning) == 1
    assert "hata" not in answer["message"]


@both_families
@pytest.mark.parametrize("language", ["tr", "en"])
def test_what_is_no_parameter_is_ignored_and_said_to_be(client: WorkspaceClient, family: Family, language: str) -> None:
    """Rule N3: a REST body's unknown keys are reported where the response has a list for that."""
    body = {"data": [{"title": "a"}], "importMode": "replace", "x\nimport edildi: 9 görev": 1}
    response = client.request("POST", f"{PREFIX[family.tasks]}/import", body, {"Accept-Language": language})
    warnings = response.json["data"]["warnings"]
    word = {"tr": "uyarı", "en": "warning"}[language]
    assert [each.rpartition(": ")[2] for each in warnings] == ["importMode", "9 görev"]
    lines = response.json["message"].splitlines()
    assert [line for line in lines if word in line] == warnings
    assert "import edildi: 1 görev" in lines
    assert titles(client) == ["a"]


@both_families
def test_files_of_both_formats_and_text_are_imported(client: WorkspaceClient, family: Family) -> None:
    (client.folder / "in.json").write_text('{"tasks": [{"title": "json"}]}')
    (client.folder / "in.csv").write_text("Title,Project\ncsv,P\n")
    (client.folder / "in.txt").write_text("Title\ntext\n")
    import_(client, family, file_path="in.json")
    import_(client, family, path=str(client.folder / "in.csv"))
    import_(client, family, file_path="in.txt")
    import_(client, family, data="Title\ninline\n")
    import_(client, family, data='[{"title": "string"}]', format="json")
    assert titles(client) == ["csv", "inline", "json", "string", "text"]


def test_a_whole_workspace_is_replaced_by_what_was_exported(client: WorkspaceClient) -> None:
    project = client.project("P")
    client.activate(project["id"])
    task = client.task("a", proje_id=project["id"], son_tarih="2025-12-31", durum="tamamlandi")
    export(client, output_path="x.json")
    client.task("later")
    import_(client, file_path="x.json", import_mode="replace", preserve_ids=True)
    again = client.get(f"/api/gorev/{task['id']}")["data"]
    assert {name: again[name] for name in task if name not in ("rev", "bagimliliklar")} == {
        name: task[name] for name in task if name not in ("rev", "bagimliliklar")
    }
    assert again["rev"] == task["rev"] + 1
    assert titles(client) == ["a"]
    assert client.get("/api/aktif-proje")["data"]["id"] == project["id"]


@pytest.mark.parametrize(
    ("body", "status", "code", "details"),
    [
        ({}, 400, "missing_parameter", {"fields": ["file_path", "data"]}),
        ({"file_path": "x.json", "data": []}, 400, "invalid_value", {"field": "file_path"}),
        ({"file_path": "none.json"}, 404, "file_not_found", {"path": "none.json"}),
        ({"file_path": "."}, 400, "path_not_allowed", {"path": "."}),
        ({"file_path": ".gorev/gorev.db"}, 400, "path_not_allowed", {"path": ".gorev/gorev.db"}),
        ({"file_path": "secret.txt"}, 400, "invalid_format", {}),
        ({"file_path": "secret.json"}, 400, "invalid_format", {}),
        ({"data": {}}, 400, "invalid_format", {}),
        ({"data": 7}, 400, "invalid_format", {}),
        ({"data": {"projects": []}}, 400, "invalid_format", {}),
        ({"data": [{"title": "a", "parent_id": "x"}]}, 400, "invalid_reference", {"count": 1, "ids": ["#1"]}),
        ({"data": [{"title": "a", "durum": "secret"}]}, 400, "invalid_value", {"count": 1, "ids": ["#1"]}),
        ({"data": [{"title": "a", "baslik": "b"}]}, 400, "conflicting_alias", {"keys": ["title", "baslik"]}),
        ({"data": [], "format": "markdown"}, 400, "invalid_value", {"field": "format"}),
        ({"data": [], "import_mode": "x"}, 400, "invalid_value", {"field": "import_mode"}),
        ({"data": [], "conflict_resolution": "x"}, 400, "invalid_value", {"field": "conflict_resolution"}),
        ({"data": [], "project_mapping": {"a": 1}}, 400, "invalid_value", {"field": "project_mapping"}),
        ({"data": [], "project_mapping": {"a": UNKNOWN_ID}}, 400, "invalid_reference", {"field": "project_mapping"}),
        ({"data": [], "proje_id": UNKNOWN_ID}, 404, "project_not_found", {"id": UNKNOWN_ID}),
    ],
)
@both_families
def test_an_import_that_will_not_do_is_refused_and_quotes_nothing(
    client: WorkspaceClient, family: Family, body: Any, status: int, code: str, details: Any
) -> None:
    for name in ("secret.txt", "secret.json"):
        (client.folder / name).write_text("secret,word\nsecret")
    told = refused(client, "POST", f"{PREFIX[family.tasks]}/import", body, status=status, code=code)
    assert details.items() <= told.items()
    assert "secret" not in json.dumps({name: value for name, value in told.items() if name != "path"})
    assert client.seq() == 0


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"data": [{}', b'{"data": "\xff"}'])
def test_a_body_that_is_no_json_object_is_refused(client: WorkspaceClient, body: bytes) -> None:
    refused(
        client,
        "POST",
        "/api/import",
        body,
        status=400,
        code="bad_request",
        headers={"Content-Type": "application/json"},
    )


def test_a_body_may_be_larger_than_elsewhere(client: WorkspaceClient) -> None:
    rows = [{"title": f"{number}", "description": "x" * 50_000} for number in range(120)]
    assert import_(client, data=rows)["data"]["imported_count"] == 120


def test_an_import_is_told_in_one_frame_of_either_format(daemon: RunningDaemon, client: WorkspaceClient) -> None:
    client.task("there")
    rows = [{"title": "a"}, {"title": "b"}]
    query = f"workspace_id={client.id}"
    with daemon.events(query) as change, daemon.events(f"{query}&format=simple") as simple:
        import_(client, data=rows)
        frames = change.read(), simple.read()
        client.task("after")
        assert (change.read()["type"], simple.read()["type"]) == ("task_created", "created")
    for frame in frames:
        assert (frame["type"], frame["first_seq"], frame["seq"]) == ("workspace_sync", 2, 3)
        assert frame["workspace_id"] == client.id
        assert frame["actor"]["type"] == "rest"
    assert frames[0]["action"] == "sync"


def test_who_resumes_after_an_import_is_told_each_of_its_events(daemon: RunningDaemon, client: WorkspaceClient) -> None:
    client.task("there")
    import_(client, data=[{"title": "a"}, {"title": "b"}])
    with daemon.events(f"workspace_id={client.id}&since=1") as events:
        told = [events.read() for _ in range(2)]
    assert [(frame["type"], frame["seq"], frame["data"]["title"]) for frame in told] == [
        ("task_created", 2, "a"),
        ("task_created", 3, "b"),
    ]


def test_the_same_key_imports_once(client: WorkspaceClient) -> None:
    body = {"data": [{"title": "a"}]}
    first, second = (
        client.request("POST", "/api/import", body, {"Idempotency-Key": "k"}).json["data"] for _ in range(2)
    )
    assert first == second
    assert titles(client) == ["a"]
    refused(
        client,
        "POST",
        "/api/import",
        {"data": []},
        status=409,
        code="idempotency_mismatch",
        headers={"Idempotency-Key": "k"},
    )


class LongImport:
    """An import that takes a while, sent from a thread of its own, and the frames that tell of it."""

    def __init__(self, client: WorkspaceClient, family: Family) -> None:
        rows = [{"title": f"Task {number}", "tags": ["x", "y"]} for number in range(MANY)]
        (client.folder / "many.json").write_text(json.dumps(rows))
        self.body = {"file_path": "many.json", "operation_id": f"import of {client.id}"}
        self.responses: list[Response] = []
        self.thread = threading.Thread(
            target=lambda: self.responses.append(client.request("POST", f"{PREFIX[family.tasks]}/import", self.body))
        )

    @property
    def response(self) -> Response:
        self.thread.join()
        return self.responses[0]


@both_families
def test_a_long_import_is_told_of_lets_others_work_and_can_be_ended(
    daemon: RunningDaemon, client: WorkspaceClient, family: Family
) -> None:
    long = LongImport(client, family)
    operation = quote(long.body["operation_id"])
    with daemon.events(f"workspace_id={client.id}") as events:
        long.thread.start()
        frame = events.read()
        assert (frame["type"], frame["workspace_id"]) == ("progress", client.id)
        assert "seq" not in frame
        data = frame["data"]
        assert (data["operation"], data["operation_id"]) == ("import", long.body["operation_id"])
        assert 0 <= data["done"] < data["total"]
        other = WorkspaceClient.of_new_folder(daemon)
        other.task("elsewhere")
        assert long.thread.is_alive()
        refused(client, "POST", "/api/import", long.body, status=409, code="conflict")
        ended = client.request("DELETE", f"{PREFIX[family.tasks]}/operations/{operation}")
        assert ended.status == 200
        assert ended.json["success"] is True
        assert (long.response.status, long.response.json["code"]) == (409, "cancelled")
    assert client.seq() == 0
    refused(client, "DELETE", f"{PREFIX[family.tasks]}/operations/{operation}", status=404, code="not_found")


def test_an_import_goes_on_when_its_caller_leaves(client: WorkspaceClient) -> None:
    long = LongImport(client, TURKISH)
    address = urlsplit(client.daemon.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port)
    connection.connect()
    headers = {"X-Workspace-Path": quote(str(client.folder)), "Content-Type": "application/json"}
    connection.request("POST", "/api/import", json.dumps(long.body), headers)
    with client.daemon.events(f"workspace_id={client.id}") as events:
        events.until(lambda frame: frame["type"] == "progress")
        connection.close()
        sync = events.until(lambda frame: frame["type"] == "workspace_sync")
    assert (sync["first_seq"], sync["seq"]) == (1, MANY)
    wait_for(lambda: client.seq() == MANY)


def test_an_export_of_many_is_whole_and_comes_back(client: WorkspaceClient) -> None:
    rows = [{"id": f"{number}", "title": f"Task {number}"} for number in range(2_000)]
    rows += [{"id": f"s{number}", "title": "sub", "parent_id": f"{number}"} for number in range(2_000)]
    import_(client, data=rows)
    answer = export(client, output_path="x.json")
    assert answer["data"]["exported_count"] == 4_000
    back = import_(client, file_path="x.json", import_mode="replace")["data"]
    assert (back["imported_count"], back["conflicts"]) == (4_000, [])
    assert client.get("/api/gorevler?limit=1&parent_id=root")["total"] == 2_000
