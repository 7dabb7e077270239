"""Names and tokens of the wire, against the tables of the contract (``data-model.md`` §2, §4, §5, §7, §9, §10)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, get_args

import pytest

from gorev.domain.query import QuickFilter, Sort
from gorev.domain.values import Priority, Status
from gorev.wire import kinds, vocabulary
from gorev.wire.vocabulary import HIERARCHY, LINK, PROJECT, TAG, TASK, Names, Vocabulary, understood

# Canonical name, English name, further spellings of input.
Row = tuple[str, str, tuple[str, ...]]

TABLES: Final[dict[str, tuple[Names, list[Row]]]] = {
    "task": (
        TASK,
        [
            ("id", "id", ()),
            ("baslik", "title", ()),
            ("aciklama", "description", ()),
            ("durum", "status", ("yeni_durum", "new_status")),
            ("oncelik", "priority", ()),
            ("proje_id", "proje_id", ("project_id",)),
            ("proje_adi", "proje_name", ("project_name", "proje_isim")),
            ("parent_id", "parent_id", ("ust_gorev_id", "ust_id", "yeni_parent_id", "new_parent_id")),
            ("workspace_id", "workspace_id", ()),
            ("olusturma_tarihi", "created_at", ("olusturma_tarih", "olusturma_zamani")),
            ("guncelleme_tarihi", "updated_at", ("guncelleme_tarih", "guncelleme_zamani")),
            ("son_tarih", "due_date", ()),
            ("etiketler", "tags", ()),
            ("alt_gorevler", "subtasks", ()),
            ("seviye", "level", ()),
            ("bagimli_gorev_sayisi", "dependency_count", ()),
            ("tamamlanmamis_bagimlilik_sayisi", "uncompleted_dependency_count", ()),
            ("bu_goreve_bagimli_sayisi", "dependent_on_this_count", ()),
            ("bagimliliklar", "bagimliliklar", ("dependencies",)),
            ("rev", "rev", ()),
            ("has_subtasks", "has_subtasks", ()),
            ("subtask_count", "subtask_count", ()),
        ],
    ),
    "project": (
        PROJECT,
        [
            ("id", "id", ()),
            ("isim", "name", ()),
            ("tanim", "definition", ("description",)),
            ("olusturma_tarihi", "created_at", ("olusturma_tarih", "olusturma_zamani")),
            ("guncelleme_tarihi", "updated_at", ("guncelleme_tarih", "guncelleme_zamani")),
            ("gorev_sayisi", "task_count", ()),
            ("tamamlanan_sayisi", "completed_count", ()),
            ("devam_eden_sayisi", "in_progress_count", ()),
            ("bekleyen_sayisi", "pending_count", ()),
            ("iptal_sayisi", "cancelled_count", ()),
            ("is_active", "is_active", ("aktif",)),
            ("rev", "rev", ()),
            ("workspace_id", "workspace_id", ()),
        ],
    ),
    "link": (
        LINK,
        [
            ("id", "id", ()),
            ("kaynak_id", "source_id", ()),
            ("hedef_id", "target_id", ()),
            ("baglanti_tip", "connection_type", ("baglanti_tipi",)),
            ("kaynak_baslik", "source_title", ()),
            ("kaynak_durum", "source_status", ()),
            ("hedef_baslik", "target_title", ()),
            ("hedef_durum", "target_status", ()),
        ],
    ),
    "hierarchy": (
        HIERARCHY,
        [
            ("gorev", "task", ()),
            ("ust_gorevler", "parent_tasks", ()),
            ("alt_gorevler", "subtasks", ()),
            ("toplam_alt_gorev", "total_subtasks", ()),
            ("tamamlanan_alt", "completed_subtasks", ("tamamlanan_alt_gorev",)),
            ("devam_eden_alt", "in_progress_subtasks", ()),
            ("beklemede_alt", "pending_subtasks", ()),
            ("iptal_alt", "cancelled_subtasks", ()),
            ("ilerleme_yuzdesi", "progress_percentage", ()),
        ],
    ),
    "tag": (TAG, [("id", "id", ()), ("isim", "name", ())]),
}
EVERY_ROW = [(names, row) for names, rows in TABLES.values() for row in rows]


@pytest.mark.parametrize(
    ("names", "row"), EVERY_ROW, ids=[f"{entity}-{row[0]}" for entity, (_, rows) in TABLES.items() for row in rows]
)
def test_a_field_has_its_two_names_and_is_understood_by_all_its_spellings(names: Names, row: Row) -> None:
    canonical, english, also = row
    field = names.inside(canonical)
    assert field is not None
    assert (names.out(Vocabulary.TURKISH)[field], names.out(Vocabulary.ENGLISH)[field]) == (canonical, english)
    assert {names.inside(spelling) for spelling in (english, *also)} == {field}


@pytest.mark.parametrize(("names", "rows"), TABLES.values(), ids=TABLES)
def test_an_entity_has_no_other_fields_and_spellings(names: Names, rows: list[Row]) -> None:
    assert sorted(names.out(Vocabulary.TURKISH).values()) == sorted(canonical for canonical, _, _ in rows)
    assert names.spellings() == {
        spelling for canonical, english, also in rows for spelling in (canonical, english, *also)
    }


def test_what_is_not_in_the_table_means_nothing() -> None:
    assert [TASK.inside(each) for each in ("", "Baslik", "titel", "isim")] == [None] * 4


STATUS_WORDS = {
    Status.PENDING: ["beklemede", "pending", "open", "todo"],
    Status.IN_PROGRESS: ["devam_ediyor", "in_progress", "in-progress"],
    Status.COMPLETED: ["tamamlandi", "tamamlandı", "completed", "done"],
    Status.CANCELLED: ["iptal", "cancelled", "canceled"],
}
PRIORITY_WORDS = {
    Priority.LOW: ["dusuk", "düşük", "low"],
    Priority.MEDIUM: ["orta", "medium"],
    Priority.HIGH: ["yuksek", "yüksek", "high"],
}
SORT_WORDS = {
    Sort.DUE_ASC: ["son_tarih_asc", "due_date_asc"],
    Sort.DUE_DESC: ["son_tarih_desc", "due_date_desc"],
    Sort.PRIORITY_ASC: ["oncelik_asc", "priority_asc"],
    Sort.PRIORITY_DESC: ["oncelik_desc", "priority_desc"],
    Sort.CREATED_ASC: ["olusturma_asc", "created_at_asc"],
    Sort.CREATED_DESC: ["olusturma_desc", "created_at_desc"],
}
QUICK_WORDS = {
    QuickFilter.URGENT: ["acil", "urgent"],
    QuickFilter.OVERDUE: ["gecmis", "overdue"],
    QuickFilter.TODAY: ["bugun", "today"],
    QuickFilter.THIS_WEEK: ["bu_hafta", "this_week"],
}


def turkish_upper(word: str) -> str:
    return word.replace("i", "İ").upper()


WORDS: list[tuple[Mapping[Any, str], Mapping[Any, list[str]]]] = [
    (vocabulary.STATUS, STATUS_WORDS),
    (vocabulary.PRIORITY, PRIORITY_WORDS),
    (vocabulary.SORT, SORT_WORDS),
    (vocabulary.QUICK_FILTER, QUICK_WORDS),
]


@pytest.mark.parametrize(
    ("tokens", "value", "word"),
    [
        pytest.param(tokens, value, word, id=word)
        for tokens, table in WORDS
        for value, words in table.items()
        for word in words
    ],
)
def test_a_value_is_understood_by_its_token_and_its_aliases_in_any_case(
    tokens: Mapping[Any, str], value: object, word: str
) -> None:
    for spelling in (word, word.upper(), turkish_upper(word), word.title(), f" {word} "):
        assert understood(tokens, spelling) is value


@pytest.mark.parametrize("word", ["", " ", "bekle", "beklemede,", "none", "0", "devam ediyor"])
def test_no_other_word_is_a_status(word: str) -> None:
    assert understood(vocabulary.STATUS, word) is None


@pytest.mark.parametrize(
    ("kind", "tokens", "expected"),
    [
        (kinds.StatusToken, vocabulary.STATUS, ["beklemede", "devam_ediyor", "tamamlandi", "iptal"]),
        (kinds.PriorityToken, vocabulary.PRIORITY, ["dusuk", "orta", "yuksek"]),
        (
            kinds.SortToken,
            vocabulary.SORT,
            [f"{field}_{way}" for field in ("son_tarih", "oncelik", "olusturma") for way in ("asc", "desc")],
        ),
        (kinds.QuickToken, vocabulary.QUICK_FILTER, ["acil", "gecmis", "bugun", "bu_hafta"]),
    ],
)
def test_what_is_advertised_is_what_is_emitted_and_understood(
    kind: object, tokens: dict[object, str], expected: list[str]
) -> None:
    assert list(get_args(kind)) == expected
    assert sorted(tokens.values()) == sorted(expected)


def test_relations_are_advertised_as_they_are_understood() -> None:
    assert sorted(get_args(kinds.RelationToken)) == sorted(
        word for words in vocabulary.RELATION.values() for word in words
    )
