"""A cancelled prerequisite blocks no longer, and whoever is let through by that is told so (``data-model.md`` S2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.mcp.assistants import Assistants, assistants_of_new_workspace
from tests.support.running_daemon import RunningDaemon


@pytest.fixture
def us(daemon: RunningDaemon) -> Iterator[Assistants]:
    """Assistants of an empty workspace."""
    with assistants_of_new_workspace(daemon) as assistants:
        yield assistants


def waiting(us: Assistants) -> Any:
    """A task that waits for a cancelled and a completed one."""
    dropped, done = us.rest.task("Dropped", durum="iptal"), us.rest.task("Done", durum="tamamlandi")
    task = us.rest.task("Waiting")
    for prerequisite in (dropped, done):
        us.call("gorev_bagimlilik_ekle", gorev_id=task["id"], bagli_gorev_id=prerequisite["id"])
    return task


def test_a_tool_that_starts_it_says_so_in_text_and_struct(us: Assistants) -> None:
    text, struct = us.call("gorev_guncelle", id=waiting(us)["id"], durum="devam_ediyor")
    assert struct["gorev"]["durum"] == "devam_ediyor"
    assert "Dropped" in struct["uyari"]
    assert "Done" not in struct["uyari"]
    assert struct["uyari"] in text
    turkish = us.turkish.call("gorev_guncelle", id=waiting(us)["id"], durum="tamamlandi")
    assert "Dropped" in turkish["structuredContent"]["uyari"]
    assert turkish["structuredContent"]["uyari"] != struct["uyari"]


def test_rest_says_so_in_its_message(us: Assistants) -> None:
    answer = us.rest.request("PUT", f"/api/gorev/{waiting(us)['id']}", {"durum": "devam_ediyor"})
    assert answer.status == 200
    assert "Dropped" in answer.json["message"]
    turkish = us.rest.request(
        "PUT", f"/api/v1/tasks/{waiting(us)['id']}", {"status": "in_progress"}, {"Accept-Language": "tr"}
    )
    assert "Dropped" in turkish.json["message"]
    assert turkish.json["message"] != answer.json["message"]


def test_making_it_the_active_task_says_so(us: Assistants) -> None:
    text, struct = us.call("gorev_context", action="set_active", gorev_id=waiting(us)["id"])
    assert struct["gorev"]["durum"] == "devam_ediyor"
    assert "Dropped" in struct["uyari"]
    assert struct["uyari"] in text


@pytest.mark.parametrize("dry_run", [False, True])
def test_a_bulk_transition_warns_of_it_beside_its_success(us: Assistants, dry_run: bool) -> None:
    task, other = waiting(us), us.rest.task()
    text, struct = us.call(
        "gorev_bulk", operation="transition", ids=[task["id"], other["id"]], durum="devam_ediyor", dry_run=dry_run
    )
    assert struct["successful"] == ([] if dry_run else [task["id"], other["id"]])
    assert struct["total_processed"] == 2
    (warning,) = [each for each in struct["warnings"] if "Dropped" in each["message"]]
    assert warning["task_id"] == task["id"]
    assert warning["message"] in text


@pytest.mark.parametrize("how", [{"force": True}, {"check_dependencies": False}])
def test_what_passes_over_the_rule_has_nothing_to_say_of_it(us: Assistants, how: dict[str, bool]) -> None:
    _, struct = us.call("gorev_bulk", operation="transition", ids=[waiting(us)["id"]], durum="devam_ediyor", **how)
    assert struct["warnings"] == []


@pytest.mark.parametrize(
    ("start", "target"), [("beklemede", "iptal"), ("devam_ediyor", "tamamlandi"), ("beklemede", "beklemede")]
)
def test_nothing_is_said_where_the_rule_does_not_apply(us: Assistants, start: str, target: str) -> None:
    task = us.rest.task(durum=start)
    us.call("gorev_bagimlilik_ekle", gorev_id=task["id"], bagli_gorev_id=us.rest.task("Dropped", durum="iptal")["id"])
    _, struct = us.call("gorev_guncelle", id=task["id"], durum=target)
    assert "uyari" not in struct


def test_a_repeated_call_with_a_key_says_it_again(us: Assistants) -> None:
    arguments = {"id": waiting(us)["id"], "durum": "devam_ediyor", "idempotency_key": "k"}
    assert us.call("gorev_guncelle", **arguments) == us.call("gorev_guncelle", **arguments)


def test_the_details_warn_only_of_prerequisites_that_are_open(us: Assistants) -> None:
    task = waiting(us)
    assert "⚠️" not in us.call("gorev_detay", id=task["id"])[0]
    us.call("gorev_bagimlilik_ekle", gorev_id=task["id"], bagli_gorev_id=us.rest.task("Open")["id"])
    text, _ = us.call("gorev_detay", id=task["id"])
    assert "⚠️" in text
    for title, status in (("Dropped", "Cancelled"), ("Done", "Completed"), ("Open", "Pending")):
        assert f"{title} ({status})" in text
