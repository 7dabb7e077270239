"""Dependencies between tasks, through REST and MCP: direction, rules, and what they keep a task from."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from tests.support.running_daemon import RunningDaemon


def task(daemon: RunningDaemon, title: str = "task", **body: Any) -> str:
    """A new task's id."""
    answer = daemon.post("/api/gorev", {"baslik": title} | body)
    assert answer.status == 201
    return str(answer.json["data"]["id"])


def link(daemon: RunningDaemon, source: str, target: str, kind: str | None = None) -> Any:
    """The answer to linking two tasks over family A."""
    body = {"kaynak_id": source, "hedef_id": target} | ({} if kind is None else {"baglanti_tip": kind})
    return daemon.post("/api/baglanti", body, Accept_Language="en")


@pytest.mark.parametrize(
    ("kind", "swapped", "stored"),
    [
        (None, False, "onceki"),
        ("onceki", False, "onceki"),
        ("blocks", False, "onceki"),
        ("bagimli", False, "onceki"),
        ("depends_on", True, "onceki"),
        ("blocked_by", True, "onceki"),
        ("related", False, "iliskili"),
    ],
)
def test_the_stored_direction_follows_from_the_type(
    daemon: RunningDaemon, kind: str | None, swapped: bool, stored: str
) -> None:
    one, other = task(daemon), task(daemon)
    answer = link(daemon, one, other, kind)
    assert answer.status == 201
    data = answer.json["data"]
    assert (data["kaynak_id"], data["hedef_id"]) == ((other, one) if swapped else (one, other))
    assert data["baglanti_tip"] == stored


def test_the_pair_of_named_tasks_says_itself_who_waits(daemon: RunningDaemon) -> None:
    one, other = task(daemon), task(daemon)
    with daemon.mcp() as assistant:
        outcome = assistant.call("gorev_bagimlilik_ekle", gorev_id=one, bagli_gorev_id=other, baglanti_tipi="blocks")
    assert outcome["structuredContent"]["baglanti"]["hedef_id"] == one
    assert f"ID: {outcome['structuredContent']['baglanti']['id']}" in outcome["content"][0]["text"]
    assert one in outcome["content"][0]["text"]
    assert other in outcome["content"][0]["text"]


def test_a_task_does_not_start_before_its_prerequisite_and_does_so_after(daemon: RunningDaemon) -> None:
    first, second = task(daemon, "first"), task(daemon, "second")
    link(daemon, first, second)
    refused = daemon.put(f"/api/gorev/{second}", {"durum": "devam_ediyor"})
    assert (refused.status, refused.json["code"]) == (409, "dependency_incomplete")
    assert refused.json["details"]["open"] == [{"id": first, "baslik": "first", "durum": "beklemede"}]
    assert daemon.put(f"/api/gorev/{first}", {"durum": "iptal"}).status == 200
    assert daemon.put(f"/api/gorev/{second}", {"durum": "devam_ediyor"}).status == 200


def test_both_ends_show_the_link_and_its_counts(daemon: RunningDaemon) -> None:
    first, second = task(daemon, "first"), task(daemon, "second")
    link(daemon, first, second)
    shown = daemon.get(f"/api/v1/tasks/{second}").json["data"]
    assert shown["bagimliliklar"][0]["source_title"] == "first"
    assert (shown["dependency_count"], shown["uncompleted_dependency_count"]) == (1, 1)
    assert daemon.get(f"/api/v1/tasks/{first}").json["data"]["dependent_on_this_count"] == 1


def test_a_link_changes_both_tasks_with_one_event_each(daemon: RunningDaemon) -> None:
    first, second = task(daemon), task(daemon)
    with daemon.events() as events:
        link(daemon, first, second)
        told = [events.read(), events.read()]
    assert {event["task_id"] for event in told} == {first, second}
    assert [event["changed_fields"] for event in told] == [["bagimliliklar"], ["bagimliliklar"]]
    assert [event["rev"] for event in told] == [2, 2]
    assert all(event["data"]["bagimliliklar"][0]["kaynak_id"] == first for event in told)


@pytest.mark.parametrize("length", [1, 2, 5])
def test_a_circle_of_any_length_is_refused_with_its_path(daemon: RunningDaemon, length: int) -> None:
    tasks = [task(daemon) for _ in range(length + 1)]
    for before, after in pairwise(tasks):
        assert link(daemon, before, after).status == 201
    refused = link(daemon, tasks[-1], tasks[0])
    expected = "duplicate_dependency" if length == 1 else "cycle_detected"
    assert (refused.status, refused.json["code"]) == (409, expected)
    if expected == "cycle_detected":
        assert refused.json["details"]["path"] == [tasks[-1], *tasks]


def test_a_task_waits_neither_for_itself_nor_for_its_own_ancestor(daemon: RunningDaemon) -> None:
    root = task(daemon)
    child = task(daemon, parent_id=root)
    grandchild = task(daemon, parent_id=child)
    assert link(daemon, root, root).json["code"] == "self_dependency"
    assert link(daemon, root, grandchild).json["code"] == "cycle_detected"
    assert link(daemon, grandchild, root).json["code"] == "cycle_detected"


def test_a_task_is_not_moved_under_one_that_it_is_linked_with(daemon: RunningDaemon) -> None:
    one, other = task(daemon), task(daemon)
    below = task(daemon, parent_id=other)
    link(daemon, one, below)
    refused = daemon.put(f"/api/gorev/{one}/ust", {"yeni_parent_id": below})
    assert (refused.status, refused.json["code"]) == (409, "cycle_detected")


def test_a_link_is_removed_by_its_id_or_by_its_ends_in_either_direction(daemon: RunningDaemon) -> None:
    one, other = task(daemon), task(daemon)
    link_id = link(daemon, one, other).json["data"]["id"]
    assert daemon.delete(f"/api/baglanti/{link_id}").status == 200
    link(daemon, one, other)
    assert daemon.delete(f"/api/baglanti?kaynak_id={other}&hedef_id={one}").status == 200
    link(daemon, one, other)
    assert daemon.delete(f"/api/v1/tasks/{other}/dependencies/{one}").status == 200
    gone = daemon.delete(f"/api/v1/tasks/{other}/dependencies/{one}")
    assert (gone.status, gone.json["code"]) == (404, "dependency_not_found")
    assert daemon.get(f"/api/v1/tasks/{one}/dependencies").json["data"] == []


def test_errors_of_links_name_what_is_wrong(daemon: RunningDaemon) -> None:
    one = task(daemon)
    unknown = "00000000-0000-4000-8000-000000000000"
    missing = daemon.post("/api/baglanti", {"kaynak_id": one})
    assert (missing.status, missing.json["code"]) == (400, "missing_parameter")
    wrong = link(daemon, one, task(daemon), "blox")
    assert (wrong.status, wrong.json["code"], wrong.json["details"]["field"]) == (400, "invalid_value", "baglanti_tip")
    nowhere = link(daemon, one, unknown)
    assert (nowhere.status, nowhere.json["details"]["field"]) == (404, "hedef_id")


def test_deleting_a_task_removes_its_links_and_tells_the_other_end(daemon: RunningDaemon) -> None:
    one, other = task(daemon), task(daemon)
    link(daemon, one, other)
    with daemon.events() as events:
        assert daemon.delete(f"/api/gorev/{one}").status == 200
        told = [events.read(), events.read()]
    assert [(event["type"], event["task_id"]) for event in told] == [("deleted", one), ("updated", other)]
    assert (told[1]["changed_fields"], told[1]["data"]["bagimliliklar"]) == (["bagimliliklar"], [])
    assert daemon.get(f"/api/v1/tasks/{other}").json["data"]["dependency_count"] == 0
