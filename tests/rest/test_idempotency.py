"""A POST that is sent twice with one ``Idempotency-Key`` is done once (``rest-api.md`` rule R4)."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import pytest

from tests.rest.families import Family, both_families, refused
from tests.support.running_daemon import Response, RunningDaemon
from tests.support.workspace_client import WorkspaceClient


def post(client: WorkspaceClient, path: str, body: Any, key: str) -> Response:
    """A POST with a key."""
    return client.request("POST", path, body, {"Idempotency-Key": key})


@both_families
def test_a_repeated_post_answers_as_the_first_and_changes_nothing(client: WorkspaceClient, family: Family) -> None:
    parent = client.task("Parent")
    for path, body in (
        (family.new_task, {"baslik": "Once"}),
        (family.subtasks.format(id=parent["id"]), {"baslik": "Once"}),
        (family.new_project, {"isim": "Once"}),
    ):
        first = post(client, path, body, f"key of {path}".replace(" ", "-"))
        before = client.seq()
        again = post(client, path, body, f"key of {path}".replace(" ", "-"))
        assert (first.status, again.status) == (201, 201)
        assert again.json["data"] == first.json["data"]
        assert client.seq() == before


def test_links_templates_and_imports_are_done_once_too(client: WorkspaceClient) -> None:
    one, other, third = (client.task(title)["id"] for title in ("One", "Other", "Third"))
    project = client.project()["id"]
    (database,) = (client.folder / ".gorev").glob("*.db")
    with closing(sqlite3.connect(database, timeout=30)) as connection:
        connection.execute("DELETE FROM templates WHERE alias = 'bug'")
        connection.commit()
    values = {"degerler": {"konu": "x", "amac": "y", "sorular": "z", "kriterler": "w"}, "proje_id": project}
    for path, body, status in (
        ("/api/baglanti", {"kaynak_id": one, "hedef_id": other}, 201),
        (f"/api/v1/tasks/{third}/dependencies", {"source_id": other}, 201),
        ("/api/v1/template/init", {}, 200),
        (f"/api/proje/{project}/aktif", {}, 200),
        ("/api/template/research/gorev", values, 201),
        ("/api/v1/tasks/from-template", {"template_id": "research", **values}, 201),
        ("/api/import", {"data": {"tasks": [{"baslik": "Imported"}]}}, 200),
    ):
        first = post(client, path, body, path)
        assert first.status == status, first.content
        before = client.seq()
        again = post(client, path, body, path)
        assert (again.status, again.json["data"]) == (status, first.json["data"])
        assert client.seq() == before


def test_the_first_outcome_is_answered_even_after_the_task_has_changed(client: WorkspaceClient) -> None:
    first = post(client, "/api/gorev", {"baslik": "Once"}, "k").json["data"]
    client.change(first["id"], baslik="Changed")
    assert post(client, "/api/gorev", {"baslik": "Once"}, "k").json["data"]["baslik"] == "Once"
    assert client.get("/api/gorevler")["total"] == 1


def test_the_order_of_the_keys_of_a_body_makes_no_other_request(client: WorkspaceClient) -> None:
    first = post(client, "/api/gorev", b'{"baslik": "x", "oncelik": "dusuk"}', "k")
    again = post(client, "/api/gorev", b'{ "oncelik":"dusuk","baslik":"x" }', "k")
    assert again.status == 201
    assert again.json["data"]["id"] == first.json["data"]["id"]


@both_families
def test_a_key_that_was_used_with_another_request_is_refused(client: WorkspaceClient, family: Family) -> None:
    key = {"Idempotency-Key": "k"}
    assert post(client, family.new_task, {"baslik": "One"}, "k").status == 201
    for path, body in ((family.new_task, {"baslik": "Two"}), (family.new_project, {"isim": "One"})):
        refused(client, "POST", path, body, status=409, code="idempotency_mismatch", headers=key)
    assert client.seq() == 1


def test_a_refused_post_does_not_use_its_key_up(client: WorkspaceClient) -> None:
    assert post(client, "/api/gorev", {"baslik": " "}, "k").status == 400
    assert post(client, "/api/gorev", {"baslik": "Now"}, "k").status == 201


def test_a_key_counts_in_its_own_workspace_only(client: WorkspaceClient) -> None:
    other = WorkspaceClient.of_new_folder(client.daemon)
    assert post(client, "/api/gorev", {"baslik": "One"}, "k").status == 201
    assert post(other, "/api/gorev", {"baslik": "Two"}, "k").status == 201


def test_posts_at_the_same_time_with_one_key_make_one_task(client: WorkspaceClient) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: post(client, "/api/gorev", {"baslik": "Once"}, "k"), range(8)))
    assert {answer.status for answer in answers} == {201}
    assert len({answer.json["data"]["id"] for answer in answers}) == 1
    assert client.get("/api/gorevler")["total"] == 1


@pytest.mark.parametrize("key", ["x" * 256, "two words", "ş", "\x7f", "a\tb"])
def test_a_key_that_is_too_long_or_not_visible_ascii_is_refused(client: WorkspaceClient, key: str) -> None:
    headers = {"Idempotency-Key": key.encode().decode("latin-1")}
    details = refused(client, "POST", "/api/gorev", {"baslik": "x"}, status=400, code="invalid_value", headers=headers)
    assert details["field"] == "Idempotency-Key"
    assert client.seq() == 0


def test_a_key_of_255_visible_characters_is_taken(client: WorkspaceClient) -> None:
    key = "".join(chr(33 + number % 94) for number in range(255))
    first = post(client, "/api/gorev", {"baslik": "x"}, key)
    assert first.status == 201
    assert post(client, "/api/gorev", {"baslik": "x"}, key).json["data"] == first.json["data"]


def test_a_key_is_remembered_across_a_restart(own_daemon: RunningDaemon) -> None:
    own_daemon.start()
    client = WorkspaceClient(own_daemon, own_daemon.workspace)
    first = post(client, "/api/gorev", {"baslik": "Once"}, "k")
    own_daemon.kill()
    own_daemon.start()
    assert post(client, "/api/gorev", {"baslik": "Once"}, "k").json["data"] == first.json["data"]
