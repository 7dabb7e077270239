"""The words that a sentence is understood by, as tables (``behaviours.md`` §3).

A phrase matches where words begin, without regard to case. Its last word may bear Turkish endings (``gecikmişleri``) or
an English one, as the phrase's language has them; one that merely begins alike is another word (``açıklama`` is no
``açık``). Letters may be typed without their diacritics, but a letter typed with one is not the letter without.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Final

import attrs

from gorev.domain.query import QuickFilter
from gorev.domain.search.days import Relative
from gorev.domain.text import caseless
from gorev.domain.values import Priority, Status


class IntentAction(enum.Enum):
    """What a sentence seems to want done; for information only, nothing is ever done because of it."""

    LIST = "list"
    CREATE = "create"
    UPDATE = "update"
    COMPLETE = "complete"
    DELETE = "delete"
    SEARCH = "search"
    STATUS = "status"


class Recency(enum.Enum):
    """Which tasks a sentence about the newest ones means."""

    NEWEST_ONE = 1
    NEWEST_FIVE = 5
    TOUCHED_TODAY = "touched_today"


_OPEN: Final = (Status.PENDING, Status.IN_PROGRESS)

STATUSES: Final = (
    (
        _OPEN,
        ("tamamlanmamış", "açık", "bitmemiş"),
        ("incomplete", "open", "unfinished", "not completed", "not finished", "not done"),
    ),
    ((Status.PENDING,), ("bekleyen", "beklemede"), ("pending", "waiting")),
    (
        (Status.IN_PROGRESS,),
        ("devam eden", "devam ediyor", "üzerinde çalıştığım", "üzerinde çalıştıklarım"),
        ("in progress", "ongoing"),
    ),
    ((Status.COMPLETED,), ("tamamlanan", "tamamlanmış", "biten", "bitmiş"), ("completed", "done", "finished")),
    ((Status.CANCELLED,), ("iptal edilen", "iptal edilmiş", "iptal"), ("cancelled", "canceled")),
)

PRIORITIES: Final = (
    (Priority.HIGH, ("yüksek öncelik", "önceliği yüksek", "önemli"), ("high priority", "important")),
    (Priority.MEDIUM, ("orta öncelik", "önceliği orta"), ("medium priority",)),
    (Priority.LOW, ("düşük öncelik", "önceliği düşük"), ("low priority",)),
)

URGENCIES: Final = (
    (
        QuickFilter.OVERDUE,
        ("gecikmiş", "geciken", "süresi geçmiş", "süresi geçen", "vadesi geçmiş", "vadesi geçen"),
        ("overdue", "late"),
    ),
    (QuickFilter.URGENT, ("acil", "acilen", "yaklaşan"), ("urgent", "due soon", "upcoming")),
)

BLOCKED: Final = ((True, ("blokaj", "bloke", "engellenen", "bağımlı"), ("blocked", "blocker")),)

RECENCIES: Final = (
    (
        Recency.NEWEST_ONE,
        ("en son oluşturduğum", "en son eklediğim", "son oluşturduğum", "son eklediğim", "son görev"),
        ("last task", "latest task"),
    ),
    (
        Recency.NEWEST_FIVE,
        ("en son oluşturulan", "en son eklenen", "son oluşturulan", "son eklenen", "en son"),
        ("recent tasks", "recently created", "recently added"),
    ),
    (
        Recency.TOUCHED_TODAY,
        ("bugün çalıştığım", "bugün çalıştıklarım", "bugün baktığım", "bugün baktıklarım"),
        ("i worked on today", "worked on today"),
    ),
)

DATES: Final = (
    (Relative.TODAY, ("bugün",), ("today",)),
    (Relative.TOMORROW, ("yarın",), ("tomorrow",)),
    (Relative.YESTERDAY, ("dün",), ("yesterday",)),
    (Relative.THIS_WEEK, ("bu hafta",), ("this week",)),
    (Relative.NEXT_WEEK, ("gelecek hafta", "önümüzdeki hafta"), ("next week",)),
    (Relative.LAST_WEEK, ("geçen hafta",), ("last week",)),
    (Relative.THIS_MONTH, ("bu ay",), ("this month",)),
    (Relative.NEXT_MONTH, ("gelecek ay", "önümüzdeki ay"), ("next month",)),
    (Relative.LAST_MONTH, ("geçen ay",), ("last month",)),
)

CREATION: Final = (
    (
        True,
        ("oluşturulan", "oluşturulmuş", "oluşturduğum", "eklenen", "eklenmiş", "eklediğim"),
        ("created", "added"),
    ),
)

# Words that say that a date is a due date, which it is anyway.
DUE: Final = ((True, ("son tarih", "vade", "tarihli"), ("due date", "due")),)

PROJECT: Final = ((True, ("projesi",), ("project",)),)

# Imperatives, which bear no endings here: "ara" is not "arayüz".
ACTIONS: Final = (
    (IntentAction.CREATE, ("oluştur", "ekle", "yarat", "create", "add")),
    (IntentAction.UPDATE, ("güncelle", "değiştir", "düzenle", "update", "change", "edit")),
    (IntentAction.COMPLETE, ("tamamla", "bitir", "complete", "finish")),
    (IntentAction.DELETE, ("sil", "kaldır", "delete", "remove")),
    (IntentAction.SEARCH, ("ara", "bul", "search", "find")),
    (IntentAction.STATUS, ("durum", "durumu", "status")),
    (IntentAction.LIST, ("göster", "listele", "show", "list")),
)

# behaviours.md §3 and §4; the last two groups are words of the same kind that sentences are made with.
STOP_WORDS: Final = (
    *("ve", "ile", "için", "bir", "bu", "şu", "the", "and", "or", "but", "in", "on", "at"),
    *("görev", "görevler", "task", "tasks", "göster", "listele", "show", "list", "me", "all", "tüm", "olan", "neler"),
    *("var", "what", "are", "my", "benim"),
    *("da", "de", "en", "hangi", "hangileri", "ki", "lütfen", "mi", "mu", "mü", "ne", "nedir", "olarak", "bana"),
    *("a", "an", "do", "due", "for", "from", "have", "i", "is", "of", "please", "that", "to", "which", "with"),
)
STOP_STEMS: Final = ((True, ("görev", "göster", "listele", "işler", "yapılacak", "gereken"), ("task",)),)

_LETTER: Final = {"ç": "[çc]", "ğ": "[ğg]", "ö": "[öo]", "ş": "[şs]", "ü": "[üu]", " ": r"[\s_-]+"}
_VOWELS: Final = frozenset("aeiouöü")

# Turkish endings as far as nouns and adjectives bear them here: derivation, plural, possession, case, -ki, copula.
# Letters as `caseless` leaves them, where i is ı as well.
_HIGH: Final = "[iuü]"
_LOW: Final = "[ae]"
_AFTER_POSSESSION: Final = f"(?:n?{_HIGH}n?|n?{_LOW}|n?[dt]{_LOW}n?|y?l{_LOW})"
_TAIL: Final = f"(?:k[iü](?:l{_LOW}r)?(?:n?{_HIGH}n?|n?{_LOW}|n?[dt]{_LOW}n?)?)?(?:[dt]{_HIGH}r)?"
_CASE_AFTER_CONSONANT: Final = (
    f"(?:(?:{_HIGH}(?:m(?:{_HIGH}z)?|n(?:{_HIGH}z)?)?){_AFTER_POSSESSION}?|{_LOW}|[dt]{_LOW}n?|l{_LOW}|c{_LOW})?"
)
_CASE_AFTER_VOWEL: Final = (
    f"(?:(?:s{_HIGH}|m(?:{_HIGH}z)?|n(?:{_HIGH}z)?){_AFTER_POSSESSION}?"
    f"|y{_HIGH}|y{_LOW}|[dt]{_LOW}n?|n{_HIGH}n|yl{_LOW})?"
)
_DERIVED: Final = f"(?:l{_HIGH}|s{_HIGH}z)"


@attrs.frozen
class Place:
    """Where a phrase stands in a text, its ending included."""

    start: int
    end: int


class Expression:
    """Finds any of some phrases in `caseless` text: the one that begins first, and of these the first of the list.

    The endings stand in patterns of their own, not behind each phrase: compiled, all rules take 7 ms and not 80. What
    is compiled is compiled when it is first used, so that no start pays for it.
    """

    def __init__(self, turkish: Iterable[str], english: Iterable[str]) -> None:
        self._phrases = [
            (each, _AFTER_VOWEL if caseless(each)[-1] in _VOWELS else _AFTER_CONSONANT) for each in turkish
        ]
        self._phrases += [(each, _ENGLISH) for each in english]

    @cached_property
    def _beginnings(self) -> re.Pattern[str]:
        """Matches, empty, wherever a word may begin; its groups are the phrases that begin there."""
        return re.compile(r"(?<![^\W_])" + "".join(f"(?=({_spelt(phrase)})|)" for phrase, _ in self._phrases))

    def places(self, text: str) -> Iterator[Place]:
        """Where phrases stand, none within another."""
        read = 0
        for beginning in self._beginnings.finditer(text):
            if beginning.start() < read:
                continue
            for group, (_, ending) in enumerate(self._phrases, 1):
                if beginning[group] is None:
                    continue
                end = ending.after(text, beginning.end(group))
                if end is not None:
                    yield Place(beginning.start(), end)
                    read = end
                    break

    def replaced(self, replacement: str, text: str) -> str:
        """The text with every phrase replaced."""
        parts = []
        read = 0
        for place in self.places(text):
            parts += [text[read : place.start], replacement]
            read = place.end
        return "".join([*parts, text[read:]])


class _Ending:
    """What the last word of a phrase may bear."""

    def __init__(self, source: str) -> None:
        self._source = source

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(f"(?:{self._source})(?![^\\W_])")

    def after(self, text: str, place: int) -> int | None:
        """Where the word ends that goes on at ``place``, if it goes on with an ending or not at all."""
        found = self._pattern.match(text, place)
        return None if found is None else found.end()


def _spelt(phrase: str) -> str:
    return "".join(_LETTER.get(letter, letter) for letter in caseless(phrase))


def _turkish(bare: str) -> _Ending:
    plural = f"l{_LOW}r"
    derived = f"{_DERIVED}(?:(?:{plural}){_CASE_AFTER_CONSONANT}|{_CASE_AFTER_VOWEL})"
    abstract = f"l{_HIGH}[kğ](?:{plural})?{_CASE_AFTER_CONSONANT}"
    return _Ending(f"(?:{derived}|{abstract}|(?:{plural}){_CASE_AFTER_CONSONANT}|{bare}){_TAIL}")


_AFTER_CONSONANT: Final = _turkish(_CASE_AFTER_CONSONANT)
_AFTER_VOWEL: Final = _turkish(_CASE_AFTER_VOWEL)
_ENGLISH: Final = _Ending(r"(?:e?s|['’]s|ly)?")
