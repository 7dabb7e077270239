"""Client tracking (``rest-api.md`` §4.16, ``lifecycle.md`` §8 and §9)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from twisted.internet.task import Clock

from gorev.services.clients import CLIENT_LIMIT, PURGE_SECONDS, ClientTracker
from tests.rest.families import refused
from tests.support.running_daemon import RunningDaemon, wait_for
from tests.support.workspace_client import WorkspaceClient


def count(daemon: RunningDaemon) -> int:
    """How many clients the daemon tells of."""
    answer = daemon.get("/api/v1/daemon/clients/count").json
    assert answer.keys() == {"success", "client_count"}
    return int(answer["client_count"])


def said(daemon: RunningDaemon, what: str, **body: Any) -> Any:
    """The answer to a client that says something of itself."""
    response = daemon.post(f"/api/v1/daemon/{what}", body)
    assert response.status == 200, response.content
    return response.json


def test_a_client_counts_from_its_arrival_to_its_departure(daemon: RunningDaemon) -> None:
    before = count(daemon)
    answer = said(daemon, "clients/register", client_id="one", client_type="vscode", workspace_id="x")
    assert answer.keys() == {"success", "client_id", "expires_at"}
    assert answer["client_id"] == "one"
    assert abs(answer["expires_at"] - time.time() - 300) < 60
    said(daemon, "clients/register", client_id="one")
    said(daemon, "clients/register", client_id="two", ttl_seconds=86_400)
    assert count(daemon) == before + 2
    assert said(daemon, "clients/unregister", client_id="one")["success"] is True
    assert said(daemon, "clients/unregister", client_id="one")["success"] is True
    assert said(daemon, "clients/unregister", client_id="never seen")["success"] is True
    said(daemon, "clients/unregister", client_id="two")
    assert count(daemon) == before


def test_a_heartbeat_keeps_a_client_and_takes_in_an_unknown_one(daemon: RunningDaemon) -> None:
    before = count(daemon)
    answer = said(daemon, "heartbeat", client_id="beating", ttl_seconds=1000)
    assert abs(answer["expires_at"] - time.time() - 1000) < 60
    assert count(daemon) == before + 1
    said(daemon, "clients/unregister", client_id="beating")


def test_assistants_and_editors_count_by_their_connections(daemon: RunningDaemon) -> None:
    before = count(daemon)
    workspace = WorkspaceClient(daemon, daemon.workspace).id
    with daemon.mcp(), daemon.events(f"workspace_id={workspace}"), daemon.events():
        assert count(daemon) == before + 2
    wait_for(lambda: count(daemon) == before)


def test_ready_counts_proxies_beside_connected_assistants(daemon: RunningDaemon) -> None:
    def proxies() -> int:
        return int(daemon.get("/api/health/ready").json["mcp_clients"])

    said(daemon, "clients/register", client_id="proxy", client_type="mcp-proxy")
    said(daemon, "clients/register", client_id="editor", client_type="vscode")
    assert proxies() == 1
    with daemon.mcp():
        assert proxies() == 2
    said(daemon, "clients/unregister", client_id="proxy")
    said(daemon, "clients/unregister", client_id="editor")
    wait_for(lambda: proxies() == 0)


@pytest.mark.parametrize("what", ["clients/register", "clients/unregister", "heartbeat"])
def test_a_client_must_have_an_id(daemon: RunningDaemon, what: str) -> None:
    client = WorkspaceClient(daemon, daemon.workspace)
    path = f"/api/v1/daemon/{what}"
    for body in ({}, None, {"client_id": None}):
        assert refused(client, "POST", path, body, status=400, code="missing_parameter")["field"] == "client_id"
    for wrong in ("", 7, "x" * 256, ["x"]):
        details = refused(client, "POST", path, {"client_id": wrong}, status=400, code="invalid_value")
        assert details["field"] == "client_id"


@pytest.mark.parametrize("ttl", [0, -1, 86_401, "soon", 1.5])
def test_a_time_to_live_beyond_its_range_is_refused(daemon: RunningDaemon, ttl: object) -> None:
    client = WorkspaceClient(daemon, daemon.workspace)
    body = {"client_id": "x", "ttl_seconds": ttl}
    for what in ("clients/register", "heartbeat"):
        details = refused(client, "POST", f"/api/v1/daemon/{what}", body, status=400, code="invalid_value")
        assert details["field"] == "ttl_seconds"


def test_the_original_s_count_of_listeners(daemon: RunningDaemon) -> None:
    def listeners() -> Any:
        return daemon.get("/api/v1/ws/stats").json

    answer = listeners()
    assert answer.keys() == {"total_clients", "timestamp"}
    assert abs(answer["timestamp"] - time.time()) < 60
    before = answer["total_clients"]
    with daemon.events():
        assert listeners()["total_clients"] == before + 1


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tracker(clock: Clock) -> Iterator[ClientTracker]:
    """A tracker that runs."""
    running = ClientTracker(clock, clock.seconds)
    running.startService()
    yield running
    running.stopService()


def test_a_client_that_gives_no_sign_of_life_is_not_counted_any_more(clock: Clock, tracker: ClientTracker) -> None:
    tracker.register("one", "vscode", None, 10)
    tracker.register("two", "vscode", None, 20)
    clock.advance(9)
    assert tracker.heartbeat("one", 5).expires_at == 14
    clock.advance(4)
    assert tracker.count() == 2
    clock.advance(1)
    assert tracker.count() == 1
    clock.advance(6)
    assert tracker.count() == 0


def test_a_heartbeat_after_the_end_is_of_a_client_of_unknown_type(clock: Clock, tracker: ClientTracker) -> None:
    tracker.register("one", "mcp-proxy", "workspace", 10)
    assert tracker.heartbeat("one", 10).client_type == "mcp-proxy"
    clock.advance(10)
    again = tracker.heartbeat("one", 10)
    assert (again.client_type, again.workspace_id) == ("unknown", None)
    assert tracker.count("mcp-proxy") == 0


def test_no_more_are_kept_than_there_can_sensibly_be(clock: Clock, tracker: ClientTracker) -> None:
    for number in range(CLIENT_LIMIT):
        tracker.register(str(number), "vscode", None, 100 + number)
    tracker.register("last", "vscode", None, 1)
    assert tracker.count() == CLIENT_LIMIT
    clock.advance(PURGE_SECONDS)
    assert tracker.count() == CLIENT_LIMIT - 1
    assert tracker.heartbeat("1", 500).client_type == "vscode"
    assert tracker.heartbeat("0", 500).client_type == "unknown"
