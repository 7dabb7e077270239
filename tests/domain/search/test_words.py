"""Words as the index has them, and what a text asks of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gorev.domain.errors import InvalidValue
from gorev.domain.search.words import (
    ATOMS_LIMIT,
    QUERY_LIMIT,
    Atom,
    TextQuery,
    checked,
    pattern,
    plain,
    searchable,
    tokens,
)


@pytest.mark.parametrize(
    ("text", "is_plain"),
    [
        ("İSTANBUL", "istanbul"),
        ("ISPARTA", "isparta"),
        ("ışık", "isik"),
        ("ŞĞÇÖÜ şğçöü", "sgcou sgcou"),
        ("Kâğıt", "kagit"),
        ("s\u0327ifre", "sifre"),
        ("I\u0307zmir", "izmir"),
        ("café", "cafe"),
        ("Straße", "strasse"),
    ],
)
def test_plain_text_has_neither_case_nor_diacritics(text: str, is_plain: str) -> None:
    assert plain(text) == is_plain


@given(st.text())
def test_plain_text_is_plain(text: str) -> None:
    assert plain(plain(text)) == plain(text)


def test_words_end_at_whatever_is_neither_letter_nor_digit() -> None:
    assert tokens("devam_ediyor: C++, x-2 (🐛[auth])") == ["devam", "ediyor", "c", "x", "2", "auth"]


@pytest.mark.parametrize(
    ("atom", "text", "matches"),
    [
        (Atom("log"), "the login form", True),
        (Atom("ogin"), "the login form", False),
        (Atom("LOGIN"), "login", True),
        (Atom("e-posta"), "e posta adresi", True),
        (Atom("login form", phrase=True), "login: form", True),
        (Atom("login for", phrase=True), "login form", False),
        (Atom("form login", phrase=True), "login form", False),
        (Atom("🐛"), "🐛", False),
    ],
)
def test_a_word_matches_a_beginning_and_a_phrase_whole_words(atom: Atom, text: str, *, matches: bool) -> None:
    assert (pattern([atom]).search(plain(text)) is not None) is matches


def test_nothing_matches_where_there_is_nothing_to_look_for() -> None:
    assert pattern([]).search("anything") is None


def test_words_are_looked_for_once_and_not_without_end() -> None:
    assert searchable([Atom("Şifre"), Atom("sifre"), Atom("!"), Atom("sifre", phrase=True)]) == (
        Atom("sifre"),
        Atom("sifre", phrase=True),
    )
    assert len(searchable(Atom(f"w{number}") for number in range(500))) == ATOMS_LIMIT


def test_a_text_without_letters_asks_for_what_nothing_has() -> None:
    assert TextQuery(words=(Atom("🐛"),)).clauses == ((),)
    assert TextQuery(words=(Atom("🐛"),), all_words=True).clauses == ((),)
    assert TextQuery(phrases=(Atom("🐛", phrase=True),)).clauses == ((),)
    assert TextQuery().clauses == ()


def test_of_words_any_will_do_and_of_phrases_each_must_occur() -> None:
    one, other, phrase = Atom("a"), Atom("b"), Atom("c d", phrase=True)
    assert TextQuery(words=(one, other), phrases=(phrase,)).clauses == ((one, other), (phrase,))
    assert TextQuery(words=(one, other), all_words=True).clauses == ((one,), (other,))


@pytest.mark.parametrize("query", ["x" * (QUERY_LIMIT + 1), "x" * 1_000_000, "a\0b", "a\ud800b"])
def test_a_query_that_is_too_long_or_not_clean_is_refused(query: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        checked(query)
    assert refused.value.details["field"] == "query"
