"""What the event stream is not talked into: too many, too early, too much (``websocket.md`` §1, §5, §7)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.support.raw_http import connected, is_well, received
from tests.support.running_daemon import PATIENCE_SECONDS, RunningDaemon, wait_for
from tests.support.workspace_client import WorkspaceClient, workspace_id
from tests.ws.streams import says_nothing

SUBSCRIPTIONS = 1_000


def refused(daemon: RunningDaemon, query: str = "", **headers: str) -> Any:
    """Status, headers and body of a handshake that is refused."""
    address = f"{daemon.url.replace('http', 'ws')}/ws{query}"
    with pytest.raises(InvalidStatus) as refusal, connect(address, additional_headers=headers):
        pass
    response = refusal.value.response
    return response.status_code, response.headers, json.loads(response.body or b"null")


def test_as_many_connections_as_configured_are_taken_and_the_next_is_told_why(own_daemon: RunningDaemon) -> None:
    configured(own_daemon, "max_websockets = 2")
    own_daemon.start()
    with own_daemon.events(), own_daemon.events() as stream:
        status, headers, body = refused(own_daemon, **{"Accept-Language": "tr"})
        assert status == 503
        assert int(headers["Retry-After"]) > 0
        assert (body["success"], body["code"]) == (False, "busy")
        assert body["error"] == body["message"]
        assert "2" in body["message"]
        assert "WebSocket" in body["message"]
        assert says_nothing(stream)
        english = refused(own_daemon, **{"Accept-Language": "en"})[2]
        assert english["message"] != body["message"]
    wait_for(lambda: own_daemon.get("/api/health/ws").json["clients"] == 0)
    with own_daemon.events() as stream:
        assert says_nothing(stream)
    assert is_well(own_daemon)


def test_what_is_wrong_with_the_address_is_told_as_rest_tells_it(daemon: RunningDaemon) -> None:
    status, headers, body = refused(daemon, "?format=xml", **{"Accept-Language": "en"})
    assert (status, body["code"]) == (400, "invalid_value")
    assert headers["Content-Type"] == "application/json; charset=utf-8"
    assert body["details"] == {"field": "format", "value": "xml", "allowed": ["simple", "change"]}
    assert "format" in body["message"]


def test_a_handshake_that_is_none_is_told_as_rest_tells_it(daemon: RunningDaemon) -> None:
    with connected(daemon) as peer:
        peer.sendall(
            b"GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n\r\n"
        )
        head, _, body = received(peer).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert json.loads(body)["code"] == "bad_request"
    assert is_well(daemon)


def test_a_client_that_speaks_at_once_is_answered_after_the_first_frame(client: WorkspaceClient) -> None:
    address = f"{client.daemon.url.replace('http', 'ws')}/ws?workspace_id={client.id}&format=simple"
    with connect(address) as connection:
        connection.send('{"type": "ping", "timestamp": 1}')
        connection.send('{"type": "subscribe", "workspace_id": "other"}')
        frames = [json.loads(connection.recv(PATIENCE_SECONDS)) for _ in range(3)]
    assert [frame["type"] for frame in frames] == ["connected", "pong", "subscribed"]
    assert frames[2]["workspace_ids"] == sorted([client.id, "other"])


def test_a_connection_follows_a_bounded_number_of_workspaces(client: WorkspaceClient) -> None:
    with client.daemon.events(f"workspace_id={client.id}") as stream:
        for number in range(SUBSCRIPTIONS - 1):
            stream.send({"type": "subscribe", "workspace_id": f"w{number}"})
            assert stream.read()["type"] == "subscribed"
        stream.send({"type": "subscribe", "workspace_id": "one-too-many"})
        assert stream.read()["type"] == "error"
        client.task()
        assert stream.read()["seq"] == 1


def test_a_client_of_a_workspace_that_is_unknown_now_is_told_to_reload(daemon: RunningDaemon) -> None:
    with daemon.events("workspace_id=gone-by-now&since=7") as stream:
        frame = stream.read()
        assert (frame["type"], frame["data"]) == ("resync", {"oldest": 1, "current": 0})
        assert says_nothing(stream)


def test_descriptors_are_made_room_for(own_daemon: RunningDaemon) -> None:
    """With the limit that systems usually set, 1,024 descriptors, 2,000 connections would not fit."""
    import psutil

    own_daemon.start()
    soft, hard = psutil.Process(own_daemon.pid).rlimit(psutil.RLIMIT_NOFILE)
    assert soft >= min(2_000, hard)


def configured(daemon: RunningDaemon, line: str) -> None:
    """Write a line of the daemon's configuration."""
    folder = daemon.home / ".gorev-daemon"
    folder.mkdir(mode=0o700)
    (folder / "config.toml").write_text(line + "\n")


def test_the_default_workspace_is_followed_by_its_id_too(daemon: RunningDaemon) -> None:
    with daemon.events(f"workspace_id={workspace_id(daemon.workspace)}") as stream:
        WorkspaceClient(daemon, daemon.workspace).task()
        assert stream.read()["type"] == "task_created"
