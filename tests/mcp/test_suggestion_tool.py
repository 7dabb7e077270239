"""``gorev_suggestions`` (``behaviours.md`` §4)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from tests.mcp.assistants import Assistants, assistants_of_new_workspace
from tests.support.running_daemon import RunningDaemon


@pytest.fixture
def us(daemon: RunningDaemon) -> Iterator[Assistants]:
    with assistants_of_new_workspace(daemon) as assistants:
        yield assistants


def in_days(days: int) -> str:
    return (date.today() + timedelta(days=days)).isoformat()  # noqa: DTZ011  # the daemon's own zone is meant


def suggested(us: Assistants, **arguments: Any) -> list[Any]:
    text, struct = us.call("gorev_suggestions", **arguments)
    for item in struct["suggestions"]:
        assert item.keys() == {"type", "priority", "title", "description", "action", "context", "confidence", "task_id"}
        assert item["title"] in text
        assert item["action"] in text
        assert f"{round(item['confidence'] * 100)} %" in text
    return list(struct["suggestions"])


def brief(items: list[Any]) -> list[tuple[str, str, float]]:
    return [(item["type"], item["priority"], item["confidence"]) for item in items]


def test_nothing_to_suggest_is_a_normal_answer(us: Assistants) -> None:
    text, struct = us.call("gorev_suggestions")
    assert struct == {"suggestions": [], "total_count": 0}
    assert text
    assert us.in_turkish("gorev_suggestions") != text


def test_three_pending_tasks_of_high_priority_that_can_start_are_next(us: Assistants) -> None:
    first = us.rest.task("first")
    blocked = us.rest.task("blocked", oncelik="yuksek", son_tarih="2030-01-01")
    us.rest.request("POST", "/api/baglanti", {"kaynak_id": first["id"], "hedef_id": blocked["id"]})
    started = us.rest.task("started", oncelik="yuksek", durum="devam_ediyor")
    startable = [us.rest.task("pending", oncelik="yuksek", son_tarih=f"2031-01-0{day}")["id"] for day in (4, 3, 2, 1)]
    items = suggested(us, types=["next_action"])
    assert [item["task_id"] for item in items] == [*startable[:0:-1], started["id"]]
    assert brief(items) == [("next_action", "high", 0.9)] * 3 + [("next_action", "medium", 0.7)]
    assert items[0]["action"] == f"gorev_guncelle id='{startable[3]}' durum='devam_ediyor'"
    assert items[3]["action"] == f"gorev_guncelle id='{started['id']}' durum='tamamlandi'"


def test_the_two_tasks_in_progress_that_were_left_alone_longest_are_next(us: Assistants) -> None:
    started = [us.rest.task("started", durum="devam_ediyor")["id"] for _ in range(3)]
    us.rest.change(started[0], baslik="changed")
    assert [item["task_id"] for item in suggested(us)] == [started[1], started[2]]


def test_deadlines_that_passed_come_before_those_within_three_days(us: Assistants) -> None:
    tasks = {days: us.rest.task("task", son_tarih=in_days(days))["id"] for days in (4, 3, 2, 1, 0, -1, -5)}
    us.rest.task("done", son_tarih=in_days(-1), durum="tamamlandi")
    items = suggested(us, types=["deadline_risk"])
    assert [item["task_id"] for item in items] == [tasks[days] for days in (-5, -1, 0, 1, 2)]
    assert brief(items) == [("deadline_risk", "high", 0.9)] * 2 + [("deadline_risk", "high", 0.8)] * 3
    assert [item["context"] for item in items[:3]] == [{"days_overdue": 5}, {"days_overdue": 1}, {"days_left": 0}]
    assert items[0]["action"] == f"gorev_detay id='{tasks[-5]}'"
    assert "5 days overdue" in items[0]["description"]


def test_completed_tasks_like_the_active_one_or_the_context_are_found(us: Assistants) -> None:
    alike = us.rest.task("Giriş sayfası parola hatası", durum="tamamlandi")
    us.rest.task("Giriş sayfası parola hatası")
    other = us.rest.task("Rapor ekranı yavaş açılıyor", durum="tamamlandi")
    us.rest.task("Bambaşka bir konu", durum="tamamlandi")
    active = us.rest.task("GİRİŞ sayfası: parola sorunu", durum="devam_ediyor")
    us.call("gorev_context", action="set_active", gorev_id=active["id"])
    (item,) = suggested(us, types=["similar_task"])
    assert (item["task_id"], item["confidence"], item["action"]) == (
        alike["id"],
        0.6,
        f"gorev_detay id='{alike['id']}'",
    )
    assert item["context"] == {"similarity": 0.6, "shared_words": ["giris", "parola", "sayfasi"]}
    both = suggested(us, types=["similar_task"], context="rapor ekranı yavaş")
    assert [each["task_id"] for each in both] == [other["id"], alike["id"]]


def test_a_template_whose_words_occur_in_the_tasks_is_suggested(us: Assistants) -> None:
    for number in range(3):
        us.rest.task(f"spike {number}")
    (item,) = suggested(us)
    assert (item["type"], item["priority"], item["task_id"], item["action"]) == (
        "template",
        "low",
        None,
        "template_listele",
    )
    assert (item["context"]["alias"], item["context"]["count"], item["confidence"]) == ("spike", 3, 0.3)


def test_the_answer_is_grouped_limited_and_short(us: Assistants) -> None:
    for number in range(30):
        us.rest.task(f"{number} " + "ş" * 400, son_tarih="2024-01-01", oncelik="yuksek")
    text, struct = us.call("gorev_suggestions")
    assert struct["total_count"] == 33
    assert 1 <= len(struct["suggestions"]) <= 10
    assert len(text.encode()) <= 6 * 1024
    assert len(json.dumps(struct, ensure_ascii=False).encode()) <= 6 * 1024
    _, struct = us.call("gorev_suggestions", limit="2")
    assert len(struct["suggestions"]) == 2
    text, struct = us.call("gorev_suggestions", limit=100)
    assert len(json.dumps(struct, ensure_ascii=False, separators=(",", ":"))) <= 20_000
    assert text.index("Deadlines") < text.index("Next actions")


def test_arguments_that_are_none_are_refused(us: Assistants) -> None:
    kinds = ["deadline_risk", "next_action", "similar_task", "template"]
    assert us.refused("gorev_suggestions", "invalid_value", types=["foo"]) == {
        "field": "types",
        "value": '["foo"]',
        "allowed": kinds,
    }
    assert us.refused("gorev_suggestions", "invalid_value", limit=0)["field"] == "limit"
    assert suggested(us, types="template, NEXT_ACTION") == []
