"""A folder in which the original program worked: the daemon takes its database over and goes on from there."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.original_content import FAMILY, PROJECTS, fill, project_id, task_id
from tests.support.original_database import Shape, original_database
from tests.support.running_daemon import RunningDaemon
from tests.support.workspace_client import WorkspaceClient

TASKS = 230


@pytest.fixture(params=Shape)
def client(request: pytest.FixtureRequest, own_daemon: RunningDaemon) -> WorkspaceClient:
    """The running daemon of such a folder."""
    (own_daemon.workspace / ".gorev").mkdir()
    with original_database(own_daemon.workspace / ".gorev" / "gorev.db", request.param) as database:
        fill(database, TASKS)
    own_daemon.start()
    return WorkspaceClient(own_daemon, own_daemon.workspace)


def every_task(client: WorkspaceClient) -> dict[str, Any]:
    found: dict[str, Any] = {}
    while True:
        page = client.get(f"/api/gorevler?tum_projeler=true&limit=100&offset={len(found)}")["data"]
        found |= {task["id"]: task for task in page}
        if len(page) < 100:
            return found


def test_every_task_is_there_can_be_changed_and_stays(client: WorkspaceClient) -> None:
    found = every_task(client)
    assert found.keys() == {task_id(number) for number in range(TASKS)}
    child = found[task_id(FAMILY + 1)]
    assert (child["baslik"], child["parent_id"]) == (f"Görev {FAMILY + 1}: giriş ekranı", task_id(FAMILY))
    assert (child["proje_id"], child["proje_adi"]) == (project_id(1), PROJECTS[1])
    assert {file.name for file in (client.folder / ".gorev").iterdir()} >= {
        "gorev.db",
        "gorev.db.before-1",
        "gorev.db.adoption-report.txt",
    }

    with client.daemon.events(f"workspace_id={client.id}&since=0&format=simple") as stream:
        assert stream.read()["type"] == "workspace_sync"
        client.change(task_id(0), baslik="Değişti")
        new = client.task("Yeni", proje_id=project_id(0))
        assert stream.until(lambda frame: frame["type"] == "created")["seq"] == 3

    client.daemon.stop()
    client.daemon.start()
    found = every_task(client)
    assert len(found) == TASKS + 1
    assert (found[task_id(0)]["baslik"], found[new["id"]]["baslik"]) == ("Değişti", "Yeni")
    assert len(list((client.folder / ".gorev").glob("*before*"))) == 1


def test_the_log_says_what_was_left_out(client: WorkspaceClient) -> None:
    log = (client.daemon.home / ".gorev-daemon" / "daemon.log").read_text()
    assert "left out (not_kept): file_watcher_config 1" in log
    assert f"adopted {client.folder}/.gorev/gorev.db" in log


def test_an_assistant_finds_a_task_by_its_words(client: WorkspaceClient) -> None:
    with client.daemon.mcp() as assistant:
        answer = assistant.call("gorev_search", query="giris 17", mode="advanced")
        assert "Görev 17: giriş ekranı" in str(answer)
