"""Which workspace a request means, and the routes on workspaces (``rest-api.md`` §1 and §4.15)."""

from __future__ import annotations

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import psutil
import pytest

from tests.rest.families import refused
from tests.support.running_daemon import RunningDaemon, wait_for
from tests.support.workspace_client import WorkspaceClient, workspace_id

FIELDS = {"id", "name", "path", "database_path", "task_count", "last_accessed", "created_at"}


@pytest.fixture
def folder(daemon: RunningDaemon) -> Path:
    """A folder that the daemon has not been told of."""
    return WorkspaceClient.of_new_folder(daemon).folder


def owner(daemon: RunningDaemon, query: str = "", **headers: str) -> str:
    """The id of the workspace that a new task with these headers comes to be in."""
    response = daemon.post(f"/api/gorev{query}", {"baslik": "x"}, **headers)
    assert response.status == 201, response.content
    return str(response.json["data"]["workspace_id"])


def registered(daemon: RunningDaemon, folder: Path, **fields: str) -> str:
    """The id that a registration answers with."""
    response = daemon.post("/api/v1/workspaces/register", {"path": str(folder), **fields})
    assert response.status == 200, response.content
    return str(response.json["workspace_id"])


def test_a_request_that_names_none_means_the_default_workspace(daemon: RunningDaemon) -> None:
    assert owner(daemon) == workspace_id(daemon.workspace)


def test_a_known_id_names_its_workspace(daemon: RunningDaemon, folder: Path) -> None:
    id_ = registered(daemon, folder)
    assert owner(daemon, X_Workspace_Id=id_) == id_
    assert owner(daemon, f"?workspace_id={id_}") == id_
    assert owner(daemon, X_Workspace_Id=id_, X_Workspace_Path="/does/not/exist") == id_


def test_the_header_wins_over_the_query(daemon: RunningDaemon, folder: Path) -> None:
    id_ = registered(daemon, folder)
    assert owner(daemon, f"?workspace_id={workspace_id(daemon.workspace)}", X_Workspace_Id=id_) == id_


def test_a_path_names_its_workspace_with_or_without_an_unknown_id(daemon: RunningDaemon, folder: Path) -> None:
    expected = workspace_id(folder)
    assert owner(daemon, X_Workspace_Path=str(folder)) == expected
    other = WorkspaceClient.of_new_folder(daemon).folder
    assert owner(daemon, X_Workspace_Id="never-heard-of", X_Workspace_Path=str(other)) == workspace_id(other)


def test_spellings_of_one_path_are_one_workspace(daemon: RunningDaemon, folder: Path) -> None:
    for spelling in (f"{folder}/", f"{folder}/.", f"{folder}/x/..", f"{folder.parent}//{folder.name}"):
        assert owner(daemon, X_Workspace_Path=spelling) == workspace_id(folder)


def test_paths_and_names_may_be_url_encoded_utf_8(daemon: RunningDaemon, folder: Path) -> None:
    spaced = folder / "çok güzel iş"
    spaced.mkdir()
    id_ = owner(daemon, X_Workspace_Path=quote(str(spaced)), X_Workspace_Name=quote("Çok güzel"))
    assert id_ == workspace_id(spaced)
    assert daemon.get(f"/api/v1/workspaces/{id_}").json["workspace"]["name"] == "Çok güzel"


def test_a_symlinked_folder_is_the_workspace_that_it_points_to(daemon: RunningDaemon, folder: Path) -> None:
    link = folder.with_name(f"{folder.name}-link")
    link.symlink_to(folder)
    id_ = registered(daemon, folder)
    assert owner(daemon, X_Workspace_Path=str(link)) == id_
    assert owner(daemon, X_Workspace_Id=workspace_id(link)) == id_


@pytest.mark.parametrize("path", [None, "/does/not/exist", "relative/path", "~/home", "%00", "/etc/hostname"])
def test_an_unknown_id_without_a_usable_path_is_not_found(daemon: RunningDaemon, path: str | None) -> None:
    client = WorkspaceClient(daemon, daemon.workspace)
    headers = {"X-Workspace-Id": "never-heard-of", "X-Workspace-Path": path or ""}
    details = refused(client, "GET", "/api/gorevler", status=404, code="workspace_not_found", headers=headers)
    assert details == {"id": "never-heard-of"}


def test_an_unknown_id_in_the_query_is_not_found(daemon: RunningDaemon) -> None:
    response = daemon.get("/api/v1/tasks?workspace_id=never-heard-of")
    assert (response.status, response.json["code"]) == (404, "workspace_not_found")


@pytest.mark.parametrize("path", ["/does/not/exist", "relative", "%00", "/etc/hostname"])
def test_a_path_alone_that_is_no_folder_is_refused(daemon: RunningDaemon, path: str) -> None:
    client = WorkspaceClient(daemon, daemon.workspace)
    headers = {"X-Workspace-Path": path}
    refused(client, "GET", "/api/gorevler", status=400, code="invalid_value", headers=headers)


def test_data_of_one_workspace_is_not_seen_through_another(daemon: RunningDaemon) -> None:
    one, two = WorkspaceClient.of_new_folder(daemon), WorkspaceClient.of_new_folder(daemon)
    task, project = one.task(), one.project()
    refused(two, "GET", f"/api/gorev/{task['id']}", status=404, code="task_not_found")
    refused(two, "DELETE", f"/api/gorev/{task['id']}", status=404, code="task_not_found")
    refused(two, "POST", "/api/gorev", {"baslik": "x", "proje_id": project["id"]}, status=404, code="project_not_found")
    refused(two, "POST", "/api/gorev", {"baslik": "x", "parent_id": task["id"]}, status=404, code="parent_not_found")
    assert two.get("/api/gorevler?tum_projeler=true")["total"] == 0


def test_registering_makes_the_database_and_tells_the_workspace(daemon: RunningDaemon, folder: Path) -> None:
    response = daemon.post("/api/v1/workspaces/register", {"path": str(folder)})
    assert response.status == 200
    assert response.json.keys() == {"success", "workspace_id", "workspace"}
    workspace = response.json["workspace"]
    assert workspace.keys() == FIELDS
    assert (workspace["path"], workspace["name"], workspace["task_count"]) == (str(folder), folder.name, 0)
    assert response.json["workspace_id"] == workspace["id"] == workspace_id(folder)
    database = Path(workspace["database_path"])
    assert database == folder / ".gorev" / f"gorev-{workspace['id']}.db"
    assert stat.S_IMODE(database.stat().st_mode) == 0o644
    assert stat.S_IMODE(database.parent.stat().st_mode) == 0o755


def test_registering_again_changes_nothing(daemon: RunningDaemon, folder: Path) -> None:
    first = daemon.post("/api/v1/workspaces/register", {"path": str(folder), "name": "Mine"}).json
    again = daemon.post("/api/v1/workspaces/register", {"path": f"{folder}/"}).json
    assert (again["workspace_id"], again["workspace"]["name"]) == (first["workspace_id"], "Mine")
    assert again["workspace"]["created_at"] == first["workspace"]["created_at"]


def test_an_id_that_a_client_saved_is_kept_as_an_alias(daemon: RunningDaemon, folder: Path) -> None:
    id_ = registered(daemon, folder, workspace_id="saved-by-the-client")
    assert id_ == workspace_id(folder)
    assert owner(daemon, X_Workspace_Id="saved-by-the-client") == id_
    assert daemon.get("/api/v1/workspaces/saved-by-the-client").json["workspace"]["id"] == id_


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "missing_parameter"),
        ({"name": "x"}, "missing_parameter"),
        ({"path": "relative/path"}, "invalid_value"),
        ({"path": "/does/not/exist"}, "invalid_value"),
        ({"path": "/etc/hostname"}, "invalid_value"),
        ({"path": ""}, "invalid_value"),
        ({"path": 7}, "invalid_value"),
        ({"path": "/tmp\0"}, "invalid_value"),
    ],
)
def test_a_bad_registration_is_refused(daemon: RunningDaemon, body: object, code: str) -> None:
    client = WorkspaceClient(daemon, daemon.workspace)
    details = refused(client, "POST", "/api/v1/workspaces/register", body, status=400, code=code)
    assert details["field"] == "path"


def test_workspaces_are_listed_and_shown(daemon: RunningDaemon, folder: Path) -> None:
    id_ = registered(daemon, folder)
    owner(daemon, X_Workspace_Id=id_)
    listed = daemon.get("/api/v1/workspaces").json
    assert listed.keys() == {"success", "workspaces", "total"}
    assert listed["total"] == len(listed["workspaces"])
    (mine,) = (workspace for workspace in listed["workspaces"] if workspace["id"] == id_)
    assert mine["task_count"] == 1
    shown = daemon.get(f"/api/v1/workspaces/{id_}").json
    assert shown.keys() == {"success", "workspace", "data"}
    assert shown["workspace"] == shown["data"] == mine


def test_an_unknown_workspace_is_not_found(daemon: RunningDaemon) -> None:
    client = WorkspaceClient(daemon, daemon.workspace)
    path = "/api/v1/workspaces/never-heard-of"
    refused(client, "GET", path, status=404, code="workspace_not_found")


def test_ids_are_known_after_a_restart(own_daemon: RunningDaemon) -> None:
    own_daemon.start()
    folder = own_daemon.home / "other"
    folder.mkdir()
    id_ = registered(own_daemon, folder, workspace_id="saved")
    own_daemon.stop()
    own_daemon.start()
    assert owner(own_daemon, X_Workspace_Id=id_) == id_
    assert owner(own_daemon, X_Workspace_Id="saved") == id_


def test_a_workspace_whose_database_is_damaged_is_unavailable_and_left_as_it_is(
    daemon: RunningDaemon, folder: Path
) -> None:
    (folder / ".gorev").mkdir()
    file = folder / ".gorev" / "gorev.db"
    file.write_bytes(b"This is no database. " * 500)
    client = WorkspaceClient(daemon, folder)
    details = refused(client, "GET", "/api/gorevler", status=503, code="workspace_unavailable")
    assert details["reason"] == "corrupt"
    assert file.read_bytes() == b"This is no database. " * 500
    assert daemon.get("/api/health").status == 200


def test_no_error_tells_more_than_the_caller_gave(daemon: RunningDaemon) -> None:
    answer = daemon.get("/api/gorevler", X_Workspace_Id="x").json
    assert "Traceback" not in json.dumps(answer)
    assert "SELECT" not in json.dumps(answer)


def test_a_workspace_that_is_removed_is_forgotten_and_its_files_stay(daemon: RunningDaemon, folder: Path) -> None:
    id_ = registered(daemon, folder, workspace_id="alias-of-removed")
    client = WorkspaceClient(daemon, folder)
    task = client.task("Kept")
    answer = daemon.delete("/api/v1/workspaces/alias-of-removed").json
    assert answer.keys() == {"success", "message"}
    for path in (f"/api/v1/workspaces/{id_}", "/api/v1/workspaces/alias-of-removed"):
        refused(client, "GET", path, status=404, code="workspace_not_found")
        refused(client, "DELETE", path, status=404, code="workspace_not_found")
    assert id_ not in [each["id"] for each in daemon.get("/api/v1/workspaces").json["workspaces"]]
    assert daemon.get("/api/gorevler", X_Workspace_Id=id_).status == 404
    (database,) = (folder / ".gorev").glob("*.db")
    open_files = [Path(file.path) for file in psutil.Process(daemon.pid).open_files()]
    assert database not in open_files
    assert not database.with_name(f"{database.name}-wal").exists()
    assert client.get(f"/api/gorev/{task['id']}")["data"]["baslik"] == "Kept"
    assert daemon.get(f"/api/v1/workspaces/{id_}").status == 200


def test_who_listens_to_a_workspace_is_told_that_it_is_removed(daemon: RunningDaemon, folder: Path) -> None:
    id_ = registered(daemon, folder)
    with daemon.events(f"workspace_id={id_}") as change, daemon.events(f"workspace_id={id_}&format=simple") as simple:
        daemon.delete(f"/api/v1/workspaces/{id_}")
        for frame in (change.read(), simple.read()):
            assert (frame["type"], frame["workspace_id"]) == ("workspace_sync", id_)
            assert frame["data"] == {"reason": "workspace_removed"}
            assert "seq" not in frame
        client = WorkspaceClient(daemon, folder)
        client.task("After")
        assert (change.read()["type"], simple.read()["type"]) == ("task_created", "created")


def test_requests_go_on_while_their_workspace_is_removed_again_and_again(daemon: RunningDaemon, folder: Path) -> None:
    client = WorkspaceClient(daemon, folder)
    client.task()

    def write(number: int) -> int:
        return client.request("POST", "/api/gorev", {"baslik": f"Task {number}"}).status

    with ThreadPoolExecutor(4) as pool:
        writes = [pool.submit(write, number) for number in range(60)]
        while not all(each.done() for each in writes):
            assert daemon.delete(f"/api/v1/workspaces/{workspace_id(folder)}").status in (200, 404)
    statuses = [each.result() for each in writes]
    assert set(statuses) <= {201, 503}
    assert client.get("/api/gorevler?tum_projeler=true")["total"] == 1 + statuses.count(201)


def test_the_default_workspace_can_be_removed_and_is_there_when_it_is_used(own_daemon: RunningDaemon) -> None:
    own_daemon.start()
    own_daemon.post("/api/gorev", {"baslik": "Kept"})
    id_ = workspace_id(own_daemon.workspace)
    assert own_daemon.delete(f"/api/v1/workspaces/{id_}").status == 200
    assert own_daemon.get("/api/health/ready").status == 200
    assert own_daemon.get("/api/gorevler").json["total"] == 1


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="there is nothing here to see it by")
def test_what_a_removed_workspace_had_watched_is_watched_no_more(own_daemon: RunningDaemon) -> None:
    own_daemon.start()
    client = WorkspaceClient(own_daemon, own_daemon.workspace)
    watched = own_daemon.workspace / "watched.py"
    watched.write_text("")
    task = client.task()
    call = {"action": "add", "task_id": task["id"], "file_path": str(watched)}
    assert client.request("POST", "/api/v1/mcp/gorev_file_watch", call).json["isError"] is False

    def watches() -> bool:
        found = False
        for descriptor in Path(f"/proc/{own_daemon.pid}/fd").iterdir():
            with suppress(OSError):
                found = found or "inotify" in str(descriptor.readlink())
        return found

    wait_for(watches)
    own_daemon.delete(f"/api/v1/workspaces/{client.id}")
    wait_for(lambda: not watches())
    own_daemon.stop()
    own_daemon.start()
    assert client.get(f"/api/gorev/{task['id']}")["data"]["id"] == task["id"]
    wait_for(watches)
