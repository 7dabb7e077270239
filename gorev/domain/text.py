"""What text a task may hold, and how text is compared.

Limits: ``data-model.md`` §3. Folding: ``behaviours.md`` §1; the four letters i of Turkish are one letter here, because
an upper-case I typed in an English title and a Turkish one are indistinguishable. A letter with a mark may be written
as one character or as two (Unicode's NFC and NFD; file names of macOS have the latter); both are compared as one.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final

from gorev.domain.errors import InvalidValue

TITLE_LIMIT: Final = 500
DESCRIPTION_LIMIT: Final = 100_000
NAME_LIMIT: Final = 200

_CASELESS: Final = {"İ": "i", "I": "i", "ı": "i"}
_FOLDED: Final = _CASELESS | {
    "ş": "s",
    "Ş": "s",
    "ğ": "g",
    "Ğ": "g",
    "ç": "c",
    "Ç": "c",
    "ö": "o",
    "Ö": "o",
    "ü": "u",
    "Ü": "u",
}


def caseless(value: str) -> str:
    """``value`` for comparison without regard to case, in Turkish and English alike."""
    return _compared(value, _CASELESS)


def folded(value: str) -> str:
    """``value`` for search: without regard to case or Turkish diacritics."""
    return _compared(value, _FOLDED)


def _compared(value: str, letters: Mapping[str, str]) -> str:
    if value.isascii():
        return value.lower()
    found = _replaced(unicodedata.normalize("NFC", value), letters).casefold()
    if unicodedata.is_normalized("NFC", found):
        return found
    # A letter that lost its own mark may go with the next one.
    return _replaced(unicodedata.normalize("NFC", found), letters).casefold()


def _replaced(value: str, letters: Mapping[str, str]) -> str:
    # str.translate looks each letter up: it takes forty times as long with a Turkish text of 250 letters.
    for letter, other in letters.items():
        value = value.replace(letter, other)
    return value


def clean(field: str, value: str) -> str:
    """``value``, refused if it holds a NUL or a lone surrogate, which neither SQLite nor UTF-8 can carry.

    @raise InvalidValue: if it does.
    """
    if "\0" in value:
        raise InvalidValue(field=field, value="\\0", allowed="text without NUL characters")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise InvalidValue(field=field, value="\\ud800", allowed="text without lone surrogates") from None
    return value


def filled(field: str, value: str) -> str:
    """A trimmed, non-empty text.

    @raise InvalidValue: if it is blank or not clean.
    """
    trimmed = clean(field, value).strip()
    if not trimmed:
        raise InvalidValue(field=field, value=value, allowed="text that is not blank")
    return trimmed


def line(field: str, value: str, limit: int) -> str:
    """A trimmed, non-empty text of at most ``limit`` characters.

    @raise InvalidValue: if it is blank, too long, or not clean.
    """
    trimmed = filled(field, value)
    if len(trimmed) > limit:
        raise InvalidValue(field=field, value=f"{trimmed[:20]}…", allowed="at most {limit} characters", limit=limit)
    return trimmed


def title(value: str, field: str = "title") -> str:
    """A task's title.

    @raise InvalidValue: see `line`.
    """
    return line(field, value, TITLE_LIMIT)


def description(value: str, field: str = "description") -> str:
    """A task's or project's description: any clean text, as given.

    @raise InvalidValue: if it is longer than the limit or not clean.
    """
    if len(clean(field, value)) > DESCRIPTION_LIMIT:
        raise InvalidValue(
            field=field, value=f"{value[:20]}…", allowed="at most {limit} characters", limit=DESCRIPTION_LIMIT
        )
    return value


def tag_names(values: Iterable[str], field: str = "tags") -> tuple[str, ...]:
    """Tag names, trimmed, each once (without regard to case, first spelling kept), in the given order.

    @raise InvalidValue: if one is blank, too long or holds a comma.
    """
    names: dict[str, str] = {}
    for value in values:
        name = line(field, value, NAME_LIMIT)
        if "," in name:
            raise InvalidValue(field=field, value=name, allowed="names without a comma")
        names.setdefault(caseless(name), name)
    return tuple(names.values())
