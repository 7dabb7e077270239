"""Every text a user reads, in Turkish and English.

The English text is the gettext key; Turkish comes from ``tr/LC_MESSAGES/gorev.po``, compiled when the package is built.
The language is a parameter of each call, never a global, since one process answers requests of both at once
(``behaviours.md`` §9).
"""

from __future__ import annotations

import gettext
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

LANGUAGES: Final = ("tr", "en")
DEFAULT_LANGUAGE: Final = "tr"


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    if language == "en":
        return gettext.NullTranslations()
    with (Path(__file__).parent / language / "LC_MESSAGES" / "gorev.mo").open("rb") as compiled:
        return gettext.GNUTranslations(compiled)


class Count(NamedTuple):
    """A number with what it counts, to fill a field of a text: each language has its own forms of it."""

    number: int
    one: str
    many: str

    def said(self, language: str) -> str:
        """It in a language."""
        return plural(language, self.one, self.many, self.number)


def text(language: str, message: str, /, **fields: object) -> str:
    """The English ``message`` in ``language`` with its ``{fields}`` filled in; an unknown language is Turkish."""
    translated = _catalogue(known(language)).gettext(message)
    if not fields:
        return translated
    said = {name: value.said(language) if isinstance(value, Count) else value for name, value in fields.items()}
    return translated.format(**said)


def plural(language: str, one: str, many: str, count: int, /, **fields: object) -> str:
    """As `text`, in the form that ``count`` needs; ``count`` is a field as well."""
    return _catalogue(known(language)).ngettext(one, many, count).format(count=count, **fields)


def decimal(language: str, number: float, digits: int) -> str:
    """A number with so many digits behind the point, which is a comma in Turkish."""
    written = f"{number:.{digits}f}"
    return written if known(language) == "en" else written.replace(".", ",")


def percent(language: str, hundredths: float, digits: int = 0) -> str:
    """So many hundredths as the language writes them: 12.5 % or %12,5."""
    number = decimal(language, hundredths, digits)
    return f"{number} %" if known(language) == "en" else f"%{number}"


def known(tag: str | None) -> str:
    """The language of a locale tag such as ``en_GB.UTF-8``, else the default."""
    language = (tag or "")[:2].lower()
    return language if language in LANGUAGES else DEFAULT_LANGUAGE
