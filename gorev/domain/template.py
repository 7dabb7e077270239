"""Templates: patterns that tasks are made from (``data-model.md`` §6).

Names of fields and options exist in Turkish and English, and either is understood wherever one of them is meant; so
are the fields that set a task's own attributes, whether a template has them or not.
"""

from __future__ import annotations

import enum
import math
import re
from collections.abc import Mapping
from datetime import date
from typing import Final

import attrs

from gorev.domain import text
from gorev.domain.dates import calendar_date
from gorev.domain.errors import AsSpelt, ConflictingAlias, InvalidDate, InvalidValue, MissingFields
from gorev.domain.task import NewTask
from gorev.domain.values import UNSET, Priority


class FieldKind(enum.Enum):
    """What a field's value must be."""

    TEXT = "text"
    SELECT = "select"
    DATE = "date"
    NUMBER = "number"


@attrs.frozen(kw_only=True)
class Field:
    """One thing that a template asks for. ``options`` are a select's values; ``description`` helps to fill it in."""

    name: str
    kind: FieldKind = FieldKind.TEXT
    required: bool = False
    default: str = ""
    options: tuple[str, ...] = ()
    description: str = ""


@attrs.frozen(kw_only=True)
class Template:
    """A template of one language. ``base_id`` groups the variants of all languages."""

    id: str
    name: str
    definition: str
    alias: str | None
    default_title: str
    description_template: str
    fields: tuple[Field, ...]
    sample_values: Mapping[str, str] | None
    category: str
    active: bool
    language: str
    base_id: str | None


@attrs.frozen(kw_only=True)
class Example:
    """Values that would do, for the template of this alias or id."""

    template: str
    values: Mapping[str, str]


@attrs.frozen(kw_only=True)
class Instance:
    """The task that a template and some values make, and the keys that none of its fields has."""

    task: NewTask
    ignored: tuple[str, ...]


# Turkish names of fields (without accents) and their English counterparts: mcp-tools.md §6.
_ENGLISH_NAME: Final = {
    "aciklama": "description",
    "adimlar": "steps",
    "alan": "area",
    "alternatifler": "alternatives",
    "amac": "purpose",
    "analiz": "analysis",
    "baslik": "title",
    "beklenen": "expected",
    "beklenen_kapsama": "expected_coverage",
    "cozum": "solution",
    "dokuman_turu": "document_type",
    "dosyalar": "files",
    "efor": "effort",
    "ekler": "attachments",
    "etiketler": "tags",
    "hedef_okuyucu": "audience",
    "ilgili": "related",
    "iyilestirmeler": "improvements",
    "kapsam": "scope",
    "kaynaklar": "sources",
    "konu": "topic",
    "kriterler": "criteria",
    "kullanicilar": "users",
    "mevcut": "actual",
    "modul": "module",
    "neden": "reason",
    "oncelik": "priority",
    "ortam": "environment",
    "proje": "project_id",
    "proje_id": "project_id",
    "project": "project_id",
    "riskler": "risks",
    "son_tarih": "due_date",
    "sorular": "questions",
    "sure": "duration",
    "test_senaryolari": "test_scenarios",
    "test_turu": "test_type",
    "yapisal_tasarim": "structure",
}
_ENGLISH_OPTION: Final = {
    "kucuk": "small",
    "orta": "medium",
    "buyuk": "large",
    "dusuk": "low",
    "yuksek": "high",
    "4 saat": "4 hours",
    "1 gun": "1 day",
    "2 gun": "2 days",
    "3 gun": "3 days",
    "2-3 gun": "2-3 days",
    "1 hafta": "1 week",
    "2+ hafta": "2+ weeks",
}

PRIORITY_OPTIONS: Final = ("dusuk", "orta", "yuksek")
_ATTRIBUTES: Final = (
    Field(name="oncelik", kind=FieldKind.SELECT, options=PRIORITY_OPTIONS),
    Field(name="son_tarih", kind=FieldKind.DATE),
    Field(name="etiketler"),
    Field(name="proje_id"),
)

_PLACEHOLDER: Final = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")
_NUMBER: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)


def instantiate(template: Template, given: Mapping[str, str]) -> Instance:
    """The task that the template makes of these values. A project named among them is not looked up here.

    @raise ConflictingAlias: two spellings of one field mean different values.
    @raise MissingFields: required fields are blank and have no default; it names all of them, with an `Example`.
    @raise InvalidDate, InvalidValue: a value is not what its field asks for, or a text breaks a limit.
    """
    fields = (*template.fields, *_missing_attributes(template))
    answers = _Answers.read(fields, given)
    missing = [field.name for field in fields if field.required and not answers.of(field).strip()]
    if missing:
        raise MissingFields(fields=missing, example=example(template))
    for field in fields:
        answers.check(field)
    values = {field.name: answers.of(field) for field in fields}
    attributes = {_name_key(name): value.strip() for name, value in values.items()}
    task = NewTask(
        title=_filled(template.default_title, values),
        description=_filled(template.description_template, values),
        priority=_priority(attributes["priority"]),
        project_id=attributes["project_id"] or UNSET,
        due_date=calendar_date(attributes["due_date"]) or _decision_deadline(template, values),
        tags=tuple(tag for tag in attributes["tags"].split(",") if tag.strip()),
    )
    return Instance(task=task.checked(), ignored=answers.ignored)


def example(template: Template) -> Example:
    """Values for every field that must be filled in."""
    samples = template.sample_values or {}
    asked = [field for field in template.fields if field.required and not field.default]
    return Example(
        template=template.alias or template.id, values={field.name: _sample(field, samples) for field in asked}
    )


@attrs.frozen
class _Answers:
    """Given values by field name, how each was spelt, and the keys that mean no field."""

    values: Mapping[str, str]
    spelt: Mapping[str, str]
    ignored: tuple[str, ...]

    @classmethod
    def read(cls, fields: tuple[Field, ...], given: Mapping[str, str]) -> _Answers:
        kinds = {field.name: field.kind for field in fields}
        by_key = {_name_key(field.name): field.name for field in reversed(fields)}
        values: dict[str, str] = {}
        spelt: dict[str, str] = {}
        ignored = []
        for key, value in given.items():
            name = key if key in kinds else by_key.get(_name_key(key))
            if name is None:
                ignored.append(key)
            elif name in values and not _means_the_same(kinds[name], values[name], value):
                raise ConflictingAlias(keys=[spelt[name], key])
            else:
                values[name], spelt[name] = text.clean(AsSpelt(key), value), key
        return cls(values, spelt, tuple(ignored))

    def of(self, field: Field) -> str:
        """What the field is filled with."""
        value = self.values.get(field.name, "")
        return value if value.strip() else field.default

    def check(self, field: Field) -> None:
        """Is what was given of the field's kind? A blank is, and so is a default."""
        value = self.values.get(field.name, "").strip()
        if not value:
            return
        name = AsSpelt(self.spelt[field.name])
        shown = value if len(value) <= 60 else f"{value[:60]}…"
        match field.kind:
            case FieldKind.SELECT:
                if _option_key(value) not in map(_option_key, field.options):
                    raise InvalidValue(field=name, value=shown, allowed=list(field.options))
            case FieldKind.DATE:
                if calendar_date(value) is None:
                    raise InvalidDate(field=name, value=shown, allowed="a date that exists, as YYYY-MM-DD")
            case FieldKind.NUMBER:
                if not _NUMBER.fullmatch(value) or not math.isfinite(float(value)):
                    raise InvalidValue(field=name, value=shown, allowed="a number")
            case FieldKind.TEXT:
                pass


def _missing_attributes(template: Template) -> tuple[Field, ...]:
    """Fields of a task's own attributes that the template does not have; they can be given all the same."""
    present = {_name_key(field.name) for field in template.fields}
    return tuple(field for field in _ATTRIBUTES if _name_key(field.name) not in present)


def _filled(pattern: str, values: Mapping[str, str]) -> str:
    """The pattern with its placeholders replaced, once; what is put in is not looked at again."""
    by_key = {_name_key(name): value for name, value in values.items()}
    return _PLACEHOLDER.sub(lambda found: values.get(found[1]) or by_key.get(_name_key(found[1]), ""), pattern)


def _priority(option: str) -> Priority:
    try:
        return Priority(_option_key(option))
    except ValueError:
        return Priority.MEDIUM


def _decision_deadline(template: Template, values: Mapping[str, str]) -> date | None:
    """The due date of a task that is done once a decision is made."""
    dates = {field.name for field in template.fields if field.kind is FieldKind.DATE}
    return calendar_date(values["decision_deadline"]) if "decision_deadline" in dates else None


def _sample(field: Field, samples: Mapping[str, str]) -> str:
    if samples.get(field.name):
        return samples[field.name]
    match field.kind:
        case FieldKind.SELECT if field.options:
            return field.options[0]
        case FieldKind.DATE:
            return "2030-01-31"
        case FieldKind.NUMBER:
            return "1"
    return field.description or field.name


def _means_the_same(kind: FieldKind, one: str, other: str) -> bool:
    """Whether two values of one field are spellings of one."""
    match kind:
        case FieldKind.SELECT:
            return _option_key(one) == _option_key(other)
        case FieldKind.DATE if calendar_date(one) is not None:
            return calendar_date(one) == calendar_date(other)
    return one == other


def _name_key(name: str) -> str:
    return _ENGLISH_NAME.get(name, name)


def _option_key(option: str) -> str:
    key = text.folded(option.strip())
    return _ENGLISH_OPTION.get(key, key)
