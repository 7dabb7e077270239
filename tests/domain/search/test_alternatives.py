"""What is suggested where nothing was found."""

from __future__ import annotations

from gorev.domain.search.alternatives import LIMIT, alternatives


def test_words_of_the_query_come_first_then_synonyms_then_names() -> None:
    assert alternatives("giriş hatası", ["frontend"]) == ("giriş", "hatası", "bug", "sorun", "problem", "frontend")


def test_single_words_have_more_than_three_letters_and_the_query_itself_is_none() -> None:
    assert alternatives("abc defg", []) == ("defg",)
    assert alternatives("defg", []) == ()
    assert alternatives("defg", ["DEFG", "defgh"]) == ("defgh",)


def test_synonyms_go_both_ways_between_the_languages() -> None:
    assert alternatives("bug", []) == ("hata", "sorun", "problem")
    assert alternatives("problem", []) == ("bug", "hata", "sorun")
    assert alternatives("özellik", []) == ("feature", "ekleme")
    assert alternatives("DUZELT", []) == ("fix", "çözüm", "tamir")


def test_there_are_at_most_eight_and_no_two_alike() -> None:
    names = [f"name{number}" for number in range(20)]
    assert len(alternatives("bug test fix update", names)) == LIMIT == 8
    found = alternatives("hata hata HATA sorun", ["Hata", "bug"])
    assert len({each.lower() for each in found}) == len(found)
