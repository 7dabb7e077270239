"""Keywords, and how alike they make two texts (``behaviours.md`` §4)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gorev.domain.likeness import DESCRIPTION_COMPARED, keywords, similarity, task_keywords

sets = st.frozensets(st.sampled_from("abcdefgh"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Giriş SAYFASI, giriş", {"giris", "sayfasi"}),
        ("İLK ıspanak", {"ilk", "ispanak"}),
        ("bir iş için ve the page", {"page"}),
        ("a.b;cde:fgh!ijk?lmn", {"cde", "fgh", "ijk", "lmn"}),
        ("api-key (login)", {"api-key", "(login)"}),
        ("", set()),
    ],
)
def test_keywords_are_folded_words_that_are_neither_short_nor_common(text: str, words: set[str]) -> None:
    assert keywords(text) == words


@given(sets, sets)
def test_similarity_is_shared_words_among_all_words(one: frozenset[str], other: frozenset[str]) -> None:
    found = similarity(one, other)
    assert found == similarity(other, one)
    assert 0 <= found <= 1
    assert (found == 1) == (one == other and bool(one))
    assert (found == 0) == (not one & other)


def test_only_the_beginning_of_a_long_description_counts() -> None:
    assert task_keywords("title", "x" * DESCRIPTION_COMPARED + " beyond") == {"title", "x" * DESCRIPTION_COMPARED}
