"""Every error that the contract lists for a tool, provoked through the socket and told in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, cast

import pytest

from gorev.mcp import ide_tools
from gorev.mcp.tools import TOOLS, UNLISTED
from gorev.services.ides.editors import Editors
from tests.mcp.assistants import Assistants, assistants_of_new_workspace
from tests.mcp.furnished import BUG, filled, furnish
from tests.support.running_daemon import RunningDaemon

# mcp-tools.md §3 to §5. The errors of editors themselves need editors: test_ide_tool.
LISTED: Final[dict[str, set[str]]] = {
    "gorev_listele": {"invalid_value"},
    "gorev_detay": {"missing_parameter", "task_not_found", "ambiguous_id"},
    "gorev_guncelle": {
        *("missing_parameter", "invalid_status", "invalid_priority", "task_not_found"),
        *("dependency_incomplete", "subtasks_incomplete"),
    },
    "gorev_duzenle": {
        *("missing_parameter", "task_not_found", "project_not_found", "invalid_priority", "invalid_date"),
        "invalid_value",
    },
    "gorev_sil": {"confirmation_required", "task_not_found", "has_subtasks"},
    "templateden_gorev_olustur": {
        *("missing_parameter", "template_not_found", "missing_fields", "invalid_value", "invalid_date"),
        *("project_not_found", "no_active_project"),
    },
    "proje_olustur": {"missing_parameter"},
    "proje_gorevleri": {"project_not_found"},
    "gorev_bagimlilik_ekle": {
        *("missing_parameter", "task_not_found", "invalid_value", "self_dependency", "duplicate_dependency"),
        "cycle_detected",
    },
    "aktif_proje": {"missing_parameter", "project_not_found", "invalid_value"},
    "gorev_hierarchy": {
        *("task_not_found", "parent_not_found", "cycle_detected", "project_mismatch", "missing_parameter"),
        *("invalid_priority", "invalid_date", "invalid_value"),
    },
    "gorev_bulk": {"missing_parameter", "invalid_value"},
    "gorev_filter_profile": {"missing_parameter", "profile_not_found", "default_profile", "invalid_value"},
    "gorev_file_watch": {
        *("missing_parameter", "task_not_found", "watch_not_found", "path_not_allowed", "invalid_value"),
    },
    "ide_manage": {"missing_parameter", "invalid_value"},
    "gorev_context": {"missing_parameter", "task_not_found", "invalid_value"},
    "gorev_search": {"missing_parameter", "invalid_value"},
    "gorev_export": {"invalid_value", "invalid_date", "path_not_allowed", "io_error"},
    "gorev_import": {
        *("missing_parameter", "file_not_found", "invalid_format", "invalid_reference", "invalid_value"),
        "path_not_allowed",
    },
    "gorev_intelligent_create": {"missing_parameter", "project_not_found"},
    "gorev_olustur": {"not_found"},
}

# Tool, code, arguments, and what the details must hold.
CASES: Final[list[tuple[str, str, dict[str, Any], dict[str, Any]]]] = [
    ("gorev_listele", "invalid_value", {"filtre": "yarin"}, {"field": "filtre", "value": "yarin"}),
    ("gorev_detay", "missing_parameter", {}, {"field": "id"}),
    ("gorev_detay", "task_not_found", {"id": "{nowhere}"}, {"id": "{nowhere}"}),
    ("gorev_detay", "ambiguous_id", {"task_id": "{twins}"}, {"id": "{twins}"}),
    ("gorev_guncelle", "missing_parameter", {"id": "{free}"}, {"fields": ["durum", "oncelik"]}),
    ("gorev_guncelle", "invalid_status", {"id": "{free}", "durum": "bitti"}, {"field": "durum"}),
    ("gorev_guncelle", "invalid_priority", {"id": "{free}", "priority": "?"}, {"field": "priority"}),
    ("gorev_guncelle", "task_not_found", {"id": "{nowhere}", "durum": "iptal"}, {"id": "{nowhere}"}),
    ("gorev_guncelle", "dependency_incomplete", {"id": "{blocked}", "durum": "tamamlandi"}, {}),
    ("gorev_guncelle", "subtasks_incomplete", {"id": "{parent}", "durum": "tamamlandi"}, {"count": 1}),
    ("gorev_duzenle", "missing_parameter", {"id": "{free}"}, {}),
    ("gorev_duzenle", "task_not_found", {"id": "{nowhere}", "baslik": "x"}, {"id": "{nowhere}"}),
    ("gorev_duzenle", "project_not_found", {"id": "{free}", "proje_id": "{nowhere}"}, {"field": "proje_id"}),
    ("gorev_duzenle", "invalid_priority", {"id": "{free}", "oncelik": "?"}, {"field": "oncelik"}),
    ("gorev_duzenle", "invalid_date", {"id": "{free}", "son_tarih": "2025-02-30"}, {"value": "2025-02-30"}),
    ("gorev_duzenle", "invalid_value", {"id": "{free}", "baslik": " \t"}, {"field": "baslik"}),
    ("gorev_sil", "confirmation_required", {"id": "{spare}"}, {"field": "onay"}),
    ("gorev_sil", "task_not_found", {"id": "{nowhere}", "onay": True}, {"id": "{nowhere}"}),
    ("gorev_sil", "has_subtasks", {"id": "{parent}", "onay": "evet"}, {"count": 1}),
    ("templateden_gorev_olustur", "missing_parameter", {"template_id": "bug"}, {"field": "degerler"}),
    ("templateden_gorev_olustur", "template_not_found", {"template_id": "x", "degerler": {}}, {"id": "x"}),
    (
        "templateden_gorev_olustur",
        "missing_fields",
        {"template_id": "bug", "degerler": {k: v for k, v in BUG.items() if k != "modul"}, "proje_id": "{project}"},
        {},
    ),
    (
        "templateden_gorev_olustur",
        "invalid_value",
        {"template_id": "bug", "degerler": {**BUG, "ortam": "moon"}, "proje_id": "{project}"},
        {"field": "ortam", "value": "moon", "allowed": ["development", "staging", "production"]},
    ),
    (
        "templateden_gorev_olustur",
        "invalid_date",
        {"template_id": "bug", "degerler": {**BUG, "son_tarih": "2025-02-30"}, "proje_id": "{project}"},
        {"value": "2025-02-30"},
    ),
    (
        "templateden_gorev_olustur",
        "project_not_found",
        {"template_id": "bug", "degerler": BUG, "proje_id": "{nowhere}"},
        {"id": "{nowhere}"},
    ),
    ("templateden_gorev_olustur", "no_active_project", {"template_id": "bug", "degerler": BUG}, {}),
    ("proje_olustur", "missing_parameter", {"tanim": "x"}, {"field": "isim"}),
    ("proje_gorevleri", "project_not_found", {"proje_id": "{nowhere}"}, {"id": "{nowhere}"}),
    ("gorev_bagimlilik_ekle", "missing_parameter", {}, {}),
    ("gorev_bagimlilik_ekle", "missing_parameter", {"hedef_id": "{free}"}, {"field": "kaynak_id"}),
    (
        "gorev_bagimlilik_ekle",
        "task_not_found",
        {"gorev_id": "{free}", "bagli_gorev_id": "{nowhere}"},
        {"field": "bagli_gorev_id", "id": "{nowhere}"},
    ),
    (
        "gorev_bagimlilik_ekle",
        "task_not_found",
        {"gorev_id": "{nowhere}", "bagli_gorev_id": "{free}"},
        {"field": "gorev_id"},
    ),
    (
        "gorev_bagimlilik_ekle",
        "task_not_found",
        {"source_id": "{free}", "target_id": "{nowhere}"},
        {"field": "target_id"},
    ),
    (
        "gorev_bagimlilik_ekle",
        "invalid_value",
        {"gorev_id": "{free}", "bagli_gorev_id": "{spare}", "baglanti_tip": "sever"},
        {"field": "baglanti_tip"},
    ),
    (
        "gorev_bagimlilik_ekle",
        "invalid_value",
        {"gorev_id": "{free}", "bagli_gorev_id": "{spare}", "kaynak_id": "{free}", "hedef_id": "{spare}"},
        {"field": "kaynak_id"},
    ),
    ("gorev_bagimlilik_ekle", "self_dependency", {"gorev_id": "{free}", "bagli_gorev_id": "{free}"}, {}),
    ("gorev_bagimlilik_ekle", "duplicate_dependency", {"gorev_id": "{blocked}", "bagli_gorev_id": "{free}"}, {}),
    ("gorev_bagimlilik_ekle", "cycle_detected", {"gorev_id": "{parent}", "bagli_gorev_id": "{child}"}, {}),
    ("aktif_proje", "missing_parameter", {}, {"field": "action", "allowed": ["set", "get", "clear"]}),
    ("aktif_proje", "missing_parameter", {"action": "set"}, {"field": "proje_id"}),
    ("aktif_proje", "invalid_value", {"action": "take"}, {"allowed": ["set", "get", "clear"]}),
    ("aktif_proje", "project_not_found", {"action": "set", "proje_id": "{nowhere}"}, {"id": "{nowhere}"}),
    ("gorev_hierarchy", "missing_parameter", {"action": "change_parent"}, {"field": "gorev_id"}),
    ("gorev_hierarchy", "invalid_value", {"action": "prune"}, {"field": "action"}),
    ("gorev_hierarchy", "task_not_found", {"action": "show", "gorev_id": "{nowhere}"}, {"id": "{nowhere}"}),
    (
        "gorev_hierarchy",
        "parent_not_found",
        {"action": "change_parent", "gorev_id": "{free}", "yeni_parent_id": "{nowhere}"},
        {"id": "{nowhere}"},
    ),
    (
        "gorev_hierarchy",
        "cycle_detected",
        {"action": "move", "gorev_id": "{parent}", "yeni_parent_id": "{child}"},
        {"path": ["{parent}", "{child}", "{parent}"]},
    ),
    (
        "gorev_hierarchy",
        "project_mismatch",
        {"action": "change_parent", "gorev_id": "{free}", "yeni_parent_id": "{member}"},
        {},
    ),
    (
        "gorev_hierarchy",
        "invalid_priority",
        {"action": "create_subtask", "parent_id": "{free}", "baslik": "x", "oncelik": "?"},
        {"field": "oncelik"},
    ),
    (
        "gorev_hierarchy",
        "invalid_date",
        {"action": "create_subtask", "parent_id": "{free}", "baslik": "x", "son_tarih": "2025-02-30"},
        {"field": "son_tarih"},
    ),
    ("gorev_bulk", "missing_parameter", {}, {"allowed": ["transition", "tag", "update"]}),
    ("gorev_bulk", "invalid_value", {"operation": "burn"}, {"allowed": ["transition", "tag", "update"]}),
    ("gorev_filter_profile", "missing_parameter", {"action": "load"}, {"fields": ["name", "profile_id"]}),
    ("gorev_filter_profile", "profile_not_found", {"action": "load", "profile_id": 99}, {"profile": 99}),
    ("gorev_filter_profile", "default_profile", {"action": "delete", "profile_id": 1}, {}),
    (
        "gorev_filter_profile",
        "invalid_value",
        {"action": "save", "name": "x", "filters": {"renk": "mavi"}},
        {"field": "renk"},
    ),
    ("gorev_file_watch", "missing_parameter", {"action": "add", "task_id": "{free}"}, {"field": "file_path"}),
    ("gorev_file_watch", "missing_parameter", {"action": "remove"}, {"fields": ["file_path", "watch_id"]}),
    ("gorev_file_watch", "invalid_value", {"action": "look"}, {"field": "action"}),
    ("gorev_file_watch", "task_not_found", {"action": "add", "task_id": "{nowhere}", "file_path": "a.py"}, {}),
    ("gorev_file_watch", "watch_not_found", {"action": "remove", "file_path": "never.py"}, {}),
    ("gorev_file_watch", "path_not_allowed", {"action": "add", "task_id": "{free}", "file_path": "/etc/hosts"}, {}),
    ("ide_manage", "missing_parameter", {"action": "install"}, {"field": "ide"}),
    ("ide_manage", "invalid_value", {"action": "install", "ide": "ed"}, {"field": "ide"}),
    ("gorev_context", "missing_parameter", {"action": "set_active"}, {"field": "gorev_id"}),
    ("gorev_context", "invalid_value", {"action": "recent", "limit": 11}, {"field": "limit"}),
    ("gorev_context", "task_not_found", {"action": "set_active", "gorev_id": "{nowhere}"}, {"id": "{nowhere}"}),
    ("gorev_search", "missing_parameter", {"mode": "nlp"}, {"field": "query"}),
    ("gorev_search", "missing_parameter", {"mode": "advanced"}, {"fields": ["query", "filters"]}),
    ("gorev_search", "invalid_value", {"mode": "telepathy"}, {"allowed": ["nlp", "advanced", "history"]}),
    ("gorev_export", "invalid_value", {"format": "xml"}, {"allowed": ["json", "csv", "markdown"]}),
    ("gorev_export", "invalid_date", {"date_range": {"from": "2025-02-02", "to": "2025-01-01"}}, {}),
    ("gorev_export", "path_not_allowed", {"output_path": "/etc/x.json"}, {"path": "/etc/x.json"}),
    ("gorev_export", "io_error", {"output_path": f"{'x' * 300}.json"}, {}),
    ("gorev_import", "missing_parameter", {}, {"fields": ["file_path", "data"]}),
    ("gorev_import", "invalid_value", {"data": [{"title": "a", "durum": "x"}]}, {}),
    ("gorev_import", "file_not_found", {"file_path": "none.json"}, {}),
    ("gorev_import", "invalid_format", {"data": {"projects": []}}, {}),
    ("gorev_import", "invalid_reference", {"data": [{"title": "a", "parent_id": "{nowhere}"}]}, {}),
    ("gorev_import", "path_not_allowed", {"file_path": "/"}, {}),
    ("gorev_intelligent_create", "missing_parameter", {"aciklama": "x"}, {"field": "baslik"}),
    ("gorev_intelligent_create", "project_not_found", {"baslik": "x", "proje_id": "{nowhere}"}, {"id": "{nowhere}"}),
    ("gorev_olustur", "not_found", {"baslik": "x"}, {"instead": "templateden_gorev_olustur"}),
]


@pytest.fixture(scope="module")
def us(daemon: RunningDaemon) -> Iterator[Assistants]:
    """Assistants of a furnished workspace, which no test here changes."""
    with assistants_of_new_workspace(daemon) as assistants:
        yield assistants


@pytest.fixture(scope="module")
def places(us: Assistants) -> dict[str, str]:
    """What the placeholders of the cases mean."""
    return furnish(us)


def test_there_is_a_case_for_every_error_that_the_contract_lists() -> None:
    provoked: dict[str, set[str]] = {}
    for tool, code, _, _ in CASES:
        provoked.setdefault(tool, set()).add(code)
    assert provoked == LISTED


def test_a_tool_declares_every_error_that_it_answers() -> None:
    declared = {tool.name: tool.codes() for tool in (*TOOLS, *UNLISTED, *ide_tools.tools(cast("Editors", None)))}
    assert {tool: codes - set(declared[tool]) for tool, codes in LISTED.items() if codes - set(declared[tool])} == {}


@pytest.mark.parametrize(
    ("tool", "code", "arguments", "told"),
    CASES,
    ids=[f"{number}-{case[0]}-{case[1]}" for number, case in enumerate(CASES)],
)
def test_an_error_has_its_code_and_details_in_both_languages_and_changes_nothing(
    us: Assistants, places: dict[str, str], tool: str, code: str, arguments: dict[str, Any], told: dict[str, Any]
) -> None:
    details = us.refused(tool, code, **filled(arguments, places))
    expected = filled(told, places)
    assert {name: details.get(name) for name in expected} == expected


@pytest.mark.parametrize(
    ("tool", "arguments", "fields"),
    [
        ("gorev_guncelle", {"id": "{free}"}, "durum, oncelik"),
        ("gorev_duzenle", {"id": "{free}"}, "baslik, aciklama, oncelik, proje_id, son_tarih, etiketler"),
        ("gorev_bagimlilik_ekle", {}, "gorev_id + bagli_gorev_id, kaynak_id + hedef_id"),
        ("gorev_hierarchy", {"action": "show"}, "gorev_id, parent_id"),
        ("gorev_bulk", {"operation": "update", "ids": ["{free}"]}, "baslik, aciklama, durum"),
        ("gorev_filter_profile", {"action": "delete"}, "name, profile_id"),
        ("gorev_filter_profile", {"action": "save", "name": "x"}, "filters, search_query"),
        ("gorev_file_watch", {"action": "remove"}, "file_path, watch_id"),
        ("gorev_search", {"mode": "advanced"}, "query, filters"),
        ("gorev_import", {}, "file_path, data"),
    ],
)
def test_a_tool_that_needs_any_of_several_says_so(
    us: Assistants, places: dict[str, str], tool: str, arguments: dict[str, Any], fields: str
) -> None:
    given = filled(arguments, places)
    assert f"at least one of {fields}" in us.english.call(tool, **given)["content"][0]["text"]
    turkish = us.turkish.call(tool, **given)["content"][0]["text"]
    assert fields in turkish
    assert "en az biri" in turkish


@pytest.mark.parametrize(
    ("tool", "arguments", "code"),
    [
        ("gorev_detay", {"id": "abc1234"}, "task_not_found"),
        ("proje_gorevleri", {"proje_id": "abc"}, "project_not_found"),
        ("gorev_hierarchy", {"action": "create_subtask", "parent_id": "a", "baslik": "x"}, "parent_not_found"),
    ],
)
def test_an_id_that_is_too_short_is_refused_with_the_length_it_needs(
    us: Assistants, tool: str, arguments: dict[str, Any], code: str
) -> None:
    us.refused(tool, code, **arguments)
    for assistant in (us.english, us.turkish):
        assert " 8 " in assistant.call(tool, **arguments)["content"][0]["text"]
    long_enough = {name: "abcdefab" if value in ("abc1234", "abc", "a") else value for name, value in arguments.items()}
    assert " 8 " not in us.english.call(tool, **long_enough)["content"][0]["text"]
