"""What a template makes of the values it is given (``data-model.md`` §6)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gorev.domain.default_templates import every
from gorev.domain.errors import ConflictingAlias, GorevError, InvalidDate, InvalidValue, MissingFields
from gorev.domain.task import NewTask
from gorev.domain.template import Example, Field, FieldKind, Template, example, instantiate
from gorev.domain.values import UNSET, Priority

DEFAULTS = {(template.alias, template.language): template for template in every()}
BUG = DEFAULTS["bug", "tr"]
SPIKE = DEFAULTS["spike", "tr"]

values = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0{}"), max_size=30)


def custom(*fields: Field, title: str = "T", description: str = "") -> Template:
    return Template(
        id="7f0c",
        name="Custom",
        definition="",
        alias=None,
        default_title=title,
        description_template=description,
        fields=fields,
        sample_values=None,
        category="",
        active=True,
        language="tr",
        base_id=None,
    )


def filled(template: Template, **given_: str) -> NewTask:
    return instantiate(template, dict(example(template).values) | given_).task


def refusal(template: Template, given_: Mapping[str, str]) -> GorevError:
    with pytest.raises(GorevError) as caught:
        instantiate(template, given_)
    return caught.value


@pytest.mark.parametrize("template", every(), ids=lambda each: f"{each.alias}-{each.language}")
def test_the_example_of_a_default_template_makes_a_task(template: Template) -> None:
    task = instantiate(template, example(template).values).task
    assert "{{" not in task.title + task.description
    assert task.tags


def test_title_and_description_are_the_patterns_with_the_values_in_them() -> None:
    task = filled(BUG, baslik="Boş sayfa", modul="giriş", cozum="")
    assert task.title == "🐛 [giriş] Boş sayfa"
    assert task.description.startswith("## Başlık\n\nBoş sayfa\n\n## Açıklama\n\n")
    assert "## Çözüm Önerisi\n\n\n\n" in task.description


def test_each_field_has_its_heading_in_the_description_in_field_order() -> None:
    headings = [line for line in filled(BUG).description.splitlines() if line.startswith("## ")]
    assert len(headings) == len(BUG.fields)


@given(values, values)
def test_what_is_put_in_is_not_expanded_again(first: str, second: str) -> None:
    template = custom(Field(name="a"), Field(name="b"), title="T {{a}}{{b}}", description="{{ a }}|{{b}}|{{nowhere}}")
    given_ = {"a": f"{first}{{{{b}}}}", "b": second}
    task = instantiate(template, given_).task
    assert task.description == f"{given_['a']}|{second if second.strip() else ''}|"  # a blank value is none


@pytest.mark.parametrize(
    "keys",
    [
        {"title": "T", "description": "D", "module": "M", "environment": "staging", "steps": "S"},
        {"baslik": "T", "aciklama": "D", "modul": "M", "ortam": "staging", "adimlar": "S"},
        {"title": "T", "aciklama": "D", "module": "M", "ortam": "staging", "steps": "S"},
    ],
)
@pytest.mark.parametrize("language", ["tr", "en"])
def test_turkish_and_english_names_of_fields_are_the_same(keys: dict[str, str], language: str) -> None:
    instance = instantiate(DEFAULTS["bug", language], keys | {"beklenen": "B", "actual": "A"})
    assert instance.task.title == "🐛 [M] T"
    assert instance.ignored == ()


def test_two_spellings_of_a_field_may_agree_but_not_differ() -> None:
    assert filled(BUG, title="Giriş sayfası boş açılıyor").title.endswith("Giriş sayfası boş açılıyor")
    assert filled(BUG, oncelik="yuksek", priority="high").priority is Priority.HIGH
    assert filled(BUG, son_tarih="2031-05-06", due_date="2031-05-06T09:00:00Z").due_date == date(2031, 5, 6)
    refused = refusal(BUG, dict(example(BUG).values) | {"title": "Another"})
    assert isinstance(refused, ConflictingAlias)
    assert refused.details["keys"] == ["baslik", "title"]


def test_all_blank_required_fields_are_named_with_an_example_that_works() -> None:
    refused = refusal(BUG, {"baslik": "T", "modul": " \n", "oncelik": ""})
    assert isinstance(refused, MissingFields)
    assert refused.details["fields"] == ["aciklama", "modul", "ortam", "adimlar", "beklenen", "mevcut"]
    shown = refused.details["example"]
    assert isinstance(shown, Example)
    assert shown.template == "bug"
    assert instantiate(BUG, shown.values)


def test_a_custom_template_without_samples_has_an_example_of_every_kind() -> None:
    template = custom(
        Field(name="metin", required=True),
        Field(name="secim", kind=FieldKind.SELECT, required=True, options=("a", "b")),
        Field(name="gun", kind=FieldKind.DATE, required=True),
        Field(name="sayi", kind=FieldKind.NUMBER, required=True),
        Field(name="hazir", required=True, default="x"),
        Field(name="bos"),
    )
    shown = example(template)
    assert shown.template == "7f0c"
    assert list(shown.values) == ["metin", "secim", "gun", "sayi"]
    assert instantiate(template, shown.values)


def test_a_default_fills_what_is_blank_and_satisfies_a_required_field() -> None:
    template = custom(Field(name="a", required=True, default="d"), title="T {{a}}")
    assert instantiate(template, {"a": "  "}).task.title == "T d"


@pytest.mark.parametrize(
    ("kind", "value", "error"),
    [
        (FieldKind.SELECT, "purple", InvalidValue),
        (FieldKind.DATE, "2025-02-30", InvalidDate),
        (FieldKind.DATE, "yarın", InvalidDate),
        (FieldKind.NUMBER, "four", InvalidValue),
        (FieldKind.NUMBER, "1_000", InvalidValue),
        (FieldKind.NUMBER, "1e999", InvalidValue),
        (FieldKind.NUMBER, "nan", InvalidValue),
    ],
)
def test_a_value_must_be_of_its_fields_kind(kind: FieldKind, value: str, error: type[GorevError]) -> None:
    template = custom(Field(name="a", kind=kind, options=("red", "green") if kind is FieldKind.SELECT else ()))
    refused = refusal(template, {"a": value})
    assert type(refused) is error
    assert (refused.details["field"], refused.details["value"]) == ("a", value)
    if kind is FieldKind.SELECT:
        assert refused.details["allowed"] == ["red", "green"]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (FieldKind.DATE, "2025-12-31"),
        (FieldKind.DATE, "2025-12-31T10:00:00+03:00"),
        (FieldKind.NUMBER, "-1.5e3"),
        (FieldKind.NUMBER, " 42 "),
        (FieldKind.SELECT, " red "),
    ],
)
def test_a_value_of_its_fields_kind_is_kept_as_given(kind: FieldKind, value: str) -> None:
    template = custom(Field(name="a", kind=kind, options=("red",)), description="{{a}}")
    assert instantiate(template, {"a": value}).task.description == value


@pytest.mark.parametrize(("language", "effort"), [("tr", "küçük"), ("tr", "small"), ("en", "küçük"), ("en", "large")])
def test_turkish_and_english_options_are_the_same_and_stored_as_given(language: str, effort: str) -> None:
    template = DEFAULTS["feature", language]
    assert f"\n\n{effort}\n\n" in filled(template, effort=effort).description


@pytest.mark.parametrize(
    ("given_", "priority"),
    [({}, Priority.MEDIUM), ({"oncelik": "yuksek"}, Priority.HIGH), ({"priority": "LOW"}, Priority.LOW)],
)
def test_the_priority_field_sets_the_tasks_priority(given_: dict[str, str], priority: Priority) -> None:
    assert filled(BUG, **given_).priority is priority


def test_a_template_may_allow_one_priority_only() -> None:
    security = DEFAULTS["security", "tr"]
    assert filled(security).priority is Priority.HIGH
    refused = refusal(security, dict(example(security).values) | {"oncelik": "orta"})
    assert refused.details["allowed"] == ["yuksek"]


def test_fields_of_a_tasks_own_attributes_set_them() -> None:
    task = filled(BUG, etiketler="bir, iki ,", son_tarih="2025-12-31", proje_id="p")
    assert task.tags == ("bir", "iki")
    assert task.due_date == date(2025, 12, 31)
    assert task.project_id == "p"
    assert filled(BUG).project_id is UNSET
    assert filled(BUG).tags == ("bug",)


def test_attributes_can_be_given_though_the_template_has_no_such_fields() -> None:
    template = custom(Field(name="a"))
    given_ = {"priority": "yüksek", "due_date": "2025-12-31", "tags": "x", "project": "p"}
    task = instantiate(template, given_).task
    assert (task.priority, task.due_date, task.tags, task.project_id) == (
        Priority.HIGH,
        date(2025, 12, 31),
        ("x",),
        "p",
    )
    assert isinstance(refusal(template, {"son_tarih": "2025-02-30"}), InvalidDate)
    assert isinstance(refusal(template, {"oncelik": "çok"}), InvalidValue)


def test_the_decision_deadline_is_the_due_date_unless_one_is_given() -> None:
    assert filled(SPIKE, decision_deadline="2026-03-01").due_date == date(2026, 3, 1)
    task = filled(SPIKE, decision_deadline="2026-03-01", son_tarih="2026-02-01")
    assert task.due_date == date(2026, 2, 1)


def test_keys_that_mean_no_field_are_told() -> None:
    instance = instantiate(BUG, dict(example(BUG).values) | {"modull": "x", "renk": "y"})
    assert instance.ignored == ("modull", "renk")


@pytest.mark.parametrize(
    ("given_", "field"),
    [({"baslik": "x\0"}, "baslik"), ({"baslik": "\ud800"}, "baslik"), ({"baslik": "x" * 501}, "title")],
)
def test_texts_that_a_task_cannot_hold_are_refused(given_: dict[str, str], field: str) -> None:
    refused = refusal(BUG, dict(example(BUG).values) | given_)
    assert isinstance(refused, InvalidValue)
    assert refused.details["field"] == field


@given(st.dictionaries(st.sampled_from([field.name for field in BUG.fields]), values))
def test_any_values_make_a_task_or_are_refused(given_: dict[str, str]) -> None:
    def outcome() -> str:
        try:
            return instantiate(BUG, given_).task.title
        except GorevError as refused:
            return refused.code

    assert outcome().startswith(("🐛 [", "missing_fields", "invalid_value"))


def test_the_default_templates_are_those_of_the_table() -> None:
    expected: dict[str, tuple[str, str, int, str, str]] = {
        "bug": ("Bug Raporu", "Technical", 9, "orta", "bug"),
        "feature": ("Özellik İsteği", "Feature", 9, "orta", "özellik"),
        "debt": ("Teknik Borç", "Technical", 10, "orta", "teknik-borç,refaktöring"),
        "research": ("Araştırma Görevi", "Research", 7, "orta", "araştırma"),
        "bug2": ("Bug Raporu v2", "Bug", 14, "yuksek", "bug,production"),
        "spike": ("Spike Araştırma", "Research", 7, "yuksek", "spike,research,poc"),
        "performance": ("Performans Sorunu", "Technical", 11, "yuksek", "performance,optimization"),
        "security": ("Güvenlik Düzeltmesi", "Security", 10, "yuksek", "security,vulnerability"),
        "refactor": ("Yeniden Düzenleme", "Technical", 12, "orta", "refactoring,code-quality"),
        "test": ("Test Yazma", "Technical", 5, "orta", "test"),
        "doc": ("Dokümantasyon", "Documentation", 5, "orta", "dokümantasyon"),
    }
    found: dict[str | None, Any] = {}
    for (alias, language), template in DEFAULTS.items():
        if language == "tr":
            *own, priority, tags = template.fields
            english = DEFAULTS[alias, "en"]
            found[alias] = (template.name, english.category, len(own), priority.default, tags.default)
            assert [field.name for field in (priority, tags)] == ["oncelik", "etiketler"]
            assert [(field.kind, field.required) for field in english.fields] == [
                (field.kind, field.required) for field in template.fields
            ]
    assert found == expected


def test_every_placeholder_of_a_default_template_is_one_of_its_fields() -> None:
    for template in every():
        marked = attrs.evolve(template, description_template="")
        names = {field.name: f"<{field.name}>" for field in template.fields if field.kind is FieldKind.TEXT}
        title = filled(marked, **names).title
        assert "{{" not in title
        assert not title.endswith((": ", "] "))
