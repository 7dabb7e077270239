"""Every tool of the contract, called through the socket as it is meant to be, in both languages (``mcp-tools.md``)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it has no types

from tests.mcp.assistants import Assistants, assistants_of_new_workspace
from tests.mcp.furnished import BUG, filled, furnish
from tests.support.running_daemon import RunningDaemon

ORDER: Final = (
    *("gorev_listele", "gorev_detay", "gorev_guncelle", "gorev_duzenle", "gorev_sil", "template_listele"),
    *("templateden_gorev_olustur", "proje_listele", "proje_olustur", "proje_gorevleri", "gorev_bagimlilik_ekle"),
    *("aktif_proje", "gorev_hierarchy", "gorev_bulk", "gorev_filter_profile", "gorev_file_watch", "ide_manage"),
    *("gorev_context", "gorev_search", "ozet_goster", "gorev_export", "gorev_import", "gorev_suggestions"),
    "gorev_intelligent_create",
)
HIERARCHY: Final = (
    *("gorev", "ust_gorevler", "alt_gorevler", "toplam_alt_gorev", "tamamlanan_alt", "devam_eden_alt"),
    *("beklemede_alt", "iptal_alt", "ilerleme_yuzdesi"),
)
BULK: Final = ("total_processed", "successful", "failed", "warnings", "execution_time_ms", "dry_run")
FOUND: Final = ("results", "total_count", "query_time_ms", "used_fuzzy", "suggestions")
IMPORT: Final = (
    *("success", "dry_run", "imported_tasks", "imported_projects", "imported_tags", "imported_templates"),
    *("imported_dependencies", "skipped", "conflicts", "errors", "warnings", "id_map"),
)

# Tool, arguments, and the keys of its struct.
CALLS: Final[list[tuple[str, dict[str, Any], tuple[str, ...]]]] = [
    ("gorev_listele", {"tum_projeler": True}, ("gorevler", "toplam", "limit", "offset", "aktif_proje")),
    ("gorev_detay", {"id": "{blocked}"}, ("gorev",)),
    ("gorev_guncelle", {"id": "{free}", "oncelik": "dusuk"}, ("gorev", "degisiklikler")),
    ("gorev_duzenle", {"id": "{free}", "etiketler": "a, b"}, ("gorev",)),
    ("gorev_sil", {"id": "{spare}", "onay": True}, ("silinen",)),
    ("template_listele", {"kategori": "Araştırma"}, ("templateler",)),
    (
        "templateden_gorev_olustur",
        {"template_id": "bug", "degerler": BUG, "proje_id": "{project}"},
        ("gorev",),
    ),
    ("proje_listele", {}, ("projeler",)),
    ("proje_olustur", {"isim": "Yeni"}, ("proje",)),
    ("proje_gorevleri", {"proje_id": "{project}"}, ("proje", "gorevler", "toplam", "limit", "offset")),
    ("gorev_bagimlilik_ekle", {"gorev_id": "{parent}", "bagli_gorev_id": "{free}"}, ("baglanti",)),
    ("aktif_proje", {"action": "set", "proje_id": "{project}"}, ("proje",)),
    ("aktif_proje", {"action": "get"}, ("proje",)),
    ("aktif_proje", {"action": "clear"}, ("proje",)),
    ("gorev_hierarchy", {"action": "create_subtask", "parent_id": "{parent}", "baslik": "x"}, ("gorev",)),
    ("gorev_hierarchy", {"action": "show", "gorev_id": "{parent}"}, HIERARCHY),
    ("gorev_hierarchy", {"action": "change_parent", "gorev_id": "{child}"}, ("gorev",)),
    ("gorev_bulk", {"operation": "tag", "ids": ["{free}"], "data": {"tags": ["z"]}}, BULK),
    ("gorev_bulk", {"operation": "transition", "ids": ["{free}"], "durum": "iptal"}, BULK),
    ("gorev_bulk", {"operation": "update", "ids": ["{free}"], "data": {"aciklama": "u"}, "dry_run": True}, BULK),
    ("gorev_filter_profile", {"action": "save", "name": "n", "filters": {"durum": "beklemede"}}, ("profil",)),
    ("gorev_filter_profile", {"action": "load", "name": "n"}, ("profil",)),
    ("gorev_filter_profile", {"action": "load", "name": "n", "apply": True}, ("profil", *FOUND)),
    ("gorev_filter_profile", {"action": "list"}, ("profiller",)),
    ("gorev_filter_profile", {"action": "delete", "name": "n"}, ("profil",)),
    ("gorev_file_watch", {"action": "add", "task_id": "{free}", "file_path": "a.py"}, ("izlemeler", "toplam")),
    ("gorev_file_watch", {"action": "list"}, ("izlemeler", "toplam")),
    ("gorev_file_watch", {"action": "stats"}, ("istatistik",)),
    ("gorev_file_watch", {"action": "remove", "file_path": "a.py"}, ("izlemeler", "toplam")),
    ("ide_manage", {"action": "detect"}, ("ides",)),
    ("ide_manage", {"action": "status"}, ("extension", "latest_version", "ides")),
    ("gorev_context", {"action": "set_active", "gorev_id": "{member}"}, ("gorev",)),
    ("gorev_context", {"action": "get_active"}, ("gorev",)),
    ("gorev_context", {"action": "recent"}, ("gorevler",)),
    (
        "gorev_context",
        {"action": "summary"},
        ("active_task", "recent_tasks", "working_project", "session_summary", "next_priorities", "blockers"),
    ),
    ("gorev_search", {"mode": "advanced", "query": "parent", "search_fields": "baslik"}, FOUND),
    ("gorev_search", {"mode": "nlp", "query": "gecikmiş görevler"}, (*FOUND, "intent")),
    ("gorev_search", {"mode": "history"}, ("gecmis",)),
    ("gorev_export", {"durum": "devam_ediyor", "tag_filter": ["none"]}, ("path", "format", "counts", "data")),
    ("gorev_export", {"output_path": "out.csv", "format": "csv"}, ("path", "format", "counts")),
    ("gorev_import", {"data": [{"baslik": "i"}], "dry_run": True}, IMPORT),
    ("gorev_import", {"file_path": "export.json", "dry_run": True}, IMPORT),
    ("gorev_suggestions", {"types": ["deadline_risk"]}, ("suggestions", "total_count")),
    (
        "gorev_intelligent_create",
        {"baslik": "Acil hata", "smart_priority": True},
        (
            *("gorev", "alt_gorevler", "suggested_priority", "estimated_hours", "recommended_template"),
            *("similar_tasks", "confidence"),
        ),
    ),
]
IDS = [" ".join([tool, str(arguments.get("action", ""))]).strip() for tool, arguments, _ in CALLS]


@pytest.fixture
def us(daemon: RunningDaemon) -> Iterator[Assistants]:
    """Assistants of an empty workspace."""
    with assistants_of_new_workspace(daemon) as assistants:
        yield assistants


@pytest.fixture(scope="module")
def listed(daemon: RunningDaemon) -> list[Any]:
    """The entries of ``tools/list``."""
    with daemon.mcp() as assistant:
        assistant.request("initialize", {"protocolVersion": "2025-11-25", "capabilities": {}})
        tools = assistant.request("tools/list")["result"]["tools"]
    assert isinstance(tools, list)
    return tools


def entry(listed: list[Any], name: str) -> Any:
    """One tool's entry."""
    return next(tool for tool in listed if tool["name"] == name)


def test_the_tools_are_those_of_the_contract_in_its_order(listed: list[Any]) -> None:
    assert tuple(tool["name"] for tool in listed) == ORDER
    assert set(ORDER) - {"ozet_goster"} == {tool for tool, _, _ in CALLS}


@pytest.mark.parametrize("language", ["tr", "en"])
def test_every_call_answers_in_the_callers_language_with_the_keys_of_the_contract(
    us: Assistants, listed: list[Any], language: str
) -> None:
    places = furnish(us)
    assistant = us.turkish if language == "tr" else us.english
    words = {"tr": ("görev", "proje", "öncelik", "izlen", "şablon"), "en": ("task", "project", "priority", "watch")}
    texts = []
    for tool, arguments, keys in CALLS:
        given = filled(arguments, places)
        described = entry(listed, tool)
        Draft202012Validator(described["inputSchema"]).validate(given)
        outcome = assistant.call(tool, **given)
        assert not outcome.get("isError"), (tool, outcome)
        struct = outcome["structuredContent"]
        assert struct.keys() == set(keys), tool
        Draft202012Validator(described["outputSchema"]).validate(struct)
        assert struct.keys() <= described["outputSchema"]["properties"].keys()
        texts.append(outcome["content"][0]["text"])
    assert all(texts)
    told = "\n".join(texts).lower()
    assert all(word in told for word in words[language])


def test_the_same_calls_are_told_differently_in_turkish_and_english(us: Assistants) -> None:
    places = furnish(us)
    alike = {"gorev_hierarchy change_parent"}  # nothing but the task's title, its id, and what it is told of its place
    for name, (tool, arguments, _) in zip(IDS, CALLS, strict=True):
        if name in alike or tool in ("gorev_sil", "gorev_bagimlilik_ekle") or "delete" in name or "remove" in name:
            continue
        given = filled(arguments, places)
        english, turkish = us.english.call(tool, **given), us.turkish.call(tool, **given)
        assert not turkish.get("isError"), (name, turkish)
        assert english["content"][0]["text"] != turkish["content"][0]["text"], name


def test_the_summary_has_every_key_of_its_output_schema(us: Assistants, listed: list[Any]) -> None:
    furnish(us)
    _, struct = us.call("ozet_goster")
    assert struct.keys() | {"aciklama"} == set(entry(listed, "ozet_goster")["outputSchema"]["properties"])


SAMPLES: Final = ("x", 7, 2.5, True, ["x"], [7], {"x": 1})


@pytest.mark.parametrize("tool", ORDER)
def test_a_value_of_a_kind_that_is_not_listed_is_refused_by_its_name(
    us: Assistants, listed: list[Any], tool: str
) -> None:
    for parameter, schema in entry(listed, tool)["inputSchema"]["properties"].items():
        validator = Draft202012Validator(schema)
        for sample in SAMPLES:
            if validator.is_valid(sample):
                continue
            struct = us.english.call(tool, **{parameter: sample})["structuredContent"]
            assert struct.get("code", "").startswith("invalid_"), (parameter, sample, struct)
            assert struct.get("details", {}).get("field", parameter) == parameter


@pytest.mark.parametrize("tool", [tool for tool in ORDER if tool not in ("gorev_import",)])
def test_lists_and_texts_with_commas_are_accepted_where_both_are_listed(
    us: Assistants, listed: list[Any], tool: str
) -> None:
    for parameter, schema in entry(listed, tool)["inputSchema"]["properties"].items():
        if "anyOf" not in schema:
            continue
        words = schema["anyOf"][0]["items"].get("enum", ["one", "two"])[:2]
        for value in (words, ", ".join(words)):
            struct = us.english.call(tool, **{parameter: value})["structuredContent"]
            told = (struct.get("code"), struct.get("details", {}).get("field"))
            assert told != ("invalid_value", parameter), (parameter, value, struct)


def test_tags_are_the_same_as_a_list_and_as_a_text(us: Assistants) -> None:
    for given in (["bir", "iki"], "bir, iki", " bir ,iki,"):
        task = us.rest.task()
        _, struct = us.call("gorev_duzenle", id=task["id"], etiketler=given)
        assert [tag["isim"] for tag in struct["gorev"]["etiketler"]] == ["bir", "iki"]
