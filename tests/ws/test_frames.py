"""Events in both formats, from every wire: exactly one per committed change and entity (``websocket.md`` §2 to §4)."""

from __future__ import annotations

import json
import time
from datetime import datetime
from typing import Any

import pytest

from tests.support.raw_http import connected, is_well, message
from tests.support.running_daemon import RunningDaemon
from tests.support.workspace_client import WorkspaceClient
from tests.ws.streams import events, says_nothing

SIMPLE_TASK = {"type", "task_id", "project_id", "timestamp", "data", "workspace_id", "seq", "rev", "actor"}
CHANGE = {"type", "workspace_id", "entity_id", "entity_type", "action", "data", "timestamp", "seq", "rev", "actor"}
ACTOR = {"client": "tests", "type": "rest"}


def do(client: WorkspaceClient, method: str, path: str, body: Any = None) -> Any:
    """What a write that succeeds answers, sent by a client that says who it is."""
    response = client.request(method, path, body, {"X-Gorev-Client": "tests"})
    assert response.status in (200, 201), response.content
    return response.json.get("data")


def alone(client: WorkspaceClient, path: str, children: str) -> Any:
    """An entity as it is read by id, without what is nested in it."""
    return {name: value for name, value in client.get(path)["data"].items() if name != children}


def test_a_created_task_in_the_simple_format(client: WorkspaceClient) -> None:
    with client.daemon.events(f"workspace_id={client.id}&format=simple") as stream:
        task = do(client, "POST", "/api/gorev", {"baslik": "Görev", "etiketler": "a"})
        (frame,) = events(stream, 1)
    assert frame == {
        "type": "created",
        "task_id": task["id"],
        "project_id": "",
        "timestamp": task["olusturma_tarihi"],
        "data": alone(client, f"/api/gorev/{task['id']}", "alt_gorevler"),
        "workspace_id": client.id,
        "seq": 1,
        "rev": 1,
        "actor": ACTOR,
    }


def test_a_created_task_in_the_change_format(client: WorkspaceClient) -> None:
    with client.daemon.events(f"workspace_id={client.id}") as stream:
        task = do(client, "POST", "/api/gorev", {"baslik": "Görev", "etiketler": "a"})
        (frame,) = events(stream, 1)
    assert frame == {
        "type": "task_created",
        "workspace_id": client.id,
        "entity_id": task["id"],
        "entity_type": "task",
        "action": "created",
        "data": alone(client, f"/api/v1/tasks/{task['id']}", "subtasks"),
        "timestamp": int(datetime.fromisoformat(task["olusturma_tarihi"]).timestamp()),
        "seq": 1,
        "rev": 1,
        "actor": ACTOR,
    }
    assert abs(frame["timestamp"] - time.time()) < 120


@pytest.mark.parametrize(
    ("format_", "names"),
    [
        ("simple", ["baslik", "aciklama", "durum", "oncelik", "proje_id", "parent_id", "son_tarih", "etiketler"]),
        ("change", ["title", "description", "status", "priority", "proje_id", "parent_id", "due_date", "tags"]),
    ],
)
def test_an_update_names_the_changed_fields_in_the_format_s_words(
    client: WorkspaceClient, format_: str, names: list[str]
) -> None:
    project = client.project()
    parent = client.task("Parent", proje_id=project["id"])
    task = client.task("Task", etiketler="a")
    body = {
        "baslik": "New",
        "aciklama": "d",
        "durum": "devam_ediyor",
        "oncelik": "dusuk",
        "proje_id": project["id"],
        "parent_id": parent["id"],
        "son_tarih": "2031-01-01",
        "etiketler": "b",
    }
    with client.daemon.events(f"workspace_id={client.id}&format={format_}") as stream:
        do(client, "PUT", f"/api/gorev/{task['id']}", body)
        (whole,) = events(stream, 1)
        do(client, "PUT", f"/api/v1/tasks/{task['id']}", {"durum": "iptal", "baslik": "New", "tags": "B"})
        (part,) = events(stream, 1)
        do(client, "PUT", f"/api/gorev/{task['id']}/ust", {"new_parent_id": ""})
        (moved,) = events(stream, 1)
    assert sorted(whole["changed_fields"]) == sorted(names)
    assert part["changed_fields"] == [names[2]]
    assert moved["changed_fields"] == ["parent_id"]
    assert [frame["rev"] for frame in (whole, part, moved)] == [2, 3, 4]
    if format_ == "simple":
        assert whole.keys() == SIMPLE_TASK | {"changed_fields"}
        assert (whole["type"], whole["project_id"]) == ("updated", project["id"])
    else:
        assert whole.keys() == CHANGE | {"changed_fields"}
        assert (whole["type"], whole["entity_type"], whole["action"]) == ("task_updated", "task", "updated")
    assert whole["data"][names[0]] == "New"
    assert whole["data"].keys().isdisjoint({"alt_gorevler", "subtasks"})


@pytest.mark.parametrize("in_project", [True, False])
def test_a_deleted_task_leaves_a_stub(client: WorkspaceClient, in_project: bool) -> None:
    place = {"proje_id": client.project()["id"]} if in_project else {}
    task = client.task("Gone", **place)
    query = f"workspace_id={client.id}&format="
    with client.daemon.events(f"{query}simple") as simple, client.daemon.events(f"{query}change") as change:
        do(client, "DELETE", f"/api/gorev/{task['id']}")
        (one,), (other,) = events(simple, 1), events(change, 1)
    assert one.keys() == SIMPLE_TASK
    assert (one["type"], one["task_id"]) == ("deleted", task["id"])
    assert one["project_id"] == place.get("proje_id", "")
    assert one["data"] == {"id": task["id"], "baslik": "Gone", **place}
    assert other.keys() == CHANGE
    assert (other["type"], other["entity_id"], other["action"]) == ("task_deleted", task["id"], "deleted")
    assert other["data"] == {"id": task["id"], "title": "Gone", **place}


def test_project_events_in_both_formats(client: WorkspaceClient) -> None:
    query = f"workspace_id={client.id}&format="
    with client.daemon.events(f"{query}simple") as simple, client.daemon.events(f"{query}change") as change:
        project = do(client, "POST", "/api/proje", {"isim": "P"})
        do(client, "PUT", f"/api/proje/{project['id']}", {"isim": "Q", "tanim": "d"})
        ones, others = events(simple, 2), events(change, 2)
    assert [frame["type"] for frame in ones] == [frame["type"] for frame in others]
    assert [frame["type"] for frame in ones] == ["project_created", "project_updated"]
    assert ones[0].keys() == SIMPLE_TASK - {"task_id"}
    assert others[0].keys() == CHANGE
    assert ones[0]["data"] == project
    assert ones[0]["project_id"] == others[0]["entity_id"] == project["id"]
    assert (others[0]["entity_type"], others[0]["action"]) == ("project", "created")
    assert others[1]["data"] == client.get(f"/api/v1/projects/{project['id']}")["data"]
    assert sorted(ones[1]["changed_fields"]) == ["isim", "tanim"]
    assert sorted(others[1]["changed_fields"]) == ["definition", "name"]


def test_a_change_of_the_active_project_tells_of_both_projects_and_then_that_all_shall_reload(
    client: WorkspaceClient,
) -> None:
    old, new = client.project("Old"), client.project("New")
    client.activate(old["id"])
    before = client.seq()
    query = f"workspace_id={client.id}&format="
    with client.daemon.events(f"{query}simple") as simple, client.daemon.events(f"{query}change") as change:
        do(client, "PUT", f"/api/v1/projects/{new['id']}/activate")
        ones, others = events(simple, 3), events(change, 3)
        do(client, "PUT", f"/api/v1/projects/{new['id']}/activate")
        assert says_nothing(simple)
        do(client, "DELETE", "/api/aktif-proje")
        cleared = events(simple, 2)
    assert [frame["seq"] for frame in ones] == [before + 1, before + 2, before + 3]
    assert {frame["project_id"]: frame["data"]["is_active"] for frame in ones[:2]} == {
        old["id"]: False,
        new["id"]: True,
    }
    assert all(frame["changed_fields"] == ["is_active"] for frame in (*ones[:2], *others[:2]))
    assert ones[2]["type"] == "workspace_sync"
    assert (others[2]["type"], others[2]["action"]) == ("workspace_sync", "sync")
    assert others[2].keys() <= {"type", "workspace_id", "action", "data", "timestamp", "seq", "actor"}
    assert ones[2].keys() <= {"type", "workspace_id", "data", "timestamp", "seq", "actor"}
    assert [frame["type"] for frame in cleared] == ["project_updated", "workspace_sync"]


def test_deleting_a_project_tells_it(client: WorkspaceClient) -> None:
    project = client.project("Gone")
    with client.daemon.events(f"workspace_id={client.id}") as stream:
        do(client, "DELETE", f"/api/v1/projects/{project['id']}")
        (frame,) = events(stream, 1)
    assert (frame["type"], frame["entity_id"]) == ("project_deleted", project["id"])


def test_what_changes_nothing_or_fails_is_told_to_nobody(client: WorkspaceClient) -> None:
    task = client.task("Same")
    client.task("Child", parent_id=task["id"])
    with (
        client.daemon.events(f"workspace_id={client.id}") as stream,
        client.daemon.mcp(workspace=client.folder) as assistant,
    ):
        path = f"/api/gorev/{task['id']}"
        for method, address, body in (
            ("PUT", path, {"baslik": "Same"}),
            ("PUT", path, {"baslik": "New", "durum": "?"}),
            ("DELETE", path, None),
            ("POST", "/api/gorev", {"baslik": " "}),
            ("GET", path, None),
        ):
            client.request(method, address, body)
        assistant.call("gorev_guncelle", id=task["id"], durum="beklemede")
        assistant.call("gorev_guncelle", id=task["id"], durum="tamamlandi")
        assistant.call("gorev_sil", id=task["id"], onay=True)
        assistant.call("gorev_detay", id=task["id"])
        assert says_nothing(stream)


def test_a_change_of_project_tells_of_every_task_that_moved(client: WorkspaceClient) -> None:
    task = client.task("Root")
    child = client.task("Child", parent_id=task["id"])
    project = client.project()
    with client.daemon.events(f"workspace_id={client.id}&format=simple") as stream:
        do(client, "PUT", f"/api/gorev/{task['id']}", {"proje_id": project["id"]})
        frames = events(stream, 2)
    assert [frame["task_id"] for frame in frames] == [task["id"], child["id"]]
    assert all(frame["changed_fields"] == ["proje_id"] for frame in frames)
    assert all(frame["project_id"] == frame["data"]["proje_id"] == project["id"] for frame in frames)


def test_more_than_500_events_of_one_operation_are_told_as_one(client: WorkspaceClient) -> None:
    root = client.task("Root")
    for number in range(500):
        client.task(f"Child {number}", parent_id=root["id"])
    project = client.project()
    before = client.seq()
    query = f"workspace_id={client.id}&format="
    with client.daemon.events(f"{query}simple") as simple, client.daemon.events(f"{query}change") as change:
        do(client, "PUT", f"/api/gorev/{root['id']}", {"proje_id": project["id"]})
        (one,), (other,) = events(simple, 1), events(change, 1)
    assert client.seq() == before + 501
    for frame in (one, other):
        assert frame["type"] == "workspace_sync"
        assert (frame["first_seq"], frame["seq"]) == (before + 1, before + 501)


def test_events_bear_who_did_it(client: WorkspaceClient) -> None:
    daemon = client.daemon
    named = {"X-Workspace-Path": str(client.folder)}
    with daemon.events(f"workspace_id={client.id}&format=simple") as stream:
        for headers, actor in (
            ({"X-Gorev-Client": "my-script"}, {"client": "my-script", "type": "rest"}),
            ({"User-Agent": "curl/8.5.0 (x) libcurl"}, {"client": "curl", "type": "rest"}),
            ({"User-Agent": "curl/8", "X-Gorev-Client": "me"}, {"client": "me", "type": "rest"}),
            ({}, {"client": "unknown", "type": "rest"}),
            ({"X-Gorev-Client": "web-ui", "User-Agent": "Mozilla/5.0"}, {"client": "web-ui", "type": "web"}),
        ):
            assert daemon.request("POST", "/api/gorev", {"baslik": "x"}, named | headers).status == 201
            (frame,) = events(stream, 1)
            assert frame["actor"] == actor
        with daemon.mcp(workspace=client.folder) as assistant:
            assistant.call("proje_olustur", isim="From an assistant")
            assert events(stream, 1)[0]["actor"] == {"client": "test", "type": "mcp"}
            client_info = {"name": "claude-code", "version": "1"}
            assistant.request("initialize", {"protocolVersion": "2025-06-18", "clientInfo": client_info})
            assistant.request("tools/call", {"name": "proje_olustur", "arguments": {"isim": "Again"}})
            assert events(stream, 1)[0]["actor"] == {"client": "claude-code", "type": "mcp"}


@pytest.mark.parametrize("format_", ["simple", "change"])
def test_the_same_operation_over_rest_and_mcp_is_told_alike(client: WorkspaceClient, format_: str) -> None:
    task = client.task("Task")
    with (
        client.daemon.events(f"workspace_id={client.id}&format={format_}") as stream,
        client.daemon.mcp(workspace=client.folder) as assistant,
    ):
        do(client, "PUT", f"/api/gorev/{task['id']}", {"durum": "devam_ediyor"})
        assistant.call("gorev_guncelle", id=task["id"], durum="beklemede")
        by_rest, by_mcp = events(stream, 2)
    assert by_rest.keys() == by_mcp.keys()
    assert by_rest["data"].keys() == by_mcp["data"].keys()
    assert by_rest["changed_fields"] == by_mcp["changed_fields"]
    assert (by_rest["actor"]["type"], by_mcp["actor"]["type"]) == ("rest", "mcp")
    assert (by_rest["seq"], by_mcp["seq"]) == (2, 3)


def test_no_frame_holds_both_spellings_of_a_field(client: WorkspaceClient) -> None:
    task = client.task("Task", son_tarih="2031-01-01", etiketler="a")
    query = f"workspace_id={client.id}&format="
    with client.daemon.events(f"{query}simple") as simple, client.daemon.events(f"{query}change") as change:
        do(client, "PUT", f"/api/gorev/{task['id']}", {"durum": "iptal"})
        (one,), (other,) = events(simple, 1), events(change, 1)
    turkish = {"baslik", "aciklama", "durum", "oncelik", "son_tarih", "etiketler", "olusturma_tarihi", "seviye"}
    english = {"title", "description", "status", "priority", "due_date", "tags", "created_at", "level"}
    assert one["data"].keys() >= turkish
    assert one["data"].keys().isdisjoint(english)
    assert other["data"].keys() >= english
    assert other["data"].keys().isdisjoint(turkish)
    assert "isim" in json.dumps(one["data"]["etiketler"])
    assert "name" in json.dumps(other["data"]["tags"])


def test_a_client_that_leaves_before_its_answer_takes_no_event_along(client: WorkspaceClient) -> None:
    body = b'{"baslik": "From one who left"}'
    headers = [
        ("Host", "localhost"),
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
        ("X-Workspace-Path", str(client.folder)),
    ]
    with client.daemon.events(f"workspace_id={client.id}") as stream:
        for _ in range(20):
            with connected(client.daemon) as peer:
                peer.sendall(message("POST", "/api/gorev", headers, body))
        assert [stream.read()["seq"] for _ in range(20)] == list(range(1, 21))
        assert says_nothing(stream)
    assert client.get("/api/gorevler")["total"] == 20
    assert is_well(client.daemon)


def test_writes_to_another_workspace_are_not_told(daemon: RunningDaemon, client: WorkspaceClient) -> None:
    other = WorkspaceClient.of_new_folder(daemon)
    with daemon.events(f"workspace_id={client.id}") as stream:
        other.task()
        assert says_nothing(stream)
        client.task()
        (frame,) = events(stream, 1)
    assert frame["workspace_id"] == client.id
