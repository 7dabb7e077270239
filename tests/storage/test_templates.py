"""Templates in the database: shipped ones where they are missing, a user's own ones always."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import attrs
import pytest

from gorev.domain import default_templates
from gorev.domain.identifiers import new_id
from gorev.domain.template import Field, FieldKind, Template
from gorev.storage import sqlite, templates
from gorev.storage.opening import prepare

NOW = datetime(2025, 10, 6, tzinfo=UTC)
OWN = Template(
    id="own",
    name="Kendi Şablonum",
    definition="d",
    alias="own",
    default_title="{{a}}",
    description_template="x",
    fields=(Field(name="a", kind=FieldKind.SELECT, required=True, default="1", options=("1", "2"), description="A"),),
    sample_values={"a": "2"},
    category="Çeşitli",
    active=True,
    language="tr",
    base_id=None,
)


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Cursor]:
    prepare(path, 0o644)
    with closing(sqlite.connect(path)) as connection:
        yield connection.cursor()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "gorev.db"


def test_a_new_database_has_every_default_template_in_both_languages(path: Path) -> None:
    with opened(path) as cursor:
        found = templates.every(cursor)
    assert {(each.alias, each.language) for each in found} == default_templates.names()
    assert len({each.id for each in found}) == len(found) == 22
    shipped = {(each.alias, each.language): each for each in default_templates.every()}
    assert all(attrs.evolve(each, id="") == shipped[each.alias or "", each.language] for each in found)


def test_opening_adds_what_is_missing_and_changes_nothing_else(path: Path) -> None:
    with opened(path) as cursor:
        cursor.execute("DELETE FROM templates WHERE alias = 'bug' AND language_code = 'en'")
        cursor.execute("UPDATE templates SET definition = 'mine', active = 0 WHERE alias = 'doc'")
        before = {each.id: each for each in templates.every(cursor)}
    with opened(path) as cursor:
        after = {each.id: each for each in templates.every(cursor)}
    assert [(after[id_].alias, after[id_].language) for id_ in after.keys() - before.keys()] == [("bug", "en")]
    assert {id_: after[id_] for id_ in before} == before


def test_a_default_template_whose_name_is_taken_bears_its_alias(path: Path) -> None:
    with opened(path) as cursor:
        cursor.execute("UPDATE templates SET alias = NULL WHERE alias = 'bug' AND language_code = 'tr'")
    with opened(path) as cursor:
        found = templates.meant(cursor, "bug", "tr")
        assert found is not None
        assert found.name == "Bug Raporu (bug)"
        assert "Bug Raporu" in [each.name for each in templates.of_language(cursor, "tr")]


def test_a_template_of_ones_own_is_kept_as_it_is(path: Path) -> None:
    with opened(path) as cursor:
        templates.insert(cursor, OWN, NOW)
    with opened(path) as cursor:
        assert templates.meant(cursor, "own", "tr") == OWN
        assert templates.of_language(cursor, "tr")[3] == OWN  # Ç comes after B and before D


def test_a_template_is_meant_by_id_then_by_alias_in_its_language_then_in_the_other(path: Path) -> None:
    with opened(path) as cursor:
        english = next(each for each in templates.of_language(cursor, "en") if each.alias == "bug")
        assert templates.meant(cursor, english.id, "tr") == english
        assert templates.meant(cursor, " Bug ", "en") == english
        templates.insert(cursor, attrs.evolve(OWN, id=new_id(), alias=english.id, name="n"), NOW)
        assert templates.meant(cursor, english.id, "tr") == english
        templates.insert(cursor, OWN, NOW)
        assert templates.meant(cursor, "own", "en") == OWN
        cursor.execute("UPDATE templates SET active = 0 WHERE alias = 'own'")
        assert templates.meant(cursor, "own", "tr") is None
        assert templates.meant(cursor, "", "tr") is None


def test_templates_are_in_the_order_of_category_and_name_as_people_sort_them(path: Path) -> None:
    with opened(path) as cursor:
        found = [(each.category, each.name) for each in templates.of_language(cursor, "tr")]
    assert found[0] == ("Araştırma", "Araştırma Görevi")
    assert [category for category, _ in found if category != "Teknik"][-1] == "Özellik"
    assert found[-1] == ("Teknik", "Yeniden Düzenleme")
    assert len(found) == 11
