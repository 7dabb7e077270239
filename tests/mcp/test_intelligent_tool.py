"""``gorev_intelligent_create`` (``behaviours.md`` §10)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.mcp.assistants import UNKNOWN_ID, Assistants, assistants_of_new_workspace
from tests.support.running_daemon import RunningDaemon

CREATE = "gorev_intelligent_create"
STEPS = "Yapılması gerekenler aşağıdaki gibi sıralanmıştır\n" + "\n".join(
    f"{number}. Adım numarası {number}" for number in range(1, 8)
)


@pytest.fixture
def us(daemon: RunningDaemon) -> Iterator[Assistants]:
    with assistants_of_new_workspace(daemon) as assistants:
        yield assistants


def stored(us: Assistants, task: Any) -> Any:
    return us.rest.get(f"/api/gorev/{task['id']}")["data"]


def test_without_flags_a_plain_task_is_made(us: Assistants) -> None:
    text, struct = us.call(CREATE, baslik="Acil hata", aciklama=STEPS)
    assert struct.keys() == {
        *("gorev", "alt_gorevler", "suggested_priority", "estimated_hours", "recommended_template", "similar_tasks"),
        "confidence",
    }
    assert (struct["suggested_priority"], struct["estimated_hours"], struct["recommended_template"]) == (
        "orta",
        None,
        None,
    )
    assert struct["alt_gorevler"] == struct["similar_tasks"] == []
    assert set(struct["confidence"].values()) == {0}
    task = stored(us, struct["gorev"])
    assert (task["baslik"], task["aciklama"], task["oncelik"], task["subtask_count"]) == ("Acil hata", STEPS, "orta", 0)
    assert f"ID: {task['id']}" in text


def test_priority_template_and_hours_follow_from_the_words(us: Assistants) -> None:
    flags = {"smart_priority": True, "suggest_template": "evet", "estimate_time": 1}
    text, struct = us.call(CREATE, title="Acil: giriş çöktü", description="hata veriyor", **flags)
    assert stored(us, struct["gorev"])["oncelik"] == struct["suggested_priority"] == "yuksek"
    assert struct["recommended_template"] == "bug"
    assert struct["estimated_hours"] == 0.5
    assert struct["confidence"] == pytest.approx({"priority": 0.6, "time": 0.3, "template": 0.2, "subtask": 0.0})
    for told in ("High (60 %)", "Estimated hours: 0.5 (30 %)", "bug (20 %)"):
        assert told in text
    assert "Yüksek (%60)" in us.in_turkish(CREATE, baslik="Acil: giriş çöktü", aciklama="hata", **flags)


def test_five_listed_steps_become_subtasks_of_the_same_project(us: Assistants) -> None:
    project = us.rest.project("Mağaza")
    text, struct = us.call(CREATE, baslik="Büyük iş", aciklama=STEPS, auto_split=True, proje_id=project["id"])
    titles = [f"Adım numarası {number}" for number in range(1, 6)]
    assert [row["baslik"] for row in struct["alt_gorevler"]] == titles
    assert struct["confidence"]["subtask"] == pytest.approx(5 / 7)
    task = stored(us, struct["gorev"])
    assert [row["baslik"] for row in task["alt_gorevler"]] == titles
    assert {row["proje_id"] for row in task["alt_gorevler"]} == {project["id"]}
    assert {row["oncelik"] for row in task["alt_gorevler"]} == {"orta"}
    assert struct["gorev"]["subtask_count"] == 5
    for told in ("Mağaza", *titles, *(row["id"] for row in struct["alt_gorevler"]), "71 %", "2 more steps"):
        assert told in text


def test_task_and_subtasks_are_one_operation_with_an_event_each(us: Assistants) -> None:
    before = us.rest.seq()
    with us.rest.daemon.events(f"workspace_id={us.rest.id}") as events:
        _, struct = us.call(CREATE, baslik="Büyük iş", aciklama=STEPS, auto_split=True)
        told = [events.read() for _ in range(6)]
    assert {event["type"] for event in told} == {"task_created"}
    assert [event["seq"] for event in told] == list(range(before + 1, before + 7))
    assert [event["entity_id"] for event in told] == [
        struct["gorev"]["id"],
        *(row["id"] for row in struct["alt_gorevler"]),
    ]


def test_the_active_project_takes_the_task(us: Assistants) -> None:
    project = us.rest.project()
    us.rest.activate(project["id"])
    _, struct = us.call(CREATE, baslik="x")
    assert struct["gorev"]["proje_id"] == project["id"]


def test_similar_tasks_of_any_status_are_listed_with_the_words_they_share(us: Assistants) -> None:
    alike = us.rest.task("Giriş sayfası parola hatası", durum="iptal")
    exact = us.rest.task("Giriş sayfası parola sorunu")
    us.rest.task("Bambaşka bir konu")
    text, struct = us.call(CREATE, baslik="giriş sayfası PAROLA sorunu")
    assert [(each["task"]["id"], each["similarity"]) for each in struct["similar_tasks"]] == [
        (exact["id"], 1),
        (alike["id"], 0.6),
    ]
    assert struct["similar_tasks"][1]["shared_words"] == ["giris", "parola", "sayfasi"]
    assert exact["id"] in text
    assert "giris, parola, sayfasi" in text
    assert struct["gorev"]["id"] not in [each["task"]["id"] for each in struct["similar_tasks"]]


def test_hours_come_from_similar_tasks_that_speak_of_days(us: Assistants) -> None:
    us.rest.task("Giriş sayfası parola sorunu", aciklama="3 gün")
    _, struct = us.call(CREATE, baslik="Giriş sayfası parola sorunu", estimate_time=True)
    assert struct["estimated_hours"] == pytest.approx(24)
    assert struct["confidence"]["time"] == pytest.approx(0.1)


def test_at_most_five_similar_tasks_are_given_and_three_written_in_a_short_answer(us: Assistants) -> None:
    for _ in range(8):
        us.rest.task("Giriş sayfası parola sorunu " + "ş" * 200)
    text, struct = us.call(CREATE, baslik="Giriş sayfası parola sorunu " + "ş" * 200, aciklama="ı" * 5000)
    assert len(struct["similar_tasks"]) <= 5
    assert sum(each["task"]["id"] in text for each in struct["similar_tasks"]) == 3
    assert len(text.encode()) <= 6 * 1024
    assert len(json.dumps(struct, ensure_ascii=False, separators=(",", ":")).encode()) <= 6 * 1024


def test_a_repeated_call_with_a_key_yields_the_first_outcome_and_makes_nothing(us: Assistants) -> None:
    arguments = {"baslik": "Büyük iş", "aciklama": STEPS, "auto_split": True, "idempotency_key": "k"}
    _, first = us.call(CREATE, **arguments)
    before = us.rest.seq()
    _, again = us.call(CREATE, **arguments)
    assert again == first
    assert us.rest.seq() == before
    us.refused(CREATE, "idempotency_mismatch", **(arguments | {"baslik": "Başka"}))


def test_what_cannot_be_made_is_refused_in_both_languages(us: Assistants) -> None:
    assert us.refused(CREATE, "missing_parameter")["field"] == "baslik"
    assert us.refused(CREATE, "invalid_value", baslik=" ")["field"] == "baslik"
    assert us.refused(CREATE, "invalid_value", baslik="x" * 501)["field"] == "baslik"
    assert us.refused(CREATE, "invalid_value", baslik="x", auto_split="perhaps")["field"] == "auto_split"
    assert us.refused(CREATE, "project_not_found", baslik="x", proje_id=UNKNOWN_ID)["id"] == UNKNOWN_ID
