"""The summary over REST (``data-model.md`` §11)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.support.workspace_client import WorkspaceClient

# Key in the Turkish vocabulary, key in the English one.
NUMBERS = {
    "toplam_proje": "total_projects",
    "toplam_gorev": "total_tasks",
    "beklemede_gorev": "pending_tasks",
    "devam_eden_gorev": "in_progress_tasks",
    "tamamlanan_gorev": "completed_tasks",
    "iptal_gorev": "cancelled_tasks",
    "yuksek_oncelik": "high_priority_tasks_count",
    "orta_oncelik": "medium_priority_tasks_count",
    "dusuk_oncelik": "low_priority_tasks_count",
}
BOTH = {
    *("total_templates", "active_project", "status_counts", "priority_counts", "due_date_summary", "completion_rate"),
    *("high_priority_tasks", "overdue_tasks", "blocked_tasks", "recent_tasks", "projects", "tasks", "templates"),
}


def in_days(days: int) -> str:
    return (date.today() + timedelta(days=days)).isoformat()  # noqa: DTZ011  # the daemon's own zone is meant


def ids(summary: Any, key: str) -> list[str]:
    return [str(each["id"]) for each in summary[key]]


def test_each_family_has_its_own_names_and_shares_the_rest(client: WorkspaceClient) -> None:
    assert set(client.get("/api/ozet")["data"]) == {*NUMBERS, *BOTH}
    assert set(client.get("/api/v1/summary")["data"]) == {*NUMBERS.values(), *BOTH}


def test_an_empty_workspace_has_a_summary(client: WorkspaceClient) -> None:
    summary = client.get("/api/ozet")["data"]
    assert {summary[each] for each in NUMBERS} == {0}
    assert (summary["completion_rate"], summary["active_project"], summary["total_templates"]) == (0, None, 11)
    assert summary["recent_tasks"] == []


def test_the_numbers_count_every_task_and_subtask_of_the_workspace(client: WorkspaceClient) -> None:
    project, other = client.project("P"), client.project("Q")
    client.activate(project["id"])
    parent = client.task("parent", oncelik="yuksek")
    client.task("child", parent_id=parent["id"], oncelik="dusuk", durum="devam_ediyor")
    client.task("done", proje_id=other["id"], durum="tamamlandi")
    client.task("gone", durum="iptal")
    turkish, english = client.get("/api/ozet")["data"], client.get("/api/v1/summary")["data"]
    expected = [2, 4, 1, 1, 1, 1, 1, 2, 1]
    assert [turkish[each] for each in NUMBERS] == [english[each] for each in NUMBERS.values()] == expected
    assert english["status_counts"] == {"pending": 1, "in_progress": 1, "completed": 1, "cancelled": 1}
    assert english["priority_counts"] == {"high": 1, "medium": 2, "low": 1}
    assert english["completion_rate"] == 25
    assert (english["projects"], english["tasks"], english["templates"]) == (2, 4, 11)
    assert (turkish["active_project"]["isim"], turkish["active_project"]["gorev_sayisi"]) == ("P", 3)
    assert (english["active_project"]["name"], english["active_project"]["task_count"]) == ("P", 3)


def test_each_open_task_is_in_one_due_bucket(client: WorkspaceClient) -> None:
    for days in (-30, -1, 0, 1, 7, 8):
        client.task("open", son_tarih=in_days(days))
        client.task("done", son_tarih=in_days(days), durum="tamamlandi")
    client.task("undated")
    due = client.get("/api/ozet")["data"]["due_date_summary"]
    assert due == {"overdue": 2, "due_today": 1, "due_this_week": 2}


def test_the_lists_hold_the_first_five_of_their_kind(client: WorkspaceClient) -> None:
    late = [client.task("late", son_tarih=in_days(-days))["id"] for days in range(1, 8)]
    high = [client.task("high", oncelik="yuksek", son_tarih=in_days(days))["id"] for days in (20, 10)]
    undated = client.task("undated", oncelik="yuksek")["id"]
    client.task("finished", oncelik="yuksek", durum="tamamlandi")
    first, second = client.task("first"), client.task("second")
    client.request("POST", "/api/baglanti", {"kaynak_id": first["id"], "hedef_id": second["id"]})
    summary = client.get("/api/ozet")["data"]
    assert ids(summary, "overdue_tasks") == late[:1:-1]
    assert ids(summary, "high_priority_tasks") == [high[1], high[0], undated]
    assert ids(summary, "blocked_tasks") == [second["id"]]
    assert len(ids(summary, "recent_tasks")) == 5
    assert set(ids(summary, "recent_tasks")[:2]) == {first["id"], second["id"]}
    assert summary["blocked_tasks"][0]["tamamlanmamis_bagimlilik_sayisi"] == 1


@pytest.mark.parametrize("status", ["tamamlandi", "iptal"])
def test_a_task_whose_prerequisite_is_over_is_blocked_no_more(client: WorkspaceClient, status: str) -> None:
    first, second = client.task("first"), client.task("second")
    client.request("POST", "/api/baglanti", {"kaynak_id": first["id"], "hedef_id": second["id"]})
    client.change(first["id"], durum=status)
    assert client.get("/api/ozet")["data"]["blocked_tasks"] == []
    client.change(first["id"], durum="beklemede")
    assert ids(client.get("/api/ozet")["data"], "blocked_tasks") == [second["id"]]


def test_the_summary_is_of_the_snapshot_that_its_seq_names(client: WorkspaceClient) -> None:
    client.task()
    answer = client.request("GET", "/api/ozet")
    assert int(answer.headers["x-gorev-seq"]) == client.seq() == answer.json["data"]["toplam_gorev"]
