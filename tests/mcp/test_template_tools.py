"""``template_listele`` and ``templateden_gorev_olustur`` (``mcp-tools.md`` §3.6 and §3.7)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from gorev.domain.default_templates import every
from gorev.domain.template import FieldKind, example
from tests.mcp.assistants import UNKNOWN_ID, Assistants, assistants_of_new_workspace
from tests.support.running_daemon import RunningDaemon

ALIASES = [template.alias for template in every() if template.language == "tr"]
SHORT = 6 * 1024
BUG = {
    "baslik": "Boş sayfa",
    "aciklama": "Açılmıyor",
    "modul": "giriş",
    "ortam": "staging",
    "adimlar": "1. Aç",
    "beklenen": "Açılır",
    "mevcut": "Boş",
}


@pytest.fixture
def us(daemon: RunningDaemon) -> Iterator[Assistants]:
    with assistants_of_new_workspace(daemon) as assistants:
        yield assistants


def size(value: object) -> int:
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


@pytest.mark.parametrize("language", ["tr", "en"])
def test_the_list_is_short_and_tells_enough_of_every_template_to_use_it(us: Assistants, language: str) -> None:
    assistant = us.turkish if language == "tr" else us.english
    outcome = assistant.call("template_listele")
    text, struct = outcome["content"][0]["text"], outcome["structuredContent"]
    assert len(text.encode()) <= SHORT
    assert size(struct) <= SHORT
    rows = {row["alias"]: row for row in struct["templateler"]}
    assert rows.keys() == set(ALIASES)
    for template in every():
        if template.language == language and template.alias:
            row = rows[template.alias]
            assert (row["isim"], row["tanim"], row["kategori"], row["varsayilan_baslik"]) == (
                template.name,
                template.definition,
                template.category,
                template.default_title,
            )
            for told in (template.name, row["id"], template.definition, template.default_title, *row["alanlar"]):
                assert told in text
            for field, outline in zip(template.fields, row["alanlar"], strict=True):
                assert outline.startswith(f"{field.name}*" if field.required else field.name)
                assert (":date" in outline) is (field.kind is FieldKind.DATE)
                assert "|".join(field.options) in outline
                assert outline.endswith(f"={field.default}" if field.default else ("}" if field.options else ""))
    assert struct["aciklama"] in text


def test_a_category_of_few_templates_is_told_in_full(us: Assistants) -> None:
    text, struct = us.call("template_listele", kategori="Research")
    (first, spike) = struct["templateler"]
    assert [first["alias"], spike["alias"]] == ["research", "spike"]
    assert spike["alanlar"][2] == {
        "isim": "time_box",
        "tip": "select",
        "zorunlu": True,
        "varsayilan": "",
        "secenekler": ["4 hours", "1 day", "2 days", "3 days", "1 week"],
        "aciklama": "Time Box",
    }
    assert spike["aciklama_template"].startswith("## Research Question\n\n{{research_question}}")
    for told in (spike["id"], "4 hours|1 day", "decision_deadline: date, required", spike["aciklama_template"]):
        assert told in text
    assert max(size(struct), len(text.encode())) <= SHORT


@pytest.mark.parametrize("category", sorted({template.category for template in every()}))
def test_no_category_is_too_long(us: Assistants, category: str) -> None:
    for assistant in (us.turkish, us.english):
        outcome = assistant.call("template_listele", kategori=category)
        assert not outcome["isError"]
        assert size(outcome["structuredContent"]) <= SHORT
        assert len(outcome["content"][0]["text"].encode()) <= SHORT


def test_an_unknown_category_is_an_empty_list_that_names_the_others(us: Assistants) -> None:
    text, struct = us.call("template_listele", category="Nothing")
    assert struct == {"templateler": []}
    assert "Nothing" in text
    assert "Documentation" in text
    assert us.in_turkish("template_listele", kategori="Yok") != text


@pytest.mark.parametrize("alias", ALIASES)
def test_the_example_of_every_template_makes_a_task_in_both_languages(us: Assistants, alias: str) -> None:
    project = us.rest.project("Proje")
    for assistant in (us.turkish, us.english):
        refused = assistant.call("templateden_gorev_olustur", template_id=alias, degerler={})["structuredContent"]
        assert refused["code"] == "missing_fields"
        shown = refused["details"]["example"]
        assert json.dumps(shown["degerler"], ensure_ascii=False, separators=(",", ":")) in refused["message"]
        outcome = assistant.call("templateden_gorev_olustur", proje_id=project["id"], **shown)
        assert outcome["isError"] is False
        task = outcome["structuredContent"]["gorev"]
        assert task["proje_id"] == project["id"]
        assert task["etiketler"]
    assert us.rest.get("/api/gorevler?tum_projeler=true")["total"] == 2


def test_english_values_fill_a_turkish_template_and_the_other_way_round(us: Assistants) -> None:
    project = us.rest.project()
    templates = {template.language: template for template in every() if template.alias == "debt"}
    for assistant, language in ((us.turkish, "en"), (us.english, "tr")):
        values = dict(example(templates[language]).values) | {"sure": "2-3 days" if language == "en" else "1 hafta"}
        outcome = assistant.call(
            "templateden_gorev_olustur", template_alias="debt", values=values, project_id=project["id"][:8]
        )
        assert outcome["isError"] is False
        assert values["sure"] in outcome["structuredContent"]["gorev"]["aciklama"]


def test_the_answer_names_template_task_priority_and_project(us: Assistants) -> None:
    project = us.rest.project("Mağaza")
    us.rest.activate(project["id"])
    arguments: dict[str, Any] = {"template_id": "bug", "degerler": BUG | {"oncelik": "high", "renk": "x"}}
    text, struct = us.call("templateden_gorev_olustur", **arguments)
    for told in ("Bug Report", "🐛 [giriş] Boş sayfa", f"ID: {struct['gorev']['id']}", "High", "Mağaza", "gorev_detay"):
        assert told in text
    assert struct["gorev"]["oncelik"] == "yuksek"
    assert "renk" in text
    assert struct["warnings"][0] in text
    assert "Bug Raporu" in us.in_turkish("templateden_gorev_olustur", **arguments)


def test_the_answer_is_short_however_long_the_values_are(us: Assistants) -> None:
    project = us.rest.project()
    long = {"aciklama": "ş" * 20_000}
    text, struct = us.call("templateden_gorev_olustur", alias="bug", degerler=BUG | long, proje_id=project["id"])
    assert max(size(struct), len(text.encode())) <= SHORT
    assert us.rest.get(f"/api/gorev/{struct['gorev']['id']}")["data"]["aciklama"].count("ş") > 20_000


def test_what_cannot_be_made_is_refused_in_both_languages(us: Assistants) -> None:
    create = "templateden_gorev_olustur"
    assert us.refused(create, "missing_parameter", degerler={})["field"] == "template_id"
    assert us.refused(create, "missing_parameter", template_id="bug")["field"] == "degerler"
    assert us.refused(create, "template_not_found", alias="nothing", degerler=BUG)["id"] == "nothing"
    assert us.refused(create, "missing_fields", alias="bug", degerler=BUG | {"modul": ""})["fields"] == ["module"]
    select = us.refused(create, "invalid_value", alias="bug", degerler=BUG | {"ortam": "x"})
    assert select == {"field": "ortam", "value": "x", "allowed": ["development", "staging", "production"]}
    assert (
        us.refused(create, "invalid_date", alias="bug", degerler=BUG | {"due_date": "2025-02-30"})["field"]
        == "due_date"
    )
    us.refused(create, "conflicting_alias", alias="bug", degerler=BUG | {"title": "x"})
    us.refused(create, "no_active_project", alias="bug", degerler=BUG)
    us.refused(create, "project_not_found", alias="bug", degerler=BUG, proje_id=UNKNOWN_ID)
    us.refused(create, "invalid_value", alias="bug", degerler=BUG, color="red")
