"""What the log of a daemon tells of its life (``lifecycle.md`` §6): real processes."""

from __future__ import annotations

import re
import sqlite3
import threading
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import psutil
import pytest

from tests.daemon.programs import environment, published, start_gorev
from tests.support.running_daemon import RunningDaemon, has_ended, wait_for

INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "a", "version": "1"}},
}
STREAMABLE = {"Accept": "application/json, text/event-stream"}
UUID = r"[0-9a-f-]{36}"
SECRET = "Only for my eyes"


def log_of(daemon: RunningDaemon) -> str:
    """All of it."""
    return (daemon.home / ".gorev-daemon" / "daemon.log").read_text()


def test_each_client_is_told_of_with_its_id_when_it_comes_and_when_it_goes(own_daemon: RunningDaemon) -> None:
    own_daemon.start()
    with own_daemon.mcp() as client, own_daemon.events():
        client.call("gorev_listele")
        own_daemon.request("POST", "/mcp", INITIALIZE, STREAMABLE)
    wait_for(lambda: own_daemon.get("/api/health/ws").json["clients"] == 0)
    own_daemon.stop()
    log = log_of(own_daemon)
    mcp = re.findall(rf"MCP client ({UUID})( \(\w+\))? (connected|disconnected)(?: over HTTP)?, (\d) now", log)
    sockets = re.findall(rf"WebSocket client ({UUID}) (connected|disconnected), (\d) now", log)
    assert [(word, count) for _, _, word, count in mcp] == [
        ("connected", "1"),
        ("connected", "2"),
        ("disconnected", "1"),
        ("disconnected", "0"),
    ]
    assert [identity for identity, *_ in mcp[:2]] == [identity for identity, *_ in mcp[2:]]
    assert [(word, count) for _, word, count in sockets] == [("connected", "1"), ("disconnected", "0")]


def test_the_log_tells_each_request_and_no_content(own_daemon: RunningDaemon) -> None:
    own_daemon.start()
    made = own_daemon.post(f"/api/gorev?note={SECRET.replace(' ', '+')}", {"baslik": SECRET, "aciklama": SECRET})
    id_ = made.json["data"]["id"]
    own_daemon.get(f"/api/gorev/{id_}", Authorization=f"Bearer {SECRET}")
    with own_daemon.mcp() as client:
        client.call("gorev_guncelle", id=id_, baslik=f"{SECRET} again")
    own_daemon.stop()
    log = log_of(own_daemon)
    assert " info gorev.http POST /api/gorev 201\n" in log
    assert f" info gorev.http GET /api/gorev/{id_} 200\n" in log
    assert SECRET not in log
    assert SECRET.replace(" ", "+") not in log


def test_start_and_stop_are_told_in_order(own_daemon: RunningDaemon) -> None:
    own_daemon.start()
    pid = own_daemon.pid
    own_daemon.stop()
    serving = r"serving at \S+ \S+ version \S+, PID \d+"
    ending = r"shutdown begun|drained|workspace \w+ closed|shutdown complete"
    found = re.findall(rf" info \S+ ({serving}|{ending})", log_of(own_daemon))
    assert found[0].endswith(f"PID {pid}")
    assert [line.split()[0] for line in found[1:]] == ["shutdown", "drained", "workspace", "shutdown"]
    assert found[-1] == "shutdown complete"


@pytest.mark.parametrize(
    ("arguments", "level", "seen", "unseen"),
    [
        ((), "debug", "debug", None),
        ((), "info", "info", "debug"),
        ((), "warn", "warn", "info"),
        (("--debug",), "error", "debug", None),
    ],
)
def test_the_level_of_the_log_can_be_chosen(
    home: Path, arguments: tuple[str, ...], level: str, seen: str, unseen: str | None
) -> None:
    """The lock file that is left over makes a warning."""
    folder = home / ".gorev-daemon"
    folder.mkdir(mode=0o700)
    (folder / ".lock").write_text("{")
    process = start_gorev("daemon", "--api-port", "0", *arguments, **environment(GOREV_LOG_LEVEL=level))
    published(home, process)
    process.terminate()
    _, errors = process.communicate()
    levels = {line.split()[1] for line in errors.splitlines() if re.match(r"\d{4}-\d\d-\d\dT", line)}
    assert seen in levels
    assert unseen not in levels


def test_a_stop_waits_for_what_is_being_written_and_tells_the_clients(own_daemon: RunningDaemon) -> None:
    """Another program keeps the database locked when the signal comes, and lets go of it a moment later."""
    own_daemon.start()
    own_daemon.post("/api/gorev", {"baslik": "First"})
    (file,) = (own_daemon.workspace / ".gorev").glob("*.db")
    process = psutil.Process(own_daemon.pid)
    answers: list[int] = []
    with closing(sqlite3.connect(file, isolation_level=None)) as other, own_daemon.events() as stream:
        other.execute("BEGIN IMMEDIATE")
        writing = threading.Thread(
            target=lambda: answers.append(own_daemon.post("/api/gorev", {"baslik": "Meanwhile"}).status)
        )
        writing.start()
        wait_for(lambda: "gorev_requests_running 1.0" in own_daemon.get("/api/metrics").content.decode())
        process.terminate()
        farewell = stream.until(lambda frame: frame["type"] == "shutdown")
        assert farewell["reason"] == "daemon_stopping"
        assert stream.wait_until_closed() == 1001
        assert not has_ended(process)
        other.execute("ROLLBACK")
        writing.join()
    wait_for(lambda: has_ended(process))
    assert answers == [201]
    assert not (own_daemon.home / ".gorev-daemon" / ".lock").exists()
    with closing(sqlite3.connect(file)) as database:
        assert [title for (title,) in database.execute("SELECT title FROM tasks ORDER BY number")] == [
            "First",
            "Meanwhile",
        ]


def test_clients_that_heed_the_farewell_do_not_hold_up_the_end(own_daemon: RunningDaemon) -> None:
    """Those that do not are waited for, 2 s; without any it takes some milliseconds."""
    own_daemon.start()
    process = psutil.Process(own_daemon.pid)
    with own_daemon.mcp() as client, own_daemon.events() as stream:
        client.call("gorev_listele")
        reading = threading.Thread(target=stream.wait_until_closed)
        reading.start()
        process.terminate()
        wait_for(lambda: has_ended(process))
        reading.join()
    begun, complete = (
        datetime.fromisoformat(line.split()[0])
        for line in log_of(own_daemon).splitlines()
        if line.endswith(("shutdown begun", "shutdown complete"))
    )
    assert complete - begun < timedelta(seconds=2)
