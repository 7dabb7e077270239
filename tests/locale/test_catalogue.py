"""Both languages say everything, and fill in the same fields."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import gorev
from gorev.locale import known, plural, text
from tests.locale import texts_in_code

CATALOGUE = Path(gorev.__file__).parent / "locale" / "tr" / "LC_MESSAGES" / "gorev.po"


def turkish() -> dict[str, str]:
    with CATALOGUE.open("rb") as file:
        return {str(entry.id): str(entry.string) for entry in read_po(file) if entry.id}


def fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def test_the_turkish_catalogue_has_every_text_of_the_code_and_no_other() -> None:
    assert set(turkish()) == texts_in_code.keys()


def test_each_translation_fills_in_the_fields_of_its_original() -> None:
    assert {key: fields(translation) for key, translation in turkish().items()} == {
        key: fields(key) for key in turkish()
    }


def test_no_translation_is_empty() -> None:
    assert [key for key, translation in turkish().items() if not translation] == []


def test_a_text_is_said_in_the_language_of_the_call() -> None:
    assert text("en", "Task created.") == "Task created."
    assert text("tr", "Task created.") == "Görev oluşturuldu."
    assert text("tr", "{days} days left", days=3) == "3 gün kaldı"


def test_a_text_that_is_missing_is_said_as_it_is() -> None:
    assert plural("tr", "one {count}", "many {count}", 2) == "many 2"


@pytest.mark.parametrize(
    ("tag", "language"),
    [("en_GB.UTF-8", "en"), ("tr_TR", "tr"), ("C", "tr"), ("", "tr"), (None, "tr"), ("de", "tr"), ("EN", "en")],
)
def test_the_language_of_a_locale_tag_is_its_first_two_letters_or_turkish(tag: str | None, language: str) -> None:
    assert known(tag) == language
