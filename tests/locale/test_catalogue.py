"""Both languages say everything, and fill in the same fields."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import gorev
from gorev.bridge import texts as bridge
from gorev.locale import counts, decimal, known, percent, plural, text
from tests.locale import texts_in_code

CATALOGUE = Path(gorev.__file__).parent / "locale" / "tr" / "LC_MESSAGES" / "gorev.po"


Key = str | tuple[str, str]


def turkish() -> dict[Key, list[str]]:
    """What each text, or each pair of a singular and a plural, is in Turkish: all forms of it."""
    with CATALOGUE.open("rb") as file:
        return {_key(entry.id): _forms(entry.string) for entry in read_po(file) if entry.id}


def _key(id_: str | list[str] | tuple[str, ...]) -> Key:
    return id_ if isinstance(id_, str) else (id_[0], id_[1])


def _forms(given: str | list[str] | tuple[str, ...] | None) -> list[str]:
    return [given] if isinstance(given, str) else list(given or ())


def fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def test_the_turkish_catalogue_has_every_text_of_the_code_and_no_other() -> None:
    assert set(turkish()) == texts_in_code.keys()


def test_every_form_of_a_text_fills_in_the_same_fields_in_both_languages() -> None:
    uneven = {}
    for key, translations in turkish().items():
        if len({frozenset(fields(each)) for each in (*_forms(key), *translations)}) != 1:
            uneven[key] = translations
    assert uneven == {}


def test_the_bridge_which_has_its_own_texts_says_each_in_both_languages() -> None:
    uneven = {key: said for key, said in bridge.TEXTS.items() if fields(said["en"]) != fields(said["tr"])}
    assert uneven == {}


def test_no_translation_is_empty() -> None:
    assert [key for key, translations in turkish().items() if not all(translations)] == []


def test_a_text_with_a_number_has_as_many_forms_as_each_language_needs() -> None:
    with CATALOGUE.open("rb") as file:
        needed = read_po(file).num_plurals
    assert {len(forms) for key, forms in turkish().items() if isinstance(key, tuple)} == {needed}


def test_a_text_is_said_in_the_language_of_the_call() -> None:
    assert text("en", "Task created.") == "Task created."
    assert text("tr", "Task created.") == "Görev oluşturuldu."


@pytest.mark.parametrize(
    ("language", "number", "said"),
    [
        ("en", 0, "Backed up to x (0 tasks)."),
        ("en", 1, "Backed up to x (1 task)."),
        ("en", 2, "Backed up to x (2 tasks)."),
        ("tr", 1, "x dosyasına yedeklendi (1 görev)."),
        ("tr", 2, "x dosyasına yedeklendi (2 görev)."),
    ],
)
def test_what_is_counted_has_the_form_of_its_number(language: str, number: int, said: str) -> None:
    assert text(language, "Backed up to {path} ({tasks}).", path="x", tasks=counts.tasks(number)) == said


def test_numbers_are_written_as_the_language_does() -> None:
    assert (decimal("en", 2.25, 1), decimal("tr", 2.5, 1)) == ("2.2", "2,5")
    assert (percent("en", 12.5, 1), percent("tr", 12.5, 1)) == ("12.5 %", "%12,5")
    assert (percent("en", 60), percent("tr", 60)) == ("60 %", "%60")


def test_a_text_that_is_missing_is_said_as_it_is() -> None:
    assert plural("tr", "one {count}", "many {count}", 2) == "many 2"


@pytest.mark.parametrize(
    ("tag", "language"),
    [("en_GB.UTF-8", "en"), ("tr_TR", "tr"), ("C", "tr"), ("", "tr"), (None, "tr"), ("de", "tr"), ("EN", "en")],
)
def test_the_language_of_a_locale_tag_is_its_first_two_letters_or_turkish(tag: str | None, language: str) -> None:
    assert known(tag) == language
