"""Health routes (``rest-api.md`` §3.1)."""

from __future__ import annotations

import re
import subprocess
import time

import gorev
from tests.support.running_daemon import GOREV, RunningDaemon, wait_for
from tests.support.workspace_client import WorkspaceClient, workspace_id


def test_health_tells_that_the_process_serves(daemon: RunningDaemon) -> None:
    response = daemon.get("/api/health")
    assert response.status == 200
    answer = response.json
    assert answer.keys() == {"status", "version", "uptime", "uptime_seconds", "pid", "time", "daemon_url"}
    assert (answer["status"], answer["version"], answer["pid"]) == ("healthy", gorev.__version__, daemon.pid)
    assert re.fullmatch(r"(\d+h[0-5]?\dm|[0-5]?\dm)?[0-5]?\ds", answer["uptime"])
    assert 0 <= answer["uptime_seconds"] < 3600
    assert abs(answer["time"] - time.time()) < 60
    assert answer["daemon_url"] == daemon.url


def test_health_of_family_b_is_what_the_extension_polls(daemon: RunningDaemon) -> None:
    answer = daemon.get("/api/v1/health").json
    assert answer.keys() == {"status", "time"}
    assert answer["status"] == "ok"
    assert isinstance(answer["time"], int)


def test_ready_counts_the_assistants(daemon: RunningDaemon) -> None:
    def clients() -> int:
        answer = daemon.get("/api/health/ready").json
        assert answer == {
            "ready": True,
            "database": "connected",
            "websocket": "active",
            "mcp_clients": answer["mcp_clients"],
        }
        return int(answer["mcp_clients"])

    assert clients() == 0
    with daemon.mcp(), daemon.mcp():
        assert clients() == 2
    wait_for(lambda: clients() == 0)


def test_database_health_lists_every_open_workspace(daemon: RunningDaemon) -> None:
    client = WorkspaceClient.of_new_folder(daemon)
    client.task()
    answer = daemon.get("/api/health/db").json
    assert answer.keys() == {"status", "workspaces", "journal_mode"}
    assert (answer["status"], answer["journal_mode"]) == ("connected", "wal")
    rows = {row["id"]: row for row in answer["workspaces"]}
    assert {workspace_id(daemon.workspace), client.id} <= rows.keys()
    row = rows[client.id]
    assert row.keys() == {"id", "path", "status", "schema_version", "latency_ms"}
    assert (row["path"], row["status"]) == (str(client.folder), "connected")
    assert row["schema_version"] >= 1
    assert row["latency_ms"] >= 0


def test_websocket_health_counts_clients_and_messages(daemon: RunningDaemon) -> None:
    id_ = workspace_id(daemon.workspace)
    before = daemon.get("/api/health/ws").json
    assert before.keys() == {"status", "clients", "clients_by_workspace", "messages_sent", "dropped_clients"}
    assert (before["status"], before["dropped_clients"]) == ("active", 0)
    with daemon.events(), daemon.events(f"workspace_id={id_}") as stream:
        daemon.post("/api/gorev", {"baslik": "x"})
        stream.until(lambda frame: frame["type"] == "task_created")
        during = daemon.get("/api/health/ws").json
        assert during["clients"] == before["clients"] + 2
        assert during["clients_by_workspace"][id_] == 2
        assert during["messages_sent"] >= before["messages_sent"] + 4
    wait_for(lambda: daemon.get("/api/health/ws").json["clients"] == 0)


def test_a_broken_default_workspace_is_not_ready_and_does_not_stop_the_daemon(own_daemon: RunningDaemon) -> None:
    own_daemon.start()
    own_daemon.stop()
    (file,) = (own_daemon.workspace / ".gorev").glob("gorev-*.db")
    file.write_bytes(b"no database " * 1000)
    other = own_daemon.home / "other"
    other.mkdir()
    _start_unready(own_daemon)
    ready = own_daemon.get("/api/health/ready")
    assert ready.status == 503
    assert (ready.json["ready"], ready.json["database"]) == (False, "error: corrupt")
    database = own_daemon.get("/api/health/db")
    assert (database.status, database.json["status"]) == (503, "error")
    assert own_daemon.get("/api/health").status == 200
    assert WorkspaceClient(own_daemon, other).task()["rev"] == 1


def _start_unready(daemon: RunningDaemon) -> None:
    command = [*GOREV, "daemon", "--detach", "--api-port", "0", "--workspace", str(daemon.workspace)]
    subprocess.run(command, env=daemon.environment, check=False, capture_output=True)
    wait_for(lambda: daemon.get("/api/health/ready").json["database"] != "error: opening")
