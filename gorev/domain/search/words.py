"""Words as the search index has them, and what a query asks of them.

The index splits text at everything that is neither letter nor digit and drops combining marks (FTS5's ``unicode61``);
`plain` and `tokens` do the same, so that what was found can be told from the text itself.
"""

from __future__ import annotations

import enum
import re
import unicodedata
from collections.abc import Iterable
from typing import Final

import attrs

from gorev.domain.errors import InvalidValue
from gorev.domain.text import clean, folded

QUERY_LIMIT: Final = 1_000
# Each word costs the index a look of its own; 50 of them take 10 ms at 100,000 tasks, 1,000 take two seconds.
ATOMS_LIMIT: Final = 50

_TOKEN: Final = re.compile(r"[^\W_]+")


class Field(enum.Enum):
    """What is searched in."""

    TITLE = "title"
    DESCRIPTION = "description"
    TAGS = "tags"
    PROJECT = "project_name"


ALL_FIELDS: Final = frozenset(Field)


@attrs.frozen
class Atom:
    """A word, which matches wherever one begins with it, or a phrase, which matches whole words in its order."""

    text: str
    phrase: bool = False

    @property
    def expression(self) -> str:
        """A regular expression for `plain` text; matches nowhere if there is no letter or digit in it."""
        parts = tokens(self.text)
        return r"[\W_]+".join(map(re.escape, parts)) + (r"(?![^\W_])" if self.phrase else "") if parts else r"(?!)"


@attrs.frozen(kw_only=True)
class TextQuery:
    """Free text: any of ``words`` must occur, or with ``all_words`` each; each of ``phrases``; none of ``excluded``.

    ``whole`` is the text as it was written, filters and exclusions left out.
    """

    words: tuple[Atom, ...] = ()
    phrases: tuple[Atom, ...] = ()
    excluded: tuple[Atom, ...] = ()
    whole: str = ""
    all_words: bool = False

    @property
    def asks(self) -> bool:
        """Whether anything must occur, rather than be absent."""
        return bool(self.words or self.phrases)

    @property
    def atoms(self) -> tuple[Atom, ...]:
        """All that may occur, each once, as far as the index is asked."""
        return searchable((*self.words, *self.phrases))

    @property
    def clauses(self) -> tuple[tuple[Atom, ...], ...]:
        """What must occur: of each clause any, of all clauses one; a clause may be empty, which nothing satisfies."""
        words = searchable(self.words)
        loose = [(word,) for word in words] if self.all_words and words else [words] if self.words else []
        return (*loose, *(searchable([phrase]) for phrase in self.phrases[:ATOMS_LIMIT]))


def searchable(atoms: Iterable[Atom]) -> tuple[Atom, ...]:
    """Those with a letter or digit in them, each once, as many as are looked for."""
    kept = {(tuple(tokens(each.text)), each.phrase): each for each in atoms}
    return tuple(atom for (parts, _), atom in kept.items() if parts)[:ATOMS_LIMIT]


def plain(text: str) -> str:
    """Folded text without combining marks."""
    simple = folded(text)
    if simple.isascii():
        return simple
    parted = unicodedata.normalize("NFD", simple)
    return folded(unicodedata.normalize("NFC", "".join(each for each in parted if not unicodedata.combining(each))))


def tokens(text: str) -> list[str]:
    """The words of a text, plain."""
    return _TOKEN.findall(plain(text))


def pattern(atoms: Iterable[Atom]) -> re.Pattern[str]:
    """Finds any of the atoms in plain text."""
    return re.compile(r"(?<![^\W_])(?:" + ("|".join(atom.expression for atom in atoms) or "(?!)") + ")")


def checked(query: str, field: str = "query") -> str:
    """A query, trimmed.

    @raise InvalidValue: it is too long, or not clean text.
    """
    if len(query) > QUERY_LIMIT:
        raise InvalidValue(field=field, value=f"{query[:20]}…", allowed="at most {limit} characters", limit=QUERY_LIMIT)
    return clean(field, query).strip()


NO_TEXT: Final = TextQuery()
