"""What a client may say, and what becomes of one that says something else (``websocket.md`` §5)."""

from __future__ import annotations

from typing import Any

import pytest
from websockets.sync.client import connect

from tests.support.raw_http import is_well
from tests.support.running_daemon import EventStream
from tests.support.workspace_client import WorkspaceClient, workspace_id
from tests.ws.streams import events, says_nothing

LIMIT = 64 * 1024


@pytest.mark.parametrize("stamp", [1, "text", None, {"a": [1]}, 1.5, 10**30, True])
def test_a_ping_is_answered_with_its_own_timestamp_to_its_sender_only(client: WorkspaceClient, stamp: Any) -> None:
    with client.daemon.events() as stream, client.daemon.events() as other:
        stream.send({"type": "ping", "timestamp": stamp})
        assert stream.read() == {"type": "pong", "timestamp": stamp}
        assert says_nothing(other)


def test_subscriptions_are_adjusted(client: WorkspaceClient) -> None:
    default = workspace_id(client.daemon.workspace)
    with client.daemon.events() as stream:
        stream.send({"type": "subscribe", "workspace_id": client.id})
        assert stream.read() == {"type": "subscribed", "workspace_ids": sorted([default, client.id])}
        client.task()
        assert events(stream, 1)[0]["workspace_id"] == client.id
        stream.send({"type": "unsubscribe", "workspace_id": default})
        assert stream.read() == {"type": "subscribed", "workspace_ids": [client.id]}
        WorkspaceClient(client.daemon, client.daemon.workspace).task()
        assert says_nothing(stream)
        stream.send({"type": "unsubscribe", "workspace_id": client.id})
        assert stream.read() == {"type": "subscribed", "workspace_ids": []}
        client.task()
        assert says_nothing(stream)


def test_everything_may_be_subscribed_to_and_what_is_unknown_too(client: WorkspaceClient) -> None:
    later = WorkspaceClient.of_new_folder(client.daemon)
    with client.daemon.events(f"workspace_id={client.id}") as stream:
        stream.send({"type": "subscribe", "workspace_id": later.id})
        assert stream.read()["workspace_ids"] == sorted([client.id, later.id])
        later.task()
        assert events(stream, 1)[0]["workspace_id"] == later.id
        stream.send({"type": "subscribe", "workspace_id": "*"})
        assert "*" in stream.read()["workspace_ids"]
        WorkspaceClient.of_new_folder(client.daemon).task()
        events(stream, 1)


@pytest.mark.parametrize("id_", [None, 7, "", [], {"a": 1}, "<script>", "x" * 200, "a b"])
def test_a_subscription_to_what_is_no_id_is_an_error(client: WorkspaceClient, id_: Any) -> None:
    with client.daemon.events(f"workspace_id={client.id}") as stream:
        stream.send({"type": "subscribe", "workspace_id": id_})
        frame = stream.read()
        assert frame.keys() == {"type", "code", "message"}
        assert frame["type"] == "error"
        client.task()
        events(stream, 1)


@pytest.mark.parametrize(
    "message",
    [
        "",
        "x",
        "[]",
        '"ping"',
        "null",
        "1",
        "{",
        '{"type": "ping"',
        '{"type": "\\ud800"}',
        "[" * 60_000,
        '{"a":' * 12_000,
    ],
)
def test_what_is_no_json_object_is_told_so_and_the_connection_stays(client: WorkspaceClient, message: str) -> None:
    with client.daemon.events(f"workspace_id={client.id}") as stream:
        stream.send(message)
        frame = stream.read()
        assert frame.keys() == {"type", "code", "message"}
        assert (frame["type"], frame["code"]) == ("error", "bad_request")
        client.task()
        events(stream, 1)
    assert is_well(client.daemon)


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"type": "hello"},
        {"type": None},
        {"type": ["ping"]},
        {"type": {"a": 1}},
        {"type": "created", "data": {"baslik": "x"}},
        {"type": "pong"},
        {"method": "gorev_sil"},
    ],
)
def test_an_unknown_type_is_ignored_and_changes_no_data(client: WorkspaceClient, message: Any) -> None:
    with client.daemon.events(f"workspace_id={client.id}") as stream:
        stream.send(message)
        assert says_nothing(stream)
    assert client.seq() == 0


def test_a_binary_frame_closes_with_1003(client: WorkspaceClient) -> None:
    with client.daemon.events() as stream:
        stream.send(b'{"type": "ping"}')
        assert stream.wait_until_closed() == 1003
    assert is_well(client.daemon)


def test_a_frame_of_64_kib_is_read_and_a_larger_one_closes_with_1009(client: WorkspaceClient) -> None:
    head = '{"type": "ping", "timestamp": 1, "padding": "'
    with client.daemon.events() as stream:
        stream.send(head + "x" * (LIMIT - len(head) - 2) + '"}')
        assert stream.read()["type"] == "pong"
        stream.send(head + "x" * (LIMIT - len(head) - 1) + '"}')
        assert stream.wait_until_closed() == 1009
    assert is_well(client.daemon)


def test_text_that_is_no_utf_8_closes_the_connection(client: WorkspaceClient) -> None:
    address = f"{client.daemon.url.replace('http', 'ws')}/ws"
    with connect(address) as connection:
        stream = EventStream(connection)
        connection.send(b'{"type": "\xff"}', text=True)
        assert stream.wait_until_closed() == 1007
    assert is_well(client.daemon)
