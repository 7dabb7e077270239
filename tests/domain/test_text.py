"""What text a task may hold, and how it is compared."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gorev.domain import project, text
from gorev.domain.errors import InvalidValue
from gorev.domain.task import NewTask, TaskChange

any_text = st.text(st.characters(exclude_categories=()))  # lone surrogates included
turkish_and_english = st.text("abcçdefgğhıijklmnoöpqrsştuüvwxyzABCÇDEFGĞHIİJKLMNOÖPQRSŞTUÜVWXYZ 0-")


def turkish_upper(value: str) -> str:
    return value.replace("i", "İ").replace("ı", "I").upper()


def turkish_lower(value: str) -> str:
    return value.replace("İ", "i").replace("I", "ı").lower()


@pytest.mark.parametrize(
    ("given_text", "folded"),
    [
        ("İIıi", "iiii"),
        ("ŞÇĞÖÜşçğöü", "scgouscgou"),
        ("DIŞARIDA ÇALIŞMA", "disarida calisma"),
        ("TITLE", "title"),
        ("Straße", "strasse"),
        ("", ""),
        ("🐛 Hata", "🐛 hata"),
    ],
)
def test_text_is_folded_to_plain_lower_case(given_text: str, folded: str) -> None:
    assert text.folded(given_text) == folded


@given(turkish_and_english)
def test_folding_forgets_the_case_of_either_language(value: str) -> None:
    expected = text.folded(value)
    assert [text.folded(each(value)) for each in (turkish_upper, turkish_lower, str.upper)] == [expected] * 3


@given(any_text)
def test_folding_twice_changes_no_more_than_folding_once(value: str) -> None:
    once = text.folded(value)
    assert text.folded(once) == once


@given(st.text(st.sampled_from("sşSŞcçgğoöuüiıİIeéñaʼ\u0327\u0306\u0308\u0307\u0301 ")) | any_text)
def test_a_letter_and_its_mark_are_compared_alike_as_one_character_and_as_two(value: str) -> None:
    """Canonically equivalent texts are the same text."""
    forms = [unicodedata.normalize(form, value) for form in ("NFC", "NFD")]
    assert {text.folded(each) for each in forms} == {text.folded(value)}
    assert {text.caseless(each) for each in forms} == {text.caseless(value)}


@pytest.mark.parametrize(
    ("decomposed", "folded"),
    [("s\u0327ifre", "sifre"), ("I\u0307stanbul", "istanbul"), ("DU\u0308ZELT", "duzelt"), ("ag\u0306", "ag")],
)
def test_a_turkish_letter_in_two_characters_loses_its_mark_too(decomposed: str, folded: str) -> None:
    assert text.folded(decomposed) == folded


def test_tags_of_one_name_in_two_forms_are_one_tag() -> None:
    assert text.tag_names(["güvenlik", unicodedata.normalize("NFD", "Güvenlik")]) == ("güvenlik",)


@given(turkish_and_english)
def test_comparison_forgets_the_case_of_either_language(value: str) -> None:
    assert text.caseless(turkish_upper(value)) == text.caseless(value) == text.caseless(turkish_lower(value))


@pytest.mark.parametrize(("one", "other"), [("şeker", "seker"), ("öl", "ol"), ("çam", "cam"), ("üç", "uc")])
def test_comparison_keeps_the_letters_apart(one: str, other: str) -> None:
    assert text.caseless(one) != text.caseless(other)


def test_a_title_is_trimmed() -> None:
    assert text.title(" \t\n Demo görev \u00a0") == "Demo görev"


@pytest.mark.parametrize("blank", ["", " ", "\t\r\n", "\u00a0\u2003"])
def test_a_blank_title_is_refused(blank: str) -> None:
    with pytest.raises(InvalidValue):
        text.title(blank)


@pytest.mark.parametrize("letter", ["a", "ş", "🐛", "\u0301"])
def test_a_title_may_have_500_characters_and_no_more(letter: str) -> None:
    assert text.title(f" {letter * 500} ") == letter * 500
    with pytest.raises(InvalidValue):
        text.title(letter * 501)


def test_a_description_is_kept_as_it_is() -> None:
    assert text.description("  # Başlık\r\n\n") == "  # Başlık\r\n\n"
    assert text.description("") == ""


@pytest.mark.parametrize("letter", ["a", "ş", "🐛"])
def test_a_description_may_have_100_000_characters_and_no_more(letter: str) -> None:
    assert text.description(letter * 100_000) == letter * 100_000
    with pytest.raises(InvalidValue):
        text.description(letter * 100_001)


@pytest.mark.parametrize("foul", ["a\0b", "\0", "a\ud800", "\udfff", "\ud83d\ude00"])
def test_nul_and_lone_surrogates_are_refused_everywhere(foul: str) -> None:
    for make in (
        text.title,
        text.description,
        project.name,
        project.definition,
        lambda value: text.tag_names(["fine", value]),
        lambda value: NewTask(title=value).checked(),
        lambda value: NewTask(title="t", description=value).checked(),
        lambda value: TaskChange(tags=(value,)).checked(),
    ):
        with pytest.raises(InvalidValue):
            make(foul)


@pytest.mark.parametrize("foul", ["\ud800", "\0", "a,\udfff"])
@pytest.mark.parametrize("times", [1, 501, 100_001])
def test_a_refusal_does_not_repeat_what_cannot_be_written(foul: str, times: int) -> None:
    for make in (text.title, text.description, lambda each: text.tag_names([each])):
        with pytest.raises(InvalidValue) as refusal:
            make(foul * times)
        quoted = str(refusal.value.details["value"])
        assert not re.search("[\0\ud800-\udfff]", quoted)


@given(any_text)
def test_a_title_is_either_refused_or_clean_trimmed_and_short(value: str) -> None:
    try:
        title = text.title(value)
    except InvalidValue:
        return
    assert title == title.strip() != ""
    assert len(title) <= 500
    assert "\0" not in title
    assert title.encode().decode() == title


@pytest.mark.parametrize(
    ("names", "kept"),
    [
        ([], ()),
        (["api", "web"], ("api", "web")),
        ([" api ", "web\t"], ("api", "web")),
        (["Api", "API", "api", "web"], ("Api", "web")),
        (["IŞIK", "ışık"], ("IŞIK",)),
        (["iş", "is"], ("iş", "is")),
    ],
)
def test_tag_names_are_trimmed_and_each_kept_once_in_its_first_spelling(names: list[str], kept: tuple[str]) -> None:
    assert text.tag_names(names) == kept


@pytest.mark.parametrize("name", ["", "  ", "a,b", ","])
def test_a_tag_name_is_not_blank_and_has_no_comma(name: str) -> None:
    with pytest.raises(InvalidValue):
        text.tag_names(["fine", name])
