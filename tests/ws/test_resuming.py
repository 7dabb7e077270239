"""``?since=``: the past in order, then live, without gap or repetition (``websocket.md`` §2)."""

from __future__ import annotations

import random
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.support.running_daemon import EventStream, RunningDaemon
from tests.support.workspace_client import WorkspaceClient
from tests.ws.streams import events, says_nothing

WRITES = 300


def resumed(client: WorkspaceClient, since: int, format_: str = "simple") -> Any:
    """A client that resumes after an event."""
    return client.daemon.events(f"workspace_id={client.id}&format={format_}&since={since}")


@pytest.mark.parametrize("format_", ["simple", "change"])
def test_what_came_after_since_is_sent_as_it_was_sent_live(client: WorkspaceClient, format_: str) -> None:
    with client.daemon.events(f"workspace_id={client.id}&format={format_}") as live:
        task = client.task("Task")
        client.change(task["id"], durum="devam_ediyor", baslik="Changed")
        client.activate(client.project()["id"])
        client.request("DELETE", f"/api/gorev/{task['id']}")
        told = events(live, 6)
    for since in range(7):
        with resumed(client, since, format_) as stream:
            assert stream.connected["data"]["seq"] == {client.id: since}
            assert events(stream, 6 - since) == told[since:]
            assert says_nothing(stream)


def test_a_resumed_client_goes_on_live(client: WorkspaceClient) -> None:
    client.task()
    client.task()
    with resumed(client, 1) as stream:
        assert [frame["seq"] for frame in events(stream, 1)] == [2]
        client.task()
        assert [frame["seq"] for frame in events(stream, 1)] == [3]


def test_a_workspace_may_be_resumed_by_its_path(client: WorkspaceClient) -> None:
    client.task()
    with client.daemon.events(f"workspace_path={client.folder}&since=0") as stream:
        assert [frame["seq"] for frame in events(stream, 1)] == [1]


@pytest.mark.parametrize("since", [2, 1000, 10**17])
def test_a_since_that_is_yet_to_come_makes_the_client_reload(client: WorkspaceClient, since: int) -> None:
    client.task()
    with resumed(client, since) as stream:
        frame = stream.read()
        assert frame.keys() == {"type", "timestamp", "data"}
        assert frame["type"] == "resync"
        assert frame["data"] == {"oldest": 1, "current": 1}
        client.task()
        assert [each["seq"] for each in events(stream, 1)] == [2]


@pytest.mark.parametrize("format_", ["simple", "change"])
def test_events_that_are_no_longer_kept_make_the_client_reload(own_daemon: RunningDaemon, format_: str) -> None:
    own_daemon.start()
    client = WorkspaceClient(own_daemon, own_daemon.workspace)
    for number in range(6):
        client.task(f"Task {number}")
    own_daemon.stop()
    (file,) = (own_daemon.workspace / ".gorev").glob("*.db")
    with sqlite3.connect(file) as database:
        database.execute("DELETE FROM events WHERE seq <= 3")
    database.close()
    own_daemon.start()
    with resumed(client, 2, format_) as stream:
        assert stream.connected["data"]["seq"] == {client.id: 6}
        frame = stream.read()
        assert (frame["type"], frame["data"]) == ("resync", {"oldest": 4, "current": 6})
        assert "seq" not in frame
        assert says_nothing(stream)
    with resumed(client, 3, format_) as stream:
        assert [each["seq"] for each in events(stream, 3)] == [4, 5, 6]


def test_events_survive_a_kill(own_daemon: RunningDaemon) -> None:
    own_daemon.start()
    client = WorkspaceClient(own_daemon, own_daemon.workspace)
    client.task("Before")
    own_daemon.kill()
    own_daemon.start()
    client.task("After")
    with resumed(client, 0) as stream:
        assert [frame["data"]["baslik"] for frame in events(stream, 2)] == ["Before", "After"]


def test_clients_that_reconnect_while_two_others_write_miss_nothing_and_get_nothing_twice(
    client: WorkspaceClient,
) -> None:
    def write(writer: int) -> None:
        for number in range(WRITES // 2):
            client.task(f"{writer}-{number}")

    def follow(seed: int) -> list[int]:
        chance = random.Random(seed)
        seen: list[int] = []
        while len(seen) < WRITES:
            with resumed(client, seen[-1] if seen else 0) as stream:
                seen += _some(stream, chance.randrange(1, 60), seen[-1] if seen else 0)
        return seen

    with ThreadPoolExecutor(6) as pool:
        followers = [pool.submit(follow, seed) for seed in range(4)]
        writers = [pool.submit(write, writer) for writer in range(2)]
        for each in writers:
            each.result()
        for follower in followers:
            assert follower.result() == list(range(1, WRITES + 1))


def _some(stream: EventStream, count: int, position: int) -> list[int]:
    """The next ``seq``, so many of them or up to the last write."""
    seen: list[int] = []
    while len(seen) < count and position < WRITES:
        position = stream.read()["seq"]
        seen.append(position)
    return seen


def test_a_long_past_is_sent_whole(client: WorkspaceClient) -> None:
    """More events than the queue of a connection holds, and than are read from the log at once."""
    task = client.task()
    for number in range(620):
        client.change(task["id"], baslik=f"Title {number}")
    with resumed(client, 0) as stream:
        assert [frame["seq"] for frame in events(stream, 621)] == list(range(1, 622))
