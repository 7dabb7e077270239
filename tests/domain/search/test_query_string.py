"""A query as it is typed, split into filters and free text (``behaviours.md`` §2)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gorev.domain.search.query_string import Query, parse
from gorev.domain.search.words import Atom

KEYS = {"durum", "status", "oncelik", "tags", "etiket", "son_tarih"}


def split(query: str) -> Query:
    return parse(query, KEYS.__contains__)


@pytest.mark.parametrize(
    ("query", "filters", "text"),
    [
        (
            "durum:devam_ediyor oncelik:yuksek tags:frontend",
            [("durum", ["devam_ediyor"]), ("oncelik", ["yuksek"]), ("tags", ["frontend"])],
            "",
        ),
        ("status:beklemede login formu", [("status", ["beklemede"])], "login formu"),
        ('etiket:"uzun ad",api son_tarih:bu_hafta', [("etiket", ["uzun ad", "api"]), ("son_tarih", ["bu_hafta"])], ""),
        ("http://x:80 hata", [], "http://x:80 hata"),
        ("login durum:a,b,c form", [("durum", ["a", "b", "c"])], "login form"),
        ("durum:a,,b,", [("durum", ["a", "b"])], ""),
        ("bilinmeyen:deger", [], "bilinmeyen:deger"),
        ("durum: login", [], "durum: login"),
        ("durum:", [], "durum:"),
        ('durum:"" x', [], 'durum:"" x'),
        ('tags:"a"b', [], 'tags:"a"b'),
        ("son_tarih:>=2025-01-01", [("son_tarih", [">=2025-01-01"])], ""),
        ("son_tarih:2025-01-01..2025-02-01", [("son_tarih", ["2025-01-01..2025-02-01"])], ""),
        ("", [], ""),
        ("  \t\n ", [], ""),
    ],
)
def test_known_keys_with_values_are_filters_and_all_else_is_text(
    query: str, filters: list[tuple[str, list[str]]], text: str
) -> None:
    found = split(query)
    assert [(key, list(values)) for key, values in found.filters] == filters
    assert found.text.whole == text


def test_quotes_make_phrases_whichever_they_are() -> None:
    for query in ('"login formu" x', "“login formu” x", "„login formu“ x", "«login formu» x"):
        assert split(query).text.phrases == (Atom("login formu", phrase=True),)
        assert split(query).text.words == (Atom("x"),)


def test_a_quote_that_is_not_closed_is_part_of_its_word() -> None:
    assert split('5" ekran').text.words == (Atom('5"'), Atom("ekran"))
    assert split('"login formu').text.words == (Atom('"login'), Atom("formu"))


def test_a_hyphen_before_a_word_or_phrase_excludes_it() -> None:
    text = split('login -hata -"uzun ad" e-posta').text
    assert text.words == (Atom("login"), Atom("e-posta"))
    assert text.excluded == (Atom("hata"), Atom("uzun ad", phrase=True))
    assert text.whole == "login e-posta"


@pytest.mark.parametrize("query", ["--force", "-", "- x", "-:x"])
def test_a_hyphen_before_anything_else_is_text(query: str) -> None:
    assert split(query).text.excluded == ()


def test_free_text_stays_in_its_order() -> None:
    assert split('a "b c" durum:x d').text.whole == "a b c d"


@given(st.text(max_size=200))
def test_no_text_is_an_error_and_none_is_lost(query: str) -> None:
    found = split(query)
    kept = "".join(
        [
            *(key + "".join(values) for key, values in found.filters),
            *(atom.text for atom in (*found.text.words, *found.text.phrases, *found.text.excluded)),
        ]
    )
    letters = [letter for letter in kept if letter.isalnum()]
    assert sorted(letters) == sorted(letter for letter in query if letter.isalnum())
    for atom in found.text.atoms:
        assert atom.expression
