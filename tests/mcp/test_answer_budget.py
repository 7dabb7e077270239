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


def test_many_projects_are_cut_and_following_the_notes_shows_all(daemon: RunningDaemon) -> None:
    with assistants_of_new_workspace(daemon) as us:
        for number in range(60):
            us.rest.project(f"Proje {number}", tanim="ü" * 300)
        seen: list[str] = []
        while len(seen) < 60:
            text, struct = us.call("proje_listele", offset=len(seen))
            assert size(struct) <= SHORT
            assert len(text.encode()) <= SHORT
            assert all(project["id"] in text for project in struct["projeler"])
            seen += [project["id"] for project in struct["projeler"]]
            assert struct.get("kalan", 0) == 60 - len(seen)
            assert (f"offset {len(seen)}" in text) == (len(seen) < 60)
        assert len(set(seen)) == 60


@pytest.fixture(scope="module")
def huge(daemon: RunningDaemon) -> Iterator[tuple[Assistants, dict[str, str]]]:
    """A workspace in which everything is as large as it may be: texts, tags, links, ancestors."""
    with assistants_of_new_workspace(daemon) as us:
        rest = us.rest
        project = rest.project("Ş" * 200, tanim="ğ" * 100_000)["id"]
        rest.activate(project)
        ids = {"project": project}
        for name in ("long", "tagged", "hub"):
            ids[name] = rest.task(f"{name} " + "ı" * 480, proje_id=project, oncelik="yuksek")["id"]
        us.call("gorev_duzenle", id=ids["long"], aciklama="ğ" * 100_000)
        us.call("gorev_duzenle", id=ids["tagged"], etiketler=[f"{number} " + "ş" * 190 for number in range(60)])
        before = [rest.task(f"{number} " + "ö" * 100)["id"] for number in range(40)]
        for each in before:
            us.call("gorev_bagimlilik_ekle", gorev_id=ids["hub"], bagli_gorev_id=each)
        ids["top"] = ids["deepest"] = rest.task("0")["id"]
        for number in range(60):
            ids["deepest"] = rest.task(f"{number} " + "ü" * 100, parent_id=ids["deepest"])["id"]
        yield us, ids


def written(us: Assistants, tool: str, arguments: dict[str, Any]) -> tuple[int, int, Any]:
    """What the text and the struct of a call cost, at most of both languages, and the struct in English."""
    texts, structs = [], []
    for assistant in (us.turkish, us.english):
        outcome = assistant.call(tool, **arguments)
        texts.append(len(outcome["content"][0]["text"].encode()))
        structs.append(size(outcome["structuredContent"]))
    return max(texts), max(structs), outcome["structuredContent"]


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("gorev_listele", {}),
        ("gorev_detay", {"id": "tagged"}),
        ("gorev_detay", {"id": "hub"}),
        ("gorev_detay", {"id": "deepest"}),
        ("gorev_guncelle", {"id": "long", "oncelik": "orta"}),
        ("gorev_guncelle", {"id": "hub", "durum": "devam_ediyor"}),
        ("gorev_duzenle", {"id": "hub", "son_tarih": "2031-01-01"}),
        ("gorev_duzenle", {"id": "long", "son_tarih": "2031-01-01", "rev": 1}),
        ("gorev_hierarchy", {"action": "show", "gorev_id": "deepest"}),
        ("gorev_hierarchy", {"action": "show", "gorev_id": "top"}),
        ("gorev_hierarchy", {"action": "change_parent", "gorev_id": "top", "yeni_parent_id": "deepest"}),
        ("gorev_hierarchy", {"action": "create_subtask", "parent_id": "top", "baslik": "x", "aciklama": "y" * 90_000}),
        ("proje_listele", {}),
        ("proje_gorevleri", {"proje_id": "project"}),
        ("aktif_proje", {"action": "get"}),
        ("aktif_proje", {"action": "set", "proje_id": "project"}),
        ("gorev_context", {"action": "set_active", "gorev_id": "long"}),
        ("gorev_context", {"action": "set_active", "gorev_id": "hub"}),
        ("gorev_context", {"action": "get_active"}),
        ("gorev_context", {"action": "recent"}),
        ("gorev_context", {"action": "summary"}),
        ("gorev_search", {"mode": "advanced", "query": "tagged"}),
        ("gorev_search", {"mode": "nlp", "query": "önemli"}),
        ("gorev_suggestions", {}),
        ("ozet_goster", {}),
        ("gorev_intelligent_create", {"baslik": "hub", "aciklama": "z" * 90_000}),
    ],
)
def test_a_default_answer_stays_short_however_large_its_things_are(
    huge: tuple[Assistants, dict[str, str]], tool: str, arguments: dict[str, Any]
) -> None:
    us, ids = huge
    given = {name: ids.get(value, value) if isinstance(value, str) else value for name, value in arguments.items()}
    text, struct, _ = written(us, tool, given)
    assert text <= SHORT
    assert struct <= SHORT


def test_a_long_description_is_shown_by_the_details_alone_and_every_cut_is_counted(
    huge: tuple[Assistants, dict[str, str]],
) -> None:
    us, ids = huge
    text, struct = us.call("gorev_detay", id=ids["long"])
    shown = struct["gorev"]["aciklama"]
    assert len(shown.encode()) > SHORT
    assert struct["kesilen"] == {"aciklama": 100_000 - len(shown)}
    assert shown in text
    assert f"aciklama +{100_000 - len(shown)}" in text
    assert f"gorev://gorev/{ids['long']}" in text
    assert max(len(text), len(json.dumps(struct, ensure_ascii=False))) <= LONG
    text, struct = us.call("gorev_detay", id=ids["hub"])
    left = 40 - len(struct["gorev"]["bagimliliklar"])
    assert struct["kesilen"] == {"bagimliliklar": left}
    assert f"bagimliliklar +{left}" in text
    assert "⚠️" in text
    text, struct = us.call("gorev_hierarchy", action="show", gorev_id=ids["deepest"])
    left = 60 - len(struct["ust_gorevler"])
    assert struct["kesilen"] == {"ust_gorevler": left}
    assert str(left) in text
    assert struct["ust_gorevler"][-1]["id"] in text


def test_a_row_names_the_first_of_many_tags_and_counts_them(huge: tuple[Assistants, dict[str, str]]) -> None:
    us, ids = huge
    _, struct = us.call("gorev_search", mode="advanced", query="tagged")
    (row,) = [each["task"] for each in struct["results"] if each["task"]["id"] == ids["tagged"]]
    assert (len(row["etiketler"]), row["etiket_sayisi"]) == (1, 60)


def test_a_bulk_of_500_with_wrong_ids_among_them_stays_in_its_limit_and_counts_what_it_leaves_out(
    us: Assistants,
) -> None:
    rows = us.rest.get("/api/gorevler?limit=400&tum_projeler=true")["data"]
    wrong = [f"00000000-0000-4000-8000-{number:012d}" for number in range(97)]
    ids = [*wrong, "x", "", "ş" * 100_000, *(row["id"] for row in rows)]
    for arguments in ({"dry_run": True}, {}, {}):
        text, struct = us.call("gorev_bulk", operation="tag", ids=ids, tags=["many"], **arguments)
        assert (struct["total_processed"], len(ids)) == (500, 500)
        assert len(text) <= LONG
        assert len(json.dumps(struct, ensure_ascii=False, separators=(",", ":"))) <= LONG
        told = {name: len(struct[name]) + struct["kalan"].get(name, 0) for name in ("successful", "failed", "warnings")}
        assert (told["failed"], sum(told.values())) == (100, 500)
        assert all(f"{name} +{count}" in text for name, count in struct["kalan"].items())
    assert us.rest.get("/api/gorevler?etiket=many&tum_projeler=true")["total"] == 400
