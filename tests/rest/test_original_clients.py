"""What clients of the original send and look for (``rest-api.md`` §4, §7; ``behaviours.md`` §8.5; ``lifecycle.md`` §8).

The extension and page of v0.17 exist and are not ours to change: they must work against this daemon as they are. Each
test goes the way of one of their features with the requests that they make.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import attrs
import pytest

from tests.support.running_daemon import Response, RunningDaemon
from tests.support.workspace_client import WorkspaceClient

COUNTERS: Final = {"dependency_count", "uncompleted_dependency_count", "dependent_on_this_count"}


@attrs.frozen
class Client:
    """A client that has registered its workspace: every call bears the three headers."""

    daemon: RunningDaemon
    workspace: Any

    @classmethod
    def registered(cls, daemon: RunningDaemon, folder: Path) -> Client:
        """As the extension begins: is it there, then register, and keep the id that comes back."""
        assert daemon.get("/api/v1/health").json["status"] == "ok"
        body = {"path": str(folder), "name": folder.name}
        answer = daemon.post("/api/v1/workspaces/register", body).json
        assert answer["workspace_id"] == answer["workspace"]["id"]
        return cls(daemon, answer["workspace"])

    def send(self, method: str, path: str, body: Any = None) -> Response:
        headers = {
            "X-Workspace-Id": self.workspace["id"],
            "X-Workspace-Path": quote(self.workspace["path"], safe=""),
            "X-Workspace-Name": quote(self.workspace["name"]),
            "Accept-Language": "tr",
        }
        return self.daemon.request(method, f"/api/v1{path}", body, headers)

    def data(self, method: str, path: str, body: Any = None) -> Any:
        """The ``data`` of a call that succeeds."""
        response = self.send(method, path, body)
        assert response.status in (200, 201), response.content
        assert response.json["success"] is True
        return response.json["data"]


@pytest.fixture
def client(daemon: RunningDaemon) -> Client:
    return Client.registered(daemon, WorkspaceClient.of_new_folder(daemon).folder)


def test_a_saved_id_is_preferred_and_works_though_the_folder_has_another(daemon: RunningDaemon) -> None:
    folder = WorkspaceClient.of_new_folder(daemon).folder
    body = {"path": str(folder), "name": folder.name, "workspace_id": "0123456789abcdef"}
    answer = daemon.post("/api/v1/workspaces/register", body).json
    assert (answer["workspace"]["path"], answer["workspace"]["name"]) == (str(folder), folder.name)
    response = daemon.get("/api/v1/tasks", X_Workspace_Id="0123456789abcdef")
    assert (response.status, response.json["data"]) == (200, [])


def test_the_task_list_is_read_page_by_page_until_one_is_short(client: Client) -> None:
    rows = [{"title": f"Task {number}"} for number in range(250)]
    client.data("POST", "/import", {"data": {"tasks": rows}})
    seen: list[Any] = []
    while True:
        answer = client.send("GET", f"/tasks?tum_projeler=true&limit=100&offset={len(seen)}").json
        seen += answer["data"]
        if len(answer["data"]) < 100 or len(seen) >= answer["total"]:
            break
    assert answer["total"] == 250
    assert len({task["id"] for task in seen}) == 250
    assert all(task.keys() >= COUNTERS | {"title", "status", "priority", "created_at", "updated_at"} for task in seen)
    assert not any(key in task for task in seen for key in ("baslik", "durum", "oncelik"))


def test_a_row_says_all_that_the_tree_view_shows(client: Client) -> None:
    project = client.data("POST", "/projects", {"isim": "Proje", "tanim": ""})
    root = client.data("POST", "/tasks", {"title": "Root", "proje_id": project["id"], "due_date": "2025-12-31"})
    child = client.data("POST", f"/tasks/{root['id']}/subtasks", {"title": "Child", "etiketler": "a, b"})
    grandchild = client.data("POST", f"/tasks/{child['id']}/subtasks", {"title": "Grandchild"})
    rows = {task["id"]: task for task in client.data("GET", "/tasks?tum_projeler=true")}
    assert rows.keys() == {root["id"], child["id"], grandchild["id"]}
    assert (rows[root["id"]]["proje_id"], rows[root["id"]]["proje_name"]) == (project["id"], "Proje")
    assert rows[root["id"]]["due_date"] == "2025-12-31T00:00:00Z"
    assert rows[root["id"]]["subtasks"][0]["subtasks"][0]["id"] == grandchild["id"]
    assert (rows[child["id"]]["parent_id"], rows[child["id"]]["level"]) == (root["id"], 1)
    assert [tag["name"] for tag in rows[child["id"]]["tags"]] == ["a", "b"]
    assert rows[root["id"]]["has_subtasks"] is True


@pytest.mark.parametrize("names", ["degerler", "values"])
def test_a_task_is_made_of_a_template_as_either_client_writes_it(client: Client, names: str) -> None:
    project = client.data("POST", "/projects", {"name": "Page's", "definition": "Of the page"})
    templates = client.data("GET", "/templates")
    research = next(template for template in templates if template["alias"] == "research")
    assert research.keys() >= {"id", "name", "definition", "category", "fields", "default_title"}
    filled = {field["name"]: field.get("default") or "x" for field in research["fields"] if field["type"] == "text"}
    body: dict[str, Any] = {"template_id": research["id"], names: filled, "proje_id": project["id"]}
    response = client.send("POST", "/tasks/from-template", body)
    assert response.status == 201, response.content
    assert response.json["data"]["proje_id"] == project["id"]
    assert client.data("GET", f"/templates/{research['id']}")["id"] == research["id"]
    assert client.data("POST", "/api/v1/template/init") == {"created": 0}


def test_the_extension_edits_with_turkish_names_and_tags_in_one_text(client: Client) -> None:
    task = client.data("POST", "/tasks", {"title": "Before"})
    body = {
        "baslik": "After",
        "aciklama": "Text",
        "durum": "devam_ediyor",
        "oncelik": "yuksek",
        "son_tarih": "2025-12-31",
        "etiketler": "bir, iki",
    }
    changed = client.data("PUT", f"/tasks/{task['id']}", body)
    assert (changed["title"], changed["status"], changed["priority"]) == ("After", "devam_ediyor", "yuksek")
    assert [tag["name"] for tag in changed["tags"]] == ["bir", "iki"]
    assert changed["updated_at"] > task["updated_at"]
    cleared = client.data("PUT", f"/tasks/{task['id']}", {"son_tarih": ""})
    assert "due_date" not in cleared
    assert client.data("PUT", f"/tasks/{task['id']}", {"status": "completed"})["status"] == "tamamlandi"
    assert client.send("DELETE", f"/tasks/{task['id']}").json.keys() == {"success", "message"}
    assert client.send("GET", f"/tasks/{task['id']}").status == 404


def test_subtasks_are_made_moved_and_seen_as_a_hierarchy(client: Client) -> None:
    root, other = (client.data("POST", "/tasks", {"title": title}) for title in ("Root", "Other"))
    body = {"title": "Sub", "description": "", "priority": "orta", "due_date": "2025-11-01", "etiketler": "x"}
    sub = client.data("POST", f"/tasks/{root['id']}/subtasks", body)
    hierarchy = client.data("GET", f"/tasks/{root['id']}/hierarchy")
    assert hierarchy["task"]["id"] == root["id"]
    assert [each["id"] for each in hierarchy["subtasks"]] == [sub["id"]]
    assert (hierarchy["total_subtasks"], hierarchy["progress_percentage"]) == (1, 0)
    assert client.data("PUT", f"/tasks/{sub['id']}/parent", {"new_parent_id": other["id"]})["parent_id"] == other["id"]
    assert "parent_id" not in client.data("PUT", f"/tasks/{sub['id']}/parent", {"new_parent_id": ""})


@pytest.mark.parametrize(
    ("relation", "waits"), [("bagimli", True), ("blocks", True), ("depends_on", False), ("related", None)]
)
def test_links_of_every_kind_that_the_extension_knows(client: Client, relation: str, waits: bool | None) -> None:
    task, source = (client.data("POST", "/tasks", {"title": title}) for title in ("Task", "Source"))
    link = client.data(
        "POST", f"/tasks/{task['id']}/dependencies", {"kaynak_id": source["id"], "baglanti_tipi": relation}
    )
    assert link["connection_type"] == ("iliskili" if waits is None else "onceki")
    listed = client.data("GET", f"/tasks/{task['id']}/dependencies")
    blocking = [each for each in listed if each["target_id"] == task["id"] and each["connection_type"] == "onceki"]
    assert bool(blocking) is bool(waits)
    assert client.data("GET", f"/tasks/{task['id']}")["bagimliliklar"][0]["id"] == link["id"]
    removed = client.send("DELETE", f"/tasks/{task['id']}/dependencies/{source['id']}")
    assert removed.json["success"] is True
    assert client.data("GET", f"/tasks/{task['id']}/dependencies") == []


def test_the_active_project_is_null_or_a_project_and_never_404(client: Client) -> None:
    assert client.send("GET", "/active-project").status == 200
    assert client.data("GET", "/active-project") is None
    project = client.data("POST", "/projects", {"isim": "Proje", "tanim": "x"})
    assert client.data("PUT", f"/projects/{project['id']}/activate")["is_active"] is True
    assert client.data("GET", "/active-project")["id"] == project["id"]
    client.data("POST", "/tasks", {"title": "In it"})
    assert [each["task_count"] for each in client.data("GET", "/projects")] == [1]
    assert len(client.data("GET", f"/projects/{project['id']}/tasks")) == 1
    assert client.data("DELETE", "/active-project") is None
    assert client.data("GET", "/active-project") is None


def test_the_dashboard_finds_its_numbers(client: Client) -> None:
    client.data("POST", "/tasks", {"title": "x", "priority": "yuksek"})
    summary = client.data("GET", "/summary")
    assert summary["status_counts"] == {"pending": 1, "in_progress": 0, "completed": 0, "cancelled": 0}
    assert summary["priority_counts"] == {"high": 1, "medium": 0, "low": 0}
    assert summary["due_date_summary"].keys() == {"overdue", "due_today", "due_this_week"}
    assert [task["title"] for task in summary["high_priority_tasks"]] == ["x"]
    assert summary.keys() >= {"total_projects", "total_tasks", "total_templates", "completion_rate", "active_project"}
    assert summary.keys() >= {"overdue_tasks", "blocked_tasks", "recent_tasks", "projects", "tasks", "templates"}


def test_the_page_posts_its_language_and_reads_the_workspaces(daemon: RunningDaemon, client: Client) -> None:
    for language in ("tr", "en"):
        answer = daemon.post("/api/v1/language", {"language": language}, Origin=daemon.url).json
        assert (answer["success"], answer["language"]) == (True, language)
        assert daemon.get("/api/v1/language").json == {"success": True, "language": language}
    listed = daemon.get("/api/v1/workspaces").json
    assert client.workspace["id"] in [each["id"] for each in listed["workspaces"]]
    assert daemon.get(f"/api/v1/workspaces/{client.workspace['id']}").json["workspace"]["name"]


def test_an_error_has_a_text_where_each_client_looks(client: Client) -> None:
    answer = client.send("GET", "/tasks/none").json
    assert answer["success"] is False
    assert isinstance(answer["message"], str)
    assert isinstance(answer["error"], str)


def numbers(message: str, pattern: str) -> list[int]:
    """The numbers that the extension takes out of a message by a line of ``behaviours.md`` §8.5."""
    return [int(number) for line in message.splitlines() for number in re.findall(pattern, line, re.IGNORECASE)]


@pytest.mark.parametrize("language", ["tr", "en"])
def test_the_extension_reads_what_came_of_an_import_from_the_message(client: Client, language: str) -> None:
    client.data("POST", "/tasks", {"title": "There already"})
    file = Path(client.workspace["path"]) / "in.json"
    file.write_text(json.dumps({"tasks": [{"baslik": "There already"}, {"baslik": "New"}]}))
    body = {"file_path": str(file), "import_mode": "merge", "conflict_resolution": "skip", "preserve_ids": False}

    def imported(**more: Any) -> str:
        headers = {"X-Workspace-Id": client.workspace["id"], "Accept-Language": language}
        answer = client.daemon.request("POST", "/api/v1/import", {**body, **more}, headers).json
        assert answer["success"] is True
        return str(answer["message"])

    trial = imported(dry_run=True)
    assert not trial.startswith("{")
    assert (numbers(trial, r"toplam (\d+) görev"), numbers(trial, r"toplam (\d+) proje")) == ([2], [0])
    assert numbers(trial, r"import edilecek (\d+) görev") == [1]
    real = imported(dry_run=False)
    assert (numbers(real, r"import edildi: (\d+) görev"), numbers(real, r"import edildi: (\d+) proje")) == ([1], [0])
    assert numbers(real, r"(?:atlandı|skipped): (\d+)") == [1]
    conflicts = [line for line in real.splitlines() if re.search("çakışma|conflict", line, re.IGNORECASE)]
    assert len(conflicts) == 1
    assert not re.search("uyarı|warning|hata|error", real, re.IGNORECASE)


def test_an_export_as_the_extension_asks_for_it(client: Client) -> None:
    client.data("POST", "/tasks", {"title": "Exported"})
    target = Path(client.workspace["path"]) / "out.json"
    body = {
        "output_path": str(target),
        "format": "json",
        "include_completed": True,
        "include_dependencies": True,
        "include_templates": False,
        "include_ai_context": False,
        "date_range": {"from": "2020-01-01", "to": "2099-12-31"},
        "project_filter": [],
    }
    answer = client.send("POST", "/export", body).json
    assert (answer["success"], answer["path"], answer["data"]["exported_count"]) == (True, str(target), 1)
    assert json.loads(target.read_text())["tasks"][0]["baslik"] == "Exported"


def test_live_updates_come_in_the_form_that_the_extension_switches_on(client: Client) -> None:
    with client.daemon.events(f"workspace_id={client.workspace['id']}") as stream:
        assert (stream.connected["type"], stream.connected["action"]) == ("workspace_sync", "connected")
        stream.send({"type": "ping", "timestamp": 1759746600000})
        assert stream.read() == {"type": "pong", "timestamp": 1759746600000}
        task = client.data("POST", "/tasks", {"title": "Live"})
        frame = stream.read()
        assert (frame["type"], frame["entity_type"], frame["action"]) == ("task_created", "task", "created")
        assert (frame["entity_id"], frame["workspace_id"]) == (task["id"], client.workspace["id"])
        assert isinstance(frame["timestamp"], int)
        client.data("POST", "/projects", {"isim": "x"})
        assert stream.read()["type"] == "project_created"


def test_the_seed_s_page_inserts_what_it_is_told(daemon: RunningDaemon) -> None:
    with daemon.events() as stream:
        daemon.post("/api/gorev", {"baslik": "Live"})
        frame = stream.until(lambda each: each["type"] == "created")
    assert frame["data"]["baslik"] == "Live"
    assert frame["task_id"] == frame["data"]["id"]


def test_who_spawned_the_server_asks_how_many_others_there_are(daemon: RunningDaemon, client: Client) -> None:
    before = daemon.get("/api/v1/daemon/clients/count").json["client_count"]
    with daemon.events(f"workspace_id={client.workspace['id']}"):
        assert daemon.get("/api/v1/daemon/clients/count").json["client_count"] == before + 1


def test_the_proxy_registers_beats_calls_and_leaves(daemon: RunningDaemon, client: Client) -> None:
    body = {"client_id": "proxy-1", "client_type": "mcp-proxy", "workspace_id": client.workspace["id"]}
    assert daemon.post("/api/v1/daemon/clients/register", body).json["client_id"] == "proxy-1"
    assert daemon.get("/api/health/ready").json["mcp_clients"] == 1
    assert daemon.post("/api/v1/daemon/heartbeat", {"client_id": "proxy-1"}).json["success"] is True
    assert "tools" in client.send("POST", "/mcp/tools/list", {}).json
    listed = client.send("POST", "/mcp/gorev_listele", {"tum_projeler": True}).json
    assert (listed["isError"], listed["content"][0]["type"]) == (False, "text")
    assert client.send("POST", "/mcp/notifications/initialized").json == {}
    assert daemon.post("/api/v1/daemon/clients/unregister", {"client_id": "proxy-1"}).json["success"] is True
    assert daemon.get("/api/health/ready").json["mcp_clients"] == 0
