"""Prompts of a workspace, with what is in it, by clients of the local socket."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from tests.mcp.assistants import UNKNOWN_ID, Assistants, assistants_of_new_workspace
from tests.mcp.test_workspace_resources import error, result, shake_hands
from tests.support.running_daemon import McpClient, RunningDaemon

NAMES = ["gunluk_plan", "gorev_parcala", "durum_raporu"]
ENGLISH_NAMES = ["daily_plan", "break_down", "status_report"]


@pytest.fixture
def us(daemon: RunningDaemon) -> Iterator[Assistants]:
    """Assistants of a new workspace, who have shaken hands."""
    with assistants_of_new_workspace(daemon) as assistants:
        for assistant in (assistants.turkish, assistants.english):
            shake_hands(assistant)
        yield assistants


def get(client: McpClient, name: str, **arguments: str) -> str:
    got = result(client, "prompts/get", name=name, arguments=arguments)
    (message,) = got["messages"]
    assert got["description"]
    assert message["role"] == "user"
    assert message["content"]["type"] == "text"
    return str(message["content"]["text"])


def section(text: str, heading: str) -> str:
    """What stands under a heading."""
    return text.split(f"## {heading} (", 1)[1].split("\n## ")[0]


def day(offset: int) -> str:
    return (datetime.now().astimezone().date() + timedelta(days=offset)).isoformat()


def test_prompts_are_listed_under_their_turkish_names_with_descriptions(us: Assistants) -> None:
    turkish, english = (result(each, "prompts/list")["prompts"] for each in (us.turkish, us.english))
    assert [each["name"] for each in turkish] == [each["name"] for each in english] == NAMES
    assert [[each["name"] for each in prompt["arguments"]] for prompt in english] == [
        ["proje_id"],
        ["gorev_id"],
        ["proje_id", "gun"],
    ]
    assert [[each["required"] for each in prompt["arguments"]] for prompt in english] == [[False], [True], [False] * 2]
    for one, other in zip(turkish, english, strict=True):
        for key in ("title", "description"):
            assert one[key] != other[key]
        assert [each["description"] for each in one["arguments"]] != [
            each["description"] for each in other["arguments"]
        ]


@pytest.mark.parametrize(("turkish", "english"), list(zip(NAMES, ENGLISH_NAMES, strict=True)))
def test_the_english_name_means_the_same(us: Assistants, turkish: str, english: str) -> None:
    one = us.rest.task("One")
    needed = {"gorev_id": one["id"]} if turkish == "gorev_parcala" else {}
    assert get(us.english, turkish, **needed) == get(us.english, english, **needed)
    assert get(us.turkish, turkish, **needed) != get(us.english, turkish, **needed)


def test_a_plan_has_what_is_overdue_due_in_progress_and_important(us: Assistants) -> None:
    late, today, soon, far = (us.rest.task(f"Due {offset}", son_tarih=day(offset)) for offset in (-3, 0, 5, 30))
    running, high = us.rest.task("Running"), us.rest.task("High", oncelik="yuksek")
    us.rest.change(running["id"], durum="devam_ediyor")
    done = us.rest.task("Done", oncelik="yuksek", son_tarih=day(-1))
    us.rest.change(done["id"], durum="iptal")
    text = get(us.english, "gunluk_plan")
    assert day(0) in text.split("\n")[0]
    assert late["id"] in section(text, "Overdue")
    assert today["id"] in section(text, "Due today")
    assert running["id"] in section(text, "In progress")
    assert soon["id"] in section(text, "Due within 7 days")
    assert high["id"] in section(text, "High priority")
    assert far["id"] not in text
    assert done["id"] not in text
    assert "Gecikmiş" in get(us.turkish, "gunluk_plan")


def test_a_task_is_named_once_and_counted_where_it_belongs(us: Assistants) -> None:
    one = us.rest.task("One", oncelik="yuksek", son_tarih=day(-1))
    text = get(us.english, "gunluk_plan")
    assert text.count(one["id"]) == 1
    assert section(text, "High priority").startswith("1)\nAll named above.")


def test_of_many_tasks_the_first_are_named_and_the_others_counted(us: Assistants) -> None:
    for number in range(14):
        us.rest.task(f"Late {number}", son_tarih=day(-number - 1))
    overdue = section(get(us.english, "gunluk_plan"), "Overdue")
    assert overdue.startswith("14)\n")
    assert overdue.count("ID:") == 10
    assert "4 more" in overdue
    assert "Late 13" in overdue


def test_a_plan_and_a_report_may_be_of_one_project(us: Assistants) -> None:
    ours, others = us.rest.project("Ours"), us.rest.project("Others")
    one = us.rest.task("One", proje_id=ours["id"], son_tarih=day(-1))
    other = us.rest.task("Other", proje_id=others["id"], son_tarih=day(-1))
    for name in ("gunluk_plan", "durum_raporu"):
        for argument in ("proje_id", "project_id"):
            text = get(us.english, name, **{argument: ours["id"][:8]})
            assert "## Ours" in text
            assert one["id"] in text
            assert other["id"] not in text
        assert error(us.english, "prompts/get", name=name, arguments={"proje_id": UNKNOWN_ID})["code"] == -32602


def test_a_report_tells_what_was_finished_and_made(us: Assistants) -> None:
    done, running = us.rest.task("Done"), us.rest.task("Running")
    us.rest.change(done["id"], durum="tamamlandi")
    us.rest.change(running["id"], durum="devam_ediyor")
    text = get(us.english, "durum_raporu", gun="30")
    assert f"the time since {day(-30)}" in text
    assert day(-30) in text
    assert "1 finished, 2 created. Completed in all: 1 of 2." in text
    assert done["id"] in section(text, "Finished")
    assert running["id"] in section(text, "In progress")
    assert f"the time since {day(-7)}" in get(us.english, "durum_raporu")
    assert f"the time since {day(-7)}" in get(us.english, "durum_raporu", gun=" ", proje_id="")
    assert get(us.english, "durum_raporu", days="1") != get(us.english, "durum_raporu")


def test_a_task_to_break_down_is_shown_with_its_subtasks(us: Assistants) -> None:
    top = us.rest.task("Top", aciklama="What it is about")
    below = us.rest.task("Below", parent_id=top["id"])
    for argument in ("gorev_id", "task_id"):
        text = get(us.english, "gorev_parcala", **{argument: top["id"]})
        assert "gorev_hierarchy" in text
        assert "What it is about" in text
        assert below["id"] in text


@pytest.mark.parametrize(
    ("name", "arguments", "code"),
    [
        ("gorev_parcala", {}, "missing_parameter"),
        ("gorev_parcala", {"gorev_id": "  "}, "missing_parameter"),
        ("gorev_parcala", {"gorev_id": UNKNOWN_ID}, "task_not_found"),
        ("gorev_parcala", {"gorev_id": "x"}, "task_not_found"),
        ("gunluk_plan", {"x": "y"}, "invalid_value"),
        ("durum_raporu", {"gun": "0"}, "invalid_value"),
        ("durum_raporu", {"gun": "366"}, "invalid_value"),
        ("durum_raporu", {"gun": "-1"}, "invalid_value"),
        ("durum_raporu", {"gun": "٣"}, "invalid_value"),
        ("durum_raporu", {"gun": "9" * 50}, "invalid_value"),
        ("durum_raporu", {"proje_id": UNKNOWN_ID}, "project_not_found"),
    ],
)
def test_bad_arguments_are_refused_in_the_callers_words(
    us: Assistants, name: str, arguments: dict[str, str], code: str
) -> None:
    turkish, english = (error(each, "prompts/get", name=name, arguments=arguments) for each in (us.turkish, us.english))
    assert turkish["code"] == english["code"] == -32602
    assert turkish["data"]["code"] == english["data"]["code"] == code
    assert turkish["message"] != english["message"]


def complete(client: McpClient, prompt: str, name: str, value: str) -> list[str]:
    reference, argument = {"type": "ref/prompt", "name": prompt}, {"name": name, "value": value}
    values: list[str] = result(client, "completion/complete", ref=reference, argument=argument)["completion"]["values"]
    return values


def test_arguments_are_completed(us: Assistants) -> None:
    ours = us.rest.project("Ödeme")
    one = us.rest.task("Yıllık rapor")
    assert complete(us.english, "gorev_parcala", "gorev_id", "rap") == [one["id"]]
    assert complete(us.english, "break_down", "task_id", "yil") == [one["id"]]
    assert complete(us.english, "durum_raporu", "proje_id", "öde") == [ours["id"]]
    assert complete(us.english, "durum_raporu", "gun", "") == ["1", "7", "14", "30", "90"]
    assert complete(us.english, "status_report", "days", "1") == ["1", "14"]
    assert complete(us.english, "gunluk_plan", "x", "") == []
