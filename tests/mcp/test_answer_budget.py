"""Answers stay short however many tasks there are, and say what is missing (``mcp-tools.md`` §1)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.mcp.assistants import Assistants, assistants_of_new_workspace
from tests.support.running_daemon import RunningDaemon

TASKS = 300
SHORT = 6 * 1024
LONG = 20_000


def size(value: object) -> int:
    """What an object costs as compact JSON."""
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


@pytest.fixture(scope="module")
def us(daemon: RunningDaemon) -> Iterator[Assistants]:
    """A workspace of many tasks: roots in a project with a long name, and subtasks of one task outside it."""
    with assistants_of_new_workspace(daemon) as assistants:
        rest = assistants.rest
        project = rest.project("Ş" * 40, tanim="ğ" * 600)
        root = rest.task("Kök", aciklama="d" * 500)
        for number in range(TASKS):
            tags = [f"etiket-{each}" for each in range(number % 5)]
            rest.task(f"Görev {number} " + "ı" * (number % 90), proje_id=project["id"], etiketler=tags)
            rest.task(f"Alt {number} " + "x" * (number % 60), parent_id=root["id"], aciklama="y" * 200)
        yield assistants


def project_id(us: Assistants) -> str:
    """The id of the project of the roots."""
    return str(us.rest.get("/api/projeler")["data"][-1]["id"])


def root_id(us: Assistants) -> str:
    """The id of the task that has the subtasks."""
    return str(us.rest.get("/api/gorevler?parent_id=root&sirala=olusturma_asc")["data"][0]["id"])


def arguments_of(us: Assistants, tool: str) -> dict[str, Any]:
    """Arguments without a limit."""
    return {
        "gorev_listele": {},
        "proje_gorevleri": {"proje_id": project_id(us)},
        "gorev_detay": {"id": root_id(us)},
        "gorev_hierarchy": {"action": "show", "gorev_id": root_id(us)},
        "proje_listele": {},
    }[tool]


@pytest.mark.parametrize(
    "tool", ["gorev_listele", "proje_gorevleri", "gorev_detay", "gorev_hierarchy", "proje_listele"]
)
def test_an_answer_that_no_limit_was_asked_for_is_at_most_6_kb(us: Assistants, tool: str) -> None:
    for assistant in (us.turkish, us.english):
        outcome = assistant.call(tool, **arguments_of(us, tool))
        assert not outcome.get("isError"), outcome
        assert len(outcome["content"][0]["text"].encode()) <= SHORT
        assert size(outcome["structuredContent"]) <= SHORT


@pytest.mark.parametrize("tool", ["gorev_listele", "proje_gorevleri", "gorev_hierarchy"])
def test_an_answer_with_the_largest_limit_is_at_most_20000_characters(us: Assistants, tool: str) -> None:
    text, struct = us.call(tool, limit=200, **arguments_of(us, tool))
    assert len(text) <= LONG
    assert len(json.dumps(struct, ensure_ascii=False, separators=(",", ":"))) <= LONG
    assert size(struct) > SHORT


@pytest.mark.parametrize("tool", ["gorev_listele", "proje_gorevleri"])
@pytest.mark.parametrize("limit", [None, 7, 200])
def test_following_the_notes_shows_every_task_once(us: Assistants, tool: str, limit: int | None) -> None:
    arguments = {"proje_id": project_id(us)} | ({} if limit is None else {"limit": limit})
    seen: list[str] = []
    while True:
        text, struct = us.call(tool, offset=len(seen), **arguments)
        assert struct["toplam"] == TASKS
        assert struct["gorevler"]
        assert all(row["id"] in text for row in struct["gorevler"])
        seen += [row["id"] for row in struct["gorevler"]]
        if len(seen) == TASKS:
            assert "kalan" not in struct
            break
        assert struct["kalan"] == TASKS - len(seen)
        assert str(struct["kalan"]) in text
        assert f"offset {len(seen)}" in text
    assert len(set(seen)) == TASKS


def test_a_cut_subtree_says_how_much_is_missing_and_how_to_get_it(us: Assistants) -> None:
    text, struct = us.call("gorev_listele", sirala="olusturma_asc", tum_projeler=True)
    (root,) = struct["gorevler"]
    assert root["subtask_count"] == TASKS
    missing = TASKS - len(root["alt_gorevler"])
    assert missing > 0
    assert str(missing) in text
    assert "gorev_hierarchy" in text
    assert struct["kalan"] == TASKS


@pytest.mark.parametrize("tool", ["gorev_detay", "gorev_hierarchy"])
def test_cut_subtasks_of_one_task_are_told_and_can_be_had(us: Assistants, tool: str) -> None:
    text, struct = us.call(tool, **arguments_of(us, tool))
    shown = struct["gorev"]["alt_gorevler"] if tool == "gorev_detay" else struct["alt_gorevler"]
    assert all(row["id"] in text for row in shown)
    assert str(TASKS - len(shown)) in text
    assert f"offset {len(shown)}" in text
    seen = [row["id"] for row in shown]
    while len(seen) < TASKS:
        _, struct = us.call("gorev_hierarchy", offset=len(seen), **arguments_of(us, "gorev_hierarchy"))
        assert struct["alt_gorevler"]
        seen += [row["id"] for row in struct["alt_gorevler"]]
    assert len(set(seen)) == TASKS


def test_many_projects_are_cut_with_a_note(daemon: RunningDaemon) -> None:
    with assistants_of_new_workspace(daemon) as us:
        for number in range(60):
            us.rest.project(f"Proje {number}", tanim="ü" * 300)
        text, struct = us.call("proje_listele")
        assert size(struct) <= SHORT
        assert len(text.encode()) <= SHORT
        left = 60 - len(struct["projeler"])
        assert struct["kalan"] == left
        assert str(left) in text
