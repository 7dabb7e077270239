"""Text that no tool can use, or that is only strange, through every parameter that takes text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

import pytest

from tests.mcp.assistants import Assistants, assistants_of_new_workspace
from tests.mcp.furnished import BUG, furnish
from tests.support.running_daemon import RunningDaemon

LONG: Final = 20_000

# Every parameter that takes free text, in a call that would do something with it.
CALLS: Final[list[tuple[str, dict[str, Any]]]] = [
    ("gorev_listele", {"proje_id": "?"}),
    ("gorev_listele", {"etiket": "?"}),
    ("gorev_detay", {"id": "?"}),
    ("gorev_guncelle", {"id": "?", "durum": "iptal"}),
    ("gorev_guncelle", {"id": "{free}", "durum": "?"}),
    ("gorev_guncelle", {"id": "{free}", "durum": "iptal", "idempotency_key": "?"}),
    ("gorev_duzenle", {"id": "{free}", "baslik": "?"}),
    ("gorev_duzenle", {"id": "{free}", "aciklama": "?"}),
    ("gorev_duzenle", {"id": "{free}", "son_tarih": "?"}),
    ("gorev_duzenle", {"id": "{free}", "etiketler": "?"}),
    ("gorev_duzenle", {"id": "{free}", "etiketler": ["?"]}),
    ("gorev_duzenle", {"id": "{free}", "proje_id": "?"}),
    ("gorev_sil", {"id": "?", "onay": True}),
    ("gorev_sil", {"id": "{free}", "onay": "?"}),
    ("template_listele", {"kategori": "?"}),
    ("templateden_gorev_olustur", {"template_id": "?", "degerler": {}}),
    ("templateden_gorev_olustur", {"template_id": "bug", "proje_id": "{project}", "degerler": {**BUG, "baslik": "?"}}),
    ("templateden_gorev_olustur", {"template_id": "bug", "proje_id": "{project}", "degerler": {**BUG, "ortam": "?"}}),
    ("templateden_gorev_olustur", {"template_id": "bug", "proje_id": "{project}", "degerler": {**BUG, "?": "x"}}),
    ("proje_olustur", {"isim": "?"}),
    ("proje_olustur", {"isim": "x", "tanim": "?"}),
    ("proje_gorevleri", {"proje_id": "?"}),
    ("gorev_bagimlilik_ekle", {"gorev_id": "{free}", "bagli_gorev_id": "?"}),
    ("gorev_bagimlilik_ekle", {"gorev_id": "{free}", "bagli_gorev_id": "{spare}", "baglanti_tipi": "?"}),
    ("aktif_proje", {"action": "set", "proje_id": "?"}),
    ("aktif_proje", {"action": "?"}),
    ("gorev_hierarchy", {"action": "create_subtask", "parent_id": "{free}", "baslik": "?"}),
    ("gorev_hierarchy", {"action": "create_subtask", "parent_id": "{free}", "baslik": "x", "aciklama": "?"}),
    ("gorev_hierarchy", {"action": "change_parent", "gorev_id": "{free}", "yeni_parent_id": "?"}),
    ("gorev_bulk", {"operation": "tag", "ids": ["?"], "tags": ["x"]}),
    ("gorev_bulk", {"operation": "tag", "ids": ["{free}"], "tags": ["?"]}),
    ("gorev_bulk", {"operation": "update", "ids": ["{free}"], "data": {"baslik": "?"}}),
    ("gorev_bulk", {"operation": "update", "ids": ["{free}"], "data": {"?": "x", "baslik": "x"}}),
    ("gorev_filter_profile", {"action": "load", "name": "?"}),
    ("gorev_filter_profile", {"action": "save", "name": "?", "filters": {"durum": "iptal"}}),
    ("gorev_filter_profile", {"action": "save", "name": "x", "filters": {"etiket": "?"}}),
    ("gorev_filter_profile", {"action": "save", "name": "x", "search_query": "?"}),
    ("gorev_file_watch", {"action": "add", "task_id": "{free}", "file_path": "?"}),
    ("gorev_file_watch", {"action": "remove", "file_path": "?"}),
    ("ide_manage", {"action": "uninstall", "ide": "all", "extension_id": "?"}),
    ("gorev_context", {"action": "set_active", "gorev_id": "?"}),
    ("gorev_search", {"mode": "advanced", "query": "?"}),
    ("gorev_search", {"mode": "nlp", "query": "?"}),
    ("gorev_search", {"mode": "advanced", "query": "x", "filters": {"etiket": "?"}}),
    ("gorev_search", {"mode": "advanced", "query": "x", "filters": {"?": "x"}}),
    ("gorev_export", {"output_path": "?"}),
    ("gorev_export", {"tag_filter": ["?"]}),
    ("gorev_export", {"date_range": {"from": "?"}}),
    ("gorev_import", {"file_path": "?"}),
    ("gorev_import", {"data": "?"}),
    ("gorev_import", {"data": {"tasks": [{"baslik": "?"}]}}),
    ("gorev_import", {"data": [{"baslik": "x"}], "project_mapping": {"?": "x"}, "dry_run": True}),
    ("gorev_suggestions", {"context": "?"}),
    ("gorev_intelligent_create", {"baslik": "?"}),
    ("gorev_intelligent_create", {"baslik": "x", "aciklama": "?"}),
    ("gorev_listele", {"?": "x"}),
]
IDS: Final = [f"{number}-{tool}" for number, (tool, _) in enumerate(CALLS)]


@pytest.fixture(scope="module")
def us(daemon: RunningDaemon) -> Iterator[Assistants]:
    """Assistants of a furnished workspace."""
    with assistants_of_new_workspace(daemon) as assistants:
        yield assistants


@pytest.fixture(scope="module")
def places(us: Assistants) -> dict[str, str]:
    """What the placeholders of the calls mean."""
    return furnish(us)


def filled(value: Any, text: str, places: dict[str, str]) -> Any:
    """Arguments with the text in place of each question mark, keys too."""
    match value:
        case str():
            return text if value == "?" else places.get(value, value)
        case dict():
            return {filled(name, text, places): filled(each, text, places) for name, each in value.items()}
        case list():
            return [filled(each, text, places) for each in value]
    return value


@pytest.mark.parametrize(("tool", "arguments"), CALLS, ids=IDS)
@pytest.mark.parametrize("text", ["a\0b", "a\ud800b"], ids=["NUL", "half a surrogate pair"])
def test_what_no_text_may_hold_is_refused_and_changes_nothing(
    us: Assistants, places: dict[str, str], tool: str, arguments: dict[str, Any], text: str
) -> None:
    before = us.rest.seq()
    answer = us.english.request(tool, filled(arguments, text, places))
    outcome = answer.get("result")
    # JSON with half a surrogate pair is no JSON to all readers.
    assert "error" in answer if outcome is None else outcome["isError"] or outcome["structuredContent"]["failed"], (
        answer
    )
    assert us.rest.seq() == before
    assert us.english.call("proje_listele")["structuredContent"]["projeler"]


@pytest.mark.parametrize(("tool", "arguments"), CALLS, ids=IDS)
def test_a_megabyte_is_answered_in_short(
    us: Assistants, places: dict[str, str], tool: str, arguments: dict[str, Any]
) -> None:
    outcome = us.english.call(tool, **filled(arguments, "şey " * 262_144, places))
    assert len(outcome["content"][0]["text"]) <= LONG
    assert len(json.dumps(outcome["structuredContent"], ensure_ascii=False)) <= LONG


@pytest.mark.parametrize(
    "title",
    [
        "مهمة ١٢٣ ← task",
        "\u202eright to left\u202c",
        "משימה (חשובה)",
        "👩‍👩‍👧‍👦 aile 🏳️‍🌈",
        "a\u0301\u0302\u0303 z̷a̷l̷g̷o̷",
        "'); DROP TABLE tasks; --",
        '" OR 1=1 --',
        "%_\\ [a-z] *",
        "title:NEAR(x y) AND NOT (z*",
        "\u2028line\u2029separators\u0085",
    ],
)
def test_any_script_and_any_syntax_is_only_text(us: Assistants, places: dict[str, str], title: str) -> None:
    text, struct = us.call("gorev_hierarchy", action="create_subtask", parent_id=places["{parent}"], baslik=title)
    task = struct["gorev"]
    assert task["baslik"] == title.strip()
    assert task["id"] in text
    assert us.call("gorev_detay", id=task["id"])[1]["gorev"]["baslik"] == title.strip()
    for mode in ("advanced", "nlp"):
        us.call("gorev_search", mode=mode, query=title)
    us.call("gorev_duzenle", id=task["id"], aciklama=title, etiketler=[title.replace(",", "")])
    assert us.call("gorev_listele", etiket=title)[1]["toplam"] >= 1
    assert us.call("gorev_sil", id=task["id"], onay=True)[1]["silinen"]["baslik"] == title.strip()


@pytest.mark.parametrize(
    "date", ["2025-02-30", "2025-13-01", "2023-02-29", "0000-01-01", "2025-1-1", "30.02.2025", "tomorrow", "2025-02-3O"]
)
def test_a_date_that_does_not_exist_is_refused_by_every_tool_that_takes_one(
    us: Assistants, places: dict[str, str], date: str
) -> None:
    free = places["{free}"]
    calls: list[tuple[str, dict[str, Any]]] = [
        ("gorev_duzenle", {"id": free, "son_tarih": date}),
        ("gorev_hierarchy", {"action": "create_subtask", "parent_id": free, "baslik": "x", "son_tarih": date}),
        ("gorev_bulk", {"operation": "update", "ids": [free], "data": {"son_tarih": date}}),
        ("gorev_export", {"date_range": {"from": date}}),
        ("gorev_search", {"mode": "advanced", "filters": {"due_after": date}}),
        ("gorev_filter_profile", {"action": "save", "name": "x", "filters": {"created_before": date}}),
        (
            "templateden_gorev_olustur",
            {"template_id": "bug", "degerler": {**BUG, "son_tarih": date}, "proje_id": places["{project}"]},
        ),
    ]
    for tool, arguments in calls:
        us.refused(tool, "invalid_date", **arguments)
