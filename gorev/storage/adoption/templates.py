"""Templates: the user's and the original's own alike. Defaults of ours that are missing are added afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from gorev.domain.default_templates import LANGUAGES
from gorev.domain.template import Field, FieldKind, Template
from gorev.domain.text import DESCRIPTION_LIMIT, NAME_LIMIT
from gorev.storage import templates
from gorev.storage.adoption import words
from gorev.storage.adoption.ledger import Note
from gorev.storage.adoption.rows import Ids, Row, Source
from gorev.storage.encoding import instant_text
from gorev.storage.sqlite import Cursor

# Before there was a column for it, all were of the first.
_LANGUAGE: Final = LANGUAGES[0]
_LANGUAGES: Final = {**{each: each for each in LANGUAGES}, "": _LANGUAGE}

_UPDATED: Final = "UPDATE templates SET updated_at = ? WHERE id = ?"


def take(cursor: Cursor, source: Source, now: datetime) -> None:
    """Take over the templates; in each language a name, and an alias, is one template's alone."""
    ids = Ids()
    names: dict[str, set[str]] = {language: set() for language in LANGUAGES}
    aliases: dict[str, set[str]] = {language: set() for language in LANGUAGES}
    for row in source.rows("gorev_templateleri"):
        id_ = ids.give(row)
        created, updated = row.instants(now)
        language = row.word("language_code", _LANGUAGES, _LANGUAGE)
        template = Template(
            id=id_,
            name=row.unused("name", row.name("name", NAME_LIMIT, id_), names[language]),
            definition=row.long_text("definition", DESCRIPTION_LIMIT),
            alias=_alias(row, aliases[language]),
            default_title=row.text("default_title"),
            description_template=row.text("description_template"),
            fields=tuple(_fields(row)),
            sample_values=_samples(row),
            category=row.text("category"),
            active=row.flag("active", default=True),
            language=language,
            base_id=row.text("base_template_id") or None,
        )
        templates.insert(cursor, template, created)
        cursor.execute(_UPDATED, (instant_text(updated), id_))
        row.taken()


def _alias(row: Row, taken: set[str]) -> str | None:
    alias = row.text("alias").strip()
    if alias in taken:
        row.note(Note.VALUE_CLEARED, "alias")
        return None
    if alias:
        taken.add(alias)
    return alias or None


def _samples(row: Row) -> Mapping[str, str] | None:
    samples = row.json("sample_values", dict[str, Any], {})
    return {name: _word(value) for name, value in samples.items()} or None


def _fields(row: Row) -> Iterator[Field]:
    """The fields, whose keys are Turkish up to v0.16.3 and English from then on."""
    for given in row.json("fields", list[dict[str, Any]], []):
        name = _word(given.get("isim") or given.get("name")).strip()
        options = given.get("secenekler") or given.get("options") or ()
        kind = words.meaning(words.FIELD_KIND, _word(given.get("tip") or given.get("type")))
        if not name or not isinstance(options, list | tuple):
            row.note(Note.JSON_CLEARED, "fields")
            continue
        if kind is None or (kind is FieldKind.SELECT and not options):
            row.note(Note.UNKNOWN_REPLACED, "fields")
            kind = FieldKind.TEXT
        yield Field(
            name=name,
            kind=kind,
            required=bool(given.get("zorunlu") or given.get("required")),
            default=_word(given.get("varsayilan") or given.get("default")),
            options=tuple(map(_word, options)) if kind is FieldKind.SELECT else (),
            description=_word(given.get("aciklama") or given.get("description")),
        )


def _word(value: object) -> str:
    """A value of JSON as the text it means."""
    return "" if value is None else str(value)
