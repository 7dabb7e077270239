"""A database that another program holds locked (``data-model.md`` §17, ``rest-api.md`` §2)."""

from __future__ import annotations

import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from tests.support.running_daemon import RunningDaemon
from tests.support.workspace_client import WorkspaceClient

CLIENTS_GIVE_UP_SECONDS = 10


def test_a_write_waits_for_the_lock_and_says_busy_before_clients_give_up(daemon: RunningDaemon) -> None:
    client = WorkspaceClient.of_new_folder(daemon)
    task = client.task("Before")
    (file,) = (client.folder / ".gorev").glob("*.db")
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        begun = time.monotonic()

        def refused(language: str) -> str:
            body, headers = {"baslik": "Not now"}, {"Accept-Language": language}
            response = client.request("PUT", f"/api/gorev/{task['id']}", body, headers)
            assert (response.status, response.json["code"]) == (503, "busy")
            assert int(response.headers["retry-after"]) > 0
            return str(response.json["message"])

        with ThreadPoolExecutor(2) as pool:
            turkish, english = pool.map(refused, ("tr", "en"))
        assert time.monotonic() - begun < CLIENTS_GIVE_UP_SECONDS
        assert turkish != english
        assert client.get(f"/api/gorev/{task['id']}")["data"]["baslik"] == "Before"
        other.execute("ROLLBACK")
    assert client.change(task["id"], baslik="Now")["rev"] == 2
