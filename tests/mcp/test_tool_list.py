"""``tools/list``: what is advertised is what is accepted, and it is short (``mcp-tools.md`` §1)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.mcp.assistants import Assistants, assistants_of_new_workspace
from tests.support.running_daemon import McpClient, RunningDaemon

TEN = {
    "gorev_listele",
    "gorev_detay",
    "gorev_guncelle",
    "gorev_duzenle",
    "gorev_sil",
    "gorev_hierarchy",
    "proje_listele",
    "proje_olustur",
    "proje_gorevleri",
    "aktif_proje",
}
ORDER = [
    "gorev_listele",
    "gorev_detay",
    "gorev_guncelle",
    "gorev_duzenle",
    "gorev_sil",
    "proje_listele",
    "proje_olustur",
    "proje_gorevleri",
    "aktif_proje",
    "gorev_hierarchy",
]
REQUIRED = {
    "gorev_detay": {"id"},
    "gorev_guncelle": {"id"},
    "gorev_duzenle": {"id"},
    "gorev_sil": {"id", "onay"},
    "proje_olustur": {"isim"},
    "proje_gorevleri": {"proje_id"},
    "aktif_proje": {"action"},
    "gorev_hierarchy": {"action"},
}
PARAMETERS = {
    "gorev_listele": {
        "durum",
        "oncelik",
        "tum_projeler",
        "proje_id",
        "sirala",
        "filtre",
        "etiket",
        "limit",
        "offset",
    },
    "gorev_detay": {"id"},
    "gorev_guncelle": {"id", "durum", "oncelik", "rev", "idempotency_key"},
    "gorev_duzenle": {
        "id",
        "baslik",
        "aciklama",
        "oncelik",
        "proje_id",
        "son_tarih",
        "etiketler",
        "rev",
        "idempotency_key",
    },
    "gorev_sil": {"id", "onay", "rev", "idempotency_key"},
    "proje_listele": {"limit", "offset"},
    "proje_olustur": {"isim", "tanim", "idempotency_key"},
    "proje_gorevleri": {"proje_id", "limit", "offset"},
    "aktif_proje": {"action", "proje_id", "rev", "idempotency_key"},
}


@pytest.fixture
def us(daemon: RunningDaemon) -> Iterator[Assistants]:
    """Assistants of an empty workspace."""
    with assistants_of_new_workspace(daemon) as assistants:
        yield assistants


def listed(assistant: McpClient) -> list[Any]:
    """The entries of ``tools/list``."""
    assistant.request("initialize", {"protocolVersion": "2025-11-25", "capabilities": {}})
    tools = assistant.request("tools/list")["result"]["tools"]
    assert isinstance(tools, list)
    return tools


def entry(us: Assistants, name: str) -> Any:
    """The entry of one tool."""
    (tool,) = (tool for tool in listed(us.english) if tool["name"] == name)
    return tool


def test_the_tools_come_in_a_fixed_order(us: Assistants) -> None:
    names = [tool["name"] for tool in listed(us.english)]
    assert [name for name in names if name in TEN] == ORDER
    assert names == [tool["name"] for tool in listed(us.turkish)]


def test_the_whole_list_is_at_most_24_kb_in_both_languages(us: Assistants) -> None:
    for assistant in (us.turkish, us.english):
        tools = listed(assistant)
        assert len(json.dumps({"tools": tools}, ensure_ascii=False, separators=(",", ":")).encode()) <= 24 * 1024


def test_titles_and_descriptions_are_in_the_caller_s_language_and_short(us: Assistants) -> None:
    for turkish, english in zip(listed(us.turkish), listed(us.english), strict=True):
        assert turkish["name"] == english["name"]
        if english["name"] not in TEN:
            continue
        assert turkish["title"] != english["title"]
        assert turkish["description"] != english["description"]
        for tool in (turkish, english):
            assert tool["description"].count(". ") <= 2


def test_every_tool_says_what_it_does_to_the_world(us: Assistants) -> None:
    for tool in listed(us.english):
        assert tool["annotations"].keys() == {"readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"}
        assert all(isinstance(hint, bool) for hint in tool["annotations"].values())
    hints = {tool["name"]: tool["annotations"] for tool in listed(us.english)}
    reading = {"gorev_listele", "gorev_detay", "proje_listele", "proje_gorevleri"}
    assert {name for name in TEN if hints[name]["readOnlyHint"]} == reading
    assert {name for name in TEN if hints[name]["destructiveHint"]} == {"gorev_sil"}
    assert not any(hints[name]["openWorldHint"] for name in TEN)
    assert not hints["proje_olustur"]["idempotentHint"]


@pytest.mark.parametrize("name", sorted(PARAMETERS))
def test_a_schema_names_the_parameters_of_the_contract_and_which_are_required(us: Assistants, name: str) -> None:
    schema = entry(us, name)["inputSchema"]
    assert schema["type"] == "object"
    assert schema["properties"].keys() == PARAMETERS[name]
    assert schema["additionalProperties"] is False
    assert set(schema.get("required", ())) == REQUIRED.get(name, set())


@pytest.mark.parametrize("name", sorted(REQUIRED))
def test_what_is_required_is_really_required(us: Assistants, name: str) -> None:
    task, project = us.rest.task(), us.rest.project()
    whole: dict[str, Any] = {
        "gorev_detay": {"id": task["id"]},
        "gorev_guncelle": {"id": task["id"], "durum": "iptal"},
        "gorev_duzenle": {"id": task["id"], "baslik": "x"},
        "gorev_sil": {"id": task["id"], "onay": True},
        "proje_olustur": {"isim": "x"},
        "proje_gorevleri": {"proje_id": project["id"]},
        "aktif_proje": {"action": "get"},
        "gorev_hierarchy": {"action": "show", "gorev_id": task["id"]},
    }[name]
    for parameter in entry(us, name)["inputSchema"]["required"]:
        rest = {each: value for each, value in whole.items() if each != parameter}
        code = "confirmation_required" if parameter == "onay" else "missing_parameter"
        us.refused(name, code, **rest)
    us.call(name, **whole)


@pytest.mark.parametrize("name", sorted(TEN))
def test_every_value_of_an_enum_is_accepted_and_each_default_too(us: Assistants, name: str) -> None:
    schema = entry(us, name)["inputSchema"]
    for parameter, described in schema["properties"].items():
        given = described.get("enum", []) + ([described["default"]] if "default" in described else [])
        for value in given:
            outcome = us.english.call(name, **{parameter: value})
            details = outcome["structuredContent"].get("details", {})
            assert not (outcome.get("isError") and details.get("field") == parameter), outcome


@pytest.mark.parametrize("name", sorted(TEN))
def test_bounds_of_numbers_are_those_that_hold(us: Assistants, name: str) -> None:
    for parameter, described in entry(us, name)["inputSchema"]["properties"].items():
        if described.get("type") != "integer":
            continue
        for bound, step in (("minimum", -1), ("maximum", 1)):
            if bound not in described:
                continue
            good, bad = described[bound], described[bound] + step
            for value, is_bad in ((good, False), (bad, True), (str(good), False)):
                struct = us.english.call(name, **{parameter: value})["structuredContent"]
                refused = struct.get("code") == "invalid_value" and struct["details"]["field"] == parameter
                assert refused is is_bad, (parameter, value, struct)


def test_answers_have_the_keys_that_the_output_schema_names(us: Assistants) -> None:
    task, project = us.rest.task(), us.rest.project()
    us.rest.task("Child", parent_id=task["id"])
    gone = us.rest.task("Gone")
    calls: list[tuple[str, dict[str, Any]]] = [
        ("gorev_listele", {}),
        ("gorev_listele", {"limit": 1}),
        ("gorev_detay", {"id": task["id"]}),
        ("gorev_guncelle", {"id": task["id"], "durum": "iptal"}),
        ("gorev_duzenle", {"id": task["id"], "baslik": "x"}),
        ("gorev_sil", {"id": gone["id"], "onay": True}),
        ("gorev_hierarchy", {"action": "show", "gorev_id": task["id"]}),
        ("gorev_hierarchy", {"action": "create_subtask", "parent_id": task["id"], "baslik": "x"}),
        ("gorev_hierarchy", {"action": "change_parent", "gorev_id": task["id"]}),
        ("proje_listele", {}),
        ("proje_olustur", {"isim": "x"}),
        ("proje_gorevleri", {"proje_id": project["id"]}),
        ("aktif_proje", {"action": "get"}),
        ("aktif_proje", {"action": "set", "proje_id": project["id"]}),
        ("aktif_proje", {"action": "clear"}),
    ]
    schemas = {tool["name"]: tool["outputSchema"] for tool in listed(us.english)}
    for name, arguments in calls:
        _, struct = us.call(name, **arguments)
        assert schemas[name]["type"] == "object"
        assert struct.keys() <= schemas[name]["properties"].keys(), name
