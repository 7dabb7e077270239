"""What has changed since some ``seq`` (``rest-api.md`` rule R3)."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import pytest

from tests.rest.families import refused
from tests.support.running_daemon import RunningDaemon
from tests.support.workspace_client import WorkspaceClient

PATHS = ("/api/olaylar", "/api/v1/events")


def events(client: WorkspaceClient, since: int, path: str = "/api/olaylar", limit: str = "") -> Any:
    """The answer to a question for events."""
    return client.get(f"{path}?since={since}{limit}")


def test_events_are_given_in_order_in_the_shape_of_the_family(client: WorkspaceClient) -> None:
    project = client.project()
    task = client.task("Demo", proje_id=project["id"])
    client.change(task["id"], durum="devam_ediyor")
    client.request("DELETE", f"/api/gorev/{task['id']}")
    answer = events(client, 0)
    assert answer.keys() == {"success", "data", "seq", "more"}
    assert (answer["seq"], answer["more"]) == (4, False)
    assert [event["seq"] for event in answer["data"]] == [1, 2, 3, 4]
    assert [event["type"] for event in answer["data"]] == ["project_created", "created", "updated", "deleted"]
    updated = answer["data"][2]
    assert (updated["task_id"], updated["data"]["baslik"], updated["rev"]) == (task["id"], "Demo", 2)
    assert updated["changed_fields"] == ["durum"]
    english = events(client, 0, "/api/v1/events")["data"]
    assert [event["type"] for event in english] == ["project_created", "task_created", "task_updated", "task_deleted"]
    assert (english[2]["entity_id"], english[2]["data"]["title"]) == (task["id"], "Demo")
    assert english[2]["changed_fields"] == ["status"]


def test_events_are_those_that_the_stream_tells(client: WorkspaceClient) -> None:
    for path, format_ in zip(PATHS, ("simple", "change"), strict=True):
        since = client.seq()
        with client.daemon.events(f"workspace_id={client.id}&format={format_}") as stream:
            client.task("Seen")
            told = stream.read()
        (read,) = events(client, since, path)["data"]
        assert read == told


def test_a_reader_goes_on_from_the_last_seq_until_there_is_no_more(client: WorkspaceClient) -> None:
    for number in range(7):
        client.task(f"Task {number}")
    seen: list[int] = []
    since, more = 0, True
    while more:
        answer = events(client, since, limit="&limit=3")
        seen += [event["seq"] for event in answer["data"]]
        since, more = answer["seq"], answer["more"]
    assert seen == [1, 2, 3, 4, 5, 6, 7]
    last = events(client, 7)
    assert (last["data"], last["seq"], last["more"]) == ([], 7, False)


def test_many_events_are_one_answer(client: WorkspaceClient) -> None:
    rows = [{"baslik": f"Task {number}"} for number in range(600)]
    assert client.request("POST", "/api/import", {"data": {"tasks": rows}}).status == 200
    answer = events(client, 0, limit="&limit=5000")
    assert [event["seq"] for event in answer["data"]] == list(range(1, client.seq() + 1))
    assert len(events(client, 0)["data"]) == 500


def test_the_seq_of_the_snapshot_is_in_the_header(client: WorkspaceClient) -> None:
    client.task()
    client.task()
    response = client.request("GET", "/api/olaylar?since=0&limit=1")
    assert response.headers["x-gorev-seq"] == "2"
    assert (response.json["seq"], response.json["more"]) == (1, True)


@pytest.mark.parametrize("path", PATHS)
def test_events_that_are_no_longer_kept_are_told_to_be_gone(daemon: RunningDaemon, path: str) -> None:
    client = WorkspaceClient.of_new_folder(daemon)
    for _ in range(4):
        client.task()
    (database,) = (client.folder / ".gorev").glob("*.db")
    with closing(sqlite3.connect(database, timeout=30)) as connection:
        connection.execute("DELETE FROM events WHERE seq <= 2")
        connection.commit()
    details = refused(client, "GET", f"{path}?since=1", status=410, code="resync")
    assert (details["oldest"], details["current"]) == (3, 4)
    assert [event["seq"] for event in events(client, 2, path)["data"]] == [3, 4]


@pytest.mark.parametrize("path", PATHS)
def test_a_seq_that_is_still_to_come_means_that_the_reader_must_begin_anew(client: WorkspaceClient, path: str) -> None:
    client.task()
    assert refused(client, "GET", f"{path}?since=2", status=410, code="resync") == {"oldest": 1, "current": 1}


@pytest.mark.parametrize("since", ["-1", "x", "1.5", "9" * 30])
def test_a_since_that_is_no_number_is_refused(client: WorkspaceClient, since: str) -> None:
    details = refused(client, "GET", f"/api/olaylar?since={since}", status=400, code="invalid_value")
    assert details["field"] == "since"


@pytest.mark.parametrize("limit", ["0", "5001", "-1", "many"])
def test_a_limit_beyond_its_range_is_refused(client: WorkspaceClient, limit: str) -> None:
    details = refused(client, "GET", f"/api/v1/events?since=0&limit={limit}", status=400, code="invalid_value")
    assert details["field"] == "limit"


def test_since_must_be_given(client: WorkspaceClient) -> None:
    assert refused(client, "GET", "/api/olaylar", status=400, code="missing_parameter")["field"] == "since"
