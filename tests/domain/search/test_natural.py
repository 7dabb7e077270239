"""Sentences in Turkish and English: the tables of ``behaviours.md`` §3, their order, and what they leave alone."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gorev.domain.query import QuickFilter
from gorev.domain.search.days import DayRange, Relative
from gorev.domain.search.natural import Intent, understood
from gorev.domain.search.phrases import IntentAction
from gorev.domain.values import Priority, Status

WEDNESDAY = date(2025, 10, 8)
PROJECTS = ("Backend", "Mobil Uygulama", "Acil Servis")
OPEN = (Status.PENDING, Status.IN_PROGRESS)


def intent(sentence: str) -> Intent:
    return understood(sentence, WEDNESDAY, PROJECTS)


def filters(sentence: str) -> dict[str, Any]:
    given = attrs.asdict(intent(sentence).filters, recurse=False)
    return {name: value for name, value in given.items() if value is not None}


@pytest.mark.parametrize(
    ("sentences", "wanted"),
    [
        (("bekleyen", "beklemede", "Bekleyenler", "pending", "waiting"), Status.PENDING),
        (
            ("devam eden", "devam ediyor", "üzerinde çalıştığım", "uzerinde calistigim", "in progress", "in-progress"),
            Status.IN_PROGRESS,
        ),
        (("tamamlanan", "tamamlanmış", "tamamlanmis", "biten", "completed", "done", "finished"), Status.COMPLETED),
        (("iptal", "iptal edilen", "iptal edilenler", "cancelled", "canceled"), Status.CANCELLED),
        (("tamamlanmamış", "tamamlanmamislar", "açık", "acik", "bitmemiş", "incomplete", "open", "unfinished"), OPEN),
    ],
)
def test_words_for_states(sentences: tuple[str, ...], wanted: Any) -> None:
    for sentence in sentences:
        assert filters(sentence) == {"statuses": wanted}, sentence
        assert intent(sentence).terms == ()


@pytest.mark.parametrize(
    ("sentences", "wanted"),
    [
        (("yüksek öncelik", "yüksek öncelikliler", "YÜKSEK ÖNCELİKLİ", "önemli", "onemliler"), Priority.HIGH),
        (("high priority", "high-priority", "important"), Priority.HIGH),
        (("orta öncelik", "medium priority"), Priority.MEDIUM),
        (("düşük öncelikliler", "dusuk oncelik", "low priority"), Priority.LOW),
    ],
)
def test_words_for_priorities(sentences: tuple[str, ...], wanted: Priority) -> None:
    for sentence in sentences:
        assert filters(sentence) == {"priorities": wanted}, sentence


@pytest.mark.parametrize(
    ("sentences", "wanted"),
    [
        (("acil", "aciller", "ACİL", "yaklaşan", "urgent", "due soon", "upcoming"), QuickFilter.URGENT),
        (("gecikmiş", "gecikmisleri", "geciken", "süresi geçmiş", "overdue", "late"), QuickFilter.OVERDUE),
    ],
)
def test_words_for_urgency(sentences: tuple[str, ...], wanted: QuickFilter) -> None:
    for sentence in sentences:
        assert filters(sentence) == {"quick": wanted}, sentence


@pytest.mark.parametrize("sentence", ["blokaj", "bloke", "engellenenler", "bağımlı", "blocked", "blockers"])
def test_words_for_blocked_tasks(sentence: str) -> None:
    assert intent(sentence).blocked
    assert intent(sentence).terms == ()


@pytest.mark.parametrize(
    ("sentences", "newest"),
    [
        (("son oluşturduğum", "son eklediğim", "en son eklediğim", "son görev", "last task", "latest task"), 1),
        (("son oluşturulan", "en son", "recent tasks", "recently created"), 5),
    ],
)
def test_words_for_the_newest(sentences: tuple[str, ...], newest: int) -> None:
    for sentence in sentences:
        assert intent(sentence).newest == newest, sentence
        assert intent(sentence).terms == ()


@pytest.mark.parametrize("sentence", ["bugün çalıştığım", "bugün baktığım görevler", "worked on today"])
def test_words_for_what_was_touched_today(sentence: str) -> None:
    assert intent(sentence).touched
    assert intent(sentence).time is None


@pytest.mark.parametrize(
    ("sentences", "first", "last", "relative"),
    [
        (
            ("bugün", "bugünkü görevlerim", "today", "today's tasks"),
            date(2025, 10, 8),
            date(2025, 10, 8),
            Relative.TODAY,
        ),
        (("yarın", "yarınki", "tomorrow"), date(2025, 10, 9), date(2025, 10, 9), Relative.TOMORROW),
        (("dün", "dünkü", "yesterday"), date(2025, 10, 7), date(2025, 10, 7), Relative.YESTERDAY),
        (("bu hafta", "bu haftaki", "this week"), date(2025, 10, 6), date(2025, 10, 12), Relative.THIS_WEEK),
        (
            ("gelecek hafta", "önümüzdeki hafta", "next week"),
            date(2025, 10, 13),
            date(2025, 10, 19),
            Relative.NEXT_WEEK,
        ),
        (("geçen hafta", "gecen haftaki", "last week"), date(2025, 9, 29), date(2025, 10, 5), Relative.LAST_WEEK),
        (("bu ay", "bu ayın görevleri", "this month"), date(2025, 10, 1), date(2025, 10, 31), Relative.THIS_MONTH),
        (("gelecek ay", "next month"), date(2025, 11, 1), date(2025, 11, 30), Relative.NEXT_MONTH),
        (("geçen ay", "last month"), date(2025, 9, 1), date(2025, 9, 30), Relative.LAST_MONTH),
        (("3 gün içinde", "in 3 days", "within 3 days"), date(2025, 10, 8), date(2025, 10, 11), 3),
        (("2025-12-01",), date(2025, 12, 1), date(2025, 12, 1), None),
    ],
)
def test_words_for_dates_are_of_due_dates(
    sentences: tuple[str, ...], first: date, last: date, relative: Relative | int | None
) -> None:
    for sentence in sentences:
        found = intent(sentence)
        assert (found.time, found.relative) == (DayRange(first, last), relative), sentence
        assert filters(sentence) == {"due": f"{first}" if first == last else f"{first}..{last}"}
        assert found.terms == ()


@pytest.mark.parametrize(
    "sentence", ["bugün oluşturulan", "oluşturduğum görevler bugün", "bugün eklenenler", "created today", "added today"]
)
def test_a_date_beside_a_word_for_making_is_of_creation(sentence: str) -> None:
    assert filters(sentence) == {"created": "2025-10-08"}
    assert not intent(sentence).bare_today


def test_several_dates_make_one_range_that_holds_them() -> None:
    assert intent("2025-10-20 2025-10-01").time == DayRange(date(2025, 10, 1), date(2025, 10, 20))


@pytest.mark.parametrize(
    ("sentence", "bare"),
    [
        ("bugün", True),
        ("bugünkü görevlerim neler", True),
        ("what are my tasks today", True),
        ("bugün acil", False),
        ("bugün login", False),
        ("yarın", False),
        ('bugün "login"', False),
    ],
)
def test_today_is_bare_where_nothing_else_is_said(sentence: str, *, bare: bool) -> None:
    assert intent(sentence).bare_today is bare


@pytest.mark.parametrize(
    ("sentence", "projects"),
    [
        ("backend projesi", "backend"),
        ("Mobil Uygulama projesindeki", "mobil uygulama"),
        ("the backend project", "backend"),
        ("acil servis projesi", "acil servis"),
        ("olmayan projesi", "olmayan"),
        ("proje:backend", "backend"),
        ('project:"Mobil Uygulama"', "mobil uygulama"),
        ("backend projesi ve mobil uygulama projesi", ("backend", "mobil uygulama")),
    ],
)
def test_projects_are_named_before_their_word_or_after_a_colon(sentence: str, projects: Any) -> None:
    assert filters(sentence) == {"projects": projects}


def test_tags_are_named_after_a_colon() -> None:
    assert filters('etiket:"uzun ad",api') == {"tags": ("uzun ad", "api")}
    assert filters("tag:API") == {"tags": "api"}


def test_references_are_beginnings_of_ids_and_quotations() -> None:
    found = intent('#0b1c2d 0B1C2D3E-4f50-4a61-8b72-9c83d0e1f2a3 "Giriş Ekranı"')
    assert found.ids == ("0b1c2d3e-4f50-4a61-8b72-9c83d0e1f2a3", "0b1c2d")
    assert found.titles == ("Giriş Ekranı",)
    assert found.terms == ()


def test_what_is_quoted_is_no_keyword() -> None:
    assert filters('"acil yarın iptal"') == {}


@pytest.mark.parametrize(
    ("sentence", "terms"),
    [
        ("sayfa açılmıyor hatası", ("sayfa", "açılmıyor", "hatası")),
        ("sayfa acilmiyor", ("sayfa", "acilmiyor")),
        ("açıklaması eksik", ("açıklaması", "eksik")),
        ("aciklamasi eksik", ("aciklamasi", "eksik")),
        ("dünya turu", ("dünya", "turu")),
        ("bu ayar", ("ayar",)),
        ("arayüz", ("arayüz",)),
        ("openapi later doneness", ("openapi", "later", "doneness")),
        ("e-posta gönderimi", ("e-posta", "gönderimi")),
        ("görevlendirme", ("görevlendirme",)),
        ("2025-13-45", ("2025-13-45",)),
        ("ışık IŞIK", ("IŞIK",)),
    ],
)
def test_words_that_merely_begin_like_a_keyword_are_terms(sentence: str, terms: tuple[str, ...]) -> None:
    assert intent(sentence).terms == terms
    assert filters(sentence) == {}


def test_groups_combine() -> None:
    assert filters("backend projesindeki gecikmiş yüksek öncelikli açık görevleri göster etiket:api") == {
        "projects": "backend",
        "quick": QuickFilter.OVERDUE,
        "priorities": Priority.HIGH,
        "statuses": OPEN,
        "tags": "api",
    }


@pytest.mark.parametrize(
    ("sentence", "action"),
    [
        ("login", IntentAction.LIST),
        ("görevleri göster", IntentAction.LIST),
        ("yeni görev oluştur", IntentAction.CREATE),
        ("create a task", IntentAction.CREATE),
        ("login görevini güncelle", IntentAction.UPDATE),
        ("login görevini tamamla", IntentAction.COMPLETE),
        ("login görevini sil", IntentAction.DELETE),
        ("delete the login task", IntentAction.DELETE),
        ("login bul", IntentAction.SEARCH),
        ("login görevinin durumu", IntentAction.STATUS),
    ],
)
def test_verbs_say_what_seems_to_be_wanted(sentence: str, action: IntentAction) -> None:
    assert intent(sentence).action is action


@pytest.mark.parametrize(
    ("sentence", "confidence"),
    [
        ("login", 0.0),
        ("login göster", 0.4),
        ("yarın", 0.3),
        ("acil", 0.3),
        ('"login"', 0.2),
        ("yarın acil", 0.6),
        ("yarın acil göster", 1.0),
        ('yarın acil göster "login"', 1.0),
        ("blocked", 0.3),
    ],
)
def test_confidence_grows_with_what_was_understood(sentence: str, confidence: float) -> None:
    assert intent(sentence).confidence == confidence


@given(st.text(max_size=200))
def test_any_text_is_understood_in_one_way(text: str) -> None:
    assert intent(text) == intent(text)
    assert 0 <= intent(text).confidence <= 1


KEYWORDS = st.sampled_from(
    ["bugün", "acil", "projesi", "backend", "görev", ":", "etiket:", "#ab", "in", "3", "days", "2025-10-08", "|", "İ"]
)


@given(st.lists(KEYWORDS, max_size=12))
def test_any_row_of_keywords_is_understood(words: list[str]) -> None:
    assert intent(" ".join(words)) == intent("  ".join(words))
