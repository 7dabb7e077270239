"""``ozet_goster`` (``mcp-tools.md`` §5.1)."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.mcp.assistants import Assistants, assistants_of_new_workspace
from tests.support.running_daemon import RunningDaemon

SHORT = 6 * 1024
LISTS = ("high_priority_tasks", "overdue_tasks", "blocked_tasks", "recent_tasks")


@pytest.fixture
def us(daemon: RunningDaemon) -> Iterator[Assistants]:
    with assistants_of_new_workspace(daemon) as assistants:
        yield assistants


def fill(us: Assistants, title: str) -> None:
    """Eight tasks that are overdue, of high priority and blocked, with a title that begins like this."""
    first = us.rest.task("prerequisite", oncelik="dusuk")
    for number in range(8):
        task = us.rest.task(f"{title} {number}", oncelik="yuksek", son_tarih=f"2024-01-0{number + 1}")
        us.rest.request("POST", "/api/baglanti", {"kaynak_id": first["id"], "hedef_id": task["id"]})


def test_text_and_struct_tell_the_same_numbers(us: Assistants) -> None:
    project = us.rest.project("Mağaza", tanim="d" * 5000)
    us.rest.activate(project["id"])
    fill(us, "Görev")
    us.rest.task("done", durum="tamamlandi")
    text, struct = us.call("ozet_goster")
    assert (struct["toplam_gorev"], struct["beklemede_gorev"], struct["yuksek_oncelik"]) == (10, 9, 8)
    assert struct["active_project"]["isim"] == "Mağaza"
    assert struct["due_date_summary"] == {"overdue": 8, "due_today": 0, "due_this_week": 0}
    for told in ("Mağaza", "1 project, 10 tasks, 11 templates", "Pending 9", "High 8", "10.0 %", "8 overdue"):
        assert told in text
    assert [len(struct[each]) for each in LISTS] == [5, 5, 5, 5]
    for each in LISTS:
        assert all(row["id"] in text for row in struct[each])
    assert [row["son_tarih"][:10] for row in struct["overdue_tasks"]] == [f"2024-01-0{day}" for day in range(1, 6)]
    turkish = us.in_turkish("ozet_goster")
    for told in ("1 proje, 10 görev, 11 şablon", "Beklemede 9", "Yüksek 8", "8 gecikmiş"):
        assert told in turkish


@pytest.mark.parametrize("title", ["x", "ş" * 90, "ş" * 490])
def test_the_answer_is_short_whatever_the_tasks_are_called_and_says_what_it_leaves_out(
    us: Assistants, title: str
) -> None:
    fill(us, title)
    text, struct = us.call("ozet_goster")
    assert len(text.encode()) <= SHORT
    assert len(json.dumps(struct, ensure_ascii=False, separators=(",", ":")).encode()) <= SHORT
    shown = [len(struct[each]) for each in LISTS]
    assert ("aciklama" in struct) is (shown != [5, 5, 5, 5])
    assert struct.get("aciklama", "") in text


def test_an_empty_workspace_has_a_summary(us: Assistants) -> None:
    text, struct = us.call("ozet_goster")
    assert struct["toplam_gorev"] == struct["completion_rate"] == 0
    assert struct["active_project"] is None
    assert "No project is active." in text
