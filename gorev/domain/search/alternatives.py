"""What else to search for when nothing was found (``behaviours.md`` §1, suggestions)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from gorev.domain.search.words import plain, tokens

LIMIT: Final = 8
_WORD_LENGTH: Final = 4

SYNONYMS: Final = (
    ("bug", "hata", "sorun", "problem"),
    ("feature", "özellik", "ekleme"),
    ("test", "deneme", "kontrol"),
    ("fix", "düzelt", "çözüm", "tamir"),
    ("update", "güncelle", "revize", "değiştir"),
)


def alternatives(query: str, nearest: Iterable[str]) -> tuple[str, ...]:
    """Single words of the query, synonyms of them, and the ``nearest`` names there are; the query itself never.

    A synonym is also found for a word that only begins with one of its group, since words bear endings.
    """
    words = query.split()
    found: dict[str, str] = {}
    single = [word for word in words if len(word) >= _WORD_LENGTH] if len(words) > 1 else []
    for each in (*single, *_synonyms(tokens(query)), *nearest):
        found.setdefault(plain(each), each)
    found.pop(plain(query), None)
    return tuple(found.values())[:LIMIT]


def _synonyms(words: Sequence[str]) -> list[str]:
    found = []
    for word in words:
        for group in SYNONYMS:
            own = [each for each in group if word.startswith(plain(each))]
            if own:
                found += [each for each in group if each not in own]
    return found
