"""What a daemon lets go of when it is not needed, old events and unused databases, and what becomes of clients then."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.support.process import running_process
from tests.support.raw_http import is_well
from tests.support.running_daemon import RunningDaemon, wait_for
from tests.support.workspace_client import WorkspaceClient

OLD = 2_500

# A daemon whose minute has half a second.
IMPATIENT = """
import sys
from gorev.services import idleness, workspaces
idleness.MINUTE_SECONDS = 0.5
workspaces.LOOK_SECONDS = 0.1
from gorev.cli.main import main
sys.exit(main(sys.argv[1:]))
"""


def database(folder: Path) -> Path:
    """The file of a workspace."""
    (file,) = (folder / ".gorev").glob("*.db")
    return file


def is_folded(folder: Path) -> bool:
    """Whether the database of a workspace is one file, as nobody leaves it who has it open."""
    return [each.name for each in (folder / ".gorev").iterdir()] == [database(folder).name]


def configured(daemon: RunningDaemon, *lines: str) -> None:
    """Write the daemon's configuration."""
    folder = daemon.home / ".gorev-daemon"
    folder.mkdir(mode=0o700)
    (folder / "config.toml").write_text("\n".join(lines) + "\n")


@contextmanager
def impatient(daemon: RunningDaemon) -> Iterator[None]:
    """The daemon, with shorter minutes."""
    command = [sys.executable, "-c", IMPATIENT, "daemon", "--api-port", "0", "--workspace", str(daemon.workspace)]
    with running_process(command, env=daemon.environment, stderr=subprocess.DEVNULL):
        wait_for((daemon.home / ".gorev-daemon" / ".lock").exists)
        wait_for(lambda: daemon.get("/api/health/ready").status == 200)
        yield
        daemon.stop()


def open_ids(daemon: RunningDaemon) -> set[str]:
    """The workspaces whose databases are open."""
    return {each["id"] for each in daemon.get("/api/health/db").json["workspaces"]}


def test_events_older_than_configured_are_forgotten_and_clients_told_to_reload(own_daemon: RunningDaemon) -> None:
    configured(own_daemon, "event_retention_days = 2")
    own_daemon.start()
    client = WorkspaceClient(own_daemon, own_daemon.workspace)
    client.task("First")
    own_daemon.stop()
    age = datetime.now(UTC) - timedelta(days=3)
    with closing(sqlite3.connect(database(own_daemon.workspace))) as connection, connection:
        connection.execute("UPDATE events SET time = ?", (age.isoformat(timespec="microseconds"),))
        connection.execute(
            "WITH RECURSIVE n (seq) AS (SELECT 2 UNION ALL SELECT seq + 1 FROM n WHERE seq < ?)"
            " INSERT INTO events (seq, time, kind, entity_id, client, client_kind, before, after, changed)"
            " SELECT n.seq, time, 'task_updated', entity_id, client, client_kind, after, after, '[]' FROM n, events",
            (OLD,),
        )
        connection.execute("UPDATE workspace SET last_seq = ?", (OLD,))
    own_daemon.start()
    client.task("Second")
    wait_for(lambda: client.request("GET", f"/api/olaylar?since={OLD - 1}").status == 410)
    gone = client.request("GET", "/api/olaylar?since=0")
    assert (gone.json["code"], gone.json["details"]) == ("resync", {"oldest": OLD + 1, "current": OLD + 1})
    with own_daemon.events(f"workspace_id={client.id}&since=0") as stream:
        assert stream.read()["type"] == "resync"
    with own_daemon.events(f"workspace_id={client.id}&since={OLD}") as stream:
        assert stream.read()["seq"] == OLD + 1
    assert client.get("/api/gorevler")["total"] == 2
    assert is_well(own_daemon)


def test_a_change_by_another_program_makes_clients_reload(daemon: RunningDaemon) -> None:
    client = WorkspaceClient.of_new_folder(daemon)
    task = client.task("Ours")
    with daemon.events(f"workspace_id={client.id}") as stream:
        with closing(sqlite3.connect(database(client.folder))) as connection, connection:
            connection.execute("UPDATE tasks SET title = 'Theirs'")
        frame = stream.read()
        assert (frame["type"], frame["action"], frame["seq"]) == ("workspace_sync", "sync", 2)
        assert frame["actor"] == {"client": "unknown", "type": "system"}
        assert client.get(f"/api/gorev/{task['id']}")["data"]["baslik"] == "Theirs"
        client.task("Ours again")
        assert stream.read()["seq"] == 3
    assert is_well(daemon)


def test_an_unused_workspace_is_closed_unless_somebody_listens_and_opened_for_whoever_comes(
    own_daemon: RunningDaemon,
) -> None:
    configured(own_daemon, "workspace_idle_minutes = 1")
    with impatient(own_daemon):
        listened, unused = (WorkspaceClient.of_new_folder(own_daemon) for _ in range(2))
        for each in (listened, unused):
            each.task("Before")
        with (
            own_daemon.events(f"workspace_id={listened.id}") as stream,
            own_daemon.events("workspace_id=*") as everything,
            own_daemon.mcp(workspace=unused.folder) as assistant,
        ):
            wait_for(lambda: open_ids(own_daemon) == {listened.id})
            assert own_daemon.get("/api/health/ready").status == 200
            wait_for(lambda: is_folded(unused.folder))
            assistant.call("proje_olustur", isim="By an assistant that was there all the time")
            frame = everything.read()
            assert (frame["workspace_id"], frame["seq"]) == (unused.id, 2)
            wait_for(lambda: open_ids(own_daemon) == {listened.id})
            unused.task("After")
            assert everything.read()["seq"] == 3
            listened.task("Still heard")
            assert stream.read()["seq"] == 2
            assert WorkspaceClient(own_daemon, own_daemon.workspace).get("/api/gorevler")["total"] == 0
        wait_for(lambda: open_ids(own_daemon) == set())
        assert is_well_in(own_daemon)


def is_well_in(daemon: RunningDaemon) -> bool:
    """Whether the daemon, which logs to nowhere, answers."""
    return bool(daemon.get("/api/health").json["status"] == "healthy")
