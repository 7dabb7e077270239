"""Templates: rows in, rows out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

import attrs

from gorev.domain import default_templates
from gorev.domain.identifiers import new_id
from gorev.domain.template import Field, Template
from gorev.domain.text import folded
from gorev.storage.encoding import instant_text, packed, unpacked
from gorev.storage.sqlite import Cursor

_SELECT: Final = """
    SELECT id, name, definition, alias, default_title, description_template, fields, sample_values, category, active,
        language_code, base_template_id
    FROM templates
"""
_EVERY: Final = _SELECT + "ORDER BY language_code, category, name, id"
_OF_LANGUAGE: Final = _SELECT + "WHERE active = 1 AND language_code = ?"

# By id, else by alias in the language asked for, else by alias in another; exact spelling first.
_MEANT: Final = (
    _SELECT
    + """WHERE active = 1 AND (id = ?1 OR lower(alias) = lower(?1))
    ORDER BY id <> ?1, language_code <> ?2, alias <> ?1, language_code, id LIMIT 1"""
)

_COUNT: Final = "SELECT count(*) FROM templates WHERE active = 1 AND language_code = ?"

_INSERT: Final = """
    INSERT INTO templates (id, name, definition, alias, default_title, description_template, fields, sample_values,
        category, active, language_code, base_template_id, created_at, updated_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


def every(cursor: Cursor) -> list[Template]:
    """All templates, also inactive ones, of all languages."""
    return [_template(row) for row in cursor.execute(_EVERY)]


def of_language(cursor: Cursor, language: str) -> list[Template]:
    """The active templates of a language, by category and name."""
    found = [_template(row) for row in cursor.execute(_OF_LANGUAGE, (language,))]
    return sorted(found, key=lambda each: (folded(each.category), folded(each.name), each.id))


def meant(cursor: Cursor, given: str, language: str) -> Template | None:
    """The active template of an id or alias."""
    row = cursor.execute(_MEANT, (given.strip(), language)).fetchone()
    return None if row is None else _template(row)


def count(cursor: Cursor, language: str) -> int:
    """How many active templates there are of a language."""
    (number,) = cursor.execute(_COUNT, (language,)).fetchone()
    return int(number)


def insert(cursor: Cursor, template: Template, now: datetime) -> None:
    """Store a new template."""
    cursor.execute(
        _INSERT,
        (
            template.id,
            template.name,
            template.definition,
            template.alias,
            template.default_title,
            template.description_template,
            packed(template.fields),
            None if template.sample_values is None else packed(template.sample_values),
            template.category,
            template.active,
            template.language,
            template.base_id,
            instant_text(now),
            instant_text(now),
        ),
    )


def lacks_defaults(cursor: Cursor) -> bool:
    """Whether a default template is missing in some language."""
    return not default_templates.names() <= _names(cursor)


def insert_defaults(cursor: Cursor, now: datetime) -> int:
    """Add the default templates whose alias and language nobody has; the rows that exist stay as they are.

    Yields how many were added. A name that another template has is told apart by the alias.
    """
    present = _names(cursor)
    missing = [each for each in default_templates.every() if (each.alias, each.language) not in present]
    taken = set(cursor.execute("SELECT name, language_code FROM templates"))
    for template in missing:
        name = template.name
        if (name, template.language) in taken:
            name = f"{name} ({template.alias})"
        insert(cursor, attrs.evolve(template, id=new_id(), name=name), now)
    return len(missing)


def _names(cursor: Cursor) -> set[tuple[str | None, str]]:
    rows: Iterable[tuple[str | None, str]] = cursor.execute("SELECT alias, language_code FROM templates")
    return set(rows)


def _template(row: tuple[Any, ...]) -> Template:
    id_, name, definition, alias, title, description, fields, samples, category, active, language, base_id = row
    return Template(
        id=id_,
        name=name,
        definition=definition,
        alias=alias,
        default_title=title,
        description_template=description,
        fields=unpacked(fields, tuple[Field, ...]),
        sample_values=None if samples is None else unpacked(samples, dict[str, str]),
        category=category,
        active=bool(active),
        language=language,
        base_id=base_id,
    )
