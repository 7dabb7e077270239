"""What a client asks for when it connects (``websocket.md`` §1 and §2)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.support.raw_http import is_well
from tests.support.running_daemon import PATIENCE_SECONDS, EventStream, RunningDaemon
from tests.support.workspace_client import WorkspaceClient, workspace_id
from tests.ws.streams import events, says_nothing

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@contextmanager
def listening(daemon: RunningDaemon, query: str = "", **options: Any) -> Iterator[EventStream]:
    """A client of the event stream, with options of the WebSocket library."""
    address = f"{daemon.url.replace('http', 'ws')}/ws{query}"
    with connect(address, open_timeout=PATIENCE_SECONDS, **options) as connection:
        yield EventStream(connection)


def is_simple(frame: Any) -> bool:
    """Whether a first frame is of the simple format; it must be of one of the two."""
    if frame["type"] == "connected":
        assert isinstance(frame["timestamp"], str)
        assert "action" not in frame
        return True
    assert (frame["type"], frame["action"]) == ("workspace_sync", "connected")
    assert isinstance(frame["timestamp"], int)
    return False


@pytest.mark.parametrize("path", ["/ws", "/api/ws", "/ws/", "/api/ws/"])
def test_a_client_that_names_nothing_gets_the_default_workspace_in_the_simple_format(
    daemon: RunningDaemon, path: str
) -> None:
    default = WorkspaceClient(daemon, daemon.workspace)
    with daemon.events(path=path) as stream:
        first = stream.connected
        assert first.keys() == {"type", "timestamp", "data"}
        assert is_simple(first)
        assert first["data"].keys() == {"client_id", "message", "seq"}
        assert UUID.fullmatch(first["data"]["client_id"])
        assert first["data"]["seq"] == {default.id: default.seq()}
        task = default.task()
        (frame,) = events(stream, 1)
        assert (frame["type"], frame["task_id"]) == ("created", task["id"])


def test_a_client_that_names_a_workspace_gets_the_change_format(client: WorkspaceClient) -> None:
    client.task()
    with client.daemon.events(f"workspace_id={client.id}") as stream:
        assert not is_simple(stream.connected)
        assert stream.connected["data"]["seq"] == {client.id: 1}
        client.task()
        assert events(stream, 1)[0]["type"] == "task_created"


def test_the_header_names_a_workspace_too(client: WorkspaceClient) -> None:
    with listening(client.daemon, additional_headers={"X-Workspace-Id": client.id}) as stream:
        assert not is_simple(stream.connected)
        assert stream.connected["data"]["seq"] == {client.id: 0}


@pytest.mark.parametrize(
    ("query", "simple"),
    [
        ("format=simple", True),
        ("format=change", False),
        ("format=simple&workspace_id={id}", True),
        ("format=change&workspace_id={id}", False),
        ("workspace_id=*", False),
        ("workspace_id=unheard-of", False),
        ("workspace_path={path}", True),
    ],
)
def test_the_format_is_the_one_asked_for_else_change_with_a_workspace_id_else_simple(
    client: WorkspaceClient, query: str, simple: bool
) -> None:
    asked = query.format(id=client.id, path=quote(str(client.folder)))
    with client.daemon.events(asked) as stream:
        assert is_simple(stream.connected) is simple


@pytest.mark.parametrize(
    "query", ["workspace_id={0}&workspace_id={1}", "workspace_id={0},{1}", "workspace_id={0},,{1},"]
)
def test_several_workspaces_are_followed_at_once(client: WorkspaceClient, query: str) -> None:
    other = WorkspaceClient.of_new_folder(client.daemon)
    other.task()
    with client.daemon.events(query.format(client.id, other.id)) as stream:
        assert stream.connected["data"]["seq"] == {client.id: 0, other.id: 1}
        client.task()
        other.task()
        frames = events(stream, 2)
    assert [(frame["workspace_id"], frame["seq"]) for frame in frames] == [(client.id, 1), (other.id, 2)]


def test_a_star_means_every_workspace_also_one_that_comes_later(client: WorkspaceClient) -> None:
    with client.daemon.events("workspace_id=*") as stream:
        assert stream.connected["data"]["seq"][client.id] == 0
        client.task()
        assert events(stream, 1)[0]["workspace_id"] == client.id
        later = WorkspaceClient.of_new_folder(client.daemon)
        later.task()
        assert events(stream, 1)[0]["workspace_id"] == later.id


def test_a_path_registers_its_workspace(daemon: RunningDaemon) -> None:
    new = WorkspaceClient.of_new_folder(daemon)
    with daemon.events(f"workspace_path={quote(str(new.folder))}") as stream:
        assert stream.connected["data"]["seq"] == {new.id: 0}
        assert daemon.get(f"/api/v1/workspaces/{new.id}").status == 200
        new.task()
        assert events(stream, 1)[0]["workspace_id"] == new.id


def test_a_path_is_decoded_once(daemon: RunningDaemon) -> None:
    folder = WorkspaceClient.of_new_folder(daemon).folder / "50%25 çok & güzel"
    folder.mkdir()
    with daemon.events(f"workspace_path={quote(str(folder))}") as stream:
        assert stream.connected["data"]["seq"] == {workspace_id(folder): 0}


def test_a_workspace_may_be_named_before_it_is_registered(daemon: RunningDaemon) -> None:
    new = WorkspaceClient.of_new_folder(daemon)
    with daemon.events(f"workspace_id={new.id}") as stream:
        assert stream.connected["data"]["seq"] == {}
        WorkspaceClient(daemon, daemon.workspace).task()
        assert says_nothing(stream)
        new.task()
        (frame,) = events(stream, 1)
        assert (frame["workspace_id"], frame["seq"]) == (new.id, 1)


def test_an_id_that_becomes_an_alias_later_is_live_from_then_on(daemon: RunningDaemon) -> None:
    """The extension connects with the id that it saved, and registers its folder under it."""
    new = WorkspaceClient.of_new_folder(daemon)
    with daemon.events("workspace_id=saved-long-ago") as stream:
        body = {"path": str(new.folder), "workspace_id": "saved-long-ago"}
        assert daemon.post("/api/v1/workspaces/register", body).status == 200
        new.task()
        assert events(stream, 1)[0]["workspace_id"] == new.id
    with daemon.events("workspace_id=saved-long-ago") as stream:
        assert stream.connected["data"]["seq"] == {new.id: 1}


def test_a_folder_that_does_not_exist_yet_is_followed_and_nothing_else(daemon: RunningDaemon) -> None:
    missing = daemon.home / "not-yet"
    default = WorkspaceClient(daemon, daemon.workspace)
    with daemon.events(f"workspace_path={quote(str(missing))}") as stream:
        assert stream.connected["data"]["seq"] == {}
        default.task()
        assert says_nothing(stream)
        missing.mkdir()
        WorkspaceClient(daemon, missing).task()
        assert events(stream, 1)[0]["workspace_id"] == workspace_id(missing)


def test_the_subprotocol_is_echoed_if_it_is_offered(daemon: RunningDaemon) -> None:
    address = f"{daemon.url.replace('http', 'ws')}/ws"
    for offered, chosen in ((["gorev.v1"], "gorev.v1"), (["x", "gorev.v1"], "gorev.v1"), (["x"], None), (None, None)):
        with connect(address, subprotocols=offered) as connection:  # type: ignore[arg-type]  # a subprotocol is a str
            assert connection.subprotocol == chosen


@pytest.mark.parametrize(
    "query",
    [
        "format=xml",
        "format=SIMPLE",
        "since=x&workspace_id={id}",
        "since=-1&workspace_id={id}",
        "since=1.5&workspace_id={id}",
        "since=" + "9" * 30 + "&workspace_id={id}",
        "since=1",
        "since=1&workspace_id={id},other",
        "since=1&workspace_id={id}&workspace_id=other",
        "since=1&workspace_id={id}&workspace_path=/tmp",
        "since=1&workspace_id=*",
        "workspace_id=%3Cscript%3E",
        "workspace_id=a%0d%0ab",
        "workspace_id=%ff",
        "workspace_id=" + "x" * 200,
        "workspace_path=relative/path",
        "workspace_path=%00",
    ],
)
def test_a_malformed_parameter_is_refused_before_the_upgrade(client: WorkspaceClient, query: str) -> None:
    with pytest.raises(InvalidStatus) as refusal, listening(client.daemon, f"?{query.format(id=client.id)}"):
        pass
    assert refusal.value.response.status_code == 400
    assert "set-cookie" not in {name.lower() for name, _ in refusal.value.response.headers.raw_items()}
    assert is_well(client.daemon)
    assert client.daemon.get("/api/health/ws").json["clients"] == 0


def test_empty_and_unknown_parameters_mean_nothing(daemon: RunningDaemon) -> None:
    with daemon.events("workspace_id=&workspace_path=&since=&format=&nonsense=1") as stream:
        assert is_simple(stream.connected)
        assert stream.connected["data"]["seq"].keys() == {workspace_id(daemon.workspace)}
